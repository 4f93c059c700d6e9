"""Pay, timesheets, placements and hours, just beyond and just within their rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from control_companies import Company, Row
from control_edges import SOON, like, march


def pay_rates(c: Company) -> None:
    like(c, "people", "E2", full_name=f"Second {c.p}", role="engineer", skills=None)
    for ident, rate, about in (
        ("ROLD", 25, {"valid_from": "2025-01-01", "valid_to": "2026-01-31"}),
        ("RNEW", 28, {"valid_from": "2026-03-01"}),
        ("RANY", 45, {"person_id": None}),
        ("RHER", 99, {"person_id": f"{c.p}E2"}),
        ("RNONE", None, {"person_id": None}),
    ):
        like(c, "contract_rates", ident, pay_rate=rate, **about)
    for ident, on, rate, about in (
        ("PA", date(2026, 2, 8), None, {"amount": 999}),
        ("PB", date(2026, 2, 8), 40, {"paid_on": SOON}),
        ("PC", date(2026, 2, 8), 40, {"status": "cancelled"}),
        ("PD", date(2026, 2, 8), 99, {}),
        ("PE", date(2026, 2, 8), 99, {"person_id": f"{c.p}E?"}),
        ("PF", date(2026, 2, 8), 45, {}),
        ("PG", date(2026, 2, 8), 25, {}),
        ("PH", date(2026, 1, 31), 25, {}),
        ("PI", date(2026, 2, 8), 28, {}),
        ("PJ", date(2026, 3, 1), 28, {}),
        ("PK", date(2026, 2, 8), Decimal("30.15"), {}),
        ("PL", date(2026, 2, 8), Decimal("30.16"), {}),
        ("PM", date(2026, 2, 8), Decimal("29.84"), {}),
    ):
        common = {
            "delivery_id": None,
            "period_starts_on": on,
            "period_ends_on": on,
            "paid_on": march(20),
        }
        amount = Decimal(str(rate or 0)) * 10
        like(
            c,
            "pay_items",
            ident,
            **{**common, "pay_rate": rate, "quantity": 10, "amount": amount, **about},
        )


def capacity(c: Company) -> None:
    """One engineer with the skill, forty hours a week; another one has left."""
    like(c, "people", "OLD", full_name=f"Gone {c.p}", skills=f"skill {c.p}", active="false")
    for ident, week, planned, about in (
        ("DA", date(2026, 2, 2), 40, {"required_skills": f"SKILL {c.p} "}),
        ("DB", date(2026, 2, 2), 50, {"is_won": "false", "won_on": None, "stage": "lost"}),
        ("DC", date(2026, 2, 2), 50, {"won_on": SOON}),
        ("DD", date(2026, 2, 16), 40, {}),
        ("DE", date(2026, 2, 16), 1, {"won_on": date(2026, 1, 6)}),
        ("DF", date(2026, 3, 2), None, {"unit": "day", "quantity": 6}),
        ("DK", date(2026, 3, 23), None, {"unit": "each", "quantity": 50}),
        ("DG", date(2026, 3, 2), 0, {"won_on": date(2026, 1, 6)}),
        ("DH", date(2026, 3, 9), 41, {"required_skills": None}),
        ("DI", date(2026, 3, 9), 5, {}),
        ("DJ", date(2026, 3, 16), 5, {"required_skills": f"skill {c.p};unknown {c.p}"}),
    ):
        of_line = {name: about.pop(name) for name in ("unit", "quantity") if name in about}
        dates: Row = {"service_starts_on": week, "service_ends_on": week + timedelta(days=6)}
        like(c, "deals", ident, **{"required_skills": f"skill {c.p}", **dates, **about})
        like(
            c, "deal_lines", f"L{ident}", deal_id=f"{c.p}{ident}", planned_hours=planned, **of_line
        )


def timesheets_paid(c: Company) -> None:
    """A day each: how it was paid, if it was."""
    c.one("contracts").update(ends_on="2026-03-31")
    c.one("jobs").update(status="in_progress", completed_on=None)
    like(c, "people", "E2", full_name=f"Second {c.p}", skills=None)
    person = {"nobody": f"{c.p}E?", "other": f"{c.p}E2", "same": f"{c.p}E"}
    lines = []
    for ident, on, who, about in (
        ("VA", date(2026, 2, 16), "same", {}),
        ("VB", date(2026, 2, 17), "other", {}),
        ("VC", date(2026, 2, 18), "nobody", {}),
        ("VD", date(2026, 2, 19), "other", {"worked_by": None}),
        ("VE", date(2026, 2, 20), "same", {"delivery_id": f"{c.p}VE", "status": "cancelled"}),
        ("VF", date(2026, 2, 23), "same", {"delivery_id": f"{c.p}V1"}),
        ("VG", date(2026, 2, 25), "same", {"paid_for": date(2026, 2, 24)}),
        ("VH", date(2026, 3, 10), "same", {"paid_for": date(2026, 2, 24)}),
        ("VI", date(2026, 3, 9), "same", {"paid_for": date(2026, 2, 24)}),
        (
            "VM",
            date(2026, 2, 26),
            "same",
            {"paid_for": date(2026, 2, 24), "delivery_type": "material"},
        ),
    ):
        rest = dict(about)
        worked_by, day = rest.pop("worked_by", f"{c.p}E"), rest.pop("paid_for", on)
        kind = rest.pop("delivery_type", "time")
        span: Row = {
            "period_starts_on": None,
            "period_ends_on": None,
            "delivered_on": on,
            "approved_on": on,
        }
        like(c, "deliveries", ident, **span, quantity=1, person_id=worked_by, delivery_type=kind)
        lines.append(c.line(1, 50, delivery_id=f"{c.p}{ident}"))
        days: Row = {
            "delivery_id": None,
            "period_starts_on": day,
            "period_ends_on": day,
            "paid_on": march(20),
        }
        like(
            c,
            "pay_items",
            f"P{ident}",
            **{**days, "person_id": person[who], "quantity": 1, "amount": 30, **rest},
        )
    c.invoice("I9", march(12), lines, post=False)


def periods_without_time(c: Company) -> None:
    """From the second month only goods came, and hours that were turned down."""
    c.one("contracts").update(ends_on="2026-06-30")
    c.tables["deliveries"][1].update(delivery_type="shipment", unit="each")
    like(c, "deliveries", "VR", delivered_on=date(2026, 2, 12), status="rejected")


def goods_by_the_month(c: Company) -> None:
    """What is delivered by the month needs no timesheet; nor does an order that was worked on once,
    by the hour."""
    c.one("contracts").update(billing_rule="periodic_arrears", billing_period="month")


def goods_and_an_hour(c: Company) -> None:
    goods_by_the_month(c)
    like(
        c,
        "deliveries",
        "VT",
        delivery_type="time",
        unit="hour",
        quantity=1,
        delivered_on=date(2026, 2, 12),
    )


def pay_edge(c: Company) -> None:
    like(c, "people", "E2", full_name=f"Second {c.p}", skills=None)
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", deal_id=None, contract_id=None, status="cancelled")
    like(
        c,
        "deliveries",
        "VD",
        status="draft",
        period_starts_on=None,
        period_ends_on=None,
        delivered_on=march(12),
    )
    worked: Row = {"period_starts_on": date(2026, 2, 2), "period_ends_on": date(2026, 2, 8)}
    idle: Row = {"period_starts_on": march(2), "period_ends_on": march(8)}
    for ident, about in {
        "PA": worked,
        "PB": idle,
        "PC": {**worked, "person_id": f"{c.p}E2"},
        "PD": {**worked, "job_ref": None},
        "PE": {**worked, "job_ref": f"JOB-9{c.p}"},
        "PF": {
            **idle,
            "delivery_id": f"{c.p}VD",
            "period_starts_on": march(12),
            "period_ends_on": march(12),
        },
        "PG": {**worked, "delivery_id": f"{c.p}V?"},
        "PH": {"period_starts_on": date(2026, 1, 26), "period_ends_on": date(2026, 2, 2)},
        "PI": {"period_starts_on": date(2026, 2, 15), "period_ends_on": date(2026, 2, 20)},
        "PJ": {**idle, "paid_on": SOON},
        "PK": {**idle, "status": "voided"},
        "PL": {**worked, "person_id": f"{c.p}E?"},
        "PM": {"period_starts_on": date(2026, 1, 26), "period_ends_on": date(2026, 2, 1)},
        "PN": {"period_starts_on": date(2026, 2, 16), "period_ends_on": date(2026, 2, 20)},
    }.items():
        like(c, "pay_items", ident, **{"delivery_id": None, "paid_on": march(20), **about})


def rebates(left: Any, **contract: Any) -> Callable[[Company], None]:
    """The person left, and no credit note was written."""

    def change(c: Company) -> None:
        for entity in ("invoices", "invoice_lines"):
            c.tables[entity] = [
                row for row in c.tables[entity] if not row["invoice_id"].endswith("N1")
            ]
        c.drop("payment_applications", application_id=f"{c.p}AN")
        c.drop("journal_lines", journal_id=f"{c.p}JN1")
        c.one("jobs").update(left_on=left)
        c.one("contracts").update(contract)

    return change


def fees(started: date, *, credited: bool = False) -> Callable[[Company], None]:
    """No fee was billed; a credit note is no bill."""

    def change(c: Company) -> None:
        for entity in (
            "invoices",
            "invoice_lines",
            "payments",
            "payment_applications",
            "journal_lines",
        ):
            c.tables[entity].clear()
        c.one("jobs").update(started_on=started, completed_on=started, left_on=None)
        c.one("deliveries").update(delivered_on=started, approved_on=started)
        if credited:
            note: Row = {"invoice_type": "credit_note", "credit_reason": "other"}
            c.invoice("N9", march(1), [c.line(1, 5)], post=False, **note)

    return change


def placements(started: date, *, credited: bool = False) -> Callable[[Company], None]:
    def change(c: Company) -> None:
        for entity in (
            "invoices",
            "invoice_lines",
            "payments",
            "payment_applications",
            "journal_lines",
        ):
            c.tables[entity].clear()
        c.one("jobs").update(started_on=started, status="in_progress", completed_on=None)
        c.one("contracts").update(ends_on="2026-06-30")
        if credited:
            note: Row = {"invoice_type": "credit_note", "credit_reason": "other"}
            c.invoice("N9", march(1), [c.line(1, 5)], post=False, **note)

    return change


def owners(*, owner: bool, manager: bool, is_open: bool) -> Callable[[Company], None]:
    def change(c: Company) -> None:
        if not owner:
            c.one("deals")["owner_id"] = None
        if not manager:
            c.one("jobs")["manager_id"] = None
        if is_open:
            c.one("jobs").update(status="in_progress", completed_on=None)

    return change


def scope(c: Company) -> None:
    """Seventeen hours planned, twenty worked: a cancelled job beside it, costs and drafts change
    nothing."""
    c.one("deal_lines").update(planned_hours=17)
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", status="cancelled", completed_on=None)
    like(c, "costs", "X2", cost_type="expense", amount=70)
    like(c, "deliveries", "V2", status="draft", quantity=9, work_order_id=None)
    like(
        c,
        "deliveries",
        "V3",
        delivery_type="material",
        quantity=9,
        work_order_id=None,
        billable="false",
    )


def ordered(*, price: int, status: str = "in_progress") -> Callable[[Company], None]:
    """Sold were twenty at 50; the order says another price, within 10 % or beyond."""

    def change(c: Company) -> None:
        c.one("jobs").update(status=status)
        line = {
            "product_id": f"{c.p}P",
            "quantity": 20,
            "unit": "hour",
            "unit_price": price,
            "net_amount": 20 * price,
        }
        c.add("job_lines", job_line_id=f"{c.p}JL", job_id=f"{c.p}J", **line)

    return change


def scope_of(**about: Any) -> Callable[[Company], None]:
    def change(c: Company) -> None:
        c.one("deal_lines").update(planned_hours=17)
        c.one("jobs").update(**about)

    return change


def paid_by_the_hour(c: Company) -> None:
    """Two timesheets of somebody who is paid by pay items, the second never; a third is a salaried
    colleague's."""
    c.one("contract_rates").update(pay_rate=20)
    c.one("deliveries").update(quantity=10, work_order_id=None)
    like(c, "people", "E2", full_name=f"Second {c.p}", skills=None)
    like(c, "deliveries", "V2", quantity=5)
    like(c, "deliveries", "V3", quantity=5, person_id=f"{c.p}E2")
    c.tables["invoice_lines"].clear()
    c.tables["journal_lines"].clear()
    c.tables["invoices"].clear()
    sheets = [
        c.line(one["quantity"], 50, delivery_id=one["delivery_id"])
        for one in c.tables["deliveries"]
    ]
    c.invoice("I1", date(2026, 2, 15), sheets)
    paid(c, "PV", f"{c.p}V", "20", quantity=10)


