"""Payments of documents, allocations of credits, refunds."""

from __future__ import annotations

from decimal import Decimal

from second_world.basics import ZERO, Doc, at, day, dec, q2, uid
from second_world.books import Books, document_id
from second_world.chart import (
    BANK,
    DEPOSITS,
    FX_GAIN,
    PAYABLE,
    RECEIVABLE,
    account_id,
)
from second_world.lines import Leg

_REFUNDS = {
    "ACCRECCREDIT": "ARCREDITPAYMENT",
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENTPAYMENT",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENTPAYMENT",
}


def named_account(code: str) -> Doc:
    """An account without a code is named by its id alone."""
    return {"AccountID": account_id(code), "Code": code or None}


class Till(Books):
    """The books with a till."""

    def _release(self, held: Doc, amount: Decimal, left: Decimal) -> Decimal:
        """The base amount that leaves the control account with `amount` of a document."""
        key = document_id(held)
        base = self.base_open[key] if left == 0 else q2(amount / held["CurrencyRate"])
        self.base_open[key] -= base
        return base

    def pay(
        self,
        held: Doc,
        on: str,
        amount: str = "",
        *,
        account: str = BANK,
        rate: str = "",
        ref: str = "",
        created: str = "",
    ) -> Doc:
        """A payment of an invoice or a bill; `rate` is its own, in document units per EUR."""
        paid = dec(amount) if amount else held["AmountDue"]
        own = dec(rate) if rate else held["CurrencyRate"]
        number = len(self.documents["Payments"])
        key = uid("payment", document_id(held), number)
        incoming = held["Type"] == "ACCREC"
        payment: Doc = {
            "PaymentID": key,
            "Date": day(on),
            "Amount": paid,
            "BankAmount": q2(paid / own),
            "CurrencyRate": own,
            "PaymentType": "ACCRECPAYMENT" if incoming else "ACCPAYPAYMENT",
            "Status": "AUTHORISED",
            "Reference": ref,
            "IsReconciled": True,
            "UpdatedDateUTC": at(day(created or on)),
            "Account": named_account(account),
            "Invoice": {
                "InvoiceID": held["InvoiceID"],
                "InvoiceNumber": held["InvoiceNumber"],
                "Type": held["Type"],
                "CurrencyCode": held["CurrencyCode"],
                "Contact": held["Contact"],
            },
        }
        self.documents["Payments"].append(payment)
        held["Payments"].append(
            {
                "PaymentID": key,
                "Date": day(on),
                "Amount": paid,
                "Reference": ref,
                "CurrencyRate": own,
            }
        )
        held["AmountPaid"] += paid
        self._settle(held, day(created or on))
        base = self._release(held, paid, held["AmountDue"])
        if day(on) > day("2025-12-31"):
            sign = 1 if incoming else -1
            control = RECEIVABLE if incoming else PAYABLE
            legs = [Leg(account, sign * payment["BankAmount"]), Leg(control, -sign * base)]
            left = -sum((each.net for each in legs), ZERO)
            self.post(
                day(on),
                payment["PaymentType"],
                key,
                [*legs, *([Leg(FX_GAIN, left)] if left else [])],
                created=day(created or on),
                reference=ref,
            )
        return payment

    def delete_payment(self, held: Doc, payment: Doc, when: str) -> None:
        """Deletes a payment in base currency: its journal is taken back on its own day."""
        self.reverse(payment["PaymentID"], day(when))
        payment.update(Status="DELETED", UpdatedDateUTC=at(day(when), 15))
        held["Payments"] = [e for e in held["Payments"] if e["PaymentID"] != payment["PaymentID"]]
        held["AmountPaid"] -= payment["Amount"]
        self.base_open[document_id(held)] += payment["Amount"]
        self._settle(held, day(when))

    def allocate(self, credit: Doc, held: Doc, on: str, amount: str = "") -> None:
        """Sets a credit note, overpayment or prepayment against an invoice of the same rate."""
        taken = dec(amount) if amount else min(credit["RemainingCredit"], held["AmountDue"])
        key = uid("allocation", document_id(credit), len(credit["Allocations"]))
        credit["Allocations"].append(
            {
                "AllocationID": key,
                "Amount": taken,
                "Date": day(on),
                "IsDeleted": False,
                "Invoice": {"InvoiceID": held["InvoiceID"], "InvoiceNumber": held["InvoiceNumber"]},
            }
        )
        self._use(credit, taken, on)
        held["AmountCredited"] += taken
        self._settle(held, day(on))
        self._release(held, taken, held["AmountDue"])
        if credit["LineItems"][0]["AccountCode"] == DEPOSITS and "PrepaymentID" in credit:
            legs = [Leg(DEPOSITS, taken), Leg(RECEIVABLE, -taken)]
            self.post(day(on), "ARPREPAYMENT", credit["PrepaymentID"], legs)

    def _use(self, credit: Doc, amount: Decimal, on: str) -> None:
        credit["RemainingCredit"] -= amount
        credit["UpdatedDateUTC"] = max(credit["UpdatedDateUTC"], at(day(on), 11))
        if credit["RemainingCredit"] == 0:
            credit["Status"] = "PAID"
        if document_id(credit) in self.base_open:
            self._release(credit, amount, credit["RemainingCredit"])

    def refund(self, credit: Doc, on: str, amount: str = "", *, under: str = "Invoice") -> None:
        """Pays a credit back; the payment names it under `Invoice`, or under a name of its own."""
        paid = dec(amount) if amount else credit["RemainingCredit"]
        source = document_id(credit)
        key = uid("refund", source, on)
        kind = _REFUNDS[credit["Type"]]
        named: Doc = {"CurrencyCode": credit["CurrencyCode"], "Contact": credit["Contact"]}
        if under == "Invoice":
            named |= {
                "Type": kind.removesuffix("PAYMENT"),
                "InvoiceID": source,
                "InvoiceNumber": credit.get("CreditNoteNumber", ""),
            }
            if credit["Type"] == "ACCRECCREDIT":
                named["Type"] = "ACCRECCREDIT"
        else:
            named[f"{under}ID"] = source
            if under == "CreditNote":
                named["CreditNoteNumber"] = credit["CreditNoteNumber"]
        self.documents["Payments"].append(
            {
                "PaymentID": key,
                "Date": day(on),
                "Amount": paid,
                "BankAmount": paid,
                "CurrencyRate": Decimal(1),
                "PaymentType": kind,
                "Status": "AUTHORISED",
                "Reference": "refund",
                "IsReconciled": True,
                "UpdatedDateUTC": at(day(on)),
                "Account": named_account(BANK),
                under: named,
            }
        )
        self._use(credit, paid, on)
        prepaid = "PrepaymentID" in credit
        control = credit["LineItems"][0]["AccountCode"] if prepaid else RECEIVABLE
        self.post(day(on), kind, key, [Leg(control, paid), Leg(BANK, -paid)])
