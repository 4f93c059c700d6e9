"""Every fault that the recruitment arm labels is really there, and nothing else of its kind is."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from recruitment_detectors import DETECTORS
from recruitment_world import UNTIL, Office, arm

from tieout_demo.checks.truth import COLUMNS

CONTROLS = [
    "amendment_not_repriced",
    "backdated_entry",
    "capacity_exceeded",
    "cash_unapplied",
    "charge_rate_variance",
    "contract_period_not_billed",
    "currency_mismatch",
    "deal_amount_mismatch",
    "delivered_not_invoiced",
    "delivery_billed_twice",
    "duplicate_invoice",
    "future_dated_entry",
    "fx_rate_missing",
    "invoice_header_mismatch",
    "invoice_not_posted",
    "invoice_number_gap",
    "invoiced_above_contract",
    "journal_unbalanced",
    "landed_incomplete",
    "margin_below_threshold",
    "owner_missing",
    "pay_rate_variance",
    "pay_without_timesheet",
    "payment_duplicated",
    "permanent_fee_not_invoiced",
    "placement_not_invoiced",
    "possible_duplicate_customer",
    "posted_to_closed_period",
    "preparer_is_approver",
    "quantity_variance",
    "rebate_not_credited",
    "receivable_overdue",
    "revenue_journal_without_document",
    "short_paid",
    "tax_mismatch",
    "timesheet_billed_not_paid",
    "timesheet_missing",
    "timesheet_paid_not_billed",
    "won_deal_without_job",
]


@pytest.fixture(scope="module")
def office() -> Office:
    return Office(1.0, faults=True)


def labels(control_id: str, until: date = UNTIL) -> list[str]:
    return [
        row["entity_id"]
        for row in arm(1.0, faults=True).truth(until)
        if row["control_id"] == control_id
    ]


def test_every_control_of_the_arm_has_three_faults_to_find() -> None:
    counts = Counter(row["control_id"] for row in arm(1.0, faults=True).truth(UNTIL))
    assert sorted(counts) == sorted(CONTROLS)
    assert min(counts.values()) >= 3


@pytest.mark.parametrize("control_id", sorted(DETECTORS))
def test_what_is_labelled_is_what_is_there(office: Office, control_id: str) -> None:
    assert DETECTORS[control_id](office) == set(labels(control_id))


@pytest.mark.parametrize("control_id", sorted(DETECTORS))
def test_a_clean_world_has_none_of_it(control_id: str) -> None:
    assert DETECTORS[control_id](Office(0.3, faults=False)) == set()


def test_labels_name_records_that_exist(office: Office) -> None:
    ids = {
        entity: {str(row[next(iter(row))]) for row in rows}
        for entity, rows in office.tables.items()
        if rows
    }
    ids["journal_lines"] = {row["journal_id"] for row in office.tables["journal_lines"]}
    for row in arm(1.0, faults=True).truth(UNTIL):
        assert tuple(sorted(row)) == tuple(sorted(COLUMNS))
        assert row["value_amount"] >= Decimal(0)
        assert row["planted_on"] <= UNTIL
        if row["control_id"] != "invoice_number_gap":
            assert row["entity_id"] in ids[row["entity"]], row


def test_labels_come_with_time() -> None:
    earlier, later = (
        arm(1.0, faults=True).truth(until) for until in (date(2026, 1, 31), date(2026, 9, 30))
    )
    now = arm(1.0, faults=True).truth(UNTIL)
    assert len(earlier) < len(now) < len(later)
    assert all(row in now for row in earlier)
