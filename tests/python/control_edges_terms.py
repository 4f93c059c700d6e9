"""Units, currencies, rates and dates of a contract that are seldom, each beside what is usual."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from control_companies import Company, Row
from control_edges import SOON, like, march

UNQUOTED = date(2026, 1, 12)
"""Of francs no rate is known before February."""


def amended(c: Company, ident: str, product: str | None, quantity: Any, **about: Any) -> None:
    base: Row = {
        "deal_id": f"{c.p}D",
        "job_id": f"{c.p}J",
        "status": "approved",
        "approved_on": "2026-02-01",
    }
    base |= {
        "product_id": product and f"{c.p}{product}",
        "quantity_delta": quantity,
        "amount_delta": 0,
    }
    c.add("change_orders", change_order_id=f"{c.p}{ident}", **{**base, "currency": "GBP", **about})


def sold(
    c: Company, ident: str, unit: str | None, quantity: Any, net: Any, own_unit: str | None = None
) -> None:
    """A product of its own, and the line that sells it."""
    number = len(c.tables["deal_lines"])
    if not any(row["product_id"] == f"{c.p}{ident}" for row in c.tables["products"]):
        like(
            c,
            "products",
            ident,
            product_code=f"{c.p}{ident}",
            product_name=ident,
            list_price=7,
            unit=own_unit,
        )
    of_line: Row = {
        "product_id": f"{c.p}{ident}",
        "unit": unit,
        "quantity": quantity,
        "unit_price": None,
    }
    like(c, "deal_lines", f"DL{number}", **of_line, net_amount=net, planned_hours=None)


def amended_in_units(c: Company) -> None:
    """Days of what costs so much an hour, hours of what costs so much a day, and a rate that is for
    something else."""
    for ident in ("P2", "P3"):
        like(
            c,
            "products",
            ident,
            product_code=f"{c.p}{ident}",
            product_name=ident,
            list_price=11,
            unit="hour",
        )
    for ident, charge, about in (
        ("RDAY", 401, {"product_id": f"{c.p}P2", "unit": "day"}),
        ("REACH", 5000, {"product_id": None, "unit": "each"}),
    ):
        like(c, "contract_rates", ident, charge_rate=charge, **about)
    amended(c, "CO1", "P", 2, unit="day")
    amended(c, "CO2", "P2", 3)
    amended(c, "CO3", "P3", 1)


def amended_by_lines(c: Company) -> None:
    """No rate is agreed: what the deal's line says. What it takes back is no price of what it
    sells."""
    c.tables["contract_rates"].clear()
    sold(c, "P2", "day", 5, 2001)
    sold(c, "P3", None, 4, 120)
    sold(c, "P4", "hour", 10, 500)
    sold(c, "P4", "day", 1, 400)
    sold(c, "P5", "hour", -4, -200)
    amended(c, "CO1", "P", 2, unit="day")
    amended(c, "CO2", "P2", 3, unit="hour")
    amended(c, "CO3", "P3", 2, unit="hour")
    amended(c, "CO4", "P4", 2)
    amended(c, "CO5", "P5", 2)


def planned_in_visits(c: Company) -> None:
    """Forty-one hours in the week of one engineer, sold by the visit."""
    week: Row = {"service_starts_on": date(2026, 2, 16), "service_ends_on": date(2026, 2, 22)}
    like(c, "deals", "DA", required_skills=f"skill {c.p}", **week)
    like(c, "deal_lines", "LDA", deal_id=f"{c.p}DA", planned_hours=45, unit="visit", quantity=3)


def change_billed(c: Company) -> None:
    """What was added is on an invoice; what was added for nothing is owed nothing."""
    for ident, billed in (("A", True), ("B", False)):
        like(c, "products", f"P{ident}", product_code=f"{c.p}P{ident}", product_name=ident)
        product = {"product_id": f"{c.p}P{ident}"}
        on = date(2026, 2, 25)
        like(c, "deliveries", f"V{ident}", **product, delivered_on=on, approved_on=on, quantity=2)
        amended(c, f"CO{ident}", f"P{ident}", 2, amount_delta=100, approved_on=date(2026, 2, 20))
        if billed:
            named: Row = {"delivery_id": f"{c.p}V{ident}", "product_code": f"{c.p}P{ident}"}
            c.invoice(f"I{ident}", march(1), [c.line(2, 50, **named)], post=False)


def charges_of_some(c: Company) -> None:
    """Lines whose price is another's: a person's, a unit's, any product's; a sum without a
    quantity."""
    like(c, "people", "E2", full_name=f"Second {c.p}", skills=None)
    for ident in ("P2", "P3"):
        like(c, "products", ident, product_code=f"{c.p}{ident}", product_name=ident)
    for ident, charge, about in (
        ("RHER", 70, {"person_id": f"{c.p}E2"}),
        ("REACH", 77, {"unit": "each"}),
        ("RANY", 30, {"product_id": None}),
    ):
        like(c, "contract_rates", ident, charge_rate=charge, **about)
    feb = date(2026, 2, 12)
    for ident, price, about in (
        ("A", 50, {"person_id": f"{c.p}E2"}),
        ("B", 77, {}),
        ("C", 31, {"product_id": f"{c.p}P2"}),
        ("D", 30, {"product_id": f"{c.p}P2"}),
    ):
        day: Row = {"work_order_id": None, "quantity": 1, "delivered_on": feb, "approved_on": feb}
        like(c, "deliveries", f"V{ident}", **{**day, **about})
        code = about.get("product_id", f"{c.p}P")
        line = c.line(1, price, delivery_id=f"{c.p}V{ident}", product_code=code)
        c.invoice(f"I{ident}", march(5), [line], post=False)
    spans: Row = {"period_starts_on": date(2026, 2, 1), "period_ends_on": date(2026, 2, 28)}
    # Nothing was done that the rate for any work could be for.
    c.invoice("IE", march(5), [c.line(1, 33, product_code=f"{c.p}P3", **spans)], post=False)
    c.invoice("IF", march(5), [{**c.line(1, 34), "quantity": 0}], post=False)


def charges_topped_up(c: Company) -> None:
    """The rate rose after it was billed: the rise stands on a line of its own, and the bridge finds
    it all billed."""
    c.one("contract_rates").update(valid_to="2026-02-11")
    like(c, "contract_rates", "RNEW", charge_rate=60, valid_from="2026-02-12", valid_to=None)
    on = date(2026, 2, 12)
    for ident, lines in (
        ("A", ((2, 50), (2, 10))),
        ("C", ((2, 50), (2, 9))),
        ("D", ((1, 70),)),
        ("E", ((4, 40),)),
        ("F", ((2, 50), (2, 30))),
    ):
        day: Row = {"work_order_id": None, "delivered_on": on, "approved_on": on, "quantity": 2}
        like(c, "deliveries", f"V{ident}", **day)
        for number, (quantity, price) in enumerate(lines):
            c.invoice(
                f"I{ident}{number}",
                march(1 + number),
                [c.line(quantity, price, delivery_id=f"{c.p}V{ident}")],
                post=False,
            )


def charged_by_the_day(c: Company) -> None:
    """A day of the contract's people is seven and a half hours: 375 by the day is 50 by the
    hour."""
    for ident, on in (("VA", date(2026, 2, 12)), ("VB", date(2026, 2, 13))):
        like(
            c,
            "deliveries",
            ident,
            work_order_id=None,
            delivered_on=on,
            approved_on=on,
            quantity=Decimal("7.5"),
        )
    c.invoice("IA", march(1), [c.line(1, 375, delivery_id=f"{c.p}VA")], post=False)
    c.invoice("IB", march(1), [c.line(1, 400, delivery_id=f"{c.p}VB")], post=False)


def working(*times: tuple[str | None, Any, Any]) -> Callable[[str], dict[str, list[Row]]]:
    """The hours of a day and the days of a week of somebody, or of everybody, who works on the
    contract."""

    def says(p: str) -> dict[str, list[Row]]:
        said: Row = {
            "owner": "Operations",
            "reason": "Office hours",
            "approved_by": "Finance director",
        }
        said |= {
            "contract_source_system": "stack",
            "contract_id": f"{p}K",
            "valid_from": date(2020, 1, 1),
        }
        return {
            "working_time": [
                {
                    **said,
                    "person_source_system": person and "stack",
                    "person_id": person and f"{p}{person}",
                    "hours_per_day": hours,
                    "days_per_week": days,
                }
                for person, hours, days in times
            ]
        }

    return says


def charged_by_days_that_differ(c: Company) -> None:
    """Those who work on it do not work alike: a day's price, or a week's, is measured by the usual
    one."""
    like(c, "people", "E2", full_name=f"Second {c.p}", skills=None)
    for ident, on, who, quantity in (
        ("VA", date(2026, 2, 12), "E", 8),
        ("VB", date(2026, 2, 13), "E2", 8),
        ("VC", date(2026, 2, 20), "E", 48),
    ):
        day: Row = {
            "work_order_id": None,
            "delivered_on": on,
            "approved_on": on,
            "person_id": f"{c.p}{who}",
        }
        like(c, "deliveries", ident, **day, quantity=quantity)
    for ident, price in (("A", 400), ("B", 375), ("C", 2000)):
        c.invoice(
            f"I{ident}", march(1), [c.line(1, price, delivery_id=f"{c.p}V{ident}")], post=False
        )


def period_of_nothing(c: Company) -> None:
    """March: a sheet of no hours was approved, or handed in, or is of goods; and hours were worked
    after it."""
    c.one("contracts").update(ends_on="2026-02-28")
    for ident in ("I1", "I2"):
        for entity in ("invoices", "invoice_lines"):
            c.drop(entity, invoice_id=f"{c.p}{ident}")
    c.tables["deliveries"][0].update(quantity=0)
    c.tables["deliveries"][1].update(quantity=0, status="draft")


def period_of_no_goods(c: Company) -> None:
    period_of_nothing(c)
    c.tables["deliveries"][0].update(delivery_type="material", unit="each")
    c.tables["deliveries"][1].update(status="approved", quantity=3)
    like(c, "deliveries", "V3", quantity=0)


def periods_on_one_bill(c: Company) -> None:
    """The hours of both months are on the bill that is dated after the second: nothing is left to
    bill."""
    for ident in ("I1", "I2"):
        for entity in ("invoices", "invoice_lines"):
            c.drop(entity, invoice_id=f"{c.p}{ident}")
    c.invoice("I3", march(3), [c.line(20, 50)], post=False)


def in_francs(c: Company) -> None:
    """What is in francs has a rate from February, and work from before it has none."""
    for entity in ("deals", "contracts", "jobs"):
        c.one(entity).update(currency="CHF")
    for entity in (
        "invoices",
        "invoice_lines",
        "payments",
        "payment_applications",
        "journal_lines",
    ):
        c.tables[entity].clear()


def quarter_in_francs(c: Company) -> None:
    in_francs(c)
    c.one("contracts").update(
        billing_period="quarter", starts_on="2025-12-01", ends_on="2026-02-28"
    )


def placement_in_francs(c: Company) -> None:
    in_francs(c)
    c.tables["pay_items"].clear()
    c.one("contracts").update(starts_on="2026-01-05")
    c.one("jobs").update(started_on="2026-01-05")
    days: Row = {"period_starts_on": UNQUOTED, "period_ends_on": UNQUOTED}
    like(c, "deliveries", "V0", delivered_on=UNQUOTED, approved_on=UNQUOTED, **days)


def order_in_francs(c: Company) -> None:
    in_francs(c)
    like(c, "deliveries", "V0", delivered_on=UNQUOTED, approved_on=UNQUOTED)


def unsold_in_francs(c: Company) -> None:
    """Nothing was sold: a job with work of which some has no rate, and one of which only a cost has
    none."""
    in_francs(c)
    c.one("jobs").update(deal_id=None)
    c.one("contracts").update(deal_id=None)
    like(c, "contracts", "K2")
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", contract_id=f"{c.p}K2")
    like(c, "contract_rates", "R2", contract_id=f"{c.p}K2")
    like(c, "deliveries", "V0", delivered_on=UNQUOTED, approved_on=UNQUOTED, work_order_id=None)
    for ident, on in (("V1", date(2026, 2, 12)), ("V2", march(12))):
        like(
            c,
            "deliveries",
            ident,
            job_id=f"{c.p}J2",
            delivered_on=on,
            approved_on=on,
            work_order_id=None,
        )
    like(c, "costs", "X2", job_id=f"{c.p}J2", delivery_id=None, currency="NOK", cost_type="expense")


def placed_without_terms(c: Company) -> None:
    """A placement is sold by its contract: without one, and without a deal, by nothing."""
    c.one("jobs").update(deal_id=None, contract_id=None)
    c.one("contracts").update(deal_id=None)


def first_bill_later(c: Company) -> None:
    """The contract began before the placement, and gives 45 days to bill a month: the first bill is
    due in April."""
    for entity in (
        "invoices",
        "invoice_lines",
        "payments",
        "payment_applications",
        "journal_lines",
    ):
        c.tables[entity].clear()
    terms: Row = {
        "billing_period": "month",
        "billing_window_days": 45,
        "starts_on": "2026-01-01",
        "ends_on": "2026-06-30",
    }
    c.one("contracts").update(terms)
    c.one("jobs").update(started_on="2026-02-20", status="in_progress", completed_on=None)


def without_currency(c: Company) -> None:
    """A job on which nobody agreed in what it is paid, beside one that was agreed in pounds, is
    billed in euros."""
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", contract_id=None, deal_id=None, currency=None)
    other = c.line(1, 20, job_ref=f"JOB-9{c.p}")
    c.invoice("IA", march(1), [other], post=False, currency="EUR", exchange_rate=Decimal("0.85"))
    both = [c.line(1, 10), c.line(1, 20, job_ref=f"JOB-9{c.p}")]
    c.invoice("IB", march(1), both, post=False, currency="EUR", exchange_rate=Decimal("0.85"))


def copied_and_credited(c: Company) -> None:
    """Billed four times, and two of the copies taken back on one note: one is still there."""
    for number in (2, 3, 4):
        c.invoice(f"I{number}", march(number), [c.line(10, 50, delivery_id=f"{c.p}V1")], post=False)
    note: Row = {"invoice_type": "credit_note", "credit_reason": "duplicate"}
    c.invoice("N1", march(6), [c.line(20, 50, delivery_id=f"{c.p}V1")], post=False, **note)


def copied_thrice(c: Company) -> None:
    """Billed three times: two of them are too many. Another was billed in parts that come to more
    than it is worth."""
    for number in (2, 3):
        c.invoice(f"I{number}", march(number), [c.line(10, 50, delivery_id=f"{c.p}V1")], post=False)
    like(c, "deliveries", "V9", quantity=4)
    for number in (4, 5):
        c.invoice(f"I{number}", march(number), [c.line(3, 50, delivery_id=f"{c.p}V9")], post=False)


def unfinished(c: Company) -> None:
    """A fixed price that costs more than it brings, and is not done yet."""
    c.one("costs").update(amount=860)
    c.one("jobs").update(status="in_progress", completed_on=None)


def corrected_upwards(c: Company) -> None:
    """Costs are just below the floor's; an invoice that corrects a price concedes nothing."""
    c.one("costs").update(amount=860)
    c.invoice(
        "I2",
        march(1),
        [c.line(1, 30)],
        post=False,
        credit_reason="price",
        corrects_invoice_id=f"{c.p}I1",
    )


