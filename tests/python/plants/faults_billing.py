"""Completeness: work that is not billed, bills that are not posted, what has not arrived."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from .days import ZERO, business, plus
from .habits import monday, money
from .ledger import Books, Line
from .monthly import Bundle, Faults, Result, placement, time_and_materials
from .single import Order, Phase, fixed_price, order, permanent, support
from .tables import PRODUCTS
from .work import Job

STERLING = ("GBP", "ZERO")
UNTAXED = ("ZERO", "EUR", "USD")


def rotate(kinds: tuple[str, ...], n: int) -> str:
    """The n-th of some kinds of customer."""
    return kinds[n % len(kinds)]


def tidy(
    books: Books,
    n: int,
    kinds: tuple[str, ...],
    first: date,
    last: date,
    quantity: int = 0,
    more: int = 0,
    **bill: Any,
) -> Order:
    """An order shipped and billed inside one month; `more` of it is still to come."""
    w = books.world
    on = business(plus(first, w.rng.randint(0, max((last - first).days, 0))))
    if plus(on, 6).month != on.month:
        on = business(on.replace(day=8))
    size = quantity or w.rng.randint(5, 16)
    one = order(w.client(rotate(kinds, n)), books, size + more, plus(on, -15), None if more else on)
    one.bill(books, business(plus(on, 2)), one.item(size, one.ship(on, size)), **bill)
    return one


def monthly(
    books: Books, n: int, kinds: tuple[str, ...], faults: Faults, first: int = 3, months: int = 6
) -> tuple[Result, Bundle]:
    """A job with a fault on a monthly bill, beside one that is right."""
    bundle = Bundle(books.world, books.world.client(rotate(kinds, n)))
    time_and_materials(bundle, 4, 5, travel=True)
    out = time_and_materials(bundle, first, months, faults=faults)
    bundle.issue(books)
    return out, bundle


def weekly(
    books: Books,
    n: int,
    faults: Faults,
    start: date | None = None,
    weeks: int = 11,
    kinds: tuple[str, ...] = STERLING,
) -> Result:
    """A placement with a fault on a weekly bill, beside one that is right."""
    bundle = Bundle(books.world, books.world.client(rotate(kinds, n)))
    placement(bundle, monday(9), 9)
    out = placement(bundle, start or monday(weeks), weeks, start is not None, faults=faults)
    bundle.issue(books)
    return out


def won_deal_without_job(books: Books, n: int) -> None:
    """Won weeks ago, and operations know nothing of it."""
    w = books.world
    job = Job(w, w.client(rotate(("GBP", "EUR", "USD", "ZERO"), n)))
    code, won = job.customer.product("ENG"), w.day(date(2026, 2, 2), date(2026, 5, 29))
    total = job.deal([(code, w.rng.randint(30, 90), w.price(code, job.currency))], won)
    w.label(job, "won_deal_without_job", "deal", job.deal_id, job.gbp(total, won))


def delivered_not_invoiced(books: Books, n: int) -> None:
    """A day left out of a monthly line; a lot, a milestone that nobody billed."""
    w = books.world
    if n % 2 == 0:
        month = w.rng.randint(0, 3)
        out, _ = monthly(books, n // 2, ("GBP", "EUR", "ZERO", "USD"), Faults(left_out=month))
        delivery, on, hours = out.deliveries[month][1]
        job, value, note = out.job, hours * out.price, "a day left out of a monthly line"
    elif n % 4 == 1:
        one = tidy(books, n, ("USD", "GBP", "EUR"), date(2026, 2, 3), date(2026, 3, 20), more=40)
        job, on = one.job, business(plus(one.shipped[0][1], 19))
        value, note, delivery = 4 * one.price, "one of three lots", one.ship(on, 4)
        last = business(plus(on, 12))
        one.bill(books, business(plus(last, 2)), one.item(7, one.ship(last, 7)))
    else:
        start = w.day(date(2026, 2, 2), date(2026, 3, 20))
        days = [start, business(plus(start, 30))]
        fixed = fixed_price(
            w.client("EUR", "GBP"),
            books,
            [
                Phase(days[0], money(30, 60, books), days[0]),
                Phase(days[1], money(30, 60, books), None),
            ],
        )
        job, on, delivery, note = fixed.job, days[1], fixed.milestones[1], "a milestone"
        value = job.done[-1][2]
    w.label(job, "delivered_not_invoiced", "delivery", delivery, job.gbp(value, on), note=note)


def work_order_not_invoiced(books: Books, n: int) -> None:
    """A work order is complete; neither it nor its hours are on a bill."""
    w = books.world
    customer, done = w.client(rotate(("GBP", "EUR"), n)), w.day(date(2026, 3, 2), date(2026, 5, 20))
    job = Job(w, customer)
    if n % 2 == 0:
        code, sold = customer.product("FIT"), money(20, 70, books)
        job.deal([(code, 1, sold)], plus(done, -30), hours=int(sold / 90))
        job.contract("on_delivery", plus(done, -30), date(2026, 12, 31))
        job.job("fixed_price", plus(done, -20), done)
        order_id = job.work_order(code, done, int(sold / 90))
        job.hours(business(plus(done, -6)), int(sold / 95))
        job.worth(done, code, sold)
        value = job.gbp(sold, done)
    else:
        code = customer.product("ENG")
        price = w.price(code, job.currency)
        job.deal([(code, 60, price)], plus(done, -60))
        job.contract(
            "on_delivery",
            plus(done, -60),
            date(2026, 12, 31),
            rates=[(code, price, None, plus(done, -60), None)],
        )
        job.job("time_and_materials", plus(done, -50))
        other = job.work_order(code, plus(done, -28), 8)
        mark = job.time(plus(done, -28), code, 8, price, work_order_id=other)
        books.bill(
            job.code,
            customer,
            business(plus(done, -25)),
            [Line(job, code, 8, price, job.ref, mark, other)],
        )
        order_id, value = job.work_order(code, done, 15), ZERO
        for on, hours in ((plus(done, -1), 7), (done, 8)):
            job.time(on, code, hours, price, work_order_id=order_id)
            value += job.gbp(hours * price, on)
    w.label(
        job,
        "work_order_not_invoiced",
        "work_order",
        order_id,
        value,
        allowed=(f"delivered_not_invoiced:*:{job.code}*",),
    )


def contract_period_not_billed(books: Books, n: int) -> None:
    """A month of support, or of time and materials in another currency, without a bill."""
    w = books.world
    if n % 3 == 2:
        out, _ = monthly(books, n // 3, ("EUR", "USD"), Faults(unbilled=frozenset({2})))
        job = out.job
        value = sum((job.gbp(hours * out.price, on) for _, on, hours in out.deliveries[2]), ZERO)
    else:
        rule = "periodic_advance" if n % 3 == 0 else "periodic_arrears"
        job, _ = support(
            w.client(rotate(("GBP", "EUR", "ZERO"), n)),
            books,
            date(2025, 12, 1),
            rule,
            unbilled=frozenset({3}),
        )
        on, _, fee = job.done[3]
        value = job.gbp(fee, on)
    w.label(
        job,
        "contract_period_not_billed",
        "contract",
        job.contract_id,
        value,
        allowed=(f"delivered_not_invoiced:*:{job.code}*",),
    )


def timesheet_missing(books: Books, n: int) -> None:
    """An active placement, and no sheet for a week."""
    out = weekly(books, n, Faults(no_sheet=5))
    books.world.label(
        out.job,
        "timesheet_missing",
        "contract",
        out.job.contract_id,
        40 * out.price,
        allowed=(f"contract_period_not_billed:*:{out.job.code}*",),
    )


def timesheet_paid_not_billed(books: Books, n: int) -> None:
    """A week that was paid for and never billed."""
    out = weekly(books, n, Faults(unbilled=frozenset({4})), kinds=("GBP", "EUR", "ZERO"))
    delivery, end, hours = out.deliveries[4][0]
    books.world.label(
        out.job,
        "timesheet_paid_not_billed",
        "delivery",
        delivery,
        out.job.gbp(hours * out.price, end),
        allowed=(
            f"delivered_not_invoiced:*:{out.job.code}*",
            f"contract_period_not_billed:*:{out.job.code}*",
        ),
    )


def timesheet_billed_not_paid(books: Books, n: int) -> None:
    """A week that was billed; the person was not paid for it."""
    out = weekly(books, n, Faults(unpaid=4))
    delivery, _, hours = out.deliveries[4][0]
    books.world.label(out.job, "timesheet_billed_not_paid", "delivery", delivery, hours * out.pay)


def placement_not_invoiced(books: Books, n: int) -> None:
    """Five weeks of a placement, and not one bill."""
    out = weekly(books, n, Faults(unbilled=frozenset(range(5))), date(2026, 4, 13 + 7 * (n % 2)), 5)
    value = sum(
        (out.job.gbp(hours * out.price, end) for [(_, end, hours)] in out.deliveries.values()), ZERO
    )
    books.world.label(
        out.job,
        "placement_not_invoiced",
        "job",
        out.job.job_id,
        value,
        allowed=tuple(
            f"{control}:*:{out.job.code}*"
            for control in (
                "delivered_not_invoiced",
                "contract_period_not_billed",
                "timesheet_paid_not_billed",
            )
        ),
    )


def permanent_fee_not_invoiced(books: Books, n: int) -> None:
    """Somebody has started, and no fee was billed."""
    w = books.world
    start = w.day(date(2026, 2, 2), date(2026, 5, 29))
    job, _, fee, _ = permanent(w.client(rotate(STERLING, n)), books, start, None)
    w.label(
        job,
        "permanent_fee_not_invoiced",
        "job",
        job.job_id,
        fee,
        allowed=(f"delivered_not_invoiced:*:{job.code}*",),
    )


def rebate_not_credited(books: Books, n: int) -> None:
    """Somebody left inside the rebate period; half of the fee is the customer's."""
    w = books.world
    start = w.day(date(2026, 1, 5), date(2026, 3, 20))
    job, _, fee, _ = permanent(
        w.client(rotate(STERLING, n)),
        books,
        start,
        business(plus(start, 5)),
        business(plus(start, 45)),
    )
    w.label(
        job,
        "rebate_not_credited",
        "job",
        job.job_id,
        fee / 2,
        allowed=(
            f"invoice_without_delivery:*:{job.code}*",
            f"delivery_billed_twice:*:{job.code}*",
            f"quantity_variance:*:{job.code}*",
            f"invoiced_above_contract:*:{job.code}*",
        ),
    )


