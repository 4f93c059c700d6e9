"""The seeds that commands write: CSV files of the project, changed a row at a time."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tieout.errors import InUse, TieoutError

Row = list[str]
LONGEST = 10.0
"""Seconds to wait for another command that writes to a seed of the same folder; it takes
milliseconds."""


def put(
    seed: Path,
    columns: Sequence[str],
    values: Sequence[object],
    same: Callable[[Row], Hashable],
    order: Callable[[Row], tuple[str, ...]] | None = None,
) -> None:
    """Adds a row to a seed, or replaces the one of the same key, whole or not at all.

    Args:
        seed: the file; it is made where it is missing.
        columns: its header.
        values: the row, in the header's order; None is written as nothing.
        same: what two rows about the same thing have in common.
        order: what the file's rows are sorted by; without it, their columns.

    Raises:
        TieoutError: the file has other columns, or somebody else keeps writing to it.
    """
    with _alone(seed):
        _put(seed, columns, values, same, order)


def _put(
    seed: Path,
    columns: Sequence[str],
    values: Sequence[object],
    same: Callable[[Row], Hashable],
    order: Callable[[Row], tuple[str, ...]] | None,
) -> None:
    text = seed.read_text(encoding="utf-8") if seed.exists() else ""
    rows: list[Row] = list(csv.reader(io.StringIO(text, newline="")))
    if rows and tuple(rows[0]) != tuple(columns):
        raise TieoutError(
            f"{seed} has other columns: {', '.join(rows[0])}", f"it needs {', '.join(columns)}"
        )
    fresh: Row = ["" if value is None else str(value) for value in values]
    every: list[Row] = [*(row for row in rows[1:] if row and same(row) != same(fresh)), fresh]
    ordered: list[Row] = sorted(every, key=order or tuple)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(ordered)
    partial = seed.with_name(f".{seed.name}.partial")
    partial.write_text(out.getvalue(), encoding="utf-8")
    partial.replace(seed)


@contextmanager
def _alone(seed: Path) -> Iterator[None]:
    """Two people who answer at once both read the file before either writes it: the second would
    undo the first."""
    folder, ends = os.open(seed.parent, os.O_RDONLY), time.monotonic() + LONGEST
    try:
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > ends:
                    raise InUse(
                        f"{seed} is being written to by another command", "try again"
                    ) from error
                time.sleep(0.02)
        yield
    finally:
        os.close(folder)
