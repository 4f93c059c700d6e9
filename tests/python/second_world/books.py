"""The bookkeeper at Harrow & Pike: invoices, bills, credit notes, edits, voids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from second_world.basics import CONVERSION, ZERO, Doc, at, day, dec, q2, uid
from second_world.chart import PAYABLE, RECEIVABLE
from second_world.journals import Desk
from second_world.lines import L, Leg, document_legs, line_items, totals

POSTED = ("AUTHORISED", "PAID")


class Books(Desk):
    """Documents as Xero keeps them, posted as Xero posts them."""

    def invoice(
        self,
        key: str,
        who: str,
        number: str,
        on: str,
        lines: Sequence[L],
        *,
        due: int = 30,
        mode: str = "Exclusive",
        cur: str = "EUR",
        rate: str = "1",
        status: str = "AUTHORISED",
        ref: str = "",
        kind: str = "ACCREC",
        created: str = "",
    ) -> Doc:
        """An invoice or a bill; posted unless it is a draft, submitted, or older than the books."""
        issued = day(on)
        held: Doc = {
            "Type": kind,
            "InvoiceID": uid("invoice", key),
            "InvoiceNumber": number,
            "Contact": self.named(who),
            "Date": issued,
            "DueDate": issued + timedelta(days=due),
            "LineAmountTypes": mode,
            "Status": status,
            "CurrencyCode": cur,
            "CurrencyRate": dec(rate),
            "Reference": ref,
            "AmountPaid": ZERO,
            "AmountCredited": ZERO,
            "UpdatedDateUTC": at(day(created) if created else issued),
            "Payments": [],
            "LineItems": line_items(key, mode, lines),
        }
        held.update(totals(held["LineItems"], mode))
        held["AmountDue"] = held["Total"]
        self.documents["Invoices"].append(held)
        if status in POSTED:
            self._carry(held)
            if issued > CONVERSION:
                self._post_document(held, created=day(created) if created else None)
        return held

    def _carry(self, held: Doc) -> None:
        self.base_open[document_id(held)] = q2(held["Total"] / held["CurrencyRate"])

    def _post_document(self, held: Doc, created: date | None = None) -> None:
        kind = held["Type"]
        control = PAYABLE if "ACCPAY" in kind else RECEIVABLE
        sign = 1 if kind in ("ACCREC", "ACCPAYCREDIT") else -1
        self.post(
            held["Date"],
            kind,
            document_id(held),
            document_legs(held, control, sign),
            created=created,
            reference=held["Reference"],
        )

    def edit(self, held: Doc, when: str, lines: Sequence[L], *, on: str = "") -> None:
        """Edits a posted document: taken back and posted again, both dated by the document."""
        self.reverse(document_id(held), day(when))
        if on:
            held["DueDate"] += day(on) - held["Date"]
            held["Date"] = day(on)
        version = int(when[-2:])
        held["LineItems"] = line_items(document_id(held), held["LineAmountTypes"], lines, version)
        held.update(totals(held["LineItems"], held["LineAmountTypes"]))
        self._settle(held, day(when))
        self._carry(held)
        self._post_document(held, created=day(when))

    def void(self, held: Doc, when: str) -> None:
        """Voids a document: its journal is taken back on its own day."""
        self.reverse(document_id(held), day(when))
        held.update(Status="VOIDED", UpdatedDateUTC=at(day(when), 14))
        if "InvoiceID" in held:
            held["AmountDue"] = ZERO
        else:
            held["RemainingCredit"] = ZERO
        del self.base_open[document_id(held)]

    def credit(
        self,
        key: str,
        who: str,
        number: str,
        on: str,
        lines: Sequence[L],
        *,
        mode: str = "Exclusive",
        cur: str = "EUR",
        rate: str = "1",
        status: str = "AUTHORISED",
        ref: str = "",
        kind: str = "ACCRECCREDIT",
    ) -> Doc:
        """A credit note, amounts positive."""
        held: Doc = {
            "Type": kind,
            "CreditNoteID": uid("credit note", key),
            "CreditNoteNumber": number,
            "Contact": self.named(who),
            "Date": day(on),
            "LineAmountTypes": mode,
            "Status": status,
            "CurrencyCode": cur,
            "CurrencyRate": dec(rate),
            "Reference": ref,
            "Allocations": [],
            "UpdatedDateUTC": at(day(on)),
            "LineItems": line_items(key, mode, lines),
        }
        held.update(totals(held["LineItems"], mode))
        held["RemainingCredit"] = held["Total"]
        self.documents["CreditNotes"].append(held)
        if status in POSTED:
            self._carry(held)
            self._post_document(held)
        return held

    def _settle(self, held: Doc, when: date) -> None:
        """AmountDue, status and stamp after something was paid or credited."""
        held["AmountDue"] = held["Total"] - held["AmountPaid"] - held["AmountCredited"]
        paid = held["AmountDue"] == 0
        held["Status"] = "PAID" if paid else "AUTHORISED"
        held["FullyPaidOnDate"] = when if paid else None
        held["UpdatedDateUTC"] = max(held["UpdatedDateUTC"], at(when, 11))

    def manual(
        self,
        key: str,
        on: str,
        narration: str,
        legs: Sequence[tuple[str, str]],
        *,
        created: str = "",
        job: str = "",
    ) -> None:
        """A manual journal."""
        source = uid("manual", key)
        typed = day(created) if created else day(on)
        tracking = [{"Name": "Job", "Option": job}] if job else []
        self.documents["ManualJournals"].append(
            {
                "ManualJournalID": source,
                "Narration": narration,
                "Date": day(on),
                "Status": "POSTED",
                "LineAmountTypes": "NoTax",
                "UpdatedDateUTC": at(typed),
                "JournalLines": [
                    {
                        "LineAmount": dec(amount),
                        "AccountCode": code,
                        "Description": narration,
                        "TaxType": "NONE",
                        "Tracking": tracking,
                    }
                    for code, amount in legs
                ],
            }
        )
        posted = [Leg(code, dec(amount), text=narration, job=job) for code, amount in legs]
        self.post(day(on), "MANJOURNAL", source, posted, created=typed, reference=narration)


def document_id(held: Doc) -> str:
    """The id of a document of any endpoint."""
    names = ("InvoiceID", "CreditNoteID", "OverpaymentID", "PrepaymentID", "BankTransactionID")
    return str(next(held[name] for name in names if name in held))
