"""Entries, limits, standard weeks, orders and fixed prices that are seldom, each beside what is
usual."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from control_companies import Company, Row
from control_edges import SOON, apply, bill, like, march, receipt
from control_edges_standing import POSTED, unposted
from control_edges_whole import delivered_as_sold, fixed_price

LATE = "2026-03-10T12:00:00"


def applied_in_part(c: Company) -> None:
    """More was applied to a bill than it asks for, of a receipt that has something left."""
    bill(c, "IA", march(1), 100)
    receipt(c, "MA", march(5), 300, "ma")
    apply(c, "AA", "MA", "IA", march(6), 150)


def dated_back(c: Company) -> None:
    """A bill of January is edited in March: the ledger takes its journal back on the old day, and
    posts it anew."""
    first = date(2026, 1, 5)
    posted: Row = {"document_type": "invoice", "document_id": f"{c.p}IA"}
    for ident, amount, entered in (
        ("JA1", 100, "2026-01-05T12:00:00"),
        ("JA2", -100, LATE),
        ("JA3", 110, LATE),
    ):
        c.journal(ident, first, ("1100", amount), ("4000", -amount), entered_at=entered, **posted)


def dated_by_hand(c: Company) -> None:
    """A bill was taken back in the month in which it was edited; what was entered long after it
    stands by itself."""
    posted: Row = {"document_type": "invoice", "document_id": f"{c.p}IA"}
    for ident, on, amount, entered in (
        ("JA1", date(2026, 1, 5), 100, "2026-01-05T12:00:00"),
        ("JA2", date(2026, 2, 2), -100, "2026-02-02T12:00:00"),
        ("JA3", date(2026, 1, 20), 110, LATE),
    ):
        c.journal(ident, on, ("1100", amount), ("4000", -amount), entered_at=entered, **posted)


def raised_in_euros(c: Company) -> None:
    """A rise on a line of its own, in euros: the bills count at their own rate, the work at the
    day's."""
    for entity in ("deals", "contracts", "jobs"):
        c.one(entity).update(currency="EUR")
    for entity in POSTED:
        c.tables[entity].clear()
    c.one("contract_rates").update(charge_rate=60)
    about: Row = {"currency": "EUR", "exchange_rate": Decimal("0.90")}
    for ident, price in (("IA", 50), ("IB", 10)):
        c.invoice(ident, march(1), [c.line(20, price, delivery_id=f"{c.p}V")], post=False, **about)


def hours_and_expense(c: Company) -> None:
    """The line of an order bills its hours and what else it cost, and a little more."""
    order, on = f"WO-{c.p}1", date(2026, 2, 20)
    c.add("work_orders", **{**c.one("work_orders"), "work_order_id": order, "completed_on": on})
    day: Row = {"work_order_id": order, "delivered_on": on, "approved_on": on}
    like(c, "deliveries", "VA", quantity=2, **day)
    like(
        c,
        "deliveries",
        "VB",
        quantity=1,
        delivery_type="expense",
        unit="each",
        value_amount=9,
        **day,
    )
    c.invoice("IA", march(1), [c.line(2, 57, work_order_ref=order)], post=False)


def complete_lately(c: Company) -> None:
    fixed_price(work_order=False, billed=False)(c)
    c.one("jobs").update(status="completed", completed_on=march(25))


def complete_in(period: str) -> Callable[[Company], None]:
    """A fixed price of a contract that is billed by the period: at the end of the one in which it
    is complete."""

    def change(c: Company) -> None:
        fixed_price(work_order=False, billed=False)(c)
        c.one("contracts").update(billing_rule="periodic_arrears", billing_period=period)
        c.one("jobs").update(status="completed", completed_on="2026-02-10")

    return change


def order_called_off(c: Company) -> None:
    """Of two work orders of a fixed price the later one was called off: the other completed it."""
    fixed_price(work_order=True, billed=False)(c)
    off: Row = {"status": "cancelled", "completed_on": march(9)}
    c.add("work_orders", **{**c.one("work_orders"), "work_order_id": f"{c.p}WX", **off})


