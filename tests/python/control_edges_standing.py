"""What stands when: periods billed ahead, bills given back, sales for cash, and money of other
countries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from control_companies import Company, Row
from control_edges import SOON, apply, bill, like, march, receipt

POSTED = ("invoices", "invoice_lines", "payments", "payment_applications", "journal_lines")


def unposted(c: Company) -> None:
    """Nothing was billed, paid or posted yet."""
    for entity in POSTED:
        c.tables[entity].clear()


def ahead(
    *, billed: tuple[int, ...], spans: bool, extra: int = 0, first: int = 10
) -> Callable[[Company], None]:
    """A contract of three months, billed on the first of each of those months; ten hours are worked
    in each."""

    def change(c: Company) -> None:
        unposted(c)
        c.one("contracts").update(billing_rule="periodic_advance", ends_on="2026-03-31")
        like(c, "deliveries", "V3", delivered_on=march(12), approved_on=march(12))
        if extra:
            like(
                c,
                "deliveries",
                "V4",
                delivered_on=date(2026, 1, 12),
                approved_on=date(2026, 1, 12),
                quantity=extra,
            )
        for month in billed:
            starts_on = date(2026, month, 1)
            ends_on = date(2026, month, {1: 31, 2: 28, 3: 31}[month])
            span: Row = {"period_starts_on": starts_on, "period_ends_on": ends_on} if spans else {}
            c.invoice(
                f"I{month}",
                starts_on,
                [c.line(first if month == 1 else 10, 50, **span)],
                post=False,
            )

    return change


def over_two_months(c: Company) -> None:
    """A week that begins in January is billed with February; one bill is for both months of another
    job."""
    unposted(c)
    c.one("contracts").update(ends_on="2026-03-31")
    span: Row = {"period_starts_on": date(2026, 1, 26), "period_ends_on": date(2026, 2, 1)}
    c.invoice("I1", date(2026, 2, 3), [c.line(10, 50, **span)], post=False)


def more_than_its_bill(c: Company) -> None:
    """The bill of February is enough for the first of its work, and not for what came after it."""
    like(
        c,
        "deliveries",
        "V9",
        delivered_on=date(2026, 2, 25),
        approved_on=date(2026, 2, 25),
        quantity=20,
    )


def visited_in_another(c: Company) -> None:
    """The line says that it bills February; the visit that it names was planned for January.
    Nothing was delivered."""
    unposted(c)
    c.tables["deliveries"].clear()
    planned: Row = {
        "scheduled_on": date(2026, 1, 20),
        "completed_on": date(2026, 2, 2),
        "status": "completed",
    }
    c.add(
        "work_orders", work_order_id=f"WO-{c.p}2", job_id=f"{c.p}J", product_id=f"{c.p}P", **planned
    )
    span: Row = {"period_starts_on": date(2026, 2, 1), "period_ends_on": date(2026, 2, 28)}
    c.invoice("I1", march(3), [c.line(10, 50, work_order_ref=f"WO-{c.p}2", **span)], post=False)


def one_for_both_of_nothing(c: Company) -> None:
    one_for_both(c)
    c.tables["deliveries"].clear()


def one_for_both(c: Company) -> None:
    unposted(c)
    span: Row = {"period_starts_on": date(2026, 1, 1), "period_ends_on": date(2026, 2, 28)}
    c.invoice("I1", march(3), [c.line(20, 50, **span)], post=False)


def by_the_work_named(c: Company) -> None:
    """Lines that name a delivery or a work order bill the month of the work, and not the month they
    are dated in."""
    unposted(c)
    c.one("contracts").update(ends_on="2026-03-31")
    planned: Row = {
        "scheduled_on": date(2026, 2, 20),
        "completed_on": march(2),
        "status": "completed",
    }
    c.add(
        "work_orders", work_order_id=f"WO-{c.p}2", job_id=f"{c.p}J", product_id=f"{c.p}P", **planned
    )
    c.tables["deliveries"][1].update(
        work_order_id=f"WO-{c.p}2", delivered_on=march(2), approved_on=march(2)
    )
    c.invoice("I1", march(5), [c.line(10, 50, delivery_id=f"{c.p}V1")], post=False)
    c.invoice("I2", march(5), [c.line(10, 50, work_order_ref=f"WO-{c.p}2")], post=False)


def by_the_date(*, advance: bool) -> Callable[[Company], None]:
    """A line that says nothing bills the period nearest to its date: about its end, or about its
    beginning."""

    def change(c: Company) -> None:
        unposted(c)
        rule = "periodic_advance" if advance else "periodic_arrears"
        c.one("contracts").update(billing_rule=rule, ends_on="2026-03-31")
        c.invoice("I1", date(2026, 2, 3), [c.line(10, 50)], post=False)

    return change


def given_back(c: Company) -> None:
    """Each was billed and credited, for one reason or another; some of it is to be billed still."""
    for number, reason in enumerate(
        ("quantity", "duplicate", "cancellation", "other", "price", "goodwill", "dispute"), 2
    ):
        ident = chr(63 + number)
        on = date(2026, 2, 10 + number)
        about: Row = {"product_id": f"{c.p}P{ident}", "delivered_on": on, "approved_on": on}
        like(c, "products", f"P{ident}", product_code=f"{c.p}P{ident}", product_name=f"P{ident}")
        like(c, "deliveries", f"V{ident}", work_order_id=None, quantity=number, **about)
        line = c.line(number, 50, delivery_id=f"{c.p}V{ident}", product_code=f"{c.p}P{ident}")
        c.invoice(f"I{ident}", march(1), [line], post=False)
        note: Row = {
            "invoice_type": "credit_note",
            "credit_reason": reason,
            "corrects_invoice_id": f"{c.p}I{ident}",
        }
        c.invoice(f"N{ident}", march(2), [line], post=False, **note)


def for_cash(c: Company) -> None:
    """Sold over the counter: the receipt is the sale. One paid less than half of what it took
    away."""
    for ident, paid, job in (("A", 100, "JA"), ("B", 40, "JB")):
        like(c, "jobs", job, job_ref=f"JOB-{ord(ident)}{c.p}")
        on = date(2026, 2, 20)
        about: Row = {
            "job_id": f"{c.p}{job}",
            "work_order_id": None,
            "delivered_on": on,
            "approved_on": on,
        }
        like(c, "deliveries", f"V{ident}", **about, quantity=2)
        receipt(c, f"M{ident}", on, paid, ident)
        posted: Row = {
            "document_type": "receipt",
            "document_id": f"{c.p}M{ident}",
            "job_ref": f"JOB-{ord(ident)}{c.p}",
        }
        c.journal(f"JM{ident}", on, ("1000", paid), ("4000", -paid), **posted)


def mostly_open(c: Company) -> None:
    """Bills that name nothing answer the first work first: what they leave of the last is open."""
    c.tables["deliveries"][0].update(work_order_id=None)
    c.tables["work_orders"].clear()
    c.tables["costs"].clear()
    for line in c.tables["invoice_lines"]:
        line["delivery_id"] = None
    on = date(2026, 2, 12)
    like(c, "deliveries", "VA", delivered_on=on, approved_on=on, quantity=10)
    c.invoice("I2", march(1), [c.line(6, 50)], post=False)


def more_open(c: Company) -> None:
    mostly_open(c)
    c.tables["invoice_lines"][-1].update(quantity=4, net_amount=200, tax_amount=40)
    c.tables["invoices"][-1].update(net_amount=200, tax_amount=40, gross_amount=240)


def voided(c: Company) -> None:
    """A bill that was voided counts until the day of it."""
    for ident, on in (("IA", march(20)), ("IB", SOON)):
        bill(c, ident, march(1), 100, ident, status="voided", voided_on=on).update(
            gross_amount=Decimal("120.50")
        )
    bill(c, "IC", SOON, 100, "IC").update(gross_amount=Decimal("120.50"))


def without_its_lines(c: Company) -> None:
    """A page of summaries leaves out the lines; a bill of nothing needs none, nor does one from
    before the books began. A receipt of those days bears the number of a bill."""
    for ident, on, amount in (
        ("IA", march(1), 100),
        ("IB", march(1), 0),
        ("IC", date(2025, 6, 1), 100),
    ):
        bill(c, ident, on, amount, ident)
        c.drop("invoice_lines", invoice_id=f"{c.p}{ident}")
    receipt(c, "IA", date(2025, 6, 2), 5, None)


def of_two_jobs(c: Company) -> None:
    """The header of a bill for two jobs is of neither; one for a job, and what is kept back of it,
    is of the job."""
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", deal_id=None, contract_id=None)
    for ident, refs in (("IA", ("", "9")), ("IB", ("", "")), ("IC", ("", None))):
        lines = [c.line(1, 10, job_ref=None if ref is None else f"JOB-{ref}{c.p}") for ref in refs]
        c.invoice(ident, march(1), lines, post=False)["gross_amount"] += 5
    kept: Row = {
        "product_code": None,
        "description": "Retention 5 %",
        "quantity": -1,
        "unit_price": 1,
        "net_amount": -1,
    }
    for ident, ref in (("ID", None), ("IE", f"JOB-9{c.p}")):
        c.invoice(
            ident, march(1), [c.line(1, 10), {**c.line(1, 1), **kept, "job_ref": ref}], post=False
        )
        c.tables["invoice_lines"][-1].update(account_code="1300")
        c.tables["invoices"][-1]["gross_amount"] += 5


def guessed(c: Company) -> None:
    """The customer has one open job, and the lines name none: a guess is no evidence."""
    c.one("jobs").update(status="in_progress", completed_on=None)
    bill(c, "IA", march(1), 10).update(gross_amount=17)
    c.tables["invoice_lines"][-1]["job_ref"] = None


def abroad(*, accrued: Any, next_accrued: Any) -> Callable[[Company], None]:
    """Months in dollars, in the books of a company that keeps them in pounds; January's at 0.75,
    the next at 0.80."""

    def change(c: Company) -> None:
        for entity in ("deals", "contracts", "jobs"):
            c.one(entity).update(currency="USD")
        unposted(c)
        job: Row = {"job_ref": f"JOB-{c.p}"}
        for number, (month, last, held) in enumerate(((1, 31, accrued), (2, 28, next_accrued)), 1):
            end, after = date(2026, month, last), date(2026, month + 1, 1)
            for ident, on, amount in ((f"JA{number}1", end, held), (f"JA{number}2", after, -held)):
                if held:
                    lines = (("1150", amount), ("4000", -amount))
                    c.journal(ident, on, *lines, document_type="accrual", is_manual="true", **job)
            span: Row = {"period_starts_on": date(2026, month, 1), "period_ends_on": end}
            about: Row = {"currency": "USD", "exchange_rate": Decimal("0.80")}
            c.invoice(f"I{number}", after, [c.line(10, 50, **span)], post=False, **about)
            posted: Row = {"document_type": "invoice", "document_id": f"{c.p}I{number}", **job}
            c.journal(f"JI{number}", after, ("1100", 480), ("4000", -400), ("2000", -80), **posted)

    return change


def at_their_own_rates(c: Company) -> None:
    """Documents in euros count at their own rates, which are not the table's of the day."""
    about: Row = {"currency": "EUR", "exchange_rate": Decimal("0.90")}
    bill(c, "IA", march(1), 100, **about).update(gross_amount=140)
    receipt(c, "MA", march(1), 100, "ma", **about)
    receipt(c, "MB", march(1), 100, "mb", currency="EUR")
    bill(c, "IC", march(1), 100, **about)
    for number in (1, 2):
        receipt(c, f"MC{number}", march(number), 120, "mc", **about)
        apply(c, f"AC{number}", f"MC{number}", "IC", march(number), 120)
    bill(c, "IB", march(1), 100, currency="EUR").update(gross_amount=140)
    c.tables["invoice_lines"][-1]["tax_amount"] = 3