def another_customers(c: Company) -> None:
    """The job of a daughter company is owned by who sold it to the mother."""
    mark = f"Daughter {c.p[::-1]} {c.p}"
    c.add(
        "customers",
        customer_id=f"{c.p}C2",
        customer_name=mark,
        country="GB",
        created_at="2026-01-02T09:00:00",
    )
    c.one("jobs").update(
        customer_id=f"{c.p}C2", status="in_progress", completed_on=None, manager_id=None
    )


def without_managers(c: Company) -> None:
    """A system that names no managers: the owner of the deal stands in, where there is one."""
    c.one("jobs").update(manager_id=None)
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", contract_id=None, deal_id=None)


def paid_without_a_rate(c: Company) -> None:
    """The one rate of a person says what is charged, and not what is paid."""
    like(c, "people", "E2", full_name=f"Second {c.p}", skills=None)
    like(c, "contract_rates", "RHER", person_id=f"{c.p}E2", pay_rate=None)
    like(
        c,
        "pay_items",
        "PA",
        person_id=f"{c.p}E2",
        delivery_id=None,
        amount=999,
        pay_rate=99,
        quantity=10,
    )


def paid_to_nobody(c: Company) -> None:
    """Pay and a timesheet on the same days, both of somebody who is in no system: it need not be
    one person."""
    on = date(2026, 2, 10)
    like(
        c,
        "deliveries",
        "VU",
        person_id=f"{c.p}X?",
        delivered_on=on,
        period_starts_on=on,
        period_ends_on=on,
    )
    about: Row = {"delivery_id": None, "period_starts_on": on, "period_ends_on": on}
    like(c, "pay_items", "PA", person_id=f"{c.p}Y?", **about)


