"""A walk through the pages of an answer, which ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from tieout.errors import DriftError


class Pages:
    """A walk through pages, which ends: where one comes again, the source does not move on, and
    that is an error.

    `step` is told each page's ids, and what the source gave to go on with (a cursor, a page's
    number, an offset).
    """

    MOST = 100_000
    MOST_EMPTY = 3
    """One after the other, each saying that there is more."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._cursors: set[str] = set()
        self._contents: set[int] = set()
        self._count = self._empty = 0

    def step(self, ids: Sequence[object], cursor: object = None) -> None:
        """One page more. DriftError if it, or the way on, was there before."""
        self._count += 1
        content = hash(tuple(map(str, ids)))
        if cursor is not None and str(cursor) in self._cursors:
            self._refuse(f"gives the cursor {str(cursor)[:60]!r} a second time")
        if ids and content in self._contents:
            self._refuse(f"gives the same page a second time (it begins with {str(ids[0])[:60]!r})")
        self._empty = 0 if ids or cursor is None else self._empty + 1
        if self._empty > self.MOST_EMPTY:
            self.refuse_empty()
        if self._count > self.MOST:
            self._refuse(f"has given {self.MOST:,} pages and names another")
        self._cursors.add(str(cursor))
        self._contents.add(content)

    def refuse_empty(self) -> NoReturn:
        """A page with nothing on it names another one."""
        self._refuse("gives an empty page and says that there is more")

    def _refuse(self, does: str) -> NoReturn:
        raise DriftError(
            f"{self.what} {does}: it would never end.",
            "Nothing of it was landed. Run again; if it stays so, the source (or a proxy before it) ignores how pages"
            " are asked for.",
        )
