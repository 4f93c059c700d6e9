"""The bank: money ahead of its bill, money received and spent, transfers between own accounts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from second_world.basics import ZERO, Doc, at, day, dec, uid
from second_world.chart import ACCOUNTS, BANK, NONE, RECEIVABLE
from second_world.lines import L, Leg, document_legs, line_items, totals
from second_world.till import Till, named_account


class Bank(Till):
    """The books with everything that moves money."""

    def ahead(
        self,
        key: str,
        who: str,
        on: str,
        amount: str,
        *,
        kind: str = "Overpayment",
        account: str = RECEIVABLE,
        ref: str = "",
        job: str = "",
    ) -> Doc:
        """Money that came without an invoice: an Overpayment or Prepayment with its transaction."""
        source = uid(kind, key)
        items = line_items(key, "NoTax", [L(amount, account=account, text=ref or kind, job=job)])
        common: Doc = {
            "Type": f"RECEIVE-{kind.upper()}",
            "Contact": self.named(who),
            "Date": day(on),
            "LineAmountTypes": "NoTax",
            "Status": "AUTHORISED",
            "CurrencyCode": "EUR",
            "CurrencyRate": Decimal(1),
            "Reference": ref,
            "UpdatedDateUTC": at(day(on)),
            "LineItems": items,
            **totals(items, "NoTax"),
        }
        held = {f"{kind}ID": source, **common, "RemainingCredit": dec(amount), "Allocations": []}
        self.documents[f"{kind}s"].append(held)
        self.documents["BankTransactions"].append(
            {
                **common,
                "BankTransactionID": uid("bank", key),
                f"{kind}ID": source,
                "BankAccount": {**named_account(BANK), "Name": ACCOUNTS[BANK].name},
                "IsReconciled": True,
            }
        )
        self.post(
            day(on),
            f"AR{kind.upper()}",
            source,
            [Leg(BANK, dec(amount)), Leg(account, -dec(amount))],
            reference=ref,
        )
        if account == RECEIVABLE:
            self.base_open[source] = dec(amount)
        return held

    def bank(
        self,
        key: str,
        kind: str,
        who: str,
        on: str,
        lines: Sequence[L],
        *,
        mode: str = "NoTax",
        account: str = BANK,
        ref: str = "",
        status: str = "AUTHORISED",
        deleted: str = "",
    ) -> Doc:
        """RECEIVE or SPEND money; `deleted` is the day on which it was taken out again."""
        source = uid("bank", key)
        items = line_items(key, mode, lines)
        held: Doc = {
            "BankTransactionID": source,
            "Type": kind,
            "Status": status,
            "BankAccount": {**named_account(account), "Name": ACCOUNTS[account].name},
            "Contact": self.named(who),
            "Date": day(on),
            "CurrencyCode": "EUR",
            "CurrencyRate": Decimal(1),
            "Reference": ref,
            "LineAmountTypes": mode,
            "IsReconciled": True,
            "UpdatedDateUTC": at(day(on)),
            "LineItems": items,
            **totals(items, mode),
        }
        self.documents["BankTransactions"].append(held)
        sign = 1 if kind == "RECEIVE" else -1
        self.post(
            day(on),
            "CASHREC" if sign > 0 else "CASHPAID",
            source,
            document_legs(held, account, sign),
            reference=ref,
        )
        if deleted:
            self.reverse(source, day(deleted))
            held.update(Status="DELETED", UpdatedDateUTC=at(day(deleted)))
        return held

    def transfer(self, key: str, on: str, amount: str, source: str, target: str) -> None:
        """Money between the company's own accounts: two transactions, one journal."""
        for kind, account in (("SPEND-TRANSFER", source), ("RECEIVE-TRANSFER", target)):
            self.documents["BankTransactions"].append(
                {
                    "BankTransactionID": uid("bank", key, kind),
                    "Type": kind,
                    "Status": "AUTHORISED",
                    "BankAccount": {**named_account(account), "Name": ACCOUNTS[account].name},
                    "Date": day(on),
                    "CurrencyCode": "EUR",
                    "CurrencyRate": Decimal(1),
                    "Reference": "Bank transfer",
                    "LineAmountTypes": "NoTax",
                    "IsReconciled": True,
                    "UpdatedDateUTC": at(day(on)),
                    "SubTotal": dec(amount),
                    "TotalTax": ZERO,
                    "Total": dec(amount),
                    "LineItems": line_items(
                        f"{key} {kind}", "NoTax", [L(amount, account="", tax=NONE)]
                    ),
                }
            )
        legs = [Leg(target, dec(amount)), Leg(source, -dec(amount))]
        self.post(day(on), "TRANSFER", uid("bank", key, "SPEND-TRANSFER"), legs)