def paid_of_other_kinds(c: Company) -> None:
    """A month to bill: paid goods, and paid hours that may still be billed."""
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="P2", unit="each")
    c.one("contracts").update(billing_window_days=60, ends_on="2026-06-30", billing_period="month")
    c.one("jobs").update(status="in_progress", completed_on=None)
    for entity in (
        "invoices",
        "invoice_lines",
        "payments",
        "payment_applications",
        "journal_lines",
    ):
        c.tables[entity].clear()
    goods: Row = {
        "delivery_type": "material",
        "unit": "each",
        "product_id": f"{c.p}P2",
        "quantity": 2,
        "delivered_on": date(2026, 1, 12),
    }
    like(
        c,
        "deliveries",
        "VM",
        **goods,
        approved_on=date(2026, 1, 12),
        period_starts_on=None,
        period_ends_on=None,
    )
    like(c, "pay_items", "PM", delivery_id=f"{c.p}VM", amount=20)


def paid_lately(c: Company) -> None:
    """Due to be billed at once, and paid three days ago: the window of three weeks is open."""
    c.one("contracts").update(
        billing_window_days=0, ends_on="2026-06-30", billing_rule="on_delivery"
    )
    c.one("jobs").update(status="in_progress", completed_on=None)
    on = march(27)
    like(
        c,
        "deliveries",
        "VL",
        delivered_on=on,
        approved_on=on,
        period_starts_on=on,
        period_ends_on=on,
    )
    like(c, "pay_items", "PL", delivery_id=f"{c.p}VL", paid_on=march(28))


