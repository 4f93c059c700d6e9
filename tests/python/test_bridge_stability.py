"""What is no part of a difference does not move it: a record less touches its own job only, another
order nothing.

And the position of a day is what a build of that day's records gives, whatever came later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest
from bridge_companies import AS_OF, Row
from bridge_companies_cut import cut
from bridge_reference_evidence import KEYS, UNKNOWN, Event
from bridge_world import Deleted, World, number_of

ROW = (
    *("gap", "from_event_key", "to_event_key", "related_event_key", "from_on", "to_on"),
    *(
        "from_amount",
        "to_amount",
        "difference_amount",
        "reason",
        "gap_class",
        "match_rule",
        "bridge_item_key",
        *KEYS,
    ),
)
OPEN_JOB = ("only_open_job", "only_open_job_with_product")


def counted(world: World, pieces: list[Row]) -> dict[int, Counter[tuple[Any, ...]]]:
    """The rows of the bridge by company."""
    found: dict[int, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for piece in pieces:
        number = world.company_of(piece["from_event_key"], piece["to_event_key"])
        found[number][tuple(piece[name] for name in ROW)] += 1
    return found


def test_another_order_of_files_rows_and_loads_gives_identical_rows(bridge_world: World) -> None:
    before = counted(bridge_world, bridge_world.pieces)
    after = counted(bridge_world, bridge_world.other_pieces)
    whole = {number for number in before if number not in bridge_world.deleted} - bridge_world.cut
    assert len(whole) > 25
    bridge_world.fail("another order gives other rows", differing(whole, before, after))


def test_the_position_of_a_day_is_that_of_the_records_of_that_day(bridge_world: World) -> None:
    """Built as of the day, from everything and from what had happened by then: the same rows."""
    before = counted(bridge_world, bridge_world.pieces)
    after = counted(bridge_world, bridge_world.other_pieces)
    companies = {number: bridge_world.companies[number - 1] for number in bridge_world.cut}
    with_later = [
        number for number, company in companies.items() if cut(company, AS_OF).rows != company.rows
    ]
    assert len(with_later) > 25, "a company without anything later proves nothing"
    bridge_world.fail(
        "what came later changes the position", differing(bridge_world.cut, before, after)
    )


def differing(
    numbers: set[int],
    before: dict[int, Counter[tuple[Any, ...]]],
    after: dict[int, Counter[tuple[Any, ...]]],
) -> dict[int, list[str]]:
    """The rows that only one of the builds has, by company."""
    differences: dict[int, list[str]] = {}
    for number in numbers:
        if before[number] != after[number]:
            changed = [
                *(before[number] - after[number]).elements(),
                *(after[number] - before[number]).elements(),
            ]
            differences[number] = [str(row[:12]) for row in changed]
    return differences


class Less:
    """A company before and after one of its records was left out."""

    def __init__(self, world: World, gone: Deleted) -> None:
        self.gone = gone
        self.before = self._events(world.evidence.events)
        self.after = self._events(world.other_evidence.events)
        self.jobs_by_id = {row["job_id"]: key for key, row in world.evidence.jobs.items()}
        self.deals = {key: row["deal_id"] for key, row in world.evidence.deals.items()}
        self.own = [event for event in self.before.values() if self._is_own(event)]

    def _events(self, events: list[Event]) -> dict[str, Event]:
        return {
            event.key: event
            for event in events
            if number_of(event.facts["source_id"]) == self.gone.company
        }

    def _is_own(self, event: Event) -> bool:
        """An event of the record itself, of its lines, or of what was applied to it or from it."""
        row = self.gone.rows[0]
        if self.gone.entity == "invoices":
            hangs_on = {"invoiced", "credited"} if event.stage != "cash" else {"cash"}
            ids = {gone["invoice_id"] for gone in self.gone.rows}
            return event.stage in hangs_on and event.facts.get("invoice_id") in ids
        if self.gone.entity == "payments":
            return event.stage == "cash" and event.facts["payment_id"] == row["payment_id"]
        key = {"deliveries": "delivery_id", "deal_lines": "deal_line_id"}[self.gone.entity]
        stage = {"deliveries": "delivered", "deal_lines": "booked"}[self.gone.entity]
        return event.stage == stage and event.facts["source_id"] == row[key]

    def prices_others(self, event: Event) -> bool:
        """Whether an event's worth follows from the record: work priced by a deal line, parts of a
        fixed price."""
        if event.stage != "delivered":
            return False
        if self.gone.entity == "deal_lines":
            return self.deals.get(event.keys["deal_key"]) == self.gone.rows[0]["deal_id"]
        return self.gone.entity == "deliveries" and event.job == self.jobs_by_id.get(
            self.gone.rows[0]["job_id"]
        )

    def allowed(self, pieces: list[Row]) -> tuple[set[str], set[str]]:
        """The jobs that may be touched, and the customers whose unplaced rows may be."""
        own = {event.key for event in self.own}
        moved = [
            (self.before[key], self.after[key])
            for key in self.before.keys() & self.after.keys()
            if self.before[key].keys != self.after[key].keys
        ]
        jobs = {event.job for event in self.own}
        for piece in pieces:
            if own & {piece["from_event_key"], piece["to_event_key"], piece["related_event_key"]}:
                jobs.add(piece["job_key"])
        if self.gone.entity == "deal_lines":
            jobs |= {event.job for event in self.before.values() if self.prices_others(event)}
        customers = {event.keys["customer_key"] for event in self.own}
        for before, after in moved:
            customers |= {before.keys["customer_key"], after.keys["customer_key"]}
            # What only the open jobs of its customer place may find another one of them.
            jobs |= {
                event.job
                for event in (before, after)
                if event.facts.get("job_match_rule") in (*OPEN_JOB, "document")
            }
        return jobs - {UNKNOWN}, customers


@pytest.fixture(scope="module")
def less(bridge_world: World) -> list[Less]:
    found = [Less(bridge_world, gone) for gone in bridge_world.deleted.values()]
    assert {one.gone.entity for one in found} == {
        "invoices",
        "deliveries",
        "payments",
        "deal_lines",
    }
    return found


def test_a_record_less_changes_the_totals_by_exactly_its_own_amount(
    bridge_world: World, less: list[Less]
) -> None:
    differences = {}
    for one in less:
        own = {event.key for event in one.own}
        before = {
            key: event.reporting
            for key, event in one.before.items()
            if key not in own and not one.prices_others(event)
        }
        after = {
            key: event.reporting for key, event in one.after.items() if not one.prices_others(event)
        }
        if before != after:
            changed = sorted(set(before.items()) ^ set(after.items()), key=str)
            differences[one.gone.company] = [
                f"{one.gone.rows[0]}",
                *(f"{bridge_world.name_of(key)} {amount}" for key, amount in changed),
            ]
    bridge_world.fail("other amounts changed, too", differences)


def test_a_record_less_touches_only_its_own_job_and_what_its_customer_has_unplaced(
    bridge_world: World, less: list[Less]
) -> None:
    before = counted(bridge_world, bridge_world.pieces)
    after = counted(bridge_world, bridge_world.other_pieces)
    pieces: dict[int, list[Row]] = defaultdict(list)
    for piece in bridge_world.pieces:
        pieces[bridge_world.company_of(piece["from_event_key"], piece["to_event_key"])].append(
            piece
        )
    differences: dict[int, list[str]] = {}
    touched_count = 0
    for one in less:
        number = one.gone.company
        jobs, customers = one.allowed(pieces[number])
        changed = [
            *(before[number] - after[number]).elements(),
            *(after[number] - before[number]).elements(),
        ]
        touched_count += len(changed)
        wrong = []
        for row in changed:
            piece = dict(zip(ROW, row, strict=True))
            if piece["job_key"] not in jobs and not (
                piece["job_key"] == UNKNOWN and piece["customer_key"] in customers
            ):
                names = [
                    bridge_world.name_of(piece[key]) for key in ("from_event_key", "to_event_key")
                ]
                wrong.append(
                    f"{piece['gap']} {names} {piece['from_amount']} {piece['to_amount']} {piece['reason']}"
                )
        if wrong:
            differences[number] = [f"without {one.gone.rows[0]}", *wrong]
    assert touched_count > 100
    bridge_world.fail("other jobs were touched", differences)
