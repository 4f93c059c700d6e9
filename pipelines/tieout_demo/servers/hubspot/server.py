"""A HubSpot CRM on this machine: real HTTP, the shapes and limits of API v3, and its bad days on a
fixed schedule.

    with serve(objects, token="pat-demo") as server: ...   # server.url, server.requests, server.unmapped

`objects` is `DemoState.hubspot`: type -> API-shaped records, beside `owners` and `pipelines`. What
is not in the API's description is answered with an error and kept in `unmapped`: no reader gets by
on a request HubSpot would refuse.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

from tieout_demo.servers.hubspot.crm import Crm, Limits, Record
from tieout_demo.servers.hubspot.http import Handler
from tieout_demo.servers.local_server import LocalServer

TOKEN = "pat-northgate-demo"  # noqa: S105 - opens nothing but the demo


@dataclass(frozen=True)
class Faults:
    """Each n-th request is refused with 429, or fails with 500 or 502; 0 is never. The schedule
    counts every request.

    Refusals name a pause in turn: `retry_after` seconds, none at all, `0`. Paths with one of
    `refuse` in them, a word or several (`quotes`, `0-3/batch`), need a scope that the token does
    not have: 403.
    """

    refuse_every: int = 0
    fail_every: int = 0
    retry_after: int = 1
    refuse: frozenset[str] = frozenset()

    def of(self, number: int) -> tuple[int, dict[str, str]] | None:
        """Status and headers of the fault that befalls a request, counted from 1."""
        if self.refuse_every and number % self.refuse_every == 0:
            pause = (str(self.retry_after), None, "0")[number // self.refuse_every % 3]
            return 429, {"Retry-After": pause} if pause is not None else {}
        if self.fail_every and number % self.fail_every == 0:
            return (500, 502)[number // self.fail_every % 2], {}
        return None


class HubSpotServer(LocalServer):
    """Serves one `Crm` at a time; `hold` changes it, as a day passing does."""

    def __init__(self, crm: Crm, token: str, faults: Faults, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.crm = crm
        self.token = token
        self.faults = faults
        self.requests: list[str] = []
        self.unmapped: list[str] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def lacks_scope(self, path: str) -> bool:
        """Whether the token may not ask for this path."""
        words = f"{path.partition('?')[0]}/"
        return any(f"/{each}/" in words for each in getattr(self.faults, "refuse", ()))

    def count(self, request: str) -> int:
        """Notes a request and says the how-many-eth it is."""
        with self._lock:
            self.requests.append(request)
            return next(self._numbers)

    def hold(
        self,
        objects: Mapping[str, Sequence[Record]],
        *,
        properties: Mapping[str, Mapping[str, Record]] | None = None,
        unsearchable: Iterable[str] = (),
    ) -> None:
        """From now on, serve these objects."""
        self.crm = Crm(
            objects, properties=properties, limits=self.crm.limits, unsearchable=unsearchable
        )

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def __enter__(self) -> HubSpotServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def serve(
    objects: Mapping[str, Sequence[Record]],
    *,
    token: str = TOKEN,
    faults: Faults | None = None,
    limits: Limits | None = None,
    properties: Mapping[str, Mapping[str, Record]] | None = None,
    unsearchable: Iterable[str] = (),
    port: int = 0,
) -> HubSpotServer:
    """A running server on 127.0.0.1; port 0 takes a free one. Close it, or use it as a context.

    Args:
        properties: by type and name, definitions that replace the ones derived from Northgate's and the objects.
        unsearchable: ids that listings show and search does not find yet.
    """
    crm = Crm(objects, properties=properties, limits=limits, unsearchable=unsearchable)
    server = HubSpotServer(crm, token, faults or Faults(), port)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True, name="hubspot").start()
    return server
