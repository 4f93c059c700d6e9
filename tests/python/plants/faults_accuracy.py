"""Accuracy: rates, quantities, contracts, headers, tax, currency, applications."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .days import NOK_GAP, ZERO, business, cents, plus
from .faults_billing import STERLING, monthly, rotate, tidy, weekly
from .faults_records import placement_extra, symptoms
from .habits import money
from .ledger import Books, Line, Post
from .monthly import Faults
from .single import Phase, fixed_price, order


def charge_rate_variance(books: Books, n: int) -> None:
    """A month billed at another rate than the contract's."""
    w, off = books.world, Decimal(-6 if n % 2 == 0 else 4)
    month = w.rng.randint(0, 3)
    out, _ = monthly(books, n, STERLING, Faults(bill_off=(month, off)))
    line = out.lines[month]
    w.label(
        out.job, "charge_rate_variance", "invoice_line", line.id, abs(off) * Decimal(line.quantity)
    )


def pay_rate_variance(books: Books, n: int) -> None:
    """A week paid at another rate than the contract's."""
    rate = Decimal("34.50")
    out = weekly(books, n, Faults(pay_rate=(4, rate)))
    hours = out.deliveries[4][0][2]
    books.world.label(
        out.job, "pay_rate_variance", "pay_item", out.pays[4], (rate - out.pay) * hours
    )


def quantity_variance(books: Books, n: int) -> None:
    """The bill names the delivery and has another quantity: less, more, or a week's hours."""
    w = books.world
    if n % 3 == 2:
        placement_extra(books, n)
        return
    on = w.day(date(2026, 2, 3), date(2026, 5, 18))
    one = order(w.client(rotate(STERLING, n // 3)), books, 30, plus(on, -14))
    delivery, billed = one.ship(on, 10), 8 if n % 3 == 0 else 12
    doc = one.bill(books, business(plus(on, 3)), one.item(billed, delivery))
    beside = (
        ("delivered_not_invoiced",)
        if billed < 10
        else ("delivery_billed_twice", "invoice_without_delivery")
    )
    w.label(
        one.job,
        "quantity_variance",
        "invoice_line",
        doc.lines[0].id,
        2 * one.price,
        either=beside,
        allowed=symptoms(one.job, *beside),
        note=f"{billed} billed of 10",
    )


def invoiced_above_contract(books: Books, n: int) -> None:
    """Twelve hours more than were sold are worked and billed; there is no change order."""
    out, _ = monthly(books, n, STERLING, Faults(oversold=12), 1, 5)
    books.world.label(
        out.job,
        "invoiced_above_contract",
        "deal",
        out.job.deal_id,
        12 * out.price,
        allowed=symptoms(out.job, "quote_scope_variance"),
    )


def quote_scope_variance(books: Books, n: int) -> None:
    """A quoted fixed price took far more hours than were quoted."""
    w = books.world
    start = w.day(date(2025, 12, 1), date(2026, 3, 2))
    days = [start, business(plus(start, 35))]
    values = [money(40, 60, books), money(40, 60, books)]
    more = int(sum(values) * Decimal("0.58") / 52 * Decimal("0.28"))
    fixed = fixed_price(
        w.client(rotate(STERLING, n)),
        books,
        [Phase(on, v, business(plus(on, 3))) for on, v in zip(days, values, strict=True)],
        quoted=True,
        more_hours=more,
    )
    w.label(
        fixed.job,
        "quote_scope_variance",
        "deal",
        fixed.job.deal_id,
        None,
        sure=False,
        note=f"{more} hours above the quote",
    )


def deal_amount_mismatch(books: Books, n: int) -> None:
    """The deal's amount is not what its lines add up to."""
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 5, 18))
    deal = next(r for r in books.world.tables["crm", "deals"] if r["deal_id"] == one.job.deal_id)
    off = Decimal(350 + 25 * (n % 7)) * (1 if n % 2 == 0 else -1)
    if deal["amount"] + off <= 0:
        off = -off
    deal["amount"] += off
    books.world.label(one.job, "deal_amount_mismatch", "deal", one.job.deal_id, abs(off))


def amendment_not_repriced(books: Books, n: int) -> None:
    """A change order adds quantity and no amount; what it adds is not shipped yet."""
    w = books.world
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 5, 4), 10, 6)
    change = one.job.change(business(plus(one.shipped[0][1], 12)), one.code, ZERO, 4)
    w.label(one.job, "amendment_not_repriced", "change_order", change, 4 * one.price)


def invoice_header_mismatch(books: Books, n: int) -> None:
    """The header is more than its lines; the ledger has the header, the rest on rounding."""
    w, off = books.world, Decimal("18.40") + n
    one = tidy(books, n, STERLING, date(2026, 5, 4), date(2026, 6, 12), settle="manual")
    doc, total = one.bills[0], one.bills[0].gross
    doc.row["net_amount"] += off
    doc.row["gross_amount"] += off
    line = next(
        r
        for r in w.tables["ledger", "journal_lines"]
        if r["journal_id"] == doc.journal and r["account_code"] == "1100"
    )
    line["amount"] += off
    line["currency_amount"] += off
    w.add(
        "ledger",
        "journal_lines",
        **(
            line
            | {
                "journal_line_id": f"{doc.journal}.9",
                "account_code": "6190",
                "amount": -off,
                "currency_amount": -off,
            }
        ),
    )
    assert total == doc.gross
    w.label(one.job, "invoice_header_mismatch", "invoice", doc.id, off)