def fixed_by_the_hour(c: Company) -> None:
    """Hours on a fixed price, fewer on the bill than were worked."""
    like(
        c,
        "deliveries",
        "VH",
        delivery_type="time",
        unit="hour",
        quantity=5,
        value_amount=250,
        delivered_on=march(1),
    )
    c.invoice("I2", march(2), [c.line(3, 50, delivery_id=f"{c.p}VH")], post=False)


def rebate_free(c: Company) -> None:
    """The person left early, and the fee was never billed: a rebate of nothing is owed."""
    for entity in (
        "invoices",
        "invoice_lines",
        "payments",
        "payment_applications",
        "journal_lines",
    ):
        c.tables[entity].clear()
    c.invoice(
        "N9",
        march(1),
        [c.line(1, 5)],
        post=False,
        invoice_type="credit_note",
        credit_reason="other",
    )


def long_ago(c: Company) -> None:
    """No floor was set yet for a job of that time: the rule's own holds."""
    on = date(2019, 12, 10)
    c.one("deliveries").update(delivered_on=on, approved_on=on, accepted_on=on)
    c.one("costs").update(incurred_on=on, amount=860)


def order_reopened(c: Company) -> None:
    """A work order that was done, and is being done again; and one of which a line bills something
    else."""
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="P2")
    c.add("work_orders", **{**c.one("work_orders"), "work_order_id": f"WO-{c.p}1"})
    like(c, "deliveries", "V1", work_order_id=f"WO-{c.p}1", quantity=3)
    other: Row = {"work_order_ref": f"WO-{c.p}1", "product_code": f"{c.p}P2"}
    c.invoice("I9", march(1), [c.line(1, 50, **other)], post=False)
    on = date(2026, 2, 20)
    c.add(
        "work_orders",
        **{**c.one("work_orders"), "work_order_id": f"{c.p}WR", "status": "in_progress"},
    )
    like(
        c, "deliveries", "VR", work_order_id=f"{c.p}WR", delivered_on=on, approved_on=on, quantity=1
    )


