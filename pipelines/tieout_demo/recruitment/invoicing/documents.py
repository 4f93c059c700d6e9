"""Invoices and credit notes as records and as journals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tieout_demo.calendars import at
from tieout_demo.history import History
from tieout_demo.recruitment.books.ledger import Entry, Ledger
from tieout_demo.recruitment.catalogue import CLERKS, EXCHANGE, RECEIVABLE, TAX
from tieout_demo.recruitment.invoicing.papers import Document
from tieout_demo.recruitment.model import BASE, ZERO, draws, to_base


def write(seed: int, document: Document, history: History) -> None:
    """Drafted the evening before, posted on the day of issue, voided when that happens."""
    chance = draws(seed, "document", document.invoice_id)
    foreign = document.currency != BASE
    drafted = at(document.issued_on - timedelta(days=1), 16)
    row = {
        "invoice_id": document.invoice_id,
        "invoice_number": document.number,
        "invoice_type": "credit_note" if document.is_credit else "invoice",
        "customer_id": document.client.customer_id,
        "status": "draft",
        "issued_on": document.issued_on,
        "accounting_on": document.issued_on,
        "due_on": None if document.is_credit else document.due_on,
        "currency": document.currency,
        # Most foreign invoices carry their rate, some leave it to the table; euros say 1, or
        # nothing.
        "exchange_rate": document.rate
        if document.corrects or chance.random() < (0.98 if foreign else 0.5)
        else None,
        "net_amount": document.net,
        "tax_amount": document.tax,
        "gross_amount": document.gross,
        "reference": document.reference or None,
        "corrects_invoice_id": document.corrects.invoice_id if document.corrects else None,
        "credit_reason": document.reason,
        "entered_by": CLERKS[chance.randrange(2)],
    }
    history.add("invoices", drafted, row)
    approver = ("h.bakker", "s.olsen")[chance.randrange(2)]
    history.change(
        "invoices",
        at(document.issued_on, 10),
        document.invoice_id,
        status="posted",
        approved_by=approver,
    )
    if document.voided_on is not None:
        voided = {"status": "voided", "voided_on": document.voided_on}
        history.change("invoices", at(document.voided_on, 9), document.invoice_id, **voided)
    for index, line in enumerate(document.lines, 1):
        history.add(
            "invoice_lines",
            drafted,
            {
                "invoice_line_id": f"{document.invoice_id}-{index}",
                "invoice_id": document.invoice_id,
                "line_number": index,
                "product_code": line.product_code,
                "description": line.description,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "discount_amount": ZERO,
                "net_amount": line.net,
                "tax_code": line.tax_code,
                "tax_amount": line.tax,
                "account_code": line.account,
                "job_ref": line.job_ref,
                "delivery_id": line.delivery_id,
                "period_starts_on": line.starts_on,
                "period_ends_on": line.ends_on,
            },
        )


def post(document: Document, ledger: Ledger) -> None:
    if not document.posted:
        return
    journal = ledger.post(
        document.issued_on,
        at(document.issued_on, 10, 5),
        "credit_note" if document.is_credit else "invoice",
        f"{document.number} {document.client.name}",
        entries(document),
        document_id=document.invoice_id,
    )
    if document.voided_on is not None:
        ledger.reverse(
            journal, document.voided_on, at(document.voided_on, 9, 5), f"{document.number} voided"
        )


def entries(document: Document) -> list[Entry]:
    """Receivable against revenue and tax; the cents that rounding line by line leaves are an
    exchange difference."""
    customer_id, currency, sign = document.client.customer_id, document.currency, document.sign

    def entry(account: str, amount: Decimal) -> Entry:
        return Entry(
            account, sign * to_base(amount, document.rate), currency, sign * amount, customer_id
        )

    made = [entry(RECEIVABLE, document.gross)]
    for index, line in enumerate(document.lines, 1):
        revenue = entry(line.account, -line.net)
        revenue.document_line_id = f"{document.invoice_id}-{index}"
        revenue.job_ref, revenue.product_code = line.job_ref, line.product_code
        made.append(revenue)
    made.append(entry(TAX, -document.tax))
    left = -sum((part.amount for part in made), ZERO)
    made.append(Entry(EXCHANGE, left))
    return made
