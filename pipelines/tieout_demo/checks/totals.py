"""What each source system itself would add up, stage by stage: taken from the generated records,
without any SQL.

Stages and signs are those of `fct_stage_events`; amounts are in the document's currency
(recognised: the ledger's base currency), deliveries are quantities by unit, cash is gross. Only
what had happened by the state's own day counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tieout_demo.company import DemoState
from tieout_demo.recruitment.model import BASE as RECRUITMENT_BASE

Row = dict[str, Any]
Measured = Iterator[tuple[str, str, Decimal]]  # stage, currency or unit, amount
_ZERO = Decimal(0)
# Milestones and expenses are counted, not measured.
NO_UNIT = "no unit"
_SETTLEMENT_ACCOUNTS = frozenset({"400", "405"})
_XERO_REVENUE = frozenset({"200", "210", "220", "230", "240"})
_DELIVERY_TABLES = {
    "timesheet_entries": ("entry_state", "worked_on"),
    "material_usage": ("usage_state", "used_on"),
    "job_expenses": ("expense_state", "spent_on"),
    "milestones": ("state", "reached_on"),
    "dispatch_notes": ("dispatch_state", "shipped_on"),
}


@dataclass(frozen=True)
class StageTotal:
    """`measure` is a currency, or the unit of a delivered quantity. `records` is how many were
    added."""

    source_system: str
    stage: str
    measure: str
    records: int
    amount: Decimal


def stage_totals(state: DemoState) -> list[StageTotal]:
    """Every system's totals, sorted by system, stage and measure."""
    sources: list[tuple[str, Iterable[tuple[str, str, Decimal]]]] = [
        ("hubspot", _hubspot(state.hubspot)),
        ("field_service", _work_orders(state.work_orders, state.until)),
        ("xero", _xero(state.xero, state.until)),
    ]
    sources += [
        (folder, entity_totals(entities, state.until)) for folder, entities in state.imports.items()
    ]
    sums: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for system, measured in sources:
        for stage, measure, amount in measured:
            sums[(system, stage, measure)].append(amount)
    return [
        StageTotal(*key, len(amounts), sum(amounts, _ZERO)) for key, amounts in sorted(sums.items())
    ]


def _hubspot(objects: Mapping[str, list[Row]]) -> Measured:
    """Booked: the lines of deals that are won now; the header where a won deal has none."""
    won = {
        deal["id"]: deal["properties"]
        for deal in objects.get("deals", ())
        if deal["properties"]["hs_is_closed_won"] == "true" and not deal["archived"]
    }
    with_lines = set()
    for line in objects.get("line_items", ()):
        if line["archived"]:
            continue
        for link in line["associations"]["deals"]["results"]:
            if link["id"] in won:
                with_lines.add(link["id"])
                yield (
                    "booked",
                    won[link["id"]]["deal_currency_code"],
                    Decimal(line["properties"]["amount"]),
                )
    for ident, properties in won.items():
        if ident not in with_lines:
            yield "booked", properties["deal_currency_code"], Decimal(properties["amount"])


def _work_orders(tables: Mapping[str, list[Row]], until: date) -> Measured:
    for row in tables.get("variations", ()):
        if row["state"] == "approved" and row["decided_on"] <= until:
            yield "change_order", row["currency_code"], row["extra_amount"]
    for table, (state, day) in _DELIVERY_TABLES.items():
        for row in tables.get(table, ()):
            accepted = table != "milestones" or row["client_signed_on"] is not None
            if row[state] == "approved" and accepted and row[day] <= until:
                yield "delivered", row.get("uom", NO_UNIT), row.get("quantity", Decimal(1))
    for row in tables.get("job_costs", ()):
        if row["incurred_on"] <= until:
            yield "cost", row["currency_code"], row["amount"]


def _xero(documents: Mapping[str, Any], until: date) -> Measured:
    """A voided document is counted and taken back, so it adds a record and nothing to the sum."""
    for kind, stage, sign in (("Invoices", "invoiced", 1), ("CreditNotes", "credited", -1)):
        for document in documents.get(kind, ()):
            sales = document["Type"] in {"ACCREC", "ACCRECCREDIT"}
            settles = stage == "credited" and all(
                line["AccountCode"] in _SETTLEMENT_ACCOUNTS for line in document["LineItems"]
            )
            if (
                sales
                and not settles
                and document["Status"] in {"AUTHORISED", "PAID", "VOIDED"}
                and document["Date"] <= until
            ):
                counted = 0 if document["Status"] == "VOIDED" else sign
                for line in document["LineItems"]:
                    inside = (
                        line["TaxAmount"] if document["LineAmountTypes"] == "Inclusive" else _ZERO
                    )
                    yield stage, document["CurrencyCode"], counted * (line["LineAmount"] - inside)
    yield from _xero_cash(documents, until)
    closes = {
        manual["ManualJournalID"]
        for manual in documents.get("ManualJournals", ())
        if manual["Narration"].startswith("Year end close")
    }
    for journal in documents.get("Journals", ()):
        if journal["SourceID"] not in closes and journal["JournalDate"] <= until:
            for line in journal["JournalLines"]:
                if line["AccountCode"] in _XERO_REVENUE:
                    yield "recognised", "GBP", -line["NetAmount"]


