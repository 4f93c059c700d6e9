"""HubSpot's CRM into the raw log: companies, contacts, deals, line items, products, quotes, owners,
deal stages.

The first landing lists everything. Later ones search for what changed since, reaching back a little
before the last time, for search lags behind. HubSpot's own count then says whether that was all; if
it was not (a record purged for good, or restored, leaves no trace to search for), or a week has
passed, or the wanted properties changed, everything is listed again. Archived records have a pass
of their own and become tombstones. Associations have no time of change: all are read each time. The
earlier values of some properties are read for each record that was handed over: they say what was so
before the first landing, and between two. A type on which nothing that is needed hangs (quotes,
contacts, products, owners) may be refused for want of a scope, as may one of its associations, or a
history: these tables are missing, by name, and the rest is landed.

Config, `[sources.hubspot]`: base_url, access_token (a secret), and
`[sources.hubspot.properties.<type>]` to say which property of this account holds a column, as in
`tax_number = "vat_id"`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import dlt
from dlt.extract import DltResource

from tieout.errors import AuthError, LandingError, RefusedRequest
from tieout.landing.column_types import quoted
from tieout.landing.raw_database import open_raw
from tieout.landing.resource import group, where_allowed
from tieout.landing.table_types import CURRENT_LANDING, Extract, Rows, Table
from tieout.sources.cursors import moment
from tieout.sources.hubspot import SYSTEM
from tieout.sources.hubspot.client import HubSpot, Record, capped, earlier
from tieout.sources.hubspot.properties import mapping_of, wanted
from tieout.sources.hubspot.rows import (
    history_rows,
    object_row,
    owner_row,
    stage_rows,
    unknown_fields,
)
from tieout.sources.hubspot.tables import DEAL_STAGES, OBJECT_TYPES, OWNERS, TABLES, ObjectType

__all__ = ["TABLES", "source"]

Batches = Iterator[tuple[str, Rows]]


@dlt.source(name=SYSTEM, section=SYSTEM)
def source(
    access_token: str = dlt.secrets.value,
    base_url: str = "https://api.hubapi.com",
    properties: dict[str, Any] | None = None,
    calls_per_ten_seconds: int = 100,
    searches_per_second: int = 5,
    overlap_minutes: int = 15,
    list_again_after_days: int = 7,
) -> Iterator[DltResource]:
    """One group a type of object, so that each has its own cursor; associations travel with the
    type that holds them.

    The rates default to what HubSpot grants the smallest account. `overlap_minutes` is how far back
    each search reaches before the last one, for what search had not caught up with then.
    """
    if not base_url.startswith(("https://", "http://")):
        raise LandingError(
            f"{SYSTEM}: base_url {base_url!r} is no address.", "It begins with https://."
        )
    client = HubSpot(
        base_url,
        access_token,
        calls_per_ten_seconds=calls_per_ten_seconds,
        searches_per_second=searches_per_second,
    )
    for kind in OBJECT_TYPES:
        reader = _Reader(
            client, kind, mapping_of(properties or {}, kind), overlap_minutes, list_again_after_days
        )
        yield group(
            SYSTEM,
            kind.name,
            kind.tables,
            reader.extract if kind.needed else where_allowed(kind.tables, reader.extract),
        )
    yield group(SYSTEM, OWNERS.name, (OWNERS,), where_allowed((OWNERS,), _owners(client)))
    yield group(SYSTEM, DEAL_STAGES.name, (DEAL_STAGES,), _stages(client))


class _Reader:
    """Reads one type of object."""

    def __init__(
        self,
        client: HubSpot,
        kind: ObjectType,
        mapping: Mapping[str, str],
        overlap_minutes: int,
        list_again_days: int,
    ) -> None:
        self.client, self.kind, self.mapping = client, kind, mapping
        self.overlap_minutes, self.list_again = overlap_minutes, timedelta(days=list_again_days)

    def extract(self, extract: Extract) -> Batches:
        """Every record that may be new or changed, the archived ones, and all associations."""
        kind, state, now = self.kind, extract.state, CURRENT_LANDING.get().landed_at
        began = moment()
        definitions = self.client.results(f"properties/{kind.path.removeprefix('objects/')}")
        want = wanted(kind, definitions, self.mapping, state.get("held", ()))
        _report(
            extract,
            kind.name,
            [f"{column} (HubSpot has no such property)" for column in want.absent],
        )
        columns = dict(want.columns)
        # The cursor is taken before anything is read: what changes meanwhile is read again next
        # time.
        before, newest = self.client.newest(kind.path, kind.modified)
        since = state.get("modified") if self._may_search(state, columns, now) else None
        found: set[str] = set()
        if since is not None:
            start = earlier(since, self.overlap_minutes)
            yield from self._take(
                extract,
                found,
                columns,
                self.client.changed(kind.path, kind.modified, start, [*columns]),
            )
        archived: set[str] = set()
        pages = self.client.listed(kind.path, archived=True, properties=[*columns])
        yield from self._take(extract, archived, columns, pages)
        live = (_live(kind.name) | found) - archived
        counts = self._counts(before, live)
        if since is None or not min(counts) <= len(live) <= max(counts):
            live = set()
            pages = self.client.listed(kind.path, properties=[*columns])
            yield from self._take(extract, live, columns, pages)
            extract.full(kind.name)
            state.update(listed_at=now.isoformat())
            counts = self._counts(before, live)
            found = live
        extract.delete(kind.name, [(key,) for key in sorted(archived - live)])
        extract.said(kind.name, max(len(live), min(counts)))
        state.update(modified=capped(newest, began), columns=columns, held=sorted(columns.values()))
        yield from self._links(extract, live)
        if kind.history_table is not None:
            yield from self._histories(extract, kind.history_table, found & live, live)

    def _may_search(
        self, state: Mapping[str, Any], columns: Mapping[str, str], now: datetime
    ) -> bool:
        """Whether what changed is enough: not after a week, nor when other properties are wanted
        than last time."""
        listed_at = state.get("listed_at")
        fresh = listed_at is not None and now - datetime.fromisoformat(listed_at) < self.list_again
        return fresh and state.get("columns") == columns

    def _counts(self, before: int, live: set[str]) -> tuple[int, ...]:
        """HubSpot's count before we read, and the one after if they do not agree with what was
        read.

        Records come and go meanwhile, and search, which counts, lags behind the listing: what lies
        between the two is complete, and what is listed beyond both was not found yet.
        """
        return (
            (before,)
            if len(live) == before
            else (before, self.client.newest(self.kind.path, self.kind.modified)[0])
        )

    def _take(
        self,
        extract: Extract,
        ids: set[str],
        columns: Mapping[str, str],
        pages: Iterator[list[Record]],
    ) -> Batches:
        for page in pages:
            ids.update(str(record["id"]) for record in page)
            for record in page:
                _report(extract, self.kind.name, unknown_fields(record))
            yield self.kind.name, [object_row(self.kind.name, record, columns) for record in page]

    def _links(self, extract: Extract, live: set[str]) -> Batches:
        for table in self.kind.link_tables:
            read = self._links_of(table, live)
            yield from (read if self.kind.needed else where_allowed([table], read))(extract)

    def _links_of(self, table: Table, live: set[str]) -> Callable[[Extract], Batches]:
        here = self.kind.path.removeprefix("objects/")
        there, column = self.kind.links[table.name]

        def read(extract: Extract) -> Batches:
            for links in self.client.links(here, there, _in_order(live)):
                rows = [
                    {self.kind.key: link.source, column: link.target, "is_primary": link.primary}
                    for link in links
                ]
                yield table.name, rows
            extract.full(table.name)

        return read

    def _histories(
        self, extract: Extract, table: Table, changed: set[str], live: set[str]
    ) -> Batches:
        """The earlier values of what was handed over, of all that is live where they were not all
        read before."""
        state, key = extract.state, self.kind.key
        columns = {
            name: column for name, column in state["columns"].items() if column in self.kind.history
        }
        ids = changed if state.get("history") == columns else live
        state["history"] = None
        try:
            pages = self.client.histories(self.kind.path, [*columns], _in_order(ids))
            for page in pages if columns else ():
                yield (
                    table.name,
                    [row for record in page for row in history_rows(key, record, columns)],
                )
        except (AuthError, RefusedRequest) as error:
            extract.refused(table.name, error.cause)
        else:
            state["history"] = columns


def _owners(client: HubSpot) -> Callable[[Extract], Batches]:
    """Owners who left are archived and still own what they sold: they stay records, marked as
    archived."""

    def extract(extract: Extract) -> Batches:
        for archived in (False, True):
            for page in client.listed("owners", archived=archived):
                yield OWNERS.name, [owner_row(record) for record in page]
        extract.full(OWNERS.name)

    return extract


def _stages(client: HubSpot) -> Callable[[Extract], Batches]:
    def extract(extract: Extract) -> Batches:
        for pipeline in client.results("pipelines/deals"):
            yield DEAL_STAGES.name, list(stage_rows(pipeline))
        extract.full(DEAL_STAGES.name)

    return extract


def _report(extract: Extract, table: str, news: list[str] | set[str]) -> None:
    """Reports each piece of drift the first time it is met."""
    known = extract.state.setdefault("reported", [])
    fresh = sorted(set(news) - set(known))
    known.extend(fresh)
    if fresh:
        extract.drift(table, fresh)


def _in_order(ids: set[str]) -> list[str]:
    """Ids are numbers that travel as text."""
    return sorted(ids, key=lambda key: (len(key), key))


def _live(table: str) -> set[str]:
    """The ids that the log holds as neither deleted nor archived."""
    with open_raw(CURRENT_LANDING.get().raw_path) as con:
        found = con.execute(
            "select id from ("
            f" select * from {quoted(f'raw_{SYSTEM}')}.{quoted(table)}"
            " qualify row_number() over (partition by _record_key order by _version desc) = 1"
            ") where not _is_deleted and not coalesce(archived, false)"
        ).fetchall()
    return {key for (key,) in found}
