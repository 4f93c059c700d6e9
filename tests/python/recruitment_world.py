"""The demo's recruitment arm for tests: simulated once a scale, and looked at with eyes of its
own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from tieout_demo import fx
from tieout_demo.recruitment import Recruitment

Row = dict[str, Any]
UNTIL = date(2026, 6, 30)
SHARED = tuple(
    {
        "name": f"Shared {number} and Sons Ltd",
        "country": "GB",
        "tax_number": f"GB{number:09}",
        "city": "Leeds",
    }
    for number in range(25)
)


@cache
def arm(scale: float, *, faults: bool) -> Recruitment:
    return Recruitment(scale=scale, shared=SHARED, faults=faults)


@cache
def exported(scale: float, until: date = UNTIL, *, faults: bool) -> dict[str, dict[str, list[Row]]]:
    return arm(scale, faults=faults).imports(until)


class Office:
    """The recruitment folder of a day, joined up."""

    def __init__(self, scale: float, *, faults: bool, until: date = UNTIL) -> None:
        self.until = until
        self.folders = exported(scale, until, faults=faults)
        self.tables = self.folders["recruitment"]
        self.invoices = {row["invoice_id"]: row for row in self.tables["invoices"]}
        self.lines: dict[str, list[Row]] = defaultdict(list)
        for line in self.tables["invoice_lines"]:
            self.lines[line["invoice_id"]].append(line)

    def posted(self) -> list[Row]:
        return [row for row in self.tables["invoices"] if row["status"] in ("posted", "paid")]

    def posted_lines(self) -> Iterator[tuple[Row, Row]]:
        for invoice in self.posted():
            for line in self.lines[invoice["invoice_id"]]:
                yield invoice, line

    def balance(self, *accounts: str) -> Decimal:
        lines = self.tables["journal_lines"]
        return sum(
            (
                row["amount"]
                for row in lines
                if row["account_code"] in accounts and row["posted_on"] <= self.until
            ),
            Decimal(0),
        )

    def open_items(self) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
        """What is left of each posted document and of each receipt, in its own currency."""
        documents = {row["invoice_id"]: row["gross_amount"] for row in self.posted()}
        receipts = {
            row["payment_id"]: row["amount"]
            for row in self.tables["payments"]
            if row["status"] == "received"
        }
        for application in self.tables["payment_applications"]:
            if application["reversed_on"] is None:
                documents[application["invoice_id"]] -= application["amount"]
                if application["credit_note_id"]:
                    documents[application["credit_note_id"]] -= application["amount"]
                if application["payment_id"]:
                    receipts[application["payment_id"]] -= application["payment_amount"]
        return documents, receipts

    def rate(self, invoice: Row) -> Decimal:
        """Euros for one unit of a document; a credit note's rate is that of what it corrects."""
        dated = (
            self.invoices[invoice["corrects_invoice_id"]]
            if invoice["corrects_invoice_id"]
            else invoice
        )
        own: Decimal | None = invoice["exchange_rate"]
        return own if own is not None else fx.rate(invoice["currency"], "EUR", dated["issued_on"])


def sign(invoice: Row) -> int:
    return 1 if invoice["invoice_type"] == "invoice" else -1


def euros(amount: Decimal, rate: Decimal) -> Decimal:
    return (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