def scope_by_cost(c: Company) -> None:
    """The hours beyond the plan cost what labour cost, whatever else the job took; approved and in
    hours."""
    c.one("deal_lines").update(planned_hours=10)
    like(c, "costs", "X2", cost_type="material", amount=500)
    like(
        c,
        "deliveries",
        "VE",
        delivery_type="time",
        unit="visit",
        quantity=3,
        work_order_id=None,
        billable="false",
    )
    like(
        c,
        "deliveries",
        "VS",
        delivery_type="time",
        delivered_on=SOON,
        quantity=9,
        work_order_id=None,
    )


def held_back(*, due: date | None, released: int = 0, held: int = 50) -> Callable[[Company], None]:
    """Five per cent of the bill kept back, on a line of their own; and what was asked for of it
    since."""

    def change(c: Company) -> None:
        c.one("contracts").update(retention_pct=5, retention_due_on=due)
        for ident, amount, kind in (("IH", -held, "invoice"), ("IR", released, "invoice")):
            if amount:
                about: Row = {
                    "product_code": None,
                    "description": "Retention 5 %",
                    "quantity": amount // abs(amount),
                }
                about |= {"unit_price": abs(amount), "net_amount": amount}
                c.invoice(
                    ident, march(1), [{**c.line(1, 1), **about}], post=False, invoice_type=kind
                )
                c.tables["invoice_lines"][-1].update(
                    account_code="1300", tax_code=None, tax_amount=0
                )
                c.tables["invoices"][-1].update(tax_amount=0, gross_amount=amount)

    return change


