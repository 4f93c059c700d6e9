"""The books: bills, credit notes, receipts, applications, and their double entry in sterling."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .days import AS_OF, ZERO, cents, plus
from .tables import PRODUCTS, Row, tax_pct
from .work import Job
from .world import Customer, Num, World

CASH = {"GBP": "1000", "EUR": "1010", "USD": "1020", "NOK": "1000"}
REVENUE = ("4000", "4010")
CLERKS = ("m.oduya", "j.lindqvist")


@dataclass
class Post:
    """A journal line: debit positive, in sterling, with what it was in its currency."""

    account: str
    amount: Decimal
    currency: str = "GBP"
    foreign: Decimal | None = None
    job: Job | None = None
    product: str = ""
    line: str = ""
    document: str | None = None


@dataclass
class Line:
    """A line of a bill. `tax` is a percentage, else the product's of the day."""

    sit: Job | None
    product: str
    quantity: Num
    price: Decimal
    text: str = ""
    delivery: str = ""
    work_order: str = ""
    period: tuple[date, date] | None = None
    account: str = ""
    tax: Decimal | None = None
    ref: str | None = None
    id: str = ""

    def net(self) -> Decimal:
        """Quantity × price in cents."""
        return cents(Decimal(self.quantity) * self.price)


@dataclass
class Doc:
    """A bill or a credit note, with what later steps need of it."""

    id: str
    customer: Customer
    on: date
    kind: str
    currency: str
    rate: Decimal
    lines: list[Line]
    taxes: list[Decimal]
    row: Row
    series: str
    settle: str
    due: date
    rows: list[Row] = field(default_factory=list)
    journal: str = ""
    applied: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        """Net and tax of all lines."""
        return sum((line.net() for line in self.lines), ZERO) + sum(self.taxes, ZERO)

    def base(self, amount: Decimal) -> Decimal:
        """An amount of the document in sterling, at its rate."""
        return cents(amount * self.rate)


