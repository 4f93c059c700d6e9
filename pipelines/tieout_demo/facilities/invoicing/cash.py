"""How customers pay: on time, late, in parts, in runs, too much, without saying for what, short, or
never."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from tieout_demo import fx
from tieout_demo.facilities.basics import (
    ENDS,
    STARTS,
    ZERO,
    add_days,
    cents,
    dice,
    moment,
    pick,
    uid,
    working,
)
from tieout_demo.facilities.invoicing.credits import BAD_DEBT, DISCOUNT, settlement
from tieout_demo.facilities.invoicing.papers import Allocation, Credit, OnAccount, Paper, Receipt

_HABITS = (
    ("full", 814),
    ("parts", 60),
    ("discount", 25),
    ("charges", 15),
    ("bad", 6),
    ("over", 40),
    ("unnamed", 16),
    ("deposit", 14),
    ("bounced", 10),
)
# In the clean company nothing grows older than this.
_LATEST_DAYS = 50


class Till:
    """Pays one invoice after the other, in the order they were sent."""

    def __init__(self, seed: int, invoices: list[Paper], credits: list[Credit]) -> None:
        self.seed = seed
        self.credits = credits
        self._sent: dict[tuple[int, str], list[Paper]] = defaultdict(list)
        for invoice in invoices:
            if invoice.voided is None:
                self._sent[(invoice.customer.number, invoice.currency)].append(invoice)
        self.receipts: list[Receipt] = []
        self.on_account: list[OnAccount] = []
        self._days: dict[tuple[int, str, Decimal], list[date]] = defaultdict(list)
        self._credited: dict[str, list[Allocation]] = defaultdict(list)
        for credit in credits:
            for allocation in credit.allocations:
                self._credited[allocation.invoice.ident].append(allocation)

    def settle(self, invoice: Paper, habit: str | None = None) -> None:
        rng = dice(self.seed, "cash", invoice.key)
        habit = pick(rng, _HABITS) if habit is None else habit
        taken = self._credited[invoice.ident]
        earliest = max([allocation.at.date() for allocation in taken], default=invoice.issued)
        left = invoice.gross - sum((allocation.amount for allocation in taken), ZERO)
        on = self._pay_day(invoice, earliest, rng.random(), rng.randint(0, 9))
        reference = f"{invoice.customer.books.name[:12]} {invoice.key[4:9]}".strip()
        if left <= 0 or habit == "never":
            return
        if habit == "bad":
            self._write_off(
                invoice, BAD_DEBT, left, working(add_days(invoice.due, _LATEST_DAYS - 3))
            )
        elif habit == "parts":
            self._in_parts(invoice, left, earliest, reference)
        elif habit == "discount":
            discount = cents(left * 2 / 100)
            early = working(add_days(max(invoice.issued, earliest), 3))
            self._write_off(invoice, DISCOUNT, discount, early)
            self._receive(invoice, left - discount, early, reference)
        elif habit == "charges" and left > 300:
            charge = Decimal(rng.randint(400, 2400)) / 100
            self._receive(invoice, left - charge, on, reference)
            self._write_off(invoice, BAD_DEBT, charge, on)
        elif habit == "unnamed":
            self._unnamed(invoice, left, on, rng.randint(4, 11))
        elif habit == "short":
            self._receive(
                invoice,
                cents(left * rng.randint(88, 97) / 100),
                max(on, working(invoice.due)),
                reference,
            )
        elif habit == "deposit" and add_days(invoice.issued, -8) > STARTS:
            part = cents(left * rng.randint(30, 50) / 100)
            self._deposit(invoice, part, add_days(invoice.issued, -rng.randint(3, 7)))
            self._receive(invoice, left - part, on, reference)
        elif habit == "bounced":
            back = moment(add_days(on, rng.randint(3, 6)), 10, invoice.key, "bounced")
            self._receive(invoice, left, on, reference, back)
            self._receive(
                invoice,
                left,
                working(add_days(back.date(), rng.randint(4, 8))),
                f"{reference} again",
            )
        else:
            self._receive(invoice, left, on, reference)
            if habit == "over":
                self._over(invoice, Decimal(rng.randint(1200, 24000)) / 100, on, reference)

    def _pay_day(self, invoice: Paper, earliest: date, mood: float, jitter: int) -> date:
        if mood < 0.72:
            on = add_days(invoice.due, jitter - 6)
        elif mood < 0.93:
            on = add_days(invoice.due, 3 + jitter * 3)
        else:
            on = add_days(invoice.due, 26 + jitter * 2)
        if invoice.customer.number % 3 == 0:
            # A payment run on the 14th and the 28th settles everything that has fallen due by then.
            on = on.replace(day=14) if on.day <= 14 else on.replace(day=28)
        return working(max(on, add_days(max(invoice.issued, earliest), 2)))

    def _receive(
        self,
        invoice: Paper,
        amount: Decimal,
        on: date,
        reference: str,
        reversed_at: datetime | None = None,
    ) -> None:
        on = self._apart(invoice, amount, on)
        if on > ENDS or amount <= 0:
            return
        number = len([receipt for receipt in self.receipts[-4:] if receipt.invoice is invoice])
        in_run = invoice.customer.number % 3 == 0
        receipt = Receipt(
            ident=uid(self.seed, "receipt", invoice.key, number),
            invoice=invoice,
            at=moment(on, 14, invoice.key, number),
            amount=amount,
            rate=fx.rate(invoice.currency, "GBP", on),
            reference=reference,
            batch=uid(self.seed, "run", invoice.customer.number, invoice.currency, on)
            if in_run
            else None,
        )
        if reversed_at is not None and reversed_at.date() <= ENDS:
            receipt.reversed = reversed_at
        self.receipts.append(receipt)

    def _apart(self, invoice: Paper, amount: Decimal, on: date) -> date:
        """Two equal receipts of a customer are days apart: closer together they look like one
        booked twice."""
        taken = self._days[(invoice.customer.number, invoice.currency, amount)]
        while any(abs((day - on).days) <= 4 for day in taken):
            on = working(add_days(on, 5))
        taken.append(on)
        return on

    def _in_parts(self, invoice: Paper, left: Decimal, earliest: date, reference: str) -> None:
        start = max(invoice.issued, earliest)
        half = cents(left * 3 / 5)
        first = working(add_days(start, 2))
        second = max(working(add_days(first, 4)), working(add_days(invoice.due, -4)))
        self._receive(invoice, half, first, f"{reference} 1/2")
        self._receive(invoice, left - half, second, f"{reference} 2/2")

    def _write_off(self, invoice: Paper, account: str, amount: Decimal, on: date) -> None:
        if on <= ENDS and amount > 0:
            self.credits.append(settlement(self.seed, invoice, account, amount, on))

    def on_account_cash(
        self, invoice: Paper, kind: str, amount: Decimal, on: date, reference: str, *, tag: str = ""
    ) -> OnAccount:
        """Cash without an invoice; `tag` keeps a second one of the same invoice apart."""
        made = OnAccount(
            uid(self.seed, kind, invoice.key, tag),
            kind,
            invoice.customer,
            invoice.currency,
            moment(on, 14, invoice.key, kind, tag),
            amount,
            fx.rate(invoice.currency, "GBP", on),
            reference,
            on_twin=invoice.on_twin,
        )
        self.on_account.append(made)
        return made

    def _unnamed(self, invoice: Paper, left: Decimal, on: date, days: int) -> None:
        """The remittance advice comes days after the money."""
        on = self._apart(invoice, left, on)
        if on > ENDS:
            return
        cash = self.on_account_cash(invoice, "over", left, on, "no reference given")
        self._allocate(cash, invoice, left, add_days(on, days))

    def _deposit(self, invoice: Paper, amount: Decimal, on: date) -> None:
        cash = self.on_account_cash(
            invoice, "pre", amount, working(on), f"deposit {invoice.key[:9]}"
        )
        self._allocate(cash, invoice, amount, invoice.issued)

    def _over(self, invoice: Paper, extra: Decimal, on: date, reference: str) -> None:
        """Too much, set against the customer's next invoice; who has none coming within days pays
        what is asked."""
        coming = (
            later
            for later in self._sent[(invoice.customer.number, invoice.currency)]
            if on < later.issued <= add_days(on, 11)
        )
        following = next(
            (
                later
                for later in coming
                if later.gross > extra * 2
                and later.issued > invoice.issued
                and later.on_twin == invoice.on_twin
            ),
            None,
        )
        if following is not None:
            cash = self.on_account_cash(invoice, "over", extra, on, f"{reference} overpaid")
            self._credited[following.ident].append(
                self._allocate(cash, following, extra, following.issued)
            )

    def _allocate(self, cash: OnAccount, invoice: Paper, amount: Decimal, on: date) -> Allocation:
        made = Allocation(
            uid(self.seed, "allocation", cash.ident, invoice.ident),
            invoice,
            moment(on, 16, invoice.key, cash.ident),
            amount,
        )
        cash.allocations.append(made)
        return made
