"""Faults of the exports themselves: days without an exchange rate, records counted and not handed
over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

from tieout_demo.calendars import at
from tieout_demo.history import History, Row
from tieout_demo.recruitment.faults.planting import Planter
from tieout_demo.recruitment.invoicing.papers import Document
from tieout_demo.recruitment.model import LAST_DAY, ZERO, Placement, cents

# What an event's amount is translated by, and on which day.
_DATED = {
    "invoices": ("issued_on", "gross_amount"),
    "payments": ("received_on", "amount"),
    "deals": ("won_on", "amount"),
    "change_orders": ("approved_on", "amount_delta"),
    "costs": ("incurred_on", "amount"),
    "pay_items": ("paid_on", "amount"),
    "jobs": ("started_on", None),
}


def unrated_days(
    planter: Planter, history: History, issued: list[Document]
) -> frozenset[tuple[str, date]]:
    """Days on which a currency's rates are missing: on each, one invoice needs them and nothing
    else of this arm."""
    busy = _days_by_currency(history)
    alone = [
        document
        for document in issued
        if document.currency in ("CHF", "USD")
        and not document.is_credit
        and document.voided_on is None
        and busy[document.currency, document.issued_on] == 1
    ]
    days = set()
    for document in planter.pick(
        "fx_rate_missing", alone, lambda d: d.issued_on, lambda d: (d.currency, d.issued_on), 3
    ):
        drafted = at(document.issued_on, 9, 59)
        history.change("invoices", drafted, document.invoice_id, exchange_rate=None)
        days.add((document.currency, document.issued_on))
        note = f"no {document.currency} rate on {document.issued_on}, and none on the invoice"
        args = (document.net, document.currency, document.issued_on, note)
        planter.label("fx_rate_missing", "invoices", document.invoice_id, *args)
    return frozenset(days)


def label_above_contract(
    planter: Planter, history: History, issued: list[Document], placements: list[Placement]
) -> None:
    """Nobody plants it: it follows where work was billed twice, or added weeks were not priced."""
    billed: dict[str, list[tuple[date, Decimal]]] = {}
    for document in issued:
        for line in document.lines if document.voided_on is None else ():
            billed.setdefault(str(line.job_ref), []).append(
                (document.issued_on, document.sign * line.net)
            )
    changes: dict[str, Decimal] = {}
    final = history.known_on(at(LAST_DAY, 23))
    for change in final["change_orders"]:
        if change["status"] == "approved":
            changes[change["job_id"]] = changes.get(change["job_id"], ZERO) + change["amount_delta"]
    for placement in placements:
        contracted = cents(placement.booked) + changes.get(placement.job_id, ZERO)
        allowed = contracted + max(Decimal(50), cents(contracted / 100))
        total, above_since = ZERO, None
        for on, amount in sorted(billed.get(placement.job_ref, [])):
            total += amount
            above_since = None if total <= allowed else above_since or on
        if above_since is not None:
            excess, currency = total - contracted, placement.currency
            note = f"follows from what was billed twice or not priced: {total} billed, {contracted} contracted"
            planter.label(
                "invoiced_above_contract",
                "jobs",
                placement.job_id,
                excess,
                currency,
                above_since,
                note,
            )


def _days_by_currency(history: History) -> dict[tuple[str, date], int]:
    """How many records of a currency are dated on a day."""
    counts: dict[tuple[str, date], int] = {}
    for entity, rows in history.known_on(at(LAST_DAY, 23)).items():
        column = _DATED.get(entity, (None, None))[0]
        for row in rows if column else ():
            on = row.get(str(column))
            if on is not None:
                counts[row["currency"], on] = counts.get((row["currency"], on), 0) + 1
    return counts


def withheld(planter: Planter, history: History) -> dict[str, frozenset[str]]:
    """Records that the exports count and never contain, one an entity; none that anything else
    depends on."""
    final = history.known_on(at(LAST_DAY, 23))
    candidates = {
        "costs": [row for row in final.get("costs", ()) if row["cost_type"] == "labour"],
        "bank_transactions": [
            row for row in final.get("bank_transactions", ()) if row["amount"] < 0
        ],
        "deals": [row for row in final.get("deals", ()) if row["stage"] == "Lost"],
    }
    dated = {"costs": "incurred_on", "bank_transactions": "transacted_on", "deals": "lost_on"}
    keys = {"costs": "cost_id", "bank_transactions": "bank_transaction_id", "deals": "deal_id"}
    gone: dict[str, frozenset[str]] = {}
    for entity, rows in candidates.items():
        when, key = partial(_dated, dated[entity]), partial(_value, keys[entity])
        for row in planter.pick(f"landed_incomplete {entity}", rows, when, key, 1)[:1]:
            gone[entity] = frozenset({key(row)})
            value = row.get("amount") or Decimal(0)
            note = f"{key(row)} is counted, and not handed over"
            planter.label(
                "landed_incomplete",
                "extract_totals",
                entity,
                value,
                row["currency"],
                when(row),
                note,
            )
    return gone


def _dated(column: str, row: Row) -> date:
    on: date = row[column]
    return on


def _value(column: str, row: Row) -> str:
    return str(row[column])
