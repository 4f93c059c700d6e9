"""Cut-off, the ledger's tie-outs, authority, classification, collection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from .closing import ENDS
from .days import business, cents, plus
from .faults_billing import STERLING, UNTAXED, rotate, tidy
from .faults_records import symptoms
from .habits import money
from .ledger import Books, Line, Post
from .single import Phase, fixed_price, order
from .tables import PRODUCTS
from .work import Job

SKILLS = "radiography turbine-balancing rope-access hydrography cryogenics glazing".split()
#: Tie-outs that other faults, from February on, move as well.
SHARED = ("receivables_tie_out", "accrued_income_tie_out", "deferred_income_tie_out")
OTHERS = "6120 6130 6140 6150 6160 6170 6180 6110".split()


def revenue_cut_off(books: Books, n: int) -> None:
    """Shipped at the end of a month, billed in the next, and nothing accrued between."""
    w = books.world
    end = ENDS[3 + n % 4]
    one = order(
        w.client(rotate(("GBP", "EUR", "ZERO"), n)), books, 11, plus(end, -20), plus(end, -2)
    )
    delivery = one.ship(plus(end, -2), 11)
    one.job.accrue = False
    one.bill(books, business(plus(end, 3)), one.item(11, delivery))
    w.label(
        one.job,
        "revenue_cut_off",
        "job",
        one.job.job_id,
        one.job.gbp(11 * one.price, plus(end, -2)),
    )


def plain(
    books: Books, n: int, on: date, entered: date, control: str, manual: bool = False
) -> None:
    """An expense journal with days of its own."""
    job, amount = Job(books.world, books.world.client("GBP")), Decimal(310 + 17 * n)
    account = OTHERS[n % 7]
    books.post(
        f"{job.code}-J1",
        on,
        [Post(account, amount), Post("2050", -amount)],
        "other",
        entered=entered,
        manual=manual,
        text="Supplier's bill",
    )
    books.world.label(job, control, "journal", f"{job.code}-J1", amount)


def posted_to_closed_period(books: Books, n: int) -> None:
    """Entered five days after the month was closed."""
    end = ENDS[3 + n % 5]
    plain(books, n, end, plus(end, 20), "posted_to_closed_period")


def backdated_entry(books: Books, n: int) -> None:
    """Effective 38 days before it was entered, in a month that was still open."""
    start = ENDS[3 + n % 5].replace(day=3)
    plain(books, n, start, plus(start, 38), "backdated_entry")


def future_dated_entry(books: Books, n: int) -> None:
    """Dated days ahead of its entry and of today."""
    plain(books, n, date(2026, 7, 3 + n % 20), date(2026, 6, 22), "future_dated_entry")


def journal_unbalanced(books: Books, n: int) -> None:
    """A journal whose two sides differ."""
    job, off = Job(books.world, books.world.client("GBP")), Decimal(21 + n)
    books.post(
        f"{job.code}-J1",
        ENDS[2 + n % 6].replace(day=11),
        [Post(OTHERS[n % 7], 400 + off), Post("2050", Decimal(-400))],
        "other",
        text="Supplier's bill",
        balance=False,
    )
    books.world.label(
        job,
        "journal_unbalanced",
        "journal",
        f"{job.code}-J1",
        off,
        allowed=("trial_balance_tie_out:*:*",),
    )


def tie_out(
    control: str, account: str, other: str, sign: int = 1, kind: str = "manual"
) -> Callable[[Books, int], None]:
    """A fault on an account that our records know nothing of, one a month."""

    def plant(books: Books, n: int) -> None:
        if n >= 8:
            return
        job, amount = Job(books.world, books.world.client("GBP")), Decimal(240 + 31 * n)
        end = ENDS[1 + n % 8]
        books.post(
            f"{job.code}-J1",
            end.replace(day=19),
            [Post(account, sign * amount), Post(other, -sign * amount)],
            kind,
            manual=kind == "manual",
            text="Adjustment",
            document=f"{job.code}-X9" if kind == "receipt" else "",
        )
        books.world.label(
            job,
            control,
            "account",
            account,
            amount,
            match=(account, f"{end:%Y-%m}"),
            sure=end < date(2026, 2, 1) or control not in SHARED,
            allowed=(f"{control}:*:*",),
            note=f"new at {end}; journal {job.code}-J1",
        )

    plant.__name__ = control
    return plant


def trial_balance_tie_out(books: Books, n: int) -> None:
    """The ledger's balance of an account has an entry that was not handed over (`build` moves
    it)."""
    account, amount, end = OTHERS[n % 8], Decimal(90 + 13 * n), ENDS[3 + n % 5]
    for row in books.world.tables["ledger", "account_balances"]:
        if row["account_code"] == account and row["balance_on"] >= end:
            row["balance"] += amount
    books.world.label(
        None,
        "trial_balance_tie_out",
        "account",
        account,
        amount,
        match=(account,),
        allowed=("trial_balance_tie_out:*:*",),
        note=f"from {end} on",
    )


def margin_below_threshold(books: Books, n: int) -> None:
    """Carriage and rework took the margin of an order."""
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 5, 18))
    value = one.job.done[0][2]
    one.job.cost(
        "subcontract",
        plus(one.shipped[0][1], 1),
        value * Decimal("0.41"),
        product=PRODUCTS[one.code][0],
    )
    books.world.label(one.job, "margin_below_threshold", "job", one.job.job_id, None, sure=False)


def discount_above_authority(books: Books, n: int) -> None:
    """A quarter off the list price, by a salesperson."""
    w = books.world
    on = w.day(date(2026, 2, 3), date(2026, 5, 18)).replace(day=12)
    customer = w.client(rotate(STERLING, n))
    code = customer.product("PUMP")
    one = order(
        customer, books, 12, plus(on, -15), on, price=w.price(code, "GBP"), discount=Decimal("0.25")
    )
    one.price *= Decimal("0.75")
    line = next(r for r in w.tables["office", "job_lines"] if r["job_id"] == one.job.job_id)
    line.update(unit_price=one.price, net_amount=cents(12 * one.price))
    one.bill(books, business(plus(on, 2)), one.item(12, one.ship(on, 12)))
    w.label(
        one.job,
        "discount_above_authority",
        "deal",
        one.job.deal_id,
        cents(12 * w.price(code, "GBP") * Decimal("0.15")),
        sure=False,
    )


def unapproved_edit(books: Books, n: int) -> None:
    """A line of a won deal is edited a month later; the version of the win is in the earlier
    folder."""
    w = books.world
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 5, 4), 6, 6)
    deal = next(r for r in w.tables["crm", "deals"] if r["deal_id"] == one.job.deal_id)
    line = next(r for r in w.tables["crm", "deal_lines"] if r["deal_id"] == one.job.deal_id)
    w.earlier["crm", "deals"].append(dict(deal))
    w.earlier["crm", "deal_lines"].append(dict(line))
    quantity = 15 if n % 2 == 0 else 10
    edited = f"{business(plus(one.shipped[0][1], 9))}T16:20:00"
    was = line["net_amount"]
    line.update(
        quantity=quantity,
        net_amount=cents(quantity * one.price),
        updated_at=edited,
        planned_cost=quantity * Decimal(PRODUCTS[one.code][5]),
    )
    deal.update(amount=line["net_amount"], updated_at=edited)
    w.label(
        one.job,
        "unapproved_edit",
        "deal",
        one.job.deal_id,
        abs(line["net_amount"] - was),
        needs="before",
    )


def owner_missing(books: Books, n: int) -> None:
    """Nobody is named on the deal, nor on the job."""
    w = books.world
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 5, 18))
    next(r for r in w.tables["crm", "deals"] if r["deal_id"] == one.job.deal_id)["owner_id"] = ""
    next(r for r in w.tables["office", "jobs"] if r["job_id"] == one.job.job_id)["manager_id"] = ""
    w.label(one.job, "owner_missing", "deal", one.job.deal_id, None, sure=False)


def customer_unmatched(books: Books, n: int) -> None:
    """The ledger bills somebody whom nobody else knows."""
    w = books.world
    one = w.customer("ZERO", pooled=False)
    w.tables["crm", "customers"].pop()
    job = Job(w, one)
    on, amount = (
        w.day(date(2026, 2, 3), date(2026, 5, 18)),
        Decimal(w.rng.randint(50_000, 150_000)) / 100,
    )
    line = Line(None, "ENG-X", 1, amount, "Sundry", id=f"{job.code}-LX")
    doc = books.bill(job.code, one, on, [line])
    w.label(
        job,
        "customer_unmatched",
        "customer",
        one.ledger,
        doc.base(amount),
        match=(one.ledger, one.name),
        allowed=(
            *symptoms(job, "invoice_without_job", "invoice_without_delivery"),
            f"owner_missing:*:{one.ledger}",
        ),
    )


def invoice_job_ambiguous(books: Books, n: int) -> None:
    """Two jobs have one reference, or a line names two; each has the work of the bill."""
    w = books.world
    customer = w.client(rotate(STERLING, n))
    price = w.price(customer.product("VALVE"), "GBP") + n
    pair = [
        order(customer, books, 10, date(2026, 6, 8), product="VALVE", price=price) for _ in range(2)
    ]
    first, second = pair
    for one in pair:
        one.ship(date(2026, 6, 22), 10)
    ref = f"{first.job.ref} / {second.job.ref}"
    if n % 2 == 0:
        ref = second.job.ref = first.job.ref
        for row in w.tables["office", "jobs"]:
            if row["job_id"] == second.job.job_id:
                row["job_ref"] = ref
    line = Line(first.job, first.code, 10, price, "Valves", ref=ref)
    doc = books.bill(first.job.code, customer, date(2026, 6, 25), [line])
    row = next(r for r in w.tables["ledger", "journal_lines"] if r["document_line_id"] == line.id)
    row["job_ref"] = ref
    w.label(
        first.job,
        "invoice_job_ambiguous",
        "invoice_line",
        line.id,
        doc.base(10 * price),
        scope=f"{first.job.code} {second.job.code}",
        allowed=tuple(
            s for one in pair for s in symptoms(one.job, "revenue_cut_off", "invoice_without_job")
        ),
    )


def receivable_overdue(books: Books, n: int) -> None:
    """A bill due more than sixty days ago is open, or half of it is."""
    w = books.world
    one = tidy(
        books,
        n,
        ("GBP", "EUR", "ZERO", "USD"),
        date(2026, 1, 12),
        date(2026, 3, 13),
        settle="manual",
    )
    doc = one.bills[0]
    if doc.currency == "GBP":
        part = cents(doc.gross / 2)
        books.receipt(one.job.code, doc.customer, business(plus(doc.due, 4)), part, [(doc, part)])
    w.label(
        one.job,
        "receivable_overdue",
        "invoice",
        doc.id,
        doc.base(doc.gross) - doc.base(doc.applied),
    )


def short_paid(books: Books, n: int) -> None:
    """Called paid, and less came."""
    w, off = books.world, Decimal(75 + n)
    one = tidy(
        books,
        n,
        ("GBP", "ZERO", *UNTAXED[1:]),
        date(2026, 4, 7),
        date(2026, 5, 12),
        settle="manual",
    )
    doc = one.bills[0]
    on = min(business(plus(doc.due, 2)), date(2026, 6, 26))
    books.receipt(one.job.code, doc.customer, on, doc.gross - off, [(doc, doc.gross - off)])
    doc.row["status"] = "paid"
    w.label(
        one.job, "short_paid", "invoice", doc.id, doc.base(doc.gross) - doc.base(doc.gross - off)
    )


def retention_due(books: Books, n: int) -> None:
    """The day of release has passed, and the retention is not billed back."""
    w = books.world
    start = w.day(date(2025, 11, 3), date(2025, 12, 12))
    days = [start, business(plus(start, 30))]
    values = [money(40, 60, books), money(40, 60, books)]
    fixed = fixed_price(
        w.client(rotate(STERLING, n)),
        books,
        [Phase(on, v, business(plus(on, 3))) for on, v in zip(days, values, strict=True)],
        retention=Decimal(5),
        due=date(2026, 4, 10 + n % 15),
    )
    w.label(
        fixed.job,
        "retention_due",
        "contract",
        fixed.job.contract_id,
        sum((cents(v * 5 / 100) for v in values), Decimal(0)),
    )


def milestone_not_accepted(books: Books, n: int) -> None:
    """Handed over weeks ago, and the customer has not accepted it."""
    w = books.world
    start = w.day(date(2026, 2, 3), date(2026, 3, 20))
    late = business(plus(start, 40))
    fixed = fixed_price(
        w.client(rotate(STERLING, n)),
        books,
        [
            Phase(start, money(20, 40, books), business(plus(start, 3))),
            Phase(late, money(20, 40, books), None, accepted=False),
        ],
    )
    value = w.tables["office", "deliveries"][-1]["value_amount"]
    w.label(fixed.job, "milestone_not_accepted", "delivery", fixed.milestones[1], value)


def capacity_exceeded(books: Books, n: int) -> None:
    """Four weeks of July are sold with more hours than the one who can do it has."""
    w, skill = books.world, SKILLS[n % 6] if n < 6 else f"{SKILLS[n % 6]}-{n}"
    w.person("engineer", "Delivery", skill)
    job = Job(w, w.client(rotate(STERLING, n)))
    code = job.customer.product("ENG")
    job.deal(
        [(code, 320, w.price(code, "GBP"))],
        date(2026, 6, 10),
        starts=date(2026, 7, 6),
        ends=date(2026, 7, 31),
        skills=skill,
        hours=320,
    )
    job.contract(
        "periodic_arrears",
        date(2026, 7, 6),
        date(2026, 12, 31),
        "month",
        rates=[(code, w.price(code, "GBP"), None, date(2026, 7, 6), None)],
    )
    job.job(
        "time_and_materials",
        date(2026, 7, 6),
        ends=date(2026, 7, 31),
        status="planned",
        started_on=None,
        kickoff_ready_on=None,
        updated_at="2026-06-12T09:00:00",
    )
    w.label(job, "capacity_exceeded", "skill", skill, None, sure=False, match=(skill,))


TIE_OUTS = (
    tie_out("receivables_tie_out", "1100", "6160", -1),
    tie_out("deferred_income_tie_out", "2300", "6150"),
    tie_out("accrued_income_tie_out", "1150", "6140", -1),
    tie_out("retention_tie_out", "1300", "6130"),
    tie_out("cost_of_sales_tie_out", "5000", "2050"),
    tie_out("cash_tie_out", "1000", "2050", 1, "receipt"),
)
FAULTS = (
    revenue_cut_off,
    posted_to_closed_period,
    backdated_entry,
    future_dated_entry,
    journal_unbalanced,
    *TIE_OUTS,
    margin_below_threshold,
    discount_above_authority,
    unapproved_edit,
    owner_missing,
    customer_unmatched,
    invoice_job_ambiguous,
    receivable_overdue,
    short_paid,
    retention_due,
    milestone_not_accepted,
    capacity_exceeded,
)
