"""The ledger of a case: bills, credit notes, receipts, applications, and their double entry.

Base currency GBP. A bill debits receivables (1100) with its gross and credits each line's
account, at the bill's rate. A receipt debits where the money went at its own rate and credits
receivables at the rates of what it pays; the difference is an exchange difference (6030).
Documents before the books (1 January 2026) have no journal: `opening` stands for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .tables import Row
from .world import AUTO, Customer, Job, Num, Office, cents, text

Post = tuple[str, Decimal, str, Decimal, str, str]  # account, GBP, currency, amount, job, product
BOOKS = "2026-01-01"
ONE = Decimal(1)


@dataclass(frozen=True)
class L:
    """A line of a bill; blank `account` posts to sales. `tax` is a percentage."""

    product: str
    quantity: Num
    price: Num
    job: Job | None = None
    account: str = "4000"
    text: str = ""
    delivery: str = ""
    period: tuple[str, str] | None = None
    tax: Num | None = None

    def net(self) -> Decimal:
        """Quantity × price in cents."""
        return cents(Decimal(self.quantity) * Decimal(self.price))


@dataclass
class Doc:
    """A bill, a credit note or a receipt, with what later steps need of it."""

    id: str
    customer: str
    currency: str
    rate: Decimal
    amount: Decimal
    row: Row
    journal: str = ""
    applications: list[Row] = field(default_factory=list)


def base(amount: Decimal, rate: Decimal) -> Decimal:
    """A document amount in pounds."""
    return cents(amount * rate)


class Case(Office):
    """One small company: the office's records and its ledger."""

    def post(
        self,
        on: str,
        rows: list[Post],
        kind: str = "other",
        document: str = "",
        customer: str = "",
        entered: str = "",
        reverses: str = "",
    ) -> str:
        """Post a journal; what rounding or rates leave over goes to exchange differences."""
        if on < BOOKS and kind != "opening":
            return ""
        journal = self.new("J")
        rest = -sum((row[1] for row in rows), Decimal(0))
        if rest:
            rows = [*rows, ("6030", rest, "GBP", rest, "", "")]
        for number, (account, amount, currency, foreign, job, product) in enumerate(rows):
            self.world.add(
                "ledger",
                "journal_lines",
                journal_line_id=f"{journal}-{number}",
                journal_id=journal,
                posted_on=on,
                account_code=account,
                entered_at=f"{entered or on}T16:00:00",
                amount=text(amount),
                currency=currency,
                currency_amount=text(foreign),
                document_type=kind,
                document_id=document,
                reverses_journal_id=reverses,
                customer_id=customer,
                job_ref=job,
                product_code=product,
                entered_by="may",
                approved_by="joe",
                is_manual="false",
            )
        return journal

    def entry(
        self,
        on: str,
        *rows: tuple[str, Num],
        kind: str = "other",
        job: Job | None = None,
        product: str = "",
        document: str = "",
        customer: Customer | None = None,
    ) -> str:
        """A journal in pounds, as (account, debit-positive amount); it must balance."""
        posts = [
            (
                account,
                cents(amount),
                "GBP",
                cents(amount),
                job.ref if job else "",
                product if account == "4000" else "",
            )
            for account, amount in rows
        ]
        assert not sum(post[1] for post in posts), f"{self.name}: entry of {on} is unbalanced"
        return self.post(on, posts, kind, document, customer.ledger if customer else "")

    def opening(self, amount: Num) -> None:
        """The opening entry for receivables (negative for what is owed to customers)."""
        self.entry("2025-12-31", ("1100", amount), ("3900", -cents(amount)), kind="opening")

    def reverse(self, journal: str, on: str, entered: str = "") -> str:
        """Post the negative of a journal."""
        old = [
            r for r in self.world.tables["ledger", "journal_lines"] if r["journal_id"] == journal
        ]
        rows = [
            (
                r["account_code"],
                -Decimal(r["amount"]),
                r["currency"],
                -Decimal(r["currency_amount"]),
                r["job_ref"],
                r["product_code"],
            )
            for r in old
        ]
        return self.post(
            on,
            rows,
            old[0]["document_type"],
            old[0]["document_id"],
            old[0]["customer_id"],
            entered,
            journal,
        )

    def bill_rows(
        self, lines: tuple[L, ...], currency: str, rate: Decimal, tax: Num, sign: int
    ) -> list[Post]:
        """What a bill posts: receivables, its lines, its tax."""
        gross = sum((line.net() + self.tax_of(line, tax) for line in lines), Decimal(0))
        taxes = sum((self.tax_of(line, tax) for line in lines), Decimal(0))
        rows: list[Post] = [("1100", sign * base(gross, rate), currency, sign * gross, "", "")]
        for line in lines:
            rows.append(
                (
                    line.account or "4000",
                    -sign * base(line.net(), rate),
                    currency,
                    -sign * line.net(),
                    line.job.ref if line.job else "",
                    line.product,
                )
            )
        if taxes:
            rows.append(("2200", -sign * base(taxes, rate), currency, -sign * taxes, "", ""))
        return rows

    @staticmethod
    def tax_of(line: L, tax: Num) -> Decimal:
        """The tax on a line: its own percentage, else the bill's."""
        return cents(line.net() * Decimal(tax if line.tax is None else line.tax) / 100)

    def bill(
        self,
        customer: Customer,
        on: str,
        *lines: L,
        currency: str = AUTO,
        rate: Num = 1,
        tax: Num = 0,
        kind: str = "invoice",
        corrects: Doc | None = None,
        reason: str = "",
        number: str = "",
        journal: bool = True,
        edited: str = "",
        reference: str = "",
    ) -> Doc:
        """A posted bill, due in 30 days, with its journal."""
        doc_id = self.new("")
        if currency == AUTO:
            currency = next((line.job.currency for line in lines if line.job), "GBP")
        worth = Decimal(rate)
        net = sum((line.net() for line in lines), Decimal(0))
        taxes = sum((self.tax_of(line, tax) for line in lines), Decimal(0))
        due = (date.fromisoformat(on) + timedelta(days=30)).isoformat()
        row = self.world.add(
            "ledger",
            "invoices",
            invoice_id=doc_id,
            invoice_number=number or doc_id,
            invoice_type=kind,
            customer_id=customer.ledger,
            status="posted",
            issued_on=on,
            due_on=due,
            currency=currency,
            exchange_rate=str(rate),
            net_amount=text(net),
            tax_amount=text(taxes),
            gross_amount=text(net + taxes),
            reference=reference,
            corrects_invoice_id=corrects.id if corrects else "",
            credit_reason=reason,
            entered_by="may",
            approved_by="joe",
            updated_at=f"{edited or on}T12:00:00",
        )
        for place, line in enumerate(lines, 1):
            start, end = line.period or ("", "")
            self.world.add(
                "ledger",
                "invoice_lines",
                invoice_line_id=f"{doc_id}/{place}",
                invoice_id=doc_id,
                line_number=str(place),
                product_code=line.product,
                description=line.text,
                quantity=str(line.quantity),
                unit_price=str(line.price),
                net_amount=text(line.net()),
                tax_amount=text(self.tax_of(line, tax)),
                account_code=line.account,
                job_ref=line.job.ref if line.job else "",
                delivery_id=line.delivery,
                period_starts_on=start,
                period_ends_on=end,
            )
        doc = Doc(doc_id, customer.ledger, currency, worth, net + taxes, row)
        if journal:
            sign = -1 if kind == "credit_note" else 1
            rows = self.bill_rows(lines, currency, worth, tax, sign)
            doc.journal = self.post(on, rows, kind, doc_id, customer.ledger, edited)
        return doc

    def credit(
        self,
        customer: Customer,
        on: str,
        *lines: L,
        corrects: Doc | None = None,
        reason: str = "return",
        rate: Num = 1,
        tax: Num = 0,
    ) -> Doc:
        """A posted credit note (positive amounts, as documents carry them)."""
        return self.bill(
            customer,
            on,
            *lines,
            rate=rate,
            tax=tax,
            kind="credit_note",
            corrects=corrects,
            reason=reason,
        )

    def void(self, bill: Doc, on: str, reversed_on: str) -> None:
        """Void a bill on a day; the ledger takes its journal back on `reversed_on`."""
        bill.row.update(status="voided", voided_on=on, updated_at=f"{on}T12:00:00")
        self.reverse(bill.journal, reversed_on, on)

    def payment(
        self,
        customer: str,
        on: str,
        amount: Decimal,
        currency: str,
        rate: Num,
        code: str,
        method: str,
    ) -> Doc:
        payment = self.new("P")
        row = self.world.add(
            "ledger",
            "payments",
            payment_id=payment,
            customer_id=customer,
            received_on=on,
            amount=text(amount),
            currency=currency,
            exchange_rate=str(rate),
            method=method,
            reference=payment,
            account_code=code,
            status="received",
        )
        return Doc(payment, customer, currency, Decimal(rate), amount, row)

    def settle(self, customer: Customer, on: str, amount: Num, against: str) -> Doc:
        """Money in that is posted against an account, and pays no document."""
        total = cents(amount)
        doc = self.payment(customer.ledger, on, total, "GBP", 1, "", "transfer")
        rows: list[Post] = [
            ("1000", total, "GBP", total, "", ""),
            (against, -total, "GBP", -total, "", ""),
        ]
        self.post(on, rows, "receipt", doc.id, customer.ledger)
        return doc

    def _apply(
        self,
        kind: str,
        on: str,
        amount: Decimal,
        invoice: str,
        payment: Doc | None,
        paid: Num,
        credit: str = "",
    ) -> None:
        row = self.world.add(
            "ledger",
            "payment_applications",
            application_id=self.new("A"),
            payment_id=payment.id if payment else "",
            credit_note_id=credit,
            invoice_id=invoice,
            kind=kind,
            applied_on=on,
            amount=text(amount),
            payment_amount=text(paid),
        )
        if payment:
            payment.applications.append(row)

    def receipt(
        self,
        customer: Customer | None,
        on: str,
        amount: Num,
        *pays: tuple[Doc, Num],
        currency: str = AUTO,
        rate: Num = 1,
        fee: Num = 0,
        to: str = "1000",
        code: str = "",
        method: str = "transfer",
    ) -> Doc:
        """Money in, applied on the day to (bill, amount); `fee` was kept on the way.

        `to` is the account debited, `code` what the payment itself says of it. What is not
        applied is credited to receivables at the receipt's rate.
        """
        if currency == AUTO:
            currency = pays[0][0].currency if pays else "GBP"
        worth, total = Decimal(rate), cents(amount)
        doc = self.payment(
            customer.ledger if customer else "", on, total, currency, rate, code, method
        )
        rows: list[Post] = [(to, base(total, worth), currency, total, "", "")]
        rest = total
        for bill, paid in pays:
            part = cents(paid)
            rest -= part
            rows.append(("1100", -base(part, bill.rate), currency, -part, "", ""))
            self._apply("payment", on, part, bill.id, doc, part)
        if fee:
            kept, bill = cents(fee), pays[0][0]
            rows.append(("6020", base(kept, worth), currency, kept, "", ""))
            rows.append(("1100", -base(kept, bill.rate), currency, -kept, "", ""))
            self._apply("fee", on, kept, bill.id, doc, 0)
        if rest:
            rows.append(("1100", -base(rest, worth), currency, -rest, "", ""))
        doc.journal = self.post(on, rows, "receipt", doc.id, doc.customer)
        return doc

    def apply(self, receipt: Doc, bill: Doc, on: str, amount: Num) -> None:
        """Apply later what a receipt had left over (pounds: nothing is posted)."""
        assert receipt.currency == bill.currency == "GBP"
        self._apply("payment", on, cents(amount), bill.id, receipt, amount)

    def use_credit(self, note: Doc, bill: Doc, on: str, amount: Num) -> None:
        """Apply a credit note to a bill; a difference of their rates is posted."""
        part = cents(amount)
        gap = base(part, note.rate) - base(part, bill.rate)
        if gap:
            self.entry(on, ("1100", gap), ("6030", -gap))
        self._apply("credit_note", on, part, bill.id, None, "", note.id)

    def refund(self, customer: Customer, on: str, amount: Num, of: Doc, rate: Num = 1) -> Doc:
        """Money sent back for a credit note, a bill or a receipt that was too much."""
        part = cents(amount)
        doc = self.payment(customer.ledger, on, -part, of.currency, rate, "", "transfer")
        rows: list[Post] = [
            ("1000", -base(part, Decimal(rate)), of.currency, -part, "", ""),
            ("1100", base(part, of.rate), of.currency, part, "", ""),
        ]
        doc.journal = self.post(on, rows, "payment", doc.id, customer.ledger)
        self._apply("refund", on, part, of.id, doc, -part)
        return doc

    def payout(self, customer: Customer, on: str, amount: Num, account: str) -> Doc:
        """Money sent back straight from another account than receivables."""
        part = cents(amount)
        doc = self.payment(customer.ledger, on, -part, "GBP", 1, "", "transfer")
        doc.journal = self.entry(
            on, ("1000", -part), (account, part), kind="payment", document=doc.id, customer=customer
        )
        return doc

    def bounce(self, receipt: Doc, on: str) -> None:
        """The bank takes a receipt back: payment and applications are reversed on the day."""
        receipt.row.update(status="reversed", reversed_on=on)
        for row in receipt.applications:
            row["reversed_on"] = on
        self.reverse(receipt.journal, on)