def entered_by(c: Company) -> None:
    """Dated ahead and entered now, or dated now and entered ahead; by people whose names are
    written in two ways."""
    for ident, on, entered in (
        ("JA", SOON, "2026-03-31T12:00:00"),
        ("JB", SOON, "2026-04-02T12:00:00"),
        ("JC", march(30), "2026-04-02T12:00:00"),
    ):
        c.journal(ident, on, ("5000", 10), ("1000", -10), entered_at=entered)


def called_off(c: Company) -> None:
    """The contract was called off, its job goes on."""
    unposted(c)
    c.one("contracts").update(status="cancelled")


def cancelled_contract(c: Company) -> None:
    """Nothing is billed by the period of what was called off, or has no beginning."""
    unposted(c)
    c.one("jobs").update(status="cancelled")


def ended_early(c: Company) -> None:
    """A contract ends with the last of its jobs, whatever its own end says."""
    unposted(c)
    c.one("contracts").update(ends_on="2026-12-31")
    c.one("jobs").update(status="completed", completed_on="2026-01-31")
    c.tables["deliveries"].pop()


def over_before_it_began(
    *, period: str, starts_on: date, over_on: date
) -> Callable[[Company], None]:
    """Its only job was done earlier in the month in which the contract was to begin: it has no
    period to bill."""

    def change(c: Company) -> None:
        unposted(c)
        c.tables["deliveries"].clear()
        c.one("contracts").update(billing_period=period, starts_on=starts_on, ends_on="2026-12-31")
        c.one("jobs").update(status="completed", completed_on=over_on)

    return change


