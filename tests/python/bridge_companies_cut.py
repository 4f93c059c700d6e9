"""A company as its systems would have exported it on an evening: what happened later is not there
yet."""

from __future__ import annotations

from datetime import date
from typing import Any

from bridge_companies import Company, Row

# What a record is as long as the day in a column has not come.
NOT_YET: dict[str, tuple[tuple[str, Row], ...]] = {
    "deals": (("lost_on", {"is_won": True, "stage": "won", "lost_on": None}),),
    "change_orders": (("approved_on", {"status": "proposed", "approved_on": None}),),
    "jobs": (
        ("completed_on", {"status": "in_progress", "completed_on": None}),
        ("left_on", {"left_on": None}),
    ),
    "work_orders": (("completed_on", {"status": "in_progress", "completed_on": None}),),
    "invoices": (("voided_on", {"status": "posted", "voided_on": None}),),
    "payments": (("reversed_on", {"status": "received", "reversed_on": None}),),
    "payment_applications": (("reversed_on", {"reversed_on": None}),),
}
# The day on which a record comes into being.
BEGINS = {
    "deliveries": "delivered_on",
    "payments": "received_on",
    "payment_applications": "applied_on",
    "journal_lines": "posted_on",
}


def cut(company: Company, day: date) -> Company:
    """The company by the end of a day. Lines go with their invoice, later versions of a deal with
    their day.

    A document dated later was there already if something had been applied to it.
    """
    kept = Company(kind=company.kind)
    applied = {
        row["invoice_id"] for row in company.of("payment_applications") if row["applied_on"] <= day
    }
    later = {
        row["invoice_id"] for row in company.of("invoices") if row["issued_on"] > day
    } - applied
    for entity, rows in company.rows.items():
        for row in rows:
            if entity in ("invoices", "invoice_lines"):
                is_later = row["invoice_id"] in later
            else:
                is_later = entity in BEGINS and row[BEGINS[entity]] > day
            if is_later:
                continue
            if row.get("_later") and str(row["updated_at"]) > f"{day} 23:59:59":
                continue
            kept.add(entity, **_by(entity, row, day))
    return kept


def _by(entity: str, row: Row, day: date) -> dict[str, Any]:
    found = dict(row)
    for column, before in NOT_YET.get(entity, ()):
        if found.get(column) and found[column] > day:
            found |= before
    return found