def by_the_word(price: str, pay: str) -> Callable[[Company], None]:
    """Four thousand words at 0.145, of which the translator has 0.085, in a hurry 0.105: a cent a word
    is no rounding."""

    def change(c: Company) -> None:
        words: Row = {"quantity": 4000, "unit": "each"}
        c.one("products").update(unit="each", list_price="0.145")
        c.one("deals").update(amount=580)
        c.one("deal_lines").update(unit_price="0.145", net_amount=580, planned_hours=None, **words)
        c.one("contract_rates").update(
            unit="each", charge_rate="0.145", pay_rate="0.085", rate_class="standard"
        )
        like(c, "contract_rates", "RR", rate_class="rush", charge_rate="0.1885", pay_rate="0.105")
        c.one("deliveries").update(rate_class="standard", work_order_id=None, **words)
        c.tables["work_orders"].clear()
        c.tables["costs"].clear()
        for entity in ("invoices", "invoice_lines", "payments", "payment_applications"):
            c.tables[entity].clear()
        c.tables["journal_lines"].clear()
        c.invoice("I1", date(2026, 2, 15), [c.line(4000, price, delivery_id=f"{c.p}V")])
        paid(c, "PV", f"{c.p}V", pay, rate_class="standard", **words)

    return change


def paid(c: Company, ident: str, delivery: str, rate: str, **about: Any) -> None:
    """A pay item for a delivery."""
    c.add(
        "pay_items",
        **{
            "pay_item_id": f"{c.p}{ident}",
            "pay_run_id": f"{c.p}PR",
            "person_id": f"{c.p}E",
            "delivery_id": delivery,
            "job_ref": f"JOB-{c.p}",
            "period_starts_on": None,
            "period_ends_on": None,
            "paid_on": date(2026, 2, 27),
            "unit": "hour",
            "pay_rate": rate,
            "amount": (Decimal(str(about["quantity"])) * Decimal(rate)).quantize(Decimal("0.01")),
            "currency": "GBP",
            "status": "paid",
            **about,
        },
    )
