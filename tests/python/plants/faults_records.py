"""Occurrence and uniqueness: what is billed, paid or posted and never was, or was once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .days import business, plus
from .faults_billing import STERLING, UNTAXED, monthly, rotate, tidy, weekly
from .habits import monday
from .ledger import CLERKS, Books, Line, Post
from .monthly import Bundle, Faults, placement
from .single import order
from .tables import PRODUCTS
from .work import Job

OVER = ("delivery_billed_twice", "quantity_variance", "duplicate_invoice")


def symptoms(job: Job, *controls: str) -> tuple[str, ...]:
    """Controls that may speak of the same situation."""
    return tuple(f"{control}:*:{job.code}*" for control in controls)


def invoice_without_delivery(books: Books, n: int) -> None:
    """Billed beyond the deliveries; none at all; an over-billed month; whole again after a
    credit."""
    w = books.world
    kind, note = n % 4, ""
    if kind == 0:
        one = tidy(books, n // 4, ("GBP", "EUR", "USD"), date(2026, 2, 3), date(2026, 5, 4), 5, 5)
        doc = one.bill(books, business(plus(one.shipped[0][1], 20)), one.item(4))
        job, line, value, note = (
            one.job,
            doc.lines[0],
            doc.base(4 * one.price),
            "job has another delivery",
        )
    elif kind == 1:
        on = w.day(date(2026, 2, 3), date(2026, 5, 20))
        one = order(w.client(rotate(("EUR", "GBP"), n // 4)), books, 6, plus(on, -20))
        doc = one.bill(books, on, one.item(6))
        job, line, value = one.job, doc.lines[0], doc.base(6 * one.price)
        note = "nothing delivered on the job"
    elif kind == 2:
        out, bundle = monthly(books, n // 4, ("GBP", "USD", "ZERO"), Faults(more_hours={1: 9}))
        job, line = out.job, out.lines[1]
        doc = next(d for d in bundle.docs.values() if line in d.lines)
        value, note = doc.base(9 * out.price), "over-billed month"
    else:
        one = tidy(
            books, n // 4, UNTAXED, date(2026, 2, 3), date(2026, 4, 20), 10, 14, settle="manual"
        )
        first, (delivery, on, _) = one.bills[0], one.shipped[0]
        books.credit(
            one.job.code, business(plus(on, 12)), first, "quantity", [one.item(3, delivery)]
        )
        doc = one.bill(books, business(plus(on, 17)), one.item(10, delivery))
        first.settle = "auto"
        job, line, value = one.job, doc.lines[0], doc.base(7 * one.price)
        note = "credited in part, billed again whole"
    w.label(
        job,
        "invoice_without_delivery",
        "invoice_line",
        line.id,
        value,
        either=OVER,
        note=note,
        allowed=symptoms(job, "invoiced_above_contract", *OVER),
    )


def invoice_without_job(books: Books, n: int) -> None:
    """A line that names no job, for an amount that no work has."""
    w = books.world
    one = tidy(books, n, ("GBP", "EUR", "ZERO"), date(2026, 2, 3), date(2026, 5, 18))
    code, amount = one.job.customer.product("ENG"), Decimal(w.rng.randint(90_000, 240_000)) / 100
    line = Line(None, code, 1, amount, "Work as agreed", id=f"{one.job.code}-LX")
    doc = books.bill(one.job.code, one.job.customer, business(plus(one.shipped[0][1], 15)), [line])
    w.label(
        one.job,
        "invoice_without_job",
        "invoice_line",
        line.id,
        doc.base(amount),
        allowed=symptoms(one.job, "invoice_without_delivery"),
    )


def job_without_deal(books: Books, n: int) -> None:
    """Shipped and billed at the list price, and nothing was sold."""
    w = books.world
    on = w.day(date(2026, 1, 12), date(2026, 5, 20))
    customer = w.client(rotate(STERLING, n))
    one = order(
        customer,
        books,
        0,
        plus(on, -5),
        on,
        price=w.price(customer.product("VALVE"), "GBP"),
        product="VALVE",
        deal=False,
    )
    size = w.rng.randint(6, 20)
    one.bill(books, business(plus(on, 2)), one.item(size, one.ship(on, size)))
    w.label(
        one.job,
        "job_without_deal",
        "job",
        one.job.job_id,
        size * one.price,
        allowed=symptoms(one.job, "invoiced_above_contract"),
    )


def revenue_journal_without_document(books: Books, n: int) -> None:
    """Revenue posted by hand for a job, for none, or from a bill that does not exist."""
    w = books.world
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 5, 18))
    one.job.accrue, amount = False, Decimal(w.rng.randint(60_000, 190_000)) / 100
    journal, on = f"{one.job.code}-J1", business(plus(one.shipped[0][1], 3))
    job = None if n % 3 == 1 else one.job
    side = Post("1100" if n % 3 == 2 else "1150", amount, job=job)
    rows = [side, Post("4010", -amount, job=job, product=one.code)]
    if n % 3 == 2:
        books.post(journal, on, rows, "invoice", f"{one.job.code}-I99", one.job.customer.ledger)
    else:
        books.post(
            journal,
            on,
            rows,
            "manual",
            customer=one.job.customer.ledger,
            manual=True,
            text="Top side",
        )
    w.label(
        one.job,
        "revenue_journal_without_document",
        "journal",
        journal,
        amount,
        allowed=(
            *symptoms(
                one.job,
                "revenue_cut_off",
                "recognised_above_delivered",
                "accrued_income_unsupported",
                "journal_without_trigger",
            ),
            *(f"{t}_tie_out:*:*" for t in ("receivables", "accrued_income", "deferred_income")),
        ),
    )


def pay_without_timesheet(books: Books, n: int) -> None:
    """A day was paid whose sheet was rejected, or of which there is no sheet."""
    w = books.world
    out = weekly(books, n, Faults())
    _, end, _ = out.deliveries[5][0]
    if n % 2 == 0:
        refused = out.job.deliver(
            "time",
            end,
            out.job.customer.product("TEMP"),
            8,
            None,
            status="rejected",
            approved_on=None,
            person_id=out.people,
        )
        item = out.job.pay(end, refused, out.people, 8, out.pay)
    else:
        item = out.job.pay(plus(out.deliveries[0][0][1], -21), "", out.people, 8, out.pay)
    w.label(
        out.job,
        "pay_without_timesheet",
        "pay_item",
        item,
        8 * out.pay,
        note="sheet rejected" if n % 2 == 0 else "a week before the first sheet",
    )


def cash_unapplied(books: Books, n: int) -> None:
    """Money that came in weeks ago and pays nothing."""
    w = books.world
    job = Job(w, w.client(rotate(("GBP", "EUR", "USD", "ZERO"), n)))
    amount = Decimal(w.rng.randint(30_000, 220_000)) / 100
    row = books.receipt(
        job.code, job.customer, w.day(date(2026, 3, 2), date(2026, 6, 8)), amount, []
    )
    value = (amount * row["exchange_rate"]).quantize(Decimal("0.01"))
    w.label(job, "cash_unapplied", "payment", row["payment_id"], value)


def duplicate_invoice(books: Books, n: int) -> None:
    """The same bill again within days, by another number; there was one delivery."""
    one = tidy(books, n, UNTAXED, date(2026, 4, 7), date(2026, 6, 9), 0, 30)
    (delivery, on, size) = one.shipped[0]
    line = one.item(size, delivery if n % 2 else "")
    doc = one.bill(books, business(plus(on, 7)), line, settle="manual")
    books.world.label(
        one.job,
        "duplicate_invoice",
        "invoice",
        doc.id,
        doc.base(doc.gross),
        allowed=symptoms(
            one.job, "invoice_without_delivery", "delivery_billed_twice", "quantity_variance"
        ),
    )


def delivery_billed_twice(books: Books, n: int) -> None:
    """A delivery stands on a bill again a month later, beside the next one."""
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 4, 20), 0, 40)
    (delivery, on, size) = one.shipped[0]
    again = business(plus(on, 28))
    one.bill(
        books, business(plus(again, 3)), one.item(3, one.ship(again, 3)), one.item(size, delivery)
    )
    books.world.label(
        one.job,
        "delivery_billed_twice",
        "delivery",
        delivery,
        size * one.price,
        allowed=symptoms(
            one.job, "invoice_without_delivery", "quantity_variance", "duplicate_invoice"
        ),
        either=("invoice_without_delivery",),
    )


def payment_duplicated(books: Books, n: int) -> None:
    """One line of the bank, booked as a receipt on two days."""
    one = tidy(books, n, STERLING, date(2026, 2, 3), date(2026, 4, 20), settle="manual")
    doc, on = one.bills[0], business(plus(one.bills[0].due, 6))
    row = books.receipt(one.job.code, doc.customer, on, doc.gross, [(doc, doc.gross)])
    twin = books.receipt(
        one.job.code,
        doc.customer,
        business(plus(on, 1)),
        doc.gross,
        [],
        bank=row["bank_transaction_id"],
    )
    twin["reference"] = row["reference"]
    books.world.label(
        one.job,
        "payment_duplicated",
        "payment",
        twin["payment_id"],
        doc.gross,
        allowed=symptoms(one.job, "cash_unapplied"),
    )


def possible_duplicate_customer(books: Books, n: int) -> None:
    """A customer was entered again, a letter wrong, without a tax number."""
    w = books.world
    one = w.customer(rotate(("GBP", "EUR"), n), pooled=False)
    row = next(r for r in w.tables["crm", "customers"] if r["customer_id"] == one.crm)
    first, rest = one.name.split(" ", 1)
    typed = first[:-2] + first[-1] + first[-2] if first[-1] != first[-2] else first + "e"
    number = w.count("customer")
    w.add(
        "crm",
        "customers",
        **(
            row
            | {
                "customer_id": f"C{number:04d}",
                "tax_number": "",
                "email": "",
                "customer_name": f"{typed} {rest}",
                "created_at": "2026-02-02T09:00:00",
            }
        ),
    )
    w.label(
        None,
        "possible_duplicate_customer",
        "customer",
        f"C{number:04d}",
        None,
        sure=False,
        match=(f"C{number:04d}", one.crm, one.ledger),
        note=f"{one.name} and {typed} {rest}",
    )


def preparer_is_approver(books: Books, n: int) -> None:
    """Who entered the bill approved it."""
    one = tidy(
        books, n, UNTAXED, date(2026, 2, 3), date(2026, 5, 20), by=(CLERKS[n % 2], CLERKS[n % 2])
    )
    doc = one.bills[0]
    books.world.label(one.job, "preparer_is_approver", "invoice", doc.id, doc.base(doc.gross))


def placement_extra(books: Books, n: int) -> None:
    """Hours billed for a week above its sheet: the same reference, another quantity."""
    bundle = Bundle(books.world, books.world.client(rotate(STERLING, n)))
    out = placement(bundle, monday(11), 11, faults=Faults(more_hours={3: 4}))
    bundle.issue(books)
    line = out.lines[3]
    books.world.label(
        out.job,
        "quantity_variance",
        "invoice_line",
        line.id,
        4 * out.price,
        either=("delivery_billed_twice", "invoice_without_delivery"),
        allowed=symptoms(out.job, "delivery_billed_twice", "invoice_without_delivery"),
        note=f"{PRODUCTS[line.product][1]} of a week",
    )


FAULTS = (
    invoice_without_delivery,
    invoice_without_job,
    job_without_deal,
    revenue_journal_without_document,
    pay_without_timesheet,
    cash_unapplied,
    duplicate_invoice,
    delivery_billed_twice,
    payment_duplicated,
    possible_duplicate_customer,
    preparer_is_approver,
)