def change_order_not_billed(books: Books, n: int) -> None:
    """A variation is done and not billed, though later milestones are; or more of the goods."""
    w = books.world
    if n % 2 == 0:
        start = w.day(date(2025, 12, 1), date(2026, 3, 2))
        days = [business(plus(start, 30 * k)) for k in range(3)]
        small = money(8, 19, books)
        fixed = fixed_price(
            w.client(rotate(STERLING, n // 2)),
            books,
            [
                Phase(days[0], money(30, 50, books), business(plus(days[0], 3))),
                Phase(days[1], small, None, text="Variation: cable trays"),
                Phase(
                    days[2],
                    money(60, 80, books),
                    business(plus(days[2], 4)),
                    text="Final milestone: handover",
                ),
            ],
            variation=1,
        )
        job, value, change = fixed.job, small, f"{fixed.job.code}-CO1"
    else:
        one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 4, 10))
        job, value = one.job, 5 * one.price
        on = business(plus(one.shipped[0][1], 21))
        change = job.change(plus(on, -8), one.code, value, 5)
        one.ship(on, 5)
        next(r for r in w.tables["office", "jobs"] if r["job_id"] == job.job_id)["completed_on"] = (
            on
        )
    w.label(
        job,
        "change_order_not_billed",
        "change_order",
        change,
        value,
        allowed=(f"delivered_not_invoiced:*:{job.code}*",),
    )


