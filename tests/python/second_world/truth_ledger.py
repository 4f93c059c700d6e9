"""What is right about the ledger: billed, credited, recognised, cash, tax, from its documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from second_world.basics import ZERO, Doc
from second_world.chart import ACCOUNTS, BANK, SAVINGS
from second_world.lines import net_of
from second_world.truth_sales import Event, event
from second_world.world import World

Documents = Mapping[str, Sequence[Doc]]
POSTED = ("AUTHORISED", "PAID")
CASH = (BANK, SAVINGS)
_REFUND = ("ARCREDITPAYMENT", "AROVERPAYMENTPAYMENT", "ARPREPAYMENTPAYMENT")


def is_work(code: str, *, credit: bool = False) -> bool:
    """Lines that are billed work; a credit note on bad debts is a write-off, no credit."""
    account = ACCOUNTS[code]
    if credit and account.role == "bad_debt":
        return False
    return account.class_ in ("REVENUE", "EXPENSE") or account.role in (
        "deferred_income",
        "accrued_income",
    )


class Ledger:
    """The truth of the ledger's side."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.documents: Documents = world.xero()
        self._contacts = {key: who for who, one in world.customers.items() for key in one.xero}
        self._jobs = {row["job_ref"]: row["deal_id"] for row in world.shop.rows["jobs"]}

    def who(self, document: Doc) -> str:
        """The customer of a document."""
        return self._contacts[document["Contact"]["ContactID"]]

    def events(self) -> list[Event]:
        """Every stage of the ledger."""
        return [*self._billed(), *self._recognised(), *self._cash()]

    def _billed(self) -> Iterator[Event]:
        for name, kind, stage, sign in (
            ("Invoices", "ACCREC", "invoiced", 1),
            ("CreditNotes", "ACCRECCREDIT", "credited", -1),
        ):
            for held in self.documents[name]:
                if held["Type"] != kind or held["Status"] not in POSTED:
                    continue
                own = held["CurrencyRate"] if held["CurrencyCode"] != "EUR" else None
                for item in held["LineItems"]:
                    if is_work(item["AccountCode"], credit=sign < 0):
                        net = sign * net_of(item, held["LineAmountTypes"])
                        yield event(
                            stage,
                            self.who(held),
                            held["Date"],
                            held["CurrencyCode"],
                            net,
                            item["LineItemID"],
                            own=own,
                            tax=sign * item["TaxAmount"],
                        )

    def _recognised(self) -> Iterator[Event]:
        owners = self._owners()
        for journal in self.documents["Journals"]:
            for line in journal["JournalLines"]:
                if ACCOUNTS[line["AccountCode"]].role != "revenue":
                    continue
                who = owners.get(journal["SourceID"]) or self._by_job(line)
                yield event(
                    "recognised",
                    who,
                    journal["JournalDate"],
                    "EUR",
                    -line["NetAmount"],
                    line["JournalLineID"],
                )

    def _owners(self) -> dict[str, str]:
        """Document id -> customer."""
        return {
            value: self.who(held)
            for name in (
                "Invoices",
                "CreditNotes",
                "Overpayments",
                "Prepayments",
                "BankTransactions",
            )
            for held in self.documents[name]
            if "Contact" in held
            for key, value in held.items()
            if key
            in ("InvoiceID", "CreditNoteID", "OverpaymentID", "PrepaymentID", "BankTransactionID")
        }

    def _by_job(self, line: Doc) -> str:
        ref = line["TrackingCategories"][0]["Option"]
        deal = next(d for d in self.world.crm.objects["deals"] if d["id"] == self._jobs[ref])
        company = deal["associations"]["companies"]["results"][0]["id"]
        return next(key for key, one in self.world.customers.items() if company in one.hubspot)

    def _cash(self) -> Iterator[Event]:
        codes = {account["AccountID"]: account["Code"] for account in self.documents["Accounts"]}
        for held in self.documents["Payments"]:
            kind = held["PaymentType"]
            if held["Status"] != "AUTHORISED" or codes[held["Account"]["AccountID"]] not in CASH:
                continue
            if kind != "ACCRECPAYMENT" and kind not in _REFUND:
                continue
            named: Doc = next(
                held[name]
                for name in ("Invoice", "CreditNote", "Prepayment", "Overpayment")
                if name in held
            )
            sign = 1 if kind == "ACCRECPAYMENT" else -1
            yield event(
                "cash",
                self.who(named),
                held["Date"],
                named["CurrencyCode"],
                sign * held["Amount"],
                held["PaymentID"],
                eur=sign * held["BankAmount"],
            )
        for held in self.documents["BankTransactions"]:
            if held["Status"] not in POSTED or held["Type"].endswith("-TRANSFER"):
                continue
            who = self.who(held)
            sign = 1 if held["Type"].startswith("RECEIVE") else -1
            stage = "cash" if self.world.customers[who].is_customer else "cash of others"
            yield event(
                stage, who, held["Date"], "EUR", sign * held["Total"], held["BankTransactionID"]
            )

    # -- balances

    def balance(self, code: str, on: date) -> Decimal:
        """An account's balance at the end of a day."""
        return sum(
            (
                line["NetAmount"]
                for journal in self.documents["Journals"]
                if journal["JournalDate"] <= on
                for line in journal["JournalLines"]
                if line["AccountCode"] == code
            ),
            ZERO,
        )
