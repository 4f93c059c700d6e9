"""The controls that the facilities arm can break, worked out slowly from its systems' records and
nothing else.

They know the register's definitions and default windows, and neither the simulation nor where
faults were planted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tieout_demo.treasury import closes_at

Row = dict[str, Any]
Found = tuple[str, str]
ZERO = Decimal(0)
STOCKED = re.compile(r"\b(?:DN|MS|MU|EX)-\d+")
TICKET = re.compile(r"\bWO-\d+")
JOB = re.compile(r"\bjob(?: no\.)?[ -]?0*(\d{4,})", re.IGNORECASE)


class Desk:
    """One evening's records of the three systems, and what refers to what in them."""

    def __init__(
        self,
        hubspot: dict[str, list[Row]],
        work: dict[str, list[Row]],
        xero: dict[str, Any],
        on: date,
    ) -> None:
        self.on, self.work, self.xero = on, work, xero
        self.deals = {record["id"]: record["properties"] for record in hubspot["deals"]}
        self.skus = {
            record["properties"]["hs_sku"].replace("-", "") for record in hubspot["products"]
        }
        self.lines: dict[str, list[Row]] = defaultdict(list)
        for record in hubspot["line_items"]:
            self.lines[record["associations"]["deals"]["results"][0]["id"]].append(
                record["properties"]
            )
        self.terms = {row["agreement_no"]: row for row in work["agreements"]}
        self.jobs = {row["job_no"]: row for row in work["job_cards"]}
        self.job_of_ticket = {row["ticket_no"]: row["job_no"] for row in work["tickets"]}
        self.sent = [each for each in xero["Invoices"] if each["Type"] == "ACCREC"]
        self.live = [each for each in self.sent if each["Status"] in {"AUTHORISED", "PAID"}]
        self.booked: dict[tuple[int, date], list[str]] = defaultdict(list)
        for row in work["tickets"]:
            self.booked[(row["job_no"], row["booked_for"])].append(row["ticket_no"])
        self.billed_days: dict[int, list[date]] = defaultdict(list)
        for each in self.live:
            for line in each["LineItems"]:
                for number in self.jobs_of(each, line):
                    self.billed_days[number].append(each["Date"])
        self.billed_refs = Counter(
            ref for each in self.live for line in each["LineItems"] for ref in self.refs(line)
        )

    @staticmethod
    def refs(line: Row) -> set[str]:
        return {*STOCKED.findall(line["Description"]), *TICKET.findall(line["Description"])}

    def passed(self, day: date, days: int) -> bool:
        """Whether a window of days after the day is over."""
        return day + timedelta(days=days) < self.on

    def deal_of(self, job: Row) -> str | None:
        for reference in (job["crm_deal_ref"], self.terms[job["agreement_no"]]["crm_deal_ref"]):
            for digits in re.findall(r"\d{6,}", reference or ""):
                if digits in self.deals:
                    return str(digits)
        return None

    def jobs_of(self, invoice: Row, line: Row) -> set[int]:
        if line["Tracking"]:
            return {int(line["Tracking"][0]["Option"][4:])}
        text = f"{invoice['Reference']} {line['Description']}"
        found = {int(number) for number in JOB.findall(text)} & set(self.jobs)
        return found or {
            self.job_of_ticket[ticket]
            for ticket in TICKET.findall(text)
            if ticket in self.job_of_ticket
        }

    def net(self, invoice: Row, line: Row) -> Decimal:
        inside = line["TaxAmount"] if invoice["LineAmountTypes"] == "Inclusive" else ZERO
        return Decimal(line["LineAmount"] - inside)


def periods_of(term: Row) -> Iterator[tuple[date, date]]:
    """The billing periods of a contract, first and last day."""
    first = term["starts"]
    while term["bill_cycle"] and first <= term["ends"]:
        following = first + timedelta(days=7)
        if term["bill_cycle"] != "week":
            following = first
            for _ in range(3 if term["bill_cycle"] == "quarter" else 1):
                following = (following.replace(day=28) + timedelta(days=4)).replace(day=1)
        yield first, following - timedelta(days=1)
        first = following