def invoice_not_posted(books: Books, n: int) -> None:
    """Sent to the customer, and not in the ledger."""
    one = tidy(books, n, UNTAXED, date(2026, 5, 4), date(2026, 6, 12), post=False, settle="manual")
    one.job.accrue, doc = False, one.bills[0]
    books.world.label(
        one.job,
        "invoice_not_posted",
        "invoice",
        doc.id,
        doc.base(doc.gross),
        allowed=(
            f"revenue_cut_off:*:{one.job.code}*",
            "receivables_tie_out:*:*",
            "deferred_income_tie_out:*:*",
            "accrued_income_tie_out:*:*",
        ),
    )


def shipment_without_stock_move(books: Books, n: int) -> None:
    """Shipped, and the stock not relieved, or days late."""
    w = books.world
    on = w.day(date(2026, 1, 12), date(2026, 5, 18))
    one = order(w.client(), books, 30, plus(on, -12))
    one.bill(books, business(plus(on, 1)), one.item(6, one.ship(on, 6)))
    again = business(plus(on, 10))
    late = one.ship(again, 5, moved=None if n % 2 == 0 else plus(again, 6))
    one.bill(books, business(plus(again, 2)), one.item(5, late))
    w.label(
        one.job, "shipment_without_stock_move", "delivery", late, 5 * Decimal(PRODUCTS[one.code][5])
    )


FAULTS = (
    won_deal_without_job,
    delivered_not_invoiced,
    work_order_not_invoiced,
    contract_period_not_billed,
    timesheet_missing,
    timesheet_paid_not_billed,
    timesheet_billed_not_paid,
    placement_not_invoiced,
    permanent_fee_not_invoiced,
    rebate_not_credited,
    change_order_not_billed,
    invoice_not_posted,
    shipment_without_stock_move,
)
