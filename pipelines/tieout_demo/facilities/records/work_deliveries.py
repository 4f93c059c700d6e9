"""The rows of what was delivered on a job, what it cost, and what left the store."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tieout_demo.facilities.basics import moment
from tieout_demo.facilities.model import Delivery, Job
from tieout_demo.facilities.records.changes import last

Row = dict[str, Any]
TABLES = (
    "timesheet_entries",
    "material_usage",
    "job_expenses",
    "milestones",
    "dispatch_notes",
    "stock_ledger",
    "job_costs",
)


def add(found: dict[str, list[Row]], job: Job, night: datetime) -> None:
    """Puts the job's rows of that night into their tables."""
    for delivery in job.deliveries:
        if delivery.deleted is not None and delivery.deleted <= night:
            continue
        accepted = moment(delivery.accepted, 19, delivery.ident) if delivery.accepted else None
        changed = last(
            night,
            delivery.entered,
            delivery.approved,
            delivery.rejected,
            accepted,
            delivery.remarked,
        )
        if changed is not None:
            table, row = _ROWS[delivery.kind](delivery, changed)
            found[table].append(
                {
                    "job_no": job.number,
                    "ticket_no": delivery.ticket.ident,
                    "item_code": delivery.line.product.sku,
                }
                | row
                | {"modified_ts": changed}
            )
    for move in job.moves:
        at = moment(move.on, 18, move.ident)
        if at <= night:
            found["stock_ledger"].append(
                {
                    "entry_id": move.ident,
                    "dispatch_no": move.delivery.ident,
                    "item_code": move.delivery.line.product.sku,
                    "quantity": move.quantity,
                    "moved_on": move.on,
                    "cost_value": move.cost,
                    "modified_ts": at,
                }
            )
    for cost in job.costs:
        at = cost.entered + timedelta(minutes=20)
        if at <= night:
            found["job_costs"].append(
                {
                    "cost_no": cost.ident,
                    "job_no": job.number,
                    "supplier_code": cost.supplier,
                    "supplier_invoice_no": cost.supplier_invoice,
                    "source_no": cost.source,
                    "staff_no": cost.person.number if cost.person else None,
                    "cost_kind": cost.kind,
                    "incurred_on": cost.on,
                    "quantity": cost.quantity,
                    "amount": cost.amount,
                    "currency_code": "GBP",
                    "modified_ts": at,
                }
            )


def _state(delivery: Delivery, at: datetime) -> str:
    if delivery.rejected is not None and at >= delivery.rejected:
        return "rejected"
    return "approved" if delivery.approved is not None and at >= delivery.approved else "submitted"


def _approved_on(delivery: Delivery, at: datetime) -> object:
    return (
        delivery.approved.date()
        if delivery.approved is not None and at >= delivery.approved
        else None
    )


def _timesheet(delivery: Delivery, at: datetime) -> tuple[str, Row]:
    return "timesheet_entries", {
        "entry_no": delivery.ident,
        "staff_no": delivery.person.number if delivery.person else None,
        "worked_on": delivery.on,
        "quantity": delivery.quantity,
        "uom": delivery.unit,
        "is_chargeable": int(delivery.billable),
        "entry_state": _state(delivery, at),
        "approved_on": _approved_on(delivery, at),
        "remark": "checked with site" if delivery.remarked and at >= delivery.remarked else None,
    }


def _material(delivery: Delivery, at: datetime) -> tuple[str, Row]:
    return "material_usage", {
        "usage_no": delivery.ident,
        "used_on": delivery.on,
        "quantity": delivery.quantity,
        "uom": delivery.unit,
        "is_chargeable": int(delivery.billable),
        "usage_state": _state(delivery, at),
        "approved_on": _approved_on(delivery, at),
    }


def _expense(delivery: Delivery, at: datetime) -> tuple[str, Row]:
    return "job_expenses", {
        "expense_no": delivery.ident,
        "staff_no": delivery.person.number if delivery.person else None,
        "spent_on": delivery.on,
        "recharge": delivery.value,
        "is_chargeable": int(delivery.billable),
        "expense_state": _state(delivery, at),
        "approved_on": _approved_on(delivery, at),
    }


def _milestone(delivery: Delivery, at: datetime) -> tuple[str, Row]:
    signed = delivery.accepted and at >= moment(delivery.accepted, 19, delivery.ident)
    return "milestones", {
        "milestone_no": delivery.ident,
        "title": delivery.title,
        "reached_on": delivery.on,
        "state": _state(delivery, at),
        "approved_on": _approved_on(delivery, at),
        "client_signed_on": delivery.accepted if signed else None,
        "worth": delivery.value,
    }


def _dispatch(delivery: Delivery, at: datetime) -> tuple[str, Row]:
    return "dispatch_notes", {
        "dispatch_no": delivery.ident,
        "shipped_on": delivery.on,
        "quantity": delivery.quantity,
        "uom": delivery.unit,
        "dispatch_state": _state(delivery, at),
        "approved_on": _approved_on(delivery, at),
    }


_ROWS = {
    "time": _timesheet,
    "material": _material,
    "expense": _expense,
    "milestone": _milestone,
    "shipment": _dispatch,
}
