"""Habits of a company in which all is right: what makes a controller look twice and then nod."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from .days import business, cents, plus
from .ledger import Books
from .monthly import Bundle, placement, time_and_materials
from .single import Phase, fixed_price, order, permanent, shipped, support
from .tables import PRODUCTS

Maker = Callable[[Books], None]
LAST_SUNDAY = date(2026, 6, 28)


def monday(weeks: int) -> date:
    """The Monday from which so many weeks run to the last whole week."""
    return plus(LAST_SUNDAY, 1 - 7 * weeks)


def cost_centres(books: Books) -> None:
    """Three jobs and cost centres on one monthly bill; of every second customer one bill is
    redone."""
    w = books.world
    bundle = Bundle(w, w.client())
    bundle.rebill = w.count("rebill") % 2 == 1
    time_and_materials(bundle, w.rng.randint(0, 2), 4, travel=True)
    time_and_materials(bundle, 3, 6, rise=True)
    time_and_materials(bundle, 0, 9, product="DAY")
    bundle.issue(books)


def raised_back(books: Books) -> None:
    """A rate raised back to the start of the job, the difference billed on a line of its own."""
    w = books.world
    bundle = Bundle(w, w.client())
    time_and_materials(bundle, 4, 5, top_up=True)
    time_and_materials(bundle, 5, 4, travel=True)
    bundle.issue(books)


def placements(books: Books) -> None:
    """Weekly bills for three placements: weeks without hours, an early end, a quantity used up."""
    w = books.world
    bundle = Bundle(w, w.client("GBP", "ZERO", "EUR"))
    placement(bundle, monday(11), 11, empty=frozenset({4}))
    placement(bundle, w.day(date(2025, 11, 3), date(2026, 2, 2)), 9, ended=True)
    placement(
        bundle, w.day(date(2026, 1, 12), date(2026, 3, 2)), 8, used_up=True, empty=frozenset({2, 5})
    )
    bundle.issue(books)


def part_shipments(books: Books) -> None:
    """An order in three lots over the turn of the year, and one whose rate of tax changed
    between."""
    w = books.world
    shipped(w.client(), books, w.day(date(2025, 12, 8), date(2025, 12, 19)), 3)
    shipped(
        w.client(),
        books,
        w.day(date(2026, 3, 10), date(2026, 3, 20)),
        3,
        product="HEAT",
        named=False,
    )
    shipped(w.client(), books, w.day(date(2026, 5, 4), date(2026, 6, 1)), 2, product="VALVE")


def halves(books: Books) -> None:
    """Two bills share one delivery; two deliveries share one bill; some of an order is still to
    come."""
    w = books.world
    first = w.day(date(2025, 10, 20), date(2026, 5, 20))
    one = order(w.client(), books, 12, plus(first, -12), first)
    delivery = one.ship(first, 12)
    one.bill(books, business(plus(first, 2)), one.item(6, delivery))
    one.bill(books, business(plus(first, 9)), one.item(6, delivery))
    first = w.day(date(2026, 2, 20), date(2026, 3, 20))
    one = order(w.client(), books, 30, plus(first, -12))
    day = business(plus(first, 3))
    one.bill(
        books,
        business(plus(day, 3)),
        one.item(4, one.ship(first, 4)),
        one.item(5, one.ship(day, 5)),
    )


def paid_first(books: Books) -> None:
    """Billed with the order, shipped in parts later; the last part is still to come."""
    w = books.world
    for done in (True, False):
        first = w.day(date(2025, 11, 10), date(2026, 4, 10))
        days = [business(plus(first, n)) for n in (20, 41, 62)]
        one = order(w.client(), books, 18, first, days[-1] if done else None, "on_order", "VALVE")
        one.bill(books, business(plus(first, 1)), one.item(18))
        for on in days if done else days[:2]:
            one.ship(on, 6)


def taken_back(books: Books) -> None:
    """Goods come back in the month after and are credited at the bill's rate of tax and
    exchange."""
    w = books.world
    for product in ("PUMP", "HEAT"):
        first = w.day(date(2026, 3, 3), date(2026, 3, 24))
        one = order(
            w.client(), books, 9, plus(first, -10), business(plus(first, 24)), product=product
        )
        bill = one.bill(books, business(plus(first, 3)), one.item(9, one.ship(first, 9)))
        back = business(plus(first, 24))
        returned = one.ship(back, -2)
        books.credit(one.job.code, business(plus(back, 3)), bill, "return", [one.item(2, returned)])


def billed_anew(books: Books) -> None:
    """A wrong price is credited whole and billed again; a bill is voided and made again."""
    w = books.world
    first = w.day(date(2025, 11, 5), date(2026, 4, 20))
    one = order(w.client(), books, 8, plus(first, -10), first)
    delivery = one.ship(first, 8)
    wrong = one.bill(
        books, business(plus(first, 2)), one.item(8, delivery, one.price + 11), settle="manual"
    )
    on = business(plus(first, 12))
    books.credit(one.job.code, on, wrong, "price")
    one.bill(books, on, one.item(8, delivery))
    first = w.day(date(2025, 11, 5), date(2026, 5, 20))
    one = order(w.client(), books, 7, plus(first, -10), first)
    delivery = one.ship(first, 7)
    wrong = one.bill(books, business(plus(first, 1)), one.item(7, delivery))
    books.void(wrong, business(plus(first, 5)))
    one.bill(books, business(plus(first, 6)), one.item(7, delivery))


def money(low: int, high: int, books: Books) -> Decimal:
    """A round price of a piece of work."""
    return Decimal(books.world.rng.randint(low, high) * 100)


def milestones(books: Books) -> None:
    """Fixed prices: a deposit set off, retention held and released, a variation, one quoted."""
    w = books.world

    def phases(start: date, count: int) -> list[Phase]:
        days = [business(plus(start, 33 * n)) for n in range(count)]
        return [
            Phase(on, money(24, 70, books), business(plus(on, w.rng.randint(1, 8)))) for on in days
        ]

    one = w.client()
    fixed_price(
        one, books, phases(w.day(date(2025, 12, 1), date(2026, 2, 20)), 3), deposit=Decimal(1500)
    )
    one = w.client("GBP", "ZERO")
    fixed_price(
        one,
        books,
        phases(w.day(date(2025, 11, 20), date(2026, 1, 10)), 3),
        retention=Decimal(5),
        due=date(2026, 5, 29),
        release=date(2026, 5, 28),
    )
    one = w.client("GBP", "ZERO")
    fixed_price(
        one,
        books,
        phases(w.day(date(2026, 2, 1), date(2026, 4, 10)), 2),
        Decimal(6000),
        retention=Decimal(5),
        due=date(2026, 12, 31),
    )
    one = w.client()
    run = phases(w.day(date(2025, 12, 1), date(2026, 2, 10)), 4)
    run[2].text = "Variation: second switch room"
    fixed_price(one, books, run, variation=2)
    one = w.client()
    fixed_price(one, books, phases(w.day(date(2025, 12, 1), date(2026, 3, 10)), 2), quoted=True)


def standing_orders(books: Books) -> None:
    """Support in advance and in arrears; two equal contracts of one customer billed on one day."""
    w = books.world
    twin, fee = w.client(), Decimal(w.rng.randint(600, 690))
    for _ in range(2):
        support(twin, books, date(2025, 12, 1), fee=fee)
    support(w.client(), books, date(2026, 1, 1), period="quarter")
    support(w.client(), books, date(2025, 11, 1), rule="periodic_arrears")
    support(w.client(), books, date(2025, 10, 1), rule="periodic_arrears", period="quarter")


def fees(books: Books) -> None:
    """Permanent placements: one who stays, one who leaves and is credited, one who has just
    begun."""
    w = books.world
    start = w.day(date(2025, 11, 3), date(2026, 4, 20))
    permanent(w.client("GBP", "ZERO"), books, start, business(plus(start, 5)))
    start = w.day(date(2026, 1, 5), date(2026, 3, 10))
    left = business(plus(start, 50))
    permanent(
        w.client("GBP", "ZERO"),
        books,
        start,
        business(plus(start, 5)),
        left,
        business(plus(left, 6)),
    )
    permanent(w.client("GBP", "ZERO"), books, date(2026, 6, 22), None)


def not_counted(books: Books) -> None:
    """Sheets in draft or rejected, deals open, lost or just won, a rejected change, work just
    done."""
    w = books.world
    bundle = Bundle(w, w.client())
    one = time_and_materials(bundle, 5, 4).job
    one.deliver(
        "time",
        date(2026, 4, 9),
        one.customer.product("ENG"),
        8,
        None,
        status="rejected",
        person_id=w.pick("engineer"),
        approved_on=None,
    )
    one.deliver(
        "time",
        date(2026, 6, 29),
        one.customer.product("ENG"),
        8,
        None,
        status="draft",
        person_id=w.pick("engineer"),
        approved_on=None,
    )
    one.change(date(2026, 4, 1), one.customer.product("ENG"), Decimal(4000), 40, "rejected")
    bundle.issue(books)
    shipped(w.client(), books, date(2026, 6, 24), 1)
    recent = order(w.client(), books, 6, date(2026, 6, 15))
    recent.ship(date(2026, 6, 25), 6)
    customer, code = w.client(), "PUMP"
    for stage, closed, won in (
        ("proposal", False, None),
        ("lost", True, None),
        ("won", True, date(2026, 6, 26)),
    ):
        deal = f"D{w.count('open deal'):04d}"
        product = customer.product(code)
        amount = cents(w.price(product, customer.currency) * 10)
        w.add(
            "crm",
            "deals",
            deal_id=deal,
            deal_name=f"{customer.name} {deal}",
            customer_id=customer.crm,
            owner_id=w.pick("salesperson"),
            stage=stage,
            is_closed=closed,
            is_won=bool(won),
            amount=amount,
            currency=customer.currency,
            probability="1" if won else "0" if closed else "0.4",
            created_on=date(2026, 5, 20),
            proposal_sent_on=date(2026, 6, 5),
            won_on=won,
            expected_close_on=won or (date(2026, 6, 12) if closed else date(2026, 8, 14)),
            lost_on=date(2026, 6, 12) if stage == "lost" else None,
            updated_at=f"{won or (date(2026, 6, 12) if closed else date(2026, 6, 24))}T11:00:00",
        )
        w.add(
            "crm",
            "deal_lines",
            deal_line_id=f"{deal}-1",
            deal_id=deal,
            product_id=PRODUCTS[product][0],
            description=PRODUCTS[product][1],
            quantity=10,
            unit="each",
            planned_cost=cents(amount / 2),
            unit_price=w.price(product, customer.currency),
            net_amount=amount,
            discount_amount=Decimal("0.00"),
            planned_cost_type="material",
            updated_at="2026-06-04T09:00:00",
        )


MAKERS: tuple[Maker, ...] = (
    cost_centres,
    part_shipments,
    placements,
    milestones,
    standing_orders,
    halves,
    raised_back,
    paid_first,
    taken_back,
    billed_anew,
    fees,
    not_counted,
)


def background(books: Books, jobs: int) -> None:
    """At least so many jobs of a company in which all is right."""
    number = 0
    while len(books.world.sits) < jobs or number < len(MAKERS):
        MAKERS[number % len(MAKERS)](books)
        number += 1
    prepaid = books.world.client("GBP")
    books.receipt("R", prepaid, date(2026, 6, 19), Decimal("1800.00"), [])