def by_the_quarter(c: Company) -> None:
    unposted(c)
    c.one("contracts").update(
        billing_period="quarter", starts_on="2025-11-10", ends_on="2026-02-20"
    )


def by_the_week(c: Company) -> None:
    unposted(c)
    c.one("contracts").update(billing_period="week", starts_on="2026-02-04", ends_on="2026-02-25")


def on_order(
    *, job_type: str = "time_and_materials", status: str = "in_progress", second: str | None = None
) -> Any:
    """Ordered for 20 at 60 what was sold at 50; alone on its deal, or beside a job that is live or
    was called off."""

    def change(c: Company) -> None:
        c.one("jobs").update(job_type=job_type, status=status, completed_on=None)
        if second:
            like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", status=second)
        line: Row = {
            "product_id": f"{c.p}P",
            "quantity": 20,
            "unit": "hour",
            "unit_price": 60,
            "net_amount": 1200,
        }
        c.add("job_lines", job_line_id=f"{c.p}JL", job_id=f"{c.p}J", **line)

    return change


def two_products_on_order(c: Company) -> None:
    """Each of them alone is within what was sold; together they are more."""
    on_order()(c)
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="P2")
    c.one("job_lines").update(unit_price=50, net_amount=1000)
    c.add(
        "job_lines",
        **{
            **c.one("job_lines"),
            "job_line_id": f"{c.p}JL2",
            "product_id": f"{c.p}P2",
            "quantity": 5,
        },
    )
    c.tables["job_lines"][-1]["net_amount"] = 250