def _xero_cash(documents: Mapping[str, Any], until: date) -> Measured:
    for payment in documents.get("Payments", ()):
        if payment["PaymentType"] == "ACCRECPAYMENT" and payment["Date"] <= until:
            yield (
                "cash",
                payment["Invoice"]["CurrencyCode"],
                payment["Amount"] if payment["Status"] == "AUTHORISED" else _ZERO,
            )
    for kind in ("Overpayments", "Prepayments"):
        for receipt in documents.get(kind, ()):
            if receipt["Type"].startswith("RECEIVE") and receipt["Date"] <= until:
                yield "cash", receipt["CurrencyCode"], receipt["Total"]


def entity_totals(entities: Mapping[str, list[Row]], until: date) -> Measured:
    """The same for a system in the input layer's own shape, as import folders have it."""

    def rows(entity: str) -> list[Row]:
        return entities.get(entity, [])

    currencies = {deal["deal_id"]: deal["currency"] for deal in rows("deals") if deal.get("is_won")}
    for line in rows("deal_lines"):
        if line["deal_id"] in currencies:
            yield "booked", currencies[line["deal_id"]], line["net_amount"]
    lined = {line["deal_id"] for line in rows("deal_lines")}
    for deal in rows("deals"):
        if deal["deal_id"] in currencies and deal["deal_id"] not in lined:
            yield "booked", deal["currency"], deal["amount"]
    yield from _placement_bookings(rows, until)
    for change in rows("change_orders"):
        if change["status"] == "approved" and _by(change.get("approved_on"), until):
            yield "change_order", change["currency"], change["amount_delta"]
    for delivery in rows("deliveries"):
        accepted = (
            delivery["delivery_type"] != "milestone" or delivery.get("accepted_on") is not None
        )
        if delivery["status"] == "approved" and accepted and delivery["delivered_on"] <= until:
            yield "delivered", delivery.get("unit") or NO_UNIT, delivery["quantity"]
    yield from _costs(rows, until)
    yield from _finance(rows, until)


def _placement_bookings(rows: Callable[[str], list[Row]], until: date) -> Measured:
    """A placement that no deal sold is booked by its contract: planned quantity at the first rate,
    or the fee."""
    first_rates: dict[str, Row] = {}
    for rate in sorted(rows("contract_rates"), key=lambda rate: rate["valid_from"]):
        first_rates.setdefault(rate["contract_id"], rate)
    placed = {
        job["contract_id"]
        for job in rows("jobs")
        if job["job_type"] in {"placement", "permanent_placement"} and not job.get("deal_id")
    }
    for contract in rows("contracts"):
        if contract["contract_id"] in placed and contract["starts_on"] <= until:
            if contract.get("fee_type") == "permanent":
                amount = contract["fee_base_amount"] * contract["fee_pct"] / 100
            else:
                amount = (
                    contract["planned_quantity"]
                    * first_rates[contract["contract_id"]]["charge_rate"]
                )
            yield "booked", contract["currency"], amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _costs(rows: Callable[[str], list[Row]], until: date) -> Measured:
    """A pay item replaces the labour cost of its delivery."""
    paid = {
        item["delivery_id"]
        for item in rows("pay_items")
        if item.get("delivery_id") and item["paid_on"] <= until
    }
    for cost in rows("costs"):
        if cost["incurred_on"] <= until and not (
            cost["cost_type"] == "labour" and cost.get("delivery_id") in paid
        ):
            yield "cost", cost["currency"], cost["amount"]
    for item in rows("pay_items"):
        if item["paid_on"] <= until:
            yield "cost", item["currency"], item["amount"]


def _finance(rows: Callable[[str], list[Row]], until: date) -> Measured:
    documents = {
        row["invoice_id"]: row
        for row in rows("invoices")
        if row["status"] != "draft" and row["issued_on"] <= until
    }
    for line in rows("invoice_lines"):
        document = documents.get(line["invoice_id"])
        if document is not None:
            gone = document["status"] == "voided" and _by(document.get("voided_on"), until)
            credit = document["invoice_type"] == "credit_note"
            yield (
                ("credited" if credit else "invoiced"),
                document["currency"],
                _ZERO if gone else -line["net_amount"] if credit else line["net_amount"],
            )
    for payment in rows("payments"):
        if payment["received_on"] <= until:
            back = payment.get("status") == "reversed" and _by(payment.get("reversed_on"), until)
            yield "cash", payment["currency"], _ZERO if back else payment["amount"]
    revenue = {
        account["account_code"]: account
        for account in rows("accounts")
        if account.get("account_role") == "revenue"
    }
    for line in rows("journal_lines"):
        if (
            line["account_code"] in revenue
            and line.get("document_type") != "year_close"
            and line["posted_on"] <= until
        ):
            yield "recognised", RECRUITMENT_BASE, -line["amount"]


def _by(on: date | None, until: date) -> bool:
    return on is not None and on <= until