def found(desk: Desk) -> dict[str, set[str]]:
    """control_id → the ids that it reports."""
    held: dict[str, set[str]] = defaultdict(set)
    for detector in (
        sales,
        operations,
        periods,
        tickets,
        codes,
        lines,
        papers,
        collection,
        journals,
    ):
        for control, ident in detector(desk):
            held[control].add(ident)
    return held


def sales(desk: Desk) -> Iterator[Found]:
    linked = {desk.deal_of(job) for job in desk.jobs.values()}
    for ident, deal in desk.deals.items():
        theirs = desk.lines[ident]
        net = sum((Decimal(line["amount"]) for line in theirs), ZERO)
        given = sum((Decimal(line["hs_total_discount"] or 0) for line in theirs), ZERO)
        won = deal["hs_is_closed_won"] == "true"
        if abs(net - Decimal(deal["amount"])) > 1:
            yield "deal_amount_mismatch", ident
        if won and given > (net + given) / 10:
            yield "discount_above_authority", ident
        if deal["hubspot_owner_id"] is None:
            yield "owner_missing", ident
        if (
            won
            and ident not in linked
            and desk.passed(date.fromisoformat(deal["closedate"][:10]), 7)
        ):
            yield "won_deal_without_job", ident


WORK = (
    "timesheet_entries",
    "material_usage",
    "job_expenses",
    "milestones",
    "dispatch_notes",
    "job_costs",
)


def operations(desk: Desk) -> Iterator[Found]:
    worked = {row["job_no"] for table in WORK for row in desk.work[table]}
    for number, job in desk.jobs.items():
        # Before its first work nothing was done for which nothing was sold.
        if desk.deal_of(job) is None and number in worked:
            yield "job_without_deal", str(number)
        if job["supervisor_no"] is None:
            yield "owner_missing", str(number)
    for change in desk.work["variations"]:
        if (
            change["state"] == "approved"
            and change["extra_quantity"]
            and not change["extra_amount"]
        ):
            yield "amendment_not_repriced", change["variation_no"]
    for step in desk.work["milestones"]:
        if (
            step["state"] == "approved"
            and step["client_signed_on"] is None
            and desk.passed(step["reached_on"], 14)
        ):
            yield "milestone_not_accepted", step["milestone_no"]
    moved = {move["dispatch_no"]: move["moved_on"] for move in desk.work["stock_ledger"]}
    for note in desk.work["dispatch_notes"]:
        late = moved.get(note["dispatch_no"], date.max) - note["shipped_on"] > timedelta(days=1)
        if note["dispatch_state"] == "approved" and late and desk.passed(note["shipped_on"], 1):
            yield "shipment_without_stock_move", note["dispatch_no"]
    yield from hours(desk)


def hours(desk: Desk) -> Iterator[Found]:
    worked: dict[int, Decimal] = defaultdict(lambda: ZERO)
    months: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for entry in desk.work["timesheet_entries"]:
        if entry["entry_state"] == "approved":
            worked[entry["job_no"]] += entry["quantity"] * (8 if entry["uom"] == "day" else 1)
            months[entry["job_no"]].add((entry["worked_on"].year, entry["worked_on"].month))
    more: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for change in desk.work["variations"]:
        labour = change["item_code"][:3] in {"LAB", "DAY"} and change["state"] == "approved"
        more[change["job_no"]] += (
            change["extra_quantity"] * (8 if change["item_code"][:3] == "DAY" else 1)
            if labour
            else ZERO
        )
    for number, job in desk.jobs.items():
        deal = desk.deal_of(job)
        quoted = (
            sum((Decimal(line["planned_hours"] or 0) for line in desk.lines[deal or ""]), ZERO)
            + more[number]
        )
        if (
            job["job_state"] == "completed"
            and quoted
            and abs(worked[number] - quoted) > quoted / 10
        ):
            yield "quote_scope_variance", str(number)
        term = desk.terms[job["agreement_no"]]
        for first, last in periods_of(term) if term["bill_cycle"] == "month" else ():
            if desk.passed(last, 7) and (first.year, first.month) not in months[number]:
                yield "timesheet_missing", term["agreement_no"]


