"""Each system's own totals are what its records add up to, and no more than had happened by the
day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout_demo.checks.totals import StageTotal, stage_totals
from tieout_demo.company import DemoState
from tieout_demo.facilities.arm import Facilities

ON = date(2026, 6, 30)


def _state(arm: Facilities, until: date = ON) -> DemoState:
    return DemoState(until, arm.hubspot(until), arm.xero(until), arm.work_orders(until))


def _sums(totals: list[StageTotal]) -> dict[tuple[str, str], Decimal]:
    return {(total.stage, total.measure): total.amount for total in totals}


def test_the_totals_are_those_of_the_business_itself() -> None:
    arm = Facilities(2025, 0.05, faults=False)
    sums = _sums(stage_totals(_state(arm)))
    world = arm.world
    for currency in ("GBP", "EUR", "USD", "CHF"):
        won = [
            deal
            for deal in world.deals
            if deal.won and deal.decided <= ON and deal.currency == currency
        ]
        assert sums["booked", currency] == sum(deal.net for deal in won)
        live = [
            each
            for each in world.invoices
            if each.issued <= ON and not each.voided and each.currency == currency
        ]
        assert sums["invoiced", currency] == sum(paper.net for paper in live)
        cash = [
            each
            for each in world.receipts
            if each.at.date() <= ON and each.invoice.currency == currency
        ]
        kept = [each.amount for each in cash if not (each.reversed and each.reversed.date() <= ON)]
        kept += [
            each.amount
            for each in world.on_account
            if each.at.date() <= ON and each.currency == currency
        ]
        assert sums["cash", currency] == sum(kept)
    spent = [cost.amount for job in world.jobs for cost in job.costs if cost.on <= ON]
    assert sums["cost", "GBP"] == sum(spent)
    hours = [
        each.quantity
        for job in world.jobs
        for each in job.deliveries
        if each.kind == "time"
        and each.unit == "hour"
        and each.approved
        and each.approved.date() <= ON
    ]
    assert sums["delivered", "hour"] == sum(hours)


def test_the_year_end_close_is_no_revenue() -> None:
    arm = Facilities(2025, 0.05, faults=False)
    december, january = date(2025, 12, 30), date(2026, 1, 31)
    before = _sums(stage_totals(_state(arm, december)))["recognised", "GBP"]
    assert _sums(stage_totals(_state(arm, january)))["recognised", "GBP"] > before > 0


def test_a_file_systems_totals_follow_the_input_layer() -> None:
    entities = {
        "deals": [{"deal_id": "1", "is_won": True, "currency": "EUR", "amount": Decimal(9)}],
        "deal_lines": [
            {"deal_id": "1", "net_amount": Decimal(10)},
            {"deal_id": "2", "net_amount": Decimal(99)},
        ],
        "invoices": [
            {
                "invoice_id": "a",
                "status": "posted",
                "issued_on": ON,
                "invoice_type": "invoice",
                "currency": "EUR",
            },
            {
                "invoice_id": "b",
                "status": "posted",
                "issued_on": ON,
                "invoice_type": "credit_note",
                "currency": "EUR",
            },
            {
                "invoice_id": "c",
                "status": "draft",
                "issued_on": ON,
                "invoice_type": "invoice",
                "currency": "EUR",
            },
        ],
        "invoice_lines": [{"invoice_id": each, "net_amount": Decimal(8)} for each in "abc"],
    }
    state = DemoState(ON, imports={"files": entities})
    assert _sums(stage_totals(state)) == {
        ("booked", "EUR"): Decimal(10),
        ("invoiced", "EUR"): Decimal(8),
        ("credited", "EUR"): Decimal(-8),
    }
