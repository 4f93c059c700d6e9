"""The pieces of the bridge and the events on either side of them, a file a customer, loaded when
somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from tieout.findings.bridge import GAPS
from tieout.pack.marts import Position
from tieout.pack.names import Names
from tieout.pack.render import write_data

EPOCH = date(2000, 1, 1)
"""Days are counted from here: five figures instead of ten letters, some hundred thousand times."""


def write_pieces(
    connection: duckdb.DuckDBPyConnection,
    at: Position,
    found: Names,
    reason_classes: dict[str, str],
    folder: Path,
    told: Callable[[int, int], None],
) -> None:
    """Writes `data/pieces-<place of the customer>.js` for every customer with a piece up to the end
    of the period.

    A piece is [gap, reason, rule, from day, to day, from, to, from event, to event, related event,
    job, product, owner, key]; its owner is who is credited for all of it, else a list of [owner,
    from, to] of those who share it; an event [stage, day, system, entity, id, currency, document amount,
    rate, reporting amount, quantity, unit, valuation, what people call it]. Repeated words are places in `words`. A
    piece worth nothing on both sides explains nothing, and is left out.
    """
    gaps = {gap: place for place, gap in enumerate(GAPS.values())}
    places = {name: place for place, name in enumerate(reason_classes)}
    connection.execute(
        """
        create or replace temp table pack_pieces as
        select * from fct_bridge
        where (from_amount <> 0 and from_on <= $ends_on) or (to_amount <> 0 and to_on <= $ends_on)
        """,
        {"ends_on": at.ends_on},
    )
    events = _by_customer(
        connection,
        """
        with named as (
            select customer_key, unnest([from_event_key, to_event_key, related_event_key]) as event_key from pack_pieces
        )
        select distinct named.customer_key, events.event_key, events.stage, events.event_on, events.source_system,
            events.source_entity, events.source_id, events.currency, events.document_amount,
            rtrim(rtrim(events.exchange_rate::text, '0'), '.') as exchange_rate, events.reporting_amount,
            events.quantity, events.unit, events.valuation_rule, events.entity_label
        from named inner join fct_stage_events as events on named.event_key = events.event_key
        order by named.customer_key, events.event_key
        """,
    )
    pieces = _by_customer(
        connection,
        """
        with credited as (
            select bridge_item_key,
                list([owner_key, from_amount::text, to_amount::text] order by owner_key) as shares
            from fct_bridge_attribution where from_amount <> 0 or to_amount <> 0
            group by bridge_item_key
        )
        select customer_key, gap, reason, match_rule, from_on, to_on, from_amount, to_amount, from_event_key,
            to_event_key, related_event_key, job_key, product_key, shares, left(bridge_item_key, 12)
        from pack_pieces inner join credited using (bridge_item_key)
        order by customer_key, gap, coalesce(from_on, to_on), bridge_item_key
        """,
    )
    for done, (customer, own) in enumerate(pieces.items()):
        told(done, len(pieces))
        words = _Words()
        own_events = events.get(customer, [])
        places_of_events = {row[1]: place for place, row in enumerate(own_events)}
        content = {
            "pieces": [
                [
                    gaps[row[1]],
                    places[row[2]],
                    words.place(row[3]),
                    _day(row[4]),
                    _day(row[5]),
                    row[6],
                    row[7],
                    *(places_of_events.get(key, -1) for key in row[8:11]),
                    found.place("job", row[11]),
                    found.place("product", row[12]),
                    _owner(row[13], found),
                    row[14],
                ]
                for row in own
            ],
            "events": [
                [
                    words.place(row[2]),
                    _day(row[3]),
                    words.place(row[4]),
                    words.place(row[5]),
                    row[6],
                    words.place(row[7]),
                    row[8],
                    words.place(row[9]),
                    row[10],
                    None if row[11] is None else row[11].normalize(),
                    words.place(row[12]),
                    words.place(row[13]),
                    row[14],
                ]
                for row in own_events
            ],
            "words": words.known,
        }
        write_data(folder, f"pieces-{found.place('customer', customer)}", content, packed=True)


def _owner(shares: list[list[str]], found: Names) -> Any:
    """Whose a piece is: one person's, or the shares of several."""
    if len(shares) == 1:
        return found.place("owner", shares[0][0])
    return [[found.place("owner", owner), *amounts] for owner, *amounts in shares]


class _Words:
    """Words by their place in one list; nothing is place -1."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self._places: dict[str, int] = {}

    def place(self, word: str | None) -> int:
        if word is None:
            return -1
        if word not in self._places:
            self._places[word] = len(self.known)
            self.known.append(word)
        return self._places[word]


def _by_customer(
    connection: duckdb.DuckDBPyConnection, sql: str
) -> dict[str, list[tuple[Any, ...]]]:
    found = connection.execute(sql).fetchall()
    return {str(key): list(own) for key, own in groupby(found, key=lambda row: row[0])}


def _day(value: date | None) -> int | None:
    return None if value is None else (value - EPOCH).days