class Books:
    """The ledger of the company."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.docs: list[Doc] = []

    def post(
        self,
        journal: str,
        on: date,
        rows: list[Post],
        kind: str,
        document: str = "",
        customer: str = "",
        entered: date | None = None,
        by: tuple[str, str] = CLERKS,
        manual: bool = False,
        reverses: str = "",
        text: str = "",
        balance: bool = True,
    ) -> str:
        """Post a journal; what rates leave over goes to exchange differences."""
        rest = sum((row.amount for row in rows), ZERO)
        if rest and balance:
            assert abs(rest) < 2000, (journal, rest)
            rows = [*rows, Post("6030", -rest)]
        for number, row in enumerate(rows, 1):
            foreign = row.amount if row.foreign is None else row.foreign
            self.world.add(
                "ledger",
                "journal_lines",
                journal_line_id=f"{journal}.{number}",
                posted_on=on,
                journal_id=journal,
                entered_at=f"{entered or on}T16:00:00",
                account_code=row.account,
                amount=row.amount,
                currency=row.currency,
                currency_amount=foreign,
                description=text,
                document_type=kind,
                document_id=document if row.document is None else row.document,
                document_line_id=row.line,
                product_code=row.product,
                customer_id=customer,
                reverses_journal_id=reverses,
                job_ref=row.job.ref if row.job else "",
                entered_by=by[0],
                approved_by=by[1],
                is_manual=manual,
            )
            if row.job and row.account in REVENUE and kind != "accrual":
                row.job.recognised.append((on, row.product, -foreign, -row.amount))
        return journal

    @staticmethod
    def account(line: Line) -> str:
        """The account of a line: its own, else the sales account of its product."""
        goods = PRODUCTS.get(line.product, ("", "", "services"))[2] in (
            "goods",
            "heating",
            "export goods",
        )
        return line.account or ("4010" if goods else "4000")

    def bill(
        self,
        prefix: str,
        customer: Customer,
        on: date,
        lines: list[Line],
        kind: str = "invoice",
        rate: Decimal | None = None,
        corrects: Doc | None = None,
        reason: str = "",
        series: str = "",
        terms: int = 30,
        status: str = "posted",
        post: bool = True,
        settle: str = "auto",
        by: tuple[str, str] = CLERKS,
        reference: str = "",
        currency: str = "",
        doc_id: str = "",
        tax_on: date | None = None,
    ) -> Doc:
        """Write a bill and its journal. `settle` says who sees to its payment: auto or nobody."""
        w, currency = self.world, currency or customer.currency
        rate = rate or w.rates.document(currency, on)
        number = w.count(f"bill {prefix}")
        doc_id = doc_id or f"{prefix}-{'CN' if kind == 'credit_note' else 'I'}{number}"
        taxes = [
            cents(
                line.net()
                * (
                    line.tax
                    if line.tax is not None
                    else tax_pct(line.product, tax_on or on)
                    if line.product in PRODUCTS
                    else ZERO
                )
                / 100
            )
            for line in lines
        ]
        net, tax, due = sum((line.net() for line in lines), ZERO), sum(taxes, ZERO), plus(on, terms)
        row = w.add(
            "ledger",
            "invoices",
            invoice_id=doc_id,
            invoice_number="",
            invoice_type=kind,
            customer_id=customer.ledger,
            status=status,
            issued_on=on,
            accounting_on=on,
            due_on=due,
            currency=currency,
            exchange_rate=rate,
            net_amount=net,
            tax_amount=tax,
            gross_amount=net + tax,
            reference=reference,
            credit_reason=reason,
            corrects_invoice_id=corrects.id if corrects else "",
            entered_by=by[0],
            approved_by=by[1],
            updated_at=f"{on}T12:00:00",
        )
        goods = any(self.account(line) == "4010" for line in lines)
        series = series or ("CN" if kind == "credit_note" else "G" if goods else "A")
        doc = Doc(
            doc_id, customer, on, kind, currency, rate, lines, taxes, row, series, settle, due
        )
        for place, (line, part) in enumerate(zip(lines, taxes, strict=True), 1):
            owner = line.sit.code if line.sit else prefix
            line.id = line.id or (f"{owner}-L{w.count(f'line {owner}')}")
            ref = line.ref if line.ref is not None else line.sit.ref if line.sit else ""
            start, end = line.period or (None, None)
            doc.rows.append(
                w.add(
                    "ledger",
                    "invoice_lines",
                    invoice_line_id=line.id,
                    invoice_id=doc_id,
                    line_number=place,
                    product_code=line.product,
                    description=line.text,
                    quantity=line.quantity,
                    unit_price=line.price,
                    net_amount=line.net(),
                    tax_amount=part,
                    account_code=self.account(line),
                    tax_code=PRODUCTS[line.product][6] if line.product in PRODUCTS else "",
                    job_ref=ref,
                    work_order_ref=line.work_order,
                    delivery_id=line.delivery,
                    period_starts_on=start,
                    period_ends_on=end,
                )
            )
        if post and status != "draft":
            doc.journal = self.post_bill(doc)
        self.docs.append(doc)
        return doc

    def post_bill(self, doc: Doc) -> str:
        """The journal of a bill: receivables, its lines, its tax."""
        sign = -1 if doc.kind == "credit_note" else 1
        rows = [Post("1100", sign * doc.base(doc.gross), doc.currency, sign * doc.gross)]
        for line in doc.lines:
            rows.append(
                Post(
                    self.account(line),
                    -sign * doc.base(line.net()),
                    doc.currency,
                    -sign * line.net(),
                    line.sit,
                    line.product,
                    line.id,
                )
            )
        tax = sum(doc.taxes, ZERO)
        if tax:
            rows.append(Post("2200", -sign * doc.base(tax), doc.currency, -sign * tax))
        return self.post(f"{doc.id}-J", doc.on, rows, doc.kind, doc.id, doc.customer.ledger)

    def credit(
        self,
        prefix: str,
        on: date,
        of: Doc,
        reason: str,
        lines: list[Line] | None = None,
        apply: bool = True,
    ) -> Doc:
        """Credit a bill, whole unless lines are given, at its rates of exchange and of tax."""
        if lines is None:
            lines = [
                Line(
                    x.sit,
                    x.product,
                    x.quantity,
                    x.price,
                    x.text,
                    x.delivery,
                    x.work_order,
                    x.period,
                    x.account,
                    x.tax,
                    x.ref,
                )
                for x in of.lines
            ]
        note = self.bill(
            prefix,
            of.customer,
            on,
            lines,
            "credit_note",
            of.rate,
            of,
            reason,
            settle="manual",
            currency=of.currency,
            tax_on=of.on,
        )
        if apply:
            self.apply("credit_note", on, note.gross, of, credit=note)
        return note

    def apply(
        self,
        kind: str,
        on: date,
        amount: Decimal,
        bill: Doc,
        payment: str = "",
        paid: Decimal | None = None,
        credit: Doc | None = None,
    ) -> Row:
        """Apply a receipt, a credit note, a fee or a discount to a bill."""
        bill.applied += amount
        if credit:
            credit.applied += amount
        return self.world.add(
            "ledger",
            "payment_applications",
            application_id=f"AP{self.world.count('application'):05d}",
            payment_id=payment,
            credit_note_id=credit.id if credit else "",
            invoice_id=bill.id,
            kind=kind,
            applied_on=on,
            amount=amount,
            payment_amount=paid,
        )

    def receipt(
        self,
        prefix: str,
        customer: Customer,
        on: date,
        amount: Decimal,
        pays: list[tuple[Doc, Decimal]],
        fee: Decimal = ZERO,
        discount: Decimal = ZERO,
        currency: str = "",
        apply_on: date | None = None,
        post: bool = True,
        bank: str | None = None,
    ) -> Row:
        """Money in, applied to (bill, amount). Fee and discount belong to the first bill."""
        w, currency = self.world, currency or (pays[0][0].currency if pays else customer.currency)
        payment, rate = f"{prefix}-P{w.count(f'pay {prefix}')}", w.rates.document(currency, on)
        code, line = CASH[currency], bank or f"BT{w.count('bank'):05d}"
        if bank is None:
            w.add(
                "ledger",
                "bank_transactions",
                bank_transaction_id=line,
                account_code=code,
                amount=amount,
                transacted_on=on,
                currency=currency,
                reference=f"{customer.name.upper()} {on:%d%m}",
            )
        row = w.add(
            "ledger",
            "payments",
            payment_id=payment,
            customer_id=customer.ledger,
            received_on=on,
            amount=amount,
            currency=currency,
            exchange_rate=rate,
            method="transfer",
            reference=f"{customer.name.upper()} {on:%d%m}",
            bank_transaction_id=line,
            account_code=code,
            status="received",
        )
        rows, rest = [Post(code, cents(amount * rate), currency, amount)], amount
        for bill, part in pays:
            rows.append(self.paid(bill, part))
            self.apply("payment", apply_on or on, part, bill, payment, part)
            rest -= part
        for kind, account, part in (("fee", "6020", fee), ("discount", "6010", discount)):
            if part:
                rows.append(Post(account, cents(part * rate), currency, part))
                rows.append(self.paid(pays[0][0], part))
                self.apply(
                    kind,
                    apply_on or on,
                    part,
                    pays[0][0],
                    payment if kind == "fee" else "",
                    ZERO if kind == "fee" else None,
                )
        if rest:
            rows.append(Post("1100", -cents(rest * rate), currency, -rest))
        if post:
            self.post(f"{payment}-J", on, rows, "receipt", payment, customer.ledger)
        return row

    @staticmethod
    def paid(bill: Doc, part: Decimal) -> Post:
        """The credit to receivables for a part of a bill, so that the parts add up to the whole."""
        done = bill.base(bill.applied + part) - bill.base(bill.applied)
        return Post("1100", -done, bill.currency, -part)

    def void(self, bill: Doc, on: date) -> None:
        """Void a bill; the ledger takes its journal back on that day."""
        bill.row.update(status="voided", voided_on=on, updated_at=f"{on}T12:00:00")
        bill.settle = "manual"
        old = [
            r
            for r in self.world.tables["ledger", "journal_lines"]
            if r["journal_id"] == bill.journal
        ]
        jobs = {line.id: line.sit for line in bill.lines}
        rows = [
            Post(
                r["account_code"],
                -r["amount"],
                r["currency"],
                -r["currency_amount"],
                jobs.get(r["document_line_id"]),
                r["product_code"],
                r["document_line_id"],
            )
            for r in old
        ]
        self.post(
            f"{bill.id}-JV",
            on,
            rows,
            bill.kind,
            bill.id,
            bill.customer.ledger,
            reverses=bill.journal,
        )

    def open_bills(self) -> list[Doc]:
        """Bills that are still to be settled by the customers' habits."""
        return [
            doc
            for doc in self.docs
            if doc.kind == "invoice"
            and doc.settle == "auto"
            and doc.row["status"] == "posted"
            and doc.on <= AS_OF
            and doc.gross > doc.applied
        ]