def periods(desk: Desk) -> Iterator[Found]:
    """Billing periods without an invoice, and the visits in them when they are billed in
    advance."""
    for number, job in desk.jobs.items():
        term = desk.terms[job["agreement_no"]]
        advance = term["bill_rule"] == "periodic_advance"
        for first, last in periods_of(term):
            if advance:
                billed = any(
                    first <= day <= first + timedelta(days=12) for day in desk.billed_days[number]
                )
            else:
                billed = any(desk.billed_refs[ticket] for ticket in desk.booked[(number, first)])
            if billed:
                continue
            if desk.passed(last, 10):
                yield "contract_period_not_billed", term["agreement_no"]
            for step in desk.work["milestones"]:
                mine = step["job_no"] == number and advance and step["client_signed_on"]
                if (
                    mine
                    and first <= step["reached_on"] <= last
                    and desk.passed(step["reached_on"], term["bill_within_days"])
                ):
                    yield "delivered_not_invoiced", step["milestone_no"]


def tickets(desk: Desk) -> Iterator[Found]:
    """What was delivered on delivery terms, and named in no live invoice once its contract's window
    has passed."""
    tables = (
        ("timesheet_entries", "worked_on"), ("material_usage", "used_on"), ("job_expenses", "spent_on"),
        ("milestones", "reached_on"), ("dispatch_notes", "shipped_on"),
    )  # fmt: skip
    for table, day in tables:
        for row in desk.work[table]:
            ident = next(
                iter(
                    row[key]
                    for key in row
                    if key.endswith("_no") and key not in {"job_no", "ticket_no", "staff_no"}
                )
            )
            job = desk.jobs[row["job_no"]]
            term = desk.terms[job["agreement_no"]]
            on = row.get("client_signed_on") or row[day]
            state = next(row[key] for key in row if key.endswith("state"))
            counts = (
                state == "approved" and row.get("is_chargeable", 1) and row.get("quantity", 1) > 0
            )
            named = desk.billed_refs[row["ticket_no"] if table == "timesheet_entries" else ident]
            after = term["bill_rule"] in {"on_delivery", "periodic_arrears", "milestone"}
            if table == "milestones" and row["client_signed_on"] is None:
                continue
            if after and counts and not named and desk.passed(on, term["bill_within_days"]):
                yield "delivered_not_invoiced", ident
    for reference, times in desk.billed_refs.items():
        if times > 1 and STOCKED.fullmatch(reference):
            yield "delivery_billed_twice", reference


def codes(desk: Desk) -> Iterator[Found]:
    rates = {rate["TaxType"]: rate["EffectiveRate"] for rate in desk.xero["TaxRates"]}
    for invoice in desk.live:
        for line in invoice["LineItems"]:
            ident, net = line["LineItemID"], desk.net(invoice, line)
            if abs(net * rates[line["TaxType"]] / 100 - line["TaxAmount"]) > Decimal("0.02"):
                yield "tax_mismatch", ident
            if line["ItemCode"].replace("-", "") not in desk.skus:
                yield "product_unmapped", ident


def lines(desk: Desk) -> Iterator[Found]:
    notes = {row["dispatch_no"] for row in desk.work["dispatch_notes"]}
    charged = defaultdict(set)
    for rate in desk.work["agreement_rates"]:
        charged[rate["agreement_no"]].add(rate["charge_rate"])
    worked: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in desk.work["timesheet_entries"]:
        if entry["entry_state"] == "approved" and entry["is_chargeable"]:
            worked[entry["ticket_no"]] += entry["quantity"]
    billed: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for invoice in desk.live:
        for line in invoice["LineItems"]:
            ident, net = line["LineItemID"], desk.net(invoice, line)
            jobs = desk.jobs_of(invoice, line)
            if len(jobs) != 1:
                yield "invoice_job_ambiguous" if jobs else "invoice_without_job", ident
                continue
            job = desk.jobs[next(iter(jobs))]
            if invoice["CurrencyCode"] != job["currency_code"]:
                yield "currency_mismatch", invoice["InvoiceID"]
            if any(
                reference not in notes for reference in re.findall(r"DN-\d+", line["Description"])
            ):
                yield "invoice_without_delivery", ident
            if TICKET.search(line["Description"]):
                price = net / line["Quantity"]
                if all(
                    abs(price - rate) > max(Decimal("0.01"), rate / 200)
                    for rate in charged[job["agreement_no"]]
                ):
                    yield "charge_rate_variance", ident
                billed[TICKET.findall(line["Description"])[0]].append((ident, line["Quantity"]))
    for ticket, parts in billed.items():
        total = sum((quantity for _, quantity in parts), ZERO)
        if abs(total - worked[ticket]) > worked[ticket] / 200:
            yield "quantity_variance", parts[0][0]