def tax_mismatch(books: Books, n: int) -> None:
    """A taxed product without tax; or at the rate that came into force later."""
    w = books.world
    on = business(date(2026, 2, 4 + n % 15))
    product, pct, right = ("PUMP", 0, 20) if n % 2 == 0 else ("HEAT", 20, 5)
    one = order(w.client("GBP"), books, 6, plus(on, -20), on, product=product)
    doc = one.bill(books, business(plus(on, 2)), one.item(6, one.ship(on, 6), tax=Decimal(pct)))
    should = cents(6 * one.price * right / 100)
    w.label(one.job, "tax_mismatch", "invoice_line", doc.lines[0].id, abs(should - doc.taxes[0]))


def currency_mismatch(books: Books, n: int) -> None:
    """Sold in euro or dollars, billed in sterling at the day's rate."""
    w = books.world
    on = w.day(date(2026, 2, 3), date(2026, 5, 18)).replace(day=5 + n % 9)
    on = business(on)
    one = order(w.client(rotate(("EUR", "USD"), n)), books, 8, plus(on, -15), on)
    one.job.accrue = False
    billed = business(plus(on, 2))
    price = cents(one.price * (w.rates.on(one.job.currency, on) or Decimal(1)))
    doc = one.bill(books, billed, one.item(8, one.ship(on, 8), price), currency="GBP")
    w.label(
        one.job,
        "currency_mismatch",
        "invoice",
        doc.id,
        None,
        sure=False,
        allowed=symptoms(one.job, "charge_rate_variance"),
        note="worth the same at the day's rate",
    )


def fx_rate_missing(books: Books, n: int) -> None:
    """Shipped when no rate of the krone was published for a week; the bill has its own."""
    w = books.world
    on = plus(NOK_GAP[0], 6 + n % 7)
    one = order(w.client("NOK"), books, 9, date(2026, 3, 10 + n % 5), on)
    delivery = one.ship(on, 9)
    one.bill(books, date(2026, 4, 29), one.item(9, delivery))
    w.label(
        one.job,
        "fx_rate_missing",
        "delivery",
        delivery,
        None,
        sure=False,
        allowed=symptoms(one.job, "margin_below_threshold"),
    )


def application_exceeds_receipt(books: Books, n: int) -> None:
    """A receipt pays two bills with more than it was."""
    w, over = books.world, Decimal(60 + n)
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 4, 10), 0, 9, settle="manual")
    on = business(plus(one.shipped[0][1], 14))
    second = one.bill(books, business(plus(on, 1)), one.item(9, one.ship(on, 9)), settle="manual")
    first = one.bills[0]
    next(r for r in w.tables["office", "jobs"] if r["job_id"] == one.job.job_id).update(
        status="completed", completed_on=on
    )
    paid = first.gross + second.gross - over
    row = books.receipt(
        one.job.code,
        first.customer,
        business(plus(second.due, 5)),
        paid,
        [(first, first.gross), (second, second.gross - over)],
    )
    part = w.tables["ledger", "payment_applications"][-1]
    part["amount"] += over
    part["payment_amount"] += over
    second.applied += over
    w.label(
        one.job,
        "application_exceeds_receipt",
        "payment",
        row["payment_id"],
        over,
        allowed=("receivables_tie_out:*:*",),
    )


def recognised_above_delivered(books: Books, n: int) -> None:
    """Revenue accrued at a month end for work that was never done, and never turned back."""
    w, amount = books.world, Decimal(700 + 40 * n)
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 4, 20))
    end = (one.shipped[0][1].replace(day=28) + (date(2026, 1, 5) - date(2026, 1, 1))).replace(day=1)
    books.post(
        f"{one.job.code}-J1",
        plus(end, -1),
        [Post("1150", amount, job=one.job), Post("4010", -amount, job=one.job, product=one.code)],
        "accrual",
        entered=plus(end, 3),
        text="Accrual",
    )
    w.label(
        one.job,
        "recognised_above_delivered",
        "job",
        one.job.job_id,
        amount,
        either=("accrued_income_unsupported",),
        allowed=symptoms(one.job, "revenue_cut_off", "accrued_income_unsupported"),
    )


def product_unmapped(books: Books, n: int) -> None:
    """A line's product code is in no catalogue; delivery and job are named."""
    w = books.world
    one = tidy(books, n, ("ZERO",), date(2026, 2, 3), date(2026, 5, 18), 5, 4)
    on = business(plus(one.shipped[0][1], 10))
    line = Line(one.job, f"ZX{70 + n}-OLD", 4, one.price, "Spare part", one.ship(on, 4))
    doc = books.bill(one.job.code, one.job.customer, business(plus(on, 1)), [line], series="G")
    w.label(
        one.job,
        "product_unmapped",
        "invoice_line",
        line.id,
        doc.base(4 * one.price),
        match=(line.product,),
        allowed=symptoms(one.job, "revenue_cut_off"),
    )


FAULTS = (
    charge_rate_variance,
    pay_rate_variance,
    quantity_variance,
    invoiced_above_contract,
    quote_scope_variance,
    deal_amount_mismatch,
    amendment_not_repriced,
    invoice_header_mismatch,
    tax_mismatch,
    currency_mismatch,
    fx_rate_missing,
    application_exceeds_receipt,
    recognised_above_delivered,
    product_unmapped,
)
