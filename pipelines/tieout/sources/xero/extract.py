"""One endpoint of the ledger: which of its documents are new, and how they are handed to the raw
log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tieout.landing.table_types import Extract, Rows
from tieout.sources.cursors import moment
from tieout.sources.xero.client import XeroClient
from tieout.sources.xero.records import instant, rows
from tieout.sources.xero.shapes import Record


def documents(
    client: XeroClient, record: Record, overlap: timedelta, extract: Extract
) -> Iterator[tuple[str, Rows]]:
    """What changed since the last run, or everything where the endpoint knows no changes.

    The cursor goes to the newest change seen, but never beyond the moment at which we began to ask:
    what changes while we read is asked for again. `overlap` goes back further, for changes that
    were being written then.
    """
    cursor = extract.state.get("modified_since") if record.incremental else None
    since = datetime.fromisoformat(cursor) - overlap if cursor else None
    before = client.count(record) if record.paged and since else None
    asked, began = moment(), None
    newest: datetime | None = None
    counts: set[int | None] = set()
    for page in client.pages(record, since):
        began = began or page.asked_at
        counts.add(page.count)
        yield from batches(record, page.documents)
        newest = max(
            [*filter(None, map(_changed, page.documents)), *([newest] if newest else [])],
            default=None,
        )
    if not record.incremental:
        for table in record.tables():
            extract.full(table.name)
    elif newest is not None:
        # By Xero's clock, and by ours where Xero's is ahead or says nothing.
        seen = min([newest, asked, *([began] if began else [])])
        extract.state["modified_since"] = max(
            seen, datetime.fromisoformat(cursor) if cursor else seen
        ).isoformat()
    if record.paged:
        counts = {before, client.count(record)} if since else counts
        # A count that moves while we read is no measure of what we should have.
        extract.said(record.table, counts.pop() if len(counts) == 1 else None)


def batches(record: Record, found: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Rows]]:
    """A page as one batch a table, so that the lines of a document stay together."""
    by_table: dict[str, list[dict[str, Any]]] = {table.name: [] for table in record.tables()}
    for document in found:
        for table, row in rows(record, document):
            by_table[table].append(row)
    yield from by_table.items()


def _changed(document: Mapping[str, Any]) -> datetime | None:
    value = document.get("UpdatedDateUTC")
    return instant(value) if value else None
