"""One small detector a control: reads only what the exports hold, and says which records it would
name.

They are the other side of the labels: written against the controls' rules, not against how the
faults are planted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from recruitment_world import Office, Row, sign

Found = set[str]


def journal_unbalanced(office: Office) -> Found:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in office.tables["journal_lines"]:
        sums[line["journal_id"]] += line["amount"]
    return {journal for journal, off in sums.items() if off}


def preparer_is_approver(office: Office) -> Found:
    journals = {
        row["journal_id"]
        for row in office.tables["journal_lines"]
        if row["entered_by"] == row["approved_by"]
    }
    return journals | {
        row["invoice_id"] for row in office.posted() if row["entered_by"] == row["approved_by"]
    }


def invoice_header_mismatch(office: Office) -> Found:
    found = set()
    for invoice in office.posted():
        net = sum(line["net_amount"] for line in office.lines[invoice["invoice_id"]])
        if net != invoice["net_amount"]:
            found.add(invoice["invoice_id"])
    return found


def tax_mismatch(office: Office) -> Found:
    rates = {row["tax_code"]: row["rate_pct"] for row in office.tables["tax_rates"]}
    return {
        line["invoice_line_id"]
        for invoice, line in office.posted_lines()
        if abs(line["tax_amount"] - line["net_amount"] * rates[line["tax_code"]] / 100)
        > Decimal("0.02")
        # A header that was edited has another net beside a tax that was right.
        and invoice["invoice_id"] not in invoice_header_mismatch(office)
    }


def invoice_number_gap(office: Office) -> Found:
    used = {int(row["invoice_number"][2:]) for row in office.tables["invoices"] if sign(row) > 0}
    return {f"NP{number}" for number in range(min(used), max(used)) if number not in used}


def landed_incomplete(office: Office) -> Found:
    said = {row["entity"]: row["row_count"] for row in office.tables["extract_totals"]}
    return {entity for entity, count in said.items() if count != len(office.tables[entity])}


def timesheet_missing(office: Office) -> Found:
    weeks: dict[str, set[object]] = defaultdict(set)
    for row in office.tables["deliveries"]:
        if row["delivery_type"] == "time":
            weeks[row["job_id"]].add(row["period_starts_on"])
    found = set()
    for job in office.tables["jobs"]:
        ends_on = job.get("completed_on") or office.until - timedelta(days=7)
        monday = job.get("started_on") if job["job_type"] == "placement" else None
        while monday is not None and monday + timedelta(days=6) <= ends_on + timedelta(days=2):
            if monday not in weeks[job["job_id"]]:
                found.add(job["job_id"])
            monday += timedelta(days=7)
    return found


def pay_without_timesheet(office: Office) -> Found:
    approved = {
        row["delivery_id"] for row in office.tables["deliveries"] if row["status"] == "approved"
    }
    return {
        row["pay_item_id"]
        for row in office.tables["pay_items"]
        if row["delivery_id"] not in approved
    }


def pay_rate_variance(office: Office) -> Found:
    rates: dict[str, list[Row]] = defaultdict(list)
    for rate in office.tables["contract_rates"]:
        rates[f"NP-{rate['contract_id'][3:]}"].append(rate)
    found = set()
    for item in office.tables["pay_items"]:
        in_force = [
            rate["pay_rate"]
            for rate in rates[item["job_ref"]]
            if rate["valid_from"]
            <= item["period_ends_on"]
            <= (rate["valid_to"] or item["period_ends_on"])
        ]
        if item["pay_rate"] not in in_force:
            found.add(item["pay_item_id"])
    return found


def permanent_fee_not_invoiced(office: Office) -> Found:
    billed = {line["job_ref"] for _, line in office.posted_lines()}
    return {
        row["job_id"]
        for row in office.tables["jobs"]
        if row["job_type"] == "permanent_placement"
        and row.get("started_on")
        and (office.until - row["started_on"]).days > 14
        and row["job_ref"] not in billed
    }


def placement_not_invoiced(office: Office) -> Found:
    billed = {line["job_ref"] for _, line in office.posted_lines()}
    return {
        row["job_id"]
        for row in office.tables["jobs"]
        if row["job_type"] == "placement"
        and row.get("started_on")
        # A first month is billed on the fourth working day of the second.
        and (office.until - row["started_on"]).days > 45
        and row["job_ref"] not in billed
    }


def rebate_not_credited(office: Office) -> Found:
    contracts = {row["contract_id"]: row for row in office.tables["contracts"]}
    credited = {line["job_ref"] for invoice, line in office.posted_lines() if sign(invoice) < 0}
    return {
        row["job_id"]
        for row in office.tables["jobs"]
        if row.get("left_on")
        and (row["left_on"] - row["started_on"]).days
        <= contracts[row["contract_id"]]["rebate_days"]
        and (office.until - row["left_on"]).days > 14
        and row["job_ref"] not in credited
    }


def receivable_overdue(office: Office) -> Found:
    documents, _ = office.open_items()
    return {
        key
        for key, left in documents.items()
        if left > 0
        and sign(office.invoices[key]) > 0
        and (office.until - office.invoices[key]["due_on"]).days > 60
    }


def short_paid(office: Office) -> Found:
    documents, _ = office.open_items()
    return {
        key
        for key, left in documents.items()
        if left > 1 and office.invoices[key]["status"] == "paid"
    }


def cash_unapplied(office: Office) -> Found:
    _, receipts = office.open_items()
    received = {row["payment_id"]: row["received_on"] for row in office.tables["payments"]}
    return {
        key for key, left in receipts.items() if left and (office.until - received[key]).days > 14
    }


def payment_duplicated(office: Office) -> Found:
    first: dict[object, str] = {}
    found = set()
    for row in office.tables["payments"]:
        if first.setdefault(row["bank_transaction_id"], row["payment_id"]) != row["payment_id"]:
            found.add(row["payment_id"])
    return found


def currency_mismatch(office: Office) -> Found:
    contracted = {row["job_ref"]: row["currency"] for row in office.tables["jobs"]}
    return {
        invoice["invoice_id"]
        for invoice, line in office.posted_lines()
        if contracted[line["job_ref"]] != invoice["currency"]
    }


def posted_to_closed_period(office: Office) -> Found:
    closes = {row["ends_on"]: row["closed_at"] for row in office.folders["treasury"]["periods"]}
    found = set()
    for line in office.tables["journal_lines"]:
        ends_on = next((end for end in closes if end >= line["posted_on"]), None)
        closed_at = closes.get(ends_on)
        if (
            closed_at is not None
            and line["entered_at"] > closed_at
            and line["document_type"] != "opening"
        ):
            found.add(line["journal_id"])
    return found


def backdated_entry(office: Office) -> Found:
    lines = office.tables["journal_lines"]
    return {
        line["journal_id"]
        for line in lines
        if (line["entered_at"].date() - line["posted_on"]).days > 30
    }


def future_dated_entry(office: Office) -> Found:
    lines = office.tables["journal_lines"]
    return {line["journal_id"] for line in lines if line["posted_on"] > line["entered_at"].date()}


def revenue_journal_without_document(office: Office) -> Found:
    return {
        line["journal_id"]
        for line in office.tables["journal_lines"]
        if line["account_code"][0] == "4" and line["document_type"] == "manual"
    }


def invoice_not_posted(office: Office) -> Found:
    posted = {line["document_id"] for line in office.tables["journal_lines"]}
    return {row["invoice_id"] for row in office.posted()} - posted


def fx_rate_missing(office: Office) -> Found:
    rated = {
        (row["from_currency"], row["rate_on"]) for row in office.folders["treasury"]["fx_rates"]
    }
    return {
        row["invoice_id"]
        for row in office.posted()
        if row["exchange_rate"] is None
        and row["currency"] != "GBP"
        and (row["currency"], row["issued_on"]) not in rated
    }


def owner_missing(office: Office) -> Found:
    return {row["deal_id"] for row in office.tables["deals"] if row["owner_id"] is None}


def delivery_billed_twice(office: Office) -> Found:
    credited: dict[str, Decimal] = defaultdict(Decimal)
    per_unit = {
        row["delivery_id"]: Decimal(
            8 if row["unit"] == "hour" and row["product_id"] == "P-06" else 1
        )
        for row in office.tables["deliveries"]
    }
    for invoice, line in office.posted_lines():
        if line["delivery_id"]:
            credited[line["delivery_id"]] += (
                sign(invoice) * line["quantity"] * per_unit[line["delivery_id"]]
            )
    quantities = {row["delivery_id"]: row["quantity"] for row in office.tables["deliveries"]}
    return {key for key, billed in credited.items() if billed >= 2 * quantities[key]}


# Rule → whether it names each record once; a control whose label says more than a record can't be
# compared this way.
DETECTORS: dict[str, Callable[[Office], Found]] = {
    detector.__name__: detector
    for detector in (
        journal_unbalanced, preparer_is_approver, invoice_header_mismatch, tax_mismatch, invoice_number_gap,
        landed_incomplete, timesheet_missing, pay_without_timesheet, pay_rate_variance, permanent_fee_not_invoiced,
        placement_not_invoiced, rebate_not_credited, receivable_overdue, short_paid, cash_unapplied,
        payment_duplicated, currency_mismatch, posted_to_closed_period, backdated_entry, future_dated_entry,
        revenue_journal_without_document, invoice_not_posted, fx_rate_missing, owner_missing, delivery_billed_twice,
    )
}  # fmt: skip