def straight_line(c: Company) -> None:
    """Recognised evenly over its months, whatever is done in which."""
    c.one("contracts").update(recognition_rule="straight_line")
    for turn in ("1", "-1"):
        c.drop("journal_lines", journal_id=f"{c.p}JA1{turn}")


def under_way(c: Company) -> None:
    """Of March nothing can be said on its last day but one."""
    like(c, "deliveries", "V3", delivered_on=march(20), approved_on=march(20))
    c.one("contracts").update(ends_on="2026-06-30")


def quantities_beside_goods(c: Company) -> None:
    """Hours and goods on one order: the hours are billed by the hour, whatever the goods are."""
    like(c, "contract_rates", "REACH", unit="each", charge_rate=10)
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="Second", unit="each")
    on = date(2026, 2, 20)
    day: Row = {"delivered_on": on, "approved_on": on}
    for number, goods_of in ((1, "P"), (2, "P2")):
        order = f"WO-{c.p}{number}"
        c.add("work_orders", **{**c.one("work_orders"), "work_order_id": order, "completed_on": on})
        like(c, "deliveries", f"V{number}", work_order_id=order, quantity=5, **day)
        goods: Row = {"delivery_type": "material", "unit": "each", "product_id": f"{c.p}{goods_of}"}
        like(c, "deliveries", f"G{number}", work_order_id=order, quantity=2, **goods, **day)
        code = f"{c.p}P" if number == 1 else f"{c.p}NONE"
        c.invoice(
            f"I{number}9",
            march(1),
            [c.line(4, 50, work_order_ref=order, product_code=code)],
            post=False,
        )
    # What another product's line says is no quantity of the hours.
    c.add(
        "work_orders", **{**c.one("work_orders"), "work_order_id": f"WO-{c.p}3", "completed_on": on}
    )
    like(c, "deliveries", "V3", work_order_id=f"WO-{c.p}3", quantity=5, **day)
    other: Row = {"work_order_ref": f"WO-{c.p}3", "product_code": f"{c.p}P2"}
    c.invoice("I39", march(1), [c.line(4, 50, **other)], post=False)
    like(c, "deliveries", "VZ", work_order_id=None, quantity=5, **day)
    c.invoice("IZ", march(1), [c.line(0, 50, delivery_id=f"{c.p}VZ")], post=False)
