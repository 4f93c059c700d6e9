"""The worked examples of the guide say, event by event and piece by piece, what a build of their
files gives."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from bridge_companies import Row
from bridge_examples import EXAMPLES, Table, tables, written_id
from bridge_reference_evidence import Event
from bridge_world import World

GAPS = (
    "booked_to_contracted",
    "contracted_to_delivered",
    "delivered_to_invoiced",
    "invoiced_to_cash",
    "delivered_to_recognised",
)


def amount(cell: str) -> Decimal:
    """A printed amount; an empty cell is nothing."""
    return Decimal(cell.strip("*").replace(",", "") or "0")


def written(table: Table) -> Counter[tuple[object, ...]]:
    """The pieces of a table without its totals."""
    return Counter(
        (start, end, evidence, amount(from_amount), amount(to_amount), reason)
        for start, end, evidence, from_amount, to_amount, reason in table.rows[:-1]
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_guide_lists_every_event_with_its_tax_and_its_worth_in_pounds(
    bridge_world: World, name: str
) -> None:
    [events] = [table for table in tables(name) if table.about == "events"]
    written_events = Counter(
        (
            stage,
            record,
            day,
            amount(document.split()[0]),
            document.split()[1],
            amount(tax),
            amount(pounds),
        )
        for stage, record, day, document, tax, pounds in events.rows
    )
    assert written_events == Counter(
        (
            row["stage"],
            written_id(row["source_id"]),
            row["event_on"].isoformat(),
            row["document_amount"],
            row["currency"],
            row["tax_amount"] or Decimal(0),
            row["reporting_amount"],
        )
        for row in bridge_world.stage_events
        if row["source_system"] == name
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_guide_lists_every_piece_of_every_gap(bridge_world: World, name: str) -> None:
    pieces = [table for table in tables(name) if table.about != "events"]
    assert [table.about.replace(" → ", "_to_") for table in pieces] == list(GAPS)
    for gap, table in zip(GAPS, pieces, strict=True):
        assert written(table) == built(bridge_world, name, gap), gap


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_totals_of_the_guide_are_those_of_its_events(name: str) -> None:
    events = next(table for table in tables(name) if table.about == "events")
    stages: dict[str, Decimal] = {}
    for stage, _, _, _, _, pounds in events.rows:
        stages[stage] = stages.get(stage, Decimal(0)) + amount(pounds)
    expected = {
        "booked": stages["booked"],
        "contracted": stages["booked"] + stages.get("change_order", 0),
        "delivered": stages["delivered"],
        "invoiced": stages["invoiced"] + stages.get("credited", 0),
        "cash": stages["cash"],
        "recognised": stages["recognised"],
    }
    for table in tables(name):
        if table.about == "events":
            continue
        first, last = table.about.split(" → ")
        assert (amount(table.rows[-1][3]), amount(table.rows[-1][4])) == (
            expected[first],
            expected[last],
        )
        assert sum(amount(row[3]) for row in table.rows[:-1]) == expected[first]
        assert sum(amount(row[4]) for row in table.rows[:-1]) == expected[last]


def built(world: World, name: str, gap: str) -> Counter[tuple[object, ...]]:
    """The pieces of a gap of an example's build, as a row of the page."""

    def name_of(key: str | None) -> str:
        event: Event | None = world.by_key[key] if key else None
        return written_id(event.facts["source_id"]) if event else ""

    def is_its(piece: Row) -> bool:
        return world.by_key[piece["from_event_key"] or piece["to_event_key"]].system == name

    return Counter(
        (
            name_of(piece["from_event_key"]),
            name_of(piece["to_event_key"]),
            name_of(piece["related_event_key"]),
            piece["from_amount"],
            piece["to_amount"],
            piece["reason"],
        )
        for piece in world.pieces
        if piece["gap"] == gap and is_its(piece)
    )