def order_billed_in_part(c: Company) -> None:
    """A tenth of a fixed price is on a bill that names its work order: it was passed to billing."""
    fixed_price(work_order=True, billed=False)(c)
    order = f"WO-{c.p}1"
    c.one("work_orders").update(work_order_id=order)
    c.one("deliveries").update(work_order_id=order)
    c.invoice("IA", march(1), [c.line(1, 100, work_order_ref=order)], post=False)


def complete_before_the_books(c: Company) -> None:
    """What was complete before the books began was billed in the old ones, or is in their closing
    balance."""
    fixed_price(work_order=False, billed=False)(c)
    c.one("jobs").update(status="completed", completed_on="2026-02-10")
    c.journal("JB", march(1), ("1100", 1200), ("3000", -1200), document_type="opening")


def of_its_own(p: str) -> dict[str, list[Row]]:
    """A company by itself, with books of its own."""
    base: Row = {"legal_entity": "Books Ltd", "base_currency": "GBP", "time_zone": "UTC"}
    return {"source_systems": [{"source_system": f"edge_{p}", **base}]}


def passed_on(c: Company) -> None:
    """An expense is on a bill at what it cost, on an account beside revenue."""
    on = date(2026, 2, 12)
    goods: Row = {"delivery_type": "expense", "unit": "each", "quantity": 1, "value_amount": 40}
    for ident in ("VA", "VB"):
        like(c, "deliveries", ident, work_order_id=None, delivered_on=on, approved_on=on, **goods)
    c.tables["deliveries"][-1].update(value_amount=30)
    c.invoice("IA", march(1), [c.line(1, 40, delivery_id=f"{c.p}VA")], post=False)
    c.tables["invoice_lines"][-1].update(account_code="1400", product_code=None)


def discounts(c: Company) -> None:
    """Fifteen per cent were given: by one who may give 20, one whose role may, and one who may not
    though it may."""
    for ident, role in (("S", "own"), ("S2", "roles"), ("S3", "roles")):
        if ident != "S":
            like(c, "people", ident, full_name=f"Seller {c.p} {ident}")
        next(row for row in c.tables["people"] if row["person_id"] == f"{c.p}{ident}").update(
            role=f"{role} {c.p}"
        )
    for ident, owner in (("DA", "S"), ("DB", "S2"), ("DC", "S3")):
        like(c, "deals", ident, owner_id=f"{c.p}{owner}", amount=850)
        like(
            c,
            "deal_lines",
            f"L{ident}",
            deal_id=f"{c.p}{ident}",
            net_amount=850,
            discount_amount=150,
        )


def limited(p: str) -> dict[str, list[Row]]:
    common: Row = {
        "valid_from": date(2020, 1, 1),
        "reason": "Agreed",
        "approved_by": "Finance director",
    }
    return {
        "authority_limits": [
            {"person_source_system": "stack", "person_id": f"{p}S", "discount_pct": 20, **common},
            {"role": f"roles {p}", "discount_pct": 20, **common},
            {"person_source_system": "stack", "person_id": f"{p}S3", "discount_pct": 12, **common},
        ]
    }


def over_the_year(c: Company) -> None:
    """A series that goes on over the year's end: what it leaves out there is missing."""
    for ident, on, number in (
        ("IA", date(2025, 12, 29), 4),
        ("IB", date(2025, 12, 30), 5),
        ("IC", date(2026, 1, 5), 7),
        ("ID", date(2026, 1, 6), 8),
    ):
        bill(c, ident, on, 3, ident, invoice_number=f"{c.p}-Y-{number}")


def credited_about(*months_of: tuple[Any, Any]) -> Callable[[Company], None]:
    """What was recognised in January and in February, and what credit notes moved; each of them has
    500 of work."""

    def change(c: Company) -> None:
        unposted(c)
        for number, (recognised, credited) in enumerate(months_of, 1):
            on = date(2026, number, 28)
            for ident, kind, amount in (
                ("JR", "invoice", recognised),
                ("JN", "credit_note", credited),
            ):
                if amount:
                    lines = (("1100", amount), ("4000", -amount))
                    c.journal(
                        f"{ident}{number}", on, *lines, document_type=kind, job_ref=f"JOB-{c.p}"
                    )

    return change


