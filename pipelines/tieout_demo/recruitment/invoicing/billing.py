"""Billing runs: weekly on Thursday, monthly on the fourth working day, fees as they fall due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.calendars import (
    THURSDAY,
    at,
    next_month,
    nth_working_day,
    weekday_after,
    working_day,
)
from tieout_demo.recruitment.catalogue import EXPENSES, REVENUE, TAX_PCT
from tieout_demo.recruitment.invoicing.papers import Document, Line
from tieout_demo.recruitment.model import Client, Permanent, Work, base_rate, cents, draws

_FIRST_SHARE = Decimal("0.6")


def run_date(done: Work) -> date:
    """The day of the first billing run that finds the work approved."""
    if done.placement.client.billing_period == "month":
        month = next_month(done.sunday)
        while done.approved_at >= at(nth_working_day(month, 4), 8):
            month = next_month(month)
        return nth_working_day(month, 4)
    thursday = weekday_after(done.sunday, THURSDAY)
    while done.approved_at >= at(thursday, 8):
        thursday = weekday_after(thursday, THURSDAY)
    return thursday


def bill_work(seed: int, work: Iterable[Work]) -> list[Document]:
    """One document for each run, client and, where the client wants it so, placement or cost
    centre."""
    documents: dict[tuple[date, str, int, int], Document] = {}
    for done in work:
        if not done.billed:
            continue
        client = done.placement.client
        number = 0 if client.style == "combined" else done.placement.number
        for centre, line in enumerate(_shares(done)):
            key = (run_date(done), client.customer_id, number, centre)
            if key not in documents:
                documents[key] = _document(seed, client, key)
            documents[key].lines.append(line)
    for document in documents.values():
        if draws(seed, "bare", document.client.customer_id, document.issued_on).random() < 0.1:
            # Typed by hand from a list of hours: the job is named, the timesheets are not.
            for line in document.lines:
                line.delivery_id = None
    return list(documents.values())


def _document(seed: int, client: Client, key: tuple[date, str, int, int]) -> Document:
    chance = draws(seed, "reference", *key)
    order = f"PO {chance.randrange(4_000_000, 4_999_999)}" if chance.random() < 0.5 else ""
    centre = f" / cost centre {key[3] + 1}" if client.style == "split" else ""
    return Document(client, key[0], [], client.currency, reference=f"{order}{centre}".strip(" /"))


def _shares(done: Work) -> list[Line]:
    quantity = done.quantity if done.billed_quantity is None else done.billed_quantity
    if done.kind == "expense" or done.placement.client.style != "split":
        return [line_for(done, quantity)]
    first = (quantity * _FIRST_SHARE / Decimal("0.25")).quantize(Decimal(1)) * Decimal("0.25")
    return [line_for(done, first), line_for(done, quantity - first)]


def line_for(done: Work, quantity: Decimal) -> Line:
    """The line that bills so much of a week's work, or an expense claim."""
    placement = done.placement
    product = placement.product if done.value is None else EXPENSES
    price = done.value if done.value is not None else done.billed_rate or done.rate.charge
    line = Line(
        product_code=product.code,
        description=f"{placement.worker.name}, week {done.monday.isocalendar().week}: {product.name}",
        quantity=quantity,
        unit_price=price,
        net=cents(quantity * price),
        job_ref=placement.job_ref,
        account=REVENUE[product.category],
        delivery_id=done.delivery_id,
        starts_on=done.monday,
        ends_on=done.sunday,
        source=done,
    )
    return taxed(line, placement.client)


def taxed(line: Line, client: Client) -> Line:
    line.tax_code = client.tax_code
    line.tax = cents(line.net * TAX_PCT[client.tax_code] / 100)
    return line


def bill_fees(seed: int, permanents: Iterable[Permanent]) -> list[Document]:
    documents = []
    for permanent in permanents:
        if not permanent.invoiced:
            continue
        chance = draws(seed, "fee", permanent.number)
        if permanent.billed_on_order:
            issued_on = working_day(permanent.agreed_on + timedelta(days=2))
        else:
            issued_on = working_day(permanent.starts_on + timedelta(days=chance.randrange(6)))
        line = fee_line(
            permanent,
            permanent.fee,
            f"{permanent.worker.name}: {permanent.fee_pct} % of the first year's salary",
        )
        if permanent.billed_on_order:
            # There is no start to point at yet.
            line.delivery_id = None
        document = Document(permanent.client, issued_on, [line], permanent.client.currency)
        document.reference = f"{permanent.job_ref} {permanent.worker.name}"
        documents.append(document)
    return documents


def fee_line(permanent: Permanent, amount: Decimal, description: str) -> Line:
    line = Line(
        product_code=permanent.product.code,
        description=description,
        quantity=Decimal(1),
        unit_price=amount,
        net=amount,
        job_ref=permanent.job_ref,
        account=REVENUE["permanent"],
        delivery_id=permanent.start_id,
        source=permanent,
    )
    return taxed(line, permanent.client)


def number(documents: list[Document], skipped: frozenset[int]) -> list[Document]:
    """Give every document its number and id in the order of issue; `skipped` are holes in the
    invoices' series."""
    ordered = sorted(documents, key=lambda document: document.issued_on)
    invoices, credits = 0, 0
    for index, document in enumerate(ordered, 1):
        if document.is_credit:
            credits += 1
            document.number = f"NC{10_000 + credits}"
        else:
            invoices += 1
            while invoices in skipped:
                invoices += 1
            document.number = f"NP{100_000 + invoices}"
        document.invoice_id = f"D{index:06}"
        on = document.corrects.issued_on if document.corrects else document.issued_on
        # A credit takes the rate of what it corrects, so that the two cancel out in every currency.
        document.rate = base_rate(document.currency, on)
        document.open = document.gross
    return ordered