def worked_by_two(c: Company) -> None:
    """A line for the work of two people, or on a work order with goods of another product, or with
    what was free."""
    like(c, "people", "E2", full_name=f"Second {c.p}", skills=None)
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="P2")
    like(c, "contract_rates", "RHER", person_id=f"{c.p}E2", charge_rate=70)
    like(c, "contract_rates", "RHIS", person_id=f"{c.p}E", charge_rate=80)
    like(c, "contract_rates", "RP2", product_id=f"{c.p}P2", charge_rate=90)
    c.one("contract_rates").update(valid_to="2026-02-28")
    c.tables["contract_rates"][-2].update(valid_to="2026-02-28")
    like(c, "contract_rates", "RNEW", person_id=f"{c.p}E", charge_rate=65, valid_from=march(1))
    like(c, "contract_rates", "RANY", product_id=None, charge_rate=30)
    on = date(2026, 2, 20)
    base: Row = {"quantity": 1, "delivered_on": on, "approved_on": on}
    for number, (letter, rows) in enumerate(
        {
            "A": ({}, {"person_id": f"{c.p}E2"}),
            "B": ({"person_id": f"{c.p}E2"}, {"person_id": f"{c.p}E2"}),
            "C": ({}, {"product_id": f"{c.p}P2", "person_id": f"{c.p}E2"}),
            "D": ({"person_id": f"{c.p}E2"}, {"status": "draft"}),
            "E": (
                {"person_id": f"{c.p}E2"},
                {"delivery_type": "expense", "value_amount": 9, "unit": "each"},
            ),
            "F": ({}, {"delivered_on": march(2), "approved_on": march(2)}),
            "G": ({}, {}),
            "H": ({"person_id": f"{c.p}E2"}, {"billable": "false"}),
        }.items(),
        1,
    ):
        order = f"WO-{c.p}{number}"
        c.add("work_orders", **{**c.one("work_orders"), "work_order_id": order, "completed_on": on})
        for place, about in enumerate(rows):
            like(c, "deliveries", f"V{letter}{place}", **{**base, "work_order_id": order, **about})
        price = {"A": 50, "B": 70, "C": 70, "D": 71, "E": 72, "F": 65, "G": 31, "H": 50}[letter]
        code = f"{c.p}NONE" if letter == "G" else f"{c.p}P"
        line = c.line(2, price, work_order_ref=order, product_code=code)
        c.invoice(f"I{letter}", march(5), [line], post=False)


def wrong_for_a_month(c: Company) -> None:
    """At the end of January the ledger says forty more than its journals, in February what they
    say."""
    for on, balance in (("2026-01-31", 40), ("2026-02-05", 0)):
        c.add("account_balances", account_code="5000", balance_on=on, balance=balance)
