"""How customers pay: each bill late, a monthly run, in parts, less a bank's fee or a discount, on
account."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from .days import AS_OF, CENT, business, cents, plus
from .ledger import Books, Doc

FEE = Decimal("12.50")


def settle(books: Books) -> None:
    """Receive what customers have paid by the as-of day. Nothing stays open 60 days past its due
    day."""
    rng = books.world.rng
    runs: dict[tuple[str, str, date], list[Doc]] = defaultdict(list)
    for doc in books.open_bills():
        customer = doc.customer
        if customer.habit == "batch":
            last = business(plus((doc.due.replace(day=28)), 18))
            runs[customer.ledger, doc.currency, last].append(doc)
        else:
            single(books, doc, customer.habit, rng.randint(-4, 38))
    for (_, _, on), docs in sorted(
        runs.items(), key=lambda item: (item[0][2], item[0][0], item[0][1])
    ):
        pays = [(doc, doc.gross - doc.applied) for doc in docs if doc.on < on]
        if on <= AS_OF and pays:
            total = sum((part for _, part in pays), Decimal(0))
            books.receipt("R", docs[0].customer, on, total, pays)


def single(books: Books, doc: Doc, habit: str, late: int) -> None:
    """One bill, paid by itself."""
    rest, on = doc.gross - doc.applied, business(max(plus(doc.due, late), plus(doc.on, 2)))
    sterling = doc.currency == "GBP"
    if habit == "partial" and sterling and rest > 500:
        first, part = (
            business(max(plus(doc.due, late // 4), plus(doc.on, 2))),
            cents(rest * Decimal("0.6")),
        )
        second = business(plus(max(first, on), 9))
        if first <= AS_OF:
            books.receipt("R", doc.customer, first, part, [(doc, part)])
        if second <= AS_OF:
            books.receipt("R", doc.customer, second, rest - part, [(doc, rest - part)])
        return
    if on > AS_OF:
        return
    if habit == "fee" and not sterling and rest > 400:
        books.receipt("R", doc.customer, on, rest - FEE, [(doc, rest - FEE)], fee=FEE)
    elif habit == "discount" and sterling and late < 8 and rest > 200:
        off = (rest * Decimal("0.02")).quantize(CENT)
        books.receipt("R", doc.customer, on, rest - off, [(doc, rest - off)], discount=off)
    elif habit == "account" and sterling and plus(on, 6) <= AS_OF:
        books.receipt("R", doc.customer, on, rest, [(doc, rest)], apply_on=plus(on, 6))
    else:
        books.receipt("R", doc.customer, on, rest, [(doc, rest)])


def statuses(books: Books) -> None:
    """A bill that is wholly settled reads paid, so does a credit note that is used up."""
    for doc in books.docs:
        if doc.row["status"] == "posted" and doc.applied >= doc.gross:
            doc.row["status"] = "paid"
