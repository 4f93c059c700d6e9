"""Slow detectors that follow the register's words find the planted faults, and in the clean company
nothing."""

from __future__ import annotations

from datetime import date

import pytest
from facilities_detectors import Desk, found

from tieout_demo.facilities.arm import Facilities

DAYS = (date(2026, 6, 30), date(2026, 9, 30))
DETECTED = (
    "amendment_not_repriced", "backdated_entry", "cash_unapplied", "charge_rate_variance",
    "contract_period_not_billed", "currency_mismatch",
    "deal_amount_mismatch", "delivered_not_invoiced", "delivery_billed_twice", "discount_above_authority",
    "duplicate_invoice", "future_dated_entry", "invoice_header_mismatch", "invoice_job_ambiguous",
    "invoice_number_gap", "invoice_without_delivery", "invoice_without_job", "job_without_deal",
    "milestone_not_accepted", "owner_missing", "payment_duplicated", "posted_to_closed_period", "product_unmapped",
    "quantity_variance", "quote_scope_variance", "receivable_overdue", "revenue_journal_without_document",
    "shipment_without_stock_move", "tax_mismatch", "timesheet_missing", "won_deal_without_job",
)  # fmt: skip


def _desk(arm: Facilities, on: date) -> Desk:
    return Desk(arm.hubspot(on), arm.work_orders(on), arm.xero(on), on)


@pytest.mark.parametrize("seed", [2025, 7])
@pytest.mark.parametrize("on", DAYS)
def test_the_clean_company_has_nothing_to_find(seed: int, on: date) -> None:
    assert {
        control: ids
        for control, ids in found(_desk(Facilities(seed, 0.2, faults=False), on)).items()
        if ids
    } == {}


@pytest.mark.parametrize("seed", [2025, 7])
@pytest.mark.parametrize("on", DAYS)
def test_what_is_found_is_what_is_labelled(seed: int, on: date) -> None:
    arm = Facilities(seed, 0.2)
    seen = found(_desk(arm, on))
    labelled: dict[str, set[str]] = {control: set() for control in DETECTED}
    for row in arm.truth(on):
        if row["control_id"] in labelled:
            labelled[row["control_id"]].add(row["entity_id"])
    wrong = {
        control: (
            sorted(seen[control] - labelled[control]),
            sorted(labelled[control] - seen[control]),
        )
        for control in DETECTED
        if seen[control] != labelled[control]
    }
    assert wrong == {}