def papers(desk: Desk) -> Iterator[Found]:
    for invoice in desk.live:
        net = sum((desk.net(invoice, line) for line in invoice["LineItems"]), ZERO)
        tax = sum((line["TaxAmount"] for line in invoice["LineItems"]), ZERO)
        if abs(net + tax - invoice["Total"]) > Decimal("0.01"):
            yield "invoice_header_mismatch", invoice["InvoiceID"]
    alike: dict[tuple[object, ...], list[tuple[date, str]]] = defaultdict(list)
    for invoice in desk.live:
        key = (
            invoice["Contact"]["ContactID"],
            invoice["SubTotal"],
            *(line["Description"] for line in invoice["LineItems"]),
        )
        alike[key].append((invoice["Date"], invoice["InvoiceID"]))
    for same in alike.values():
        for (before, _), (after, ident) in zip(sorted(same), sorted(same)[1:], strict=False):
            if after - before <= timedelta(days=10):
                yield "duplicate_invoice", ident
    numbers = sorted(int(each["InvoiceNumber"][4:]) for each in desk.sent)
    for hole in sorted(set(range(numbers[0], numbers[-1])) - set(numbers)):
        yield "invoice_number_gap", f"INV-{hole:05d}"


def collection(desk: Desk) -> Iterator[Found]:
    for invoice in desk.live:
        if invoice["AmountDue"] > 0 and desk.passed(invoice["DueDate"], 60):
            yield "receivable_overdue", invoice["InvoiceID"]
    paid: dict[tuple[object, ...], list[tuple[date, str]]] = defaultdict(list)
    for payment in desk.xero["Payments"]:
        if payment["PaymentType"] == "ACCRECPAYMENT" and payment["Status"] == "AUTHORISED":
            key = (
                payment["Invoice"]["Contact"]["ContactID"],
                payment["Amount"],
                payment["Reference"],
            )
            paid[key].append((payment["Date"], payment["PaymentID"]))
    for cash in desk.xero["Overpayments"] + desk.xero["Prepayments"]:
        ident = cash.get("OverpaymentID") or cash["PrepaymentID"]
        paid[(cash["Contact"]["ContactID"], cash["Total"], cash["Reference"])].append(
            (cash["Date"], ident)
        )
        if cash["RemainingCredit"] > 0 and desk.passed(cash["Date"], 14):
            yield "cash_unapplied", ident
    for same in paid.values():
        for (before, _), (after, ident) in zip(sorted(same), sorted(same)[1:], strict=False):
            if after - before <= timedelta(days=3):
                yield "payment_duplicated", ident


def journals(desk: Desk) -> Iterator[Found]:
    texts = {each["ManualJournalID"]: each["Narration"] for each in desk.xero["ManualJournals"]}
    for journal in desk.xero["Journals"]:
        ident, on, entered = journal["JournalID"], journal["JournalDate"], journal["CreatedDateUTC"]
        if date(2025, 1, 1) <= on and entered > closes_at(
            (on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        ):
            yield "posted_to_closed_period", ident
        if entered.date() - on > timedelta(days=30):
            yield "backdated_entry", ident
        if on > entered.date():
            yield "future_dated_entry", ident
        accounts = {line["AccountCode"] for line in journal["JournalLines"]}
        by_hand = journal["SourceType"] == "MANJOURNAL" and not texts[
            journal["SourceID"]
        ].startswith("Year end close")
        if (
            by_hand
            and accounts & {"200", "210", "220", "230", "240"}
            and not accounts & {"620", "850"}
        ):
            yield "revenue_journal_without_document", ident