def turned_otherwise(c: Company) -> None:
    """Accrued by hand, and as much less revenue that goes another way; and what the ledger accrued
    itself."""
    job: Row = {"job_ref": f"JOB-{c.p}", "is_manual": "true"}
    c.journal("JA", march(2), ("1150", 60), ("4000", -60), document_type="manual", **job)
    c.journal("JB", march(3), ("2100", -60), ("4000", 60), document_type="manual", **job)
    c.journal("JC", march(2), ("1150", 55), ("4000", -55), document_type="other", **job)


def without_sheets(c: Company) -> None:
    """A placement of which nobody ever handed in a timesheet."""
    unposted(c)
    for entity in ("deliveries", "pay_items"):
        c.tables[entity].clear()


def standard_periods(*, rates: int) -> Callable[[Company], None]:
    """The contract says how much a period holds, and what it charges: at one rate, or at two."""

    def change(c: Company) -> None:
        c.one("contracts").update(standard_quantity_per_period=12, ends_on="2026-06-30")
        c.one("jobs").update(status="in_progress", completed_on=None)
        c.tables["deliveries"].pop()
        for number in range(1, rates):
            like(c, "contract_rates", f"R{number}", charge_rate=50 + number, product_id=None)

    return change


def worked_later(c: Company) -> None:
    """Of twenty hours ten were worked in the first week and ten in the third: in the second they
    were due."""
    c.one("contracts").update(planned_quantity=20, ends_on="2026-03-31")
    c.one("jobs").update(status="in_progress", completed_on=None)
    on = date(2026, 2, 22)
    days: Row = {"period_starts_on": date(2026, 2, 16), "period_ends_on": on}
    c.tables["deliveries"][1].update(delivered_on=on, approved_on=on, **days)


def delivered_as_ordered(c: Company) -> None:
    """Half of what was sold was ordered and delivered; nobody planned its hours."""
    delivered_as_sold(10)(c)
    c.one("deal_lines").update(planned_hours=None)


def complete_next_month(c: Company) -> None:
    """All that was sold was delivered, and the order says half of it; the job goes on into
    April."""
    delivered_as_sold(20)(c)
    c.one("jobs").update(status="completed", completed_on=SOON)


def order_of_a_job_called_off(c: Company) -> None:
    """A job that was called off had a change order and an order; the deal goes on with another
    job."""
    c.one("jobs").update(status="cancelled", completed_on=None)
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", status="in_progress")
    line: Row = {
        "product_id": f"{c.p}P",
        "quantity": 20,
        "unit": "hour",
        "unit_price": 60,
        "net_amount": 1200,
    }
    c.add("job_lines", job_line_id=f"{c.p}JL", job_id=f"{c.p}J", **line)
    change: Row = {
        "deal_id": f"{c.p}D",
        "job_id": f"{c.p}J",
        "product_id": f"{c.p}P",
        "quantity_delta": 2,
    }
    change |= {
        "amount_delta": 100,
        "currency": "GBP",
        "status": "approved",
        "approved_on": "2026-02-01",
    }
    c.add("change_orders", change_order_id=f"{c.p}CO", **change)


def two_products_as_sold(c: Company) -> None:
    """The order splits over two products what was sold as one: together they are what was sold."""
    c.one("jobs").update(status="in_progress", completed_on=None)
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="P2")
    for ident, product in (("JL", "P"), ("JL2", "P2")):
        line: Row = {
            "product_id": f"{c.p}{product}",
            "quantity": 10,
            "unit": "hour",
            "unit_price": 50,
            "net_amount": 500,
        }
        c.add("job_lines", job_line_id=f"{c.p}{ident}", job_id=f"{c.p}J", **line)


def sold_in_kroner(c: Company) -> None:
    """A deal in kroner, won on a Sunday, says more than its lines: kroner need dollars, quoted on
    working days."""
    like(c, "deals", "DA", currency="SEK", amount=2000, won_on=march(1), created_on=march(1))
    like(c, "deal_lines", "LDA", deal_id=f"{c.p}DA", planned_hours=None)
