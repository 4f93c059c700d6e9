"""At the edge of each rule: companies in which some records are just beyond it and others just within.

Each says which records its control finds, by the ending of their ids; everything else beside them is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from control_companies import AS_OF, Company, Row, goods, hours, months, placement, stages

SOON = date(2026, 4, 5)


@dataclass(frozen=True)
class Boundary:
    """`finds` are the endings of the ids of what the control reports in the company, and nothing else."""

    control: str
    company: Callable[[str], Company]
    change: Callable[[Company], object]
    finds: frozenset[str]


def like(c: Company, entity: str, ident: str, **about: Any) -> Row:
    """One more record like the first of its kind."""
    first = c.tables[entity][0]
    return c.add(entity, **{**first, next(iter(first)): f"{c.p}{ident}", **about})


def receipt(c: Company, ident: str, on: date, amount: Any, reference: str | None, **about: Any) -> None:
    common: Row = {"bank_transaction_id": None, "status": "received", "reversed_on": None}
    like(c, "payments", ident, **{**common, "received_on": on, "amount": amount, "reference": reference, **about})


def apply(c: Company, ident: str, payment: str, invoice: str, on: date, amount: Any, **about: Any) -> None:
    common: Row = {"payment_id": f"{c.p}{payment}", "invoice_id": f"{c.p}{invoice}", "reversed_on": None}
    like(c, "payment_applications", ident, **{**common, "applied_on": on, "amount": amount, **about})


def bill(c: Company, ident: str, on: date, net: Any, text: str | None = None, **about: Any) -> Row:
    """An invoice of one line that names nothing."""
    return c.invoice(ident, on, [c.line(1, net, description=text or ident)], post=False, **about)


def march(day: int) -> date:
    return date(2026, 3, day)


def _receipts(c: Company) -> None:
    receipt(c, "A1", march(1), 11, "r1", status="reversed", reversed_on=march(2))
    receipt(c, "A2", march(2), 11, "r1")
    receipt(c, "B1", march(1), 12, "r2", status="reversed", reversed_on=SOON)
    receipt(c, "B2", march(2), 12, "r2")
    receipt(c, "C1", march(31), 13, "r3")
    receipt(c, "C2", date(2026, 4, 2), 13, "r3")
    receipt(c, "D1", march(1), 14, "r4")
    receipt(c, "D2", march(4), 14, "r4")
    receipt(c, "E1", march(1), 15, "r5")
    receipt(c, "E2", march(5), 15, "r5")
    receipt(c, "F1", march(1), 16, "r6", bank_transaction_id="x1")
    receipt(c, "F2", march(2), 16, "r6", bank_transaction_id="x2")
    receipt(c, "G1", march(1), 17, "r7")
    receipt(c, "G2", march(2), 17, "r77")
    receipt(c, "P1", march(1), 20, "r8", bank_transaction_id="x3")
    receipt(c, "P2", march(20), 20, "r88", bank_transaction_id="x3")
    receipt(c, "Q1", march(1), 21, "r9")
    receipt(c, "Q2", march(2), 21, " R9", bank_transaction_id="x4")
    receipt(c, "S1", march(2), 22, "r10")
    receipt(c, "S2", march(2), 22, "r10")
    # Each of two receipts settles an invoice of its own, or seems to.
    for letter, gross, about in (
        ("H", 18, {}),
        ("L", 24, {"reversed_on": march(20)}),
        ("M", 30, {"reversed_on": SOON}),
        ("N", 36, {"applied_on": SOON}),
    ):
        for number in (1, 2):
            bill(c, f"I{letter}{number}", march(1), Decimal(gross) * 5 / 6, f"{letter}{number}")
            receipt(c, f"{letter}{number}", march(number), gross, letter)
            later: Row = about if number == 2 else {}
            on = later.get("applied_on", march(number))
            reversed_on = later.get("reversed_on")
            apply(
                c, f"A{letter}{number}", f"{letter}{number}", f"I{letter}{number}", on, gross, reversed_on=reversed_on
            )
    bill(c, "IK", march(1), 40)
    for number in (1, 2):
        receipt(c, f"K{number}", march(number), 48, "K")
        apply(c, f"AK{number}", f"K{number}", "IK", march(number), 48)
    # The later one pays more than its invoice asks for: what is over is in question.
    for number in (1, 2):
        bill(c, f"IT{number}", march(1), 50, f"T{number}")
        receipt(c, f"T{number}", march(number), 60, "T")
        apply(c, f"AT{number}", f"T{number}", f"IT{number}", march(number), 60 if number == 1 else 59)


def _approvals(c: Company) -> None:
    bill(c, "I2", march(1), 31, entered_by="may", approved_by=None)
    bill(c, "I3", march(1), 32, entered_by=None, approved_by="may")
    bill(c, "I4", march(1), 33, entered_by="May ", approved_by="may")
    for ident, about in {
        "J1": {"approved_by": None},
        "J2": {"entered_by": None, "approved_by": "may"},
        "J3": {"approved_by": "MAY"},
        "J4": {"approved_by": "may", "document_id": f"{c.p}I1"},
        "J5": {},
        "J6": {"approved_by": "may", "document_id": "no such document"},
    }.items():
        c.journal(ident, march(2), ("5000", 10), ("1000", -10), **about)
    # One line of the journal was entered and approved by one person, another by two.
    c.tables["journal_lines"].append(
        {**c.tables["journal_lines"][-3], "journal_line_id": f"{c.p}J5-3", "amount": 0, "entered_by": "ann"}
    )
    c.tables["journal_lines"][-1]["approved_by"] = "ann"


def _pay_rates(c: Company) -> None:
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
        common = {"delivery_id": None, "period_starts_on": on, "period_ends_on": on, "paid_on": march(20)}
        amount = Decimal(str(rate or 0)) * 10
        like(c, "pay_items", ident, **{**common, "pay_rate": rate, "quantity": 10, "amount": amount, **about})


def _amendments(c: Company) -> None:
    for ident in ("P2", "P3", "P4"):
        like(c, "products", ident, product_code=f"{c.p}{ident}", product_name=ident, list_price=7)
    for ident, charge, about in (
        ("R2", 70, {"product_id": f"{c.p}P2"}),
        ("R3", 20, {"product_id": None}),
        ("R4", 90, {"valid_from": "2025-01-01", "valid_to": "2026-01-31"}),
        ("R5", 95, {"valid_from": "2026-03-01"}),
    ):
        like(c, "contract_rates", ident, charge_rate=charge, **about)
    for ident, on, about in (
        ("CO1", "2026-02-01", {}),
        ("CO2", "2026-02-01", {"product_id": f"{c.p}P3"}),
        ("CO3", "2026-02-01", {"product_id": None}),
        ("CO4", "2026-01-31", {}),
        ("CO5", "2026-03-01", {}),
        ("CO6", "2026-02-01", {"status": "rejected"}),
        ("CO7", SOON, {}),
        ("CO8", "2026-02-01", {"amount_delta": 1}),
        ("CO9", "2026-02-01", {"quantity_delta": 0}),
    ):
        base: Row = {"deal_id": f"{c.p}D", "job_id": f"{c.p}J", "product_id": f"{c.p}P", "status": "approved"}
        base |= {"approved_on": on, "quantity_delta": 1, "amount_delta": 0, "currency": "GBP"}
        c.add("change_orders", change_order_id=f"{c.p}{ident}", **{**base, **about})


def _amendments_without_rates(c: Company) -> None:
    like(c, "products", "P0", product_code=f"{c.p}P0", product_name="P0", list_price=7)
    like(c, "deal_lines", "DL0", product_id=f"{c.p}P0", quantity=0, net_amount=0)
    for ident, product in (("CO1", "P"), ("CO2", "P0")):
        c.add(
            "change_orders",
            change_order_id=f"{c.p}{ident}",
            deal_id=f"{c.p}D",
            job_id=f"{c.p}J",
            product_id=f"{c.p}{product}",
            status="approved",
            approved_on="2026-02-01",
            quantity_delta=1,
            amount_delta=0,
            currency="GBP",
        )


def _capacity(c: Company) -> None:
    """One engineer with the skill, forty hours a week; another one has left."""
    like(c, "people", "OLD", full_name=f"Gone {c.p}", skills=f"skill {c.p}", active="false")
    for ident, week, planned, about in (
        ("DA", date(2026, 2, 2), 40, {"required_skills": f"SKILL {c.p} "}),
        ("DB", date(2026, 2, 2), 50, {"is_won": "false", "won_on": None, "stage": "lost"}),
        ("DC", date(2026, 2, 2), 50, {"won_on": SOON}),
        ("DD", date(2026, 2, 16), 40, {}),
        ("DE", date(2026, 2, 16), 1, {"won_on": date(2026, 1, 6)}),
        ("DF", date(2026, 3, 2), None, {"unit": "day", "quantity": 6}),
        ("DG", date(2026, 3, 2), 0, {"won_on": date(2026, 1, 6)}),
        ("DH", date(2026, 3, 9), 41, {"required_skills": None}),
        ("DI", date(2026, 3, 9), 5, {}),
        ("DJ", date(2026, 3, 16), 5, {"required_skills": f"skill {c.p};unknown {c.p}"}),
    ):
        of_line = {name: about.pop(name) for name in ("unit", "quantity") if name in about}
        dates: Row = {"service_starts_on": week, "service_ends_on": week + timedelta(days=6)}
        like(c, "deals", ident, **{"required_skills": f"skill {c.p}", **dates, **about})
        like(c, "deal_lines", f"L{ident}", deal_id=f"{c.p}{ident}", planned_hours=planned, **of_line)


def _copies(c: Company) -> None:
    bill(c, "IA1", date(2026, 2, 20), 31, "a")
    bill(c, "IA2", date(2026, 3, 2), 31, "a")
    bill(c, "IA3", date(2026, 3, 13), 31, "a")
    bill(c, "IB1", march(1), 32, "b")
    bill(c, "IB2", date(2026, 2, 20), 32, "b")
    bill(c, "IC1", march(1), 33, "c")
    bill(c, "IC2", march(1), 33, "c")
    # Credited in full it may be billed again; a bill that corrects another is no credit of it.
    bill(c, "ID1", march(1), 34, "d")
    bill(c, "ND", march(2), 34, "d", invoice_type="credit_note", corrects_invoice_id=f"{c.p}ID1", credit_reason="price")
    bill(c, "ID2", march(3), 34, "d")
    bill(c, "IE1", march(1), 35, "e")
    bill(c, "IE2", march(3), 35, "e", corrects_invoice_id=f"{c.p}IE1")
    for letter, net, about in (
        ("F", 40, {}),
        ("G", 45, {"applied_on": SOON}),
        ("H", 50, {"reversed_on": march(10)}),
        ("J", 55, {"reversed_on": SOON}),
        ("K", 60, {"kind": "payment", "credit_note_id": None, "payment_id": f"{c.p}M"}),
    ):
        bill(c, f"I{letter}1", march(1), net, letter)
        bill(c, f"N{letter}", march(2), net, letter, invoice_type="credit_note", credit_reason="price")
        bill(c, f"I{letter}2", march(3), net, letter)
        credit: Row = {"kind": "credit_note", "payment_id": None, "credit_note_id": f"{c.p}N{letter}"}
        rest = {**credit, **about}
        on, payment = rest.pop("applied_on", march(2)), rest.pop("payment_id")
        apply(c, f"A{letter}", "", f"I{letter}1", on, Decimal(net) * 6 / 5, **{**rest, "payment_id": payment})
    # The copy itself was credited; and a number that was sent twice.
    bill(c, "IL1", march(1), 65, "l")
    bill(c, "IL2", march(3), 65, "l")
    bill(c, "NL", march(4), 65, "l", invoice_type="credit_note", corrects_invoice_id=f"{c.p}IL2", credit_reason="price")
    bill(c, "IM1", date(2026, 1, 10), 66, "m", invoice_number=f"{c.p}X")
    bill(c, "IM2", march(10), 67, "n", invoice_number=f" {c.p}x")


def _timesheets_paid(c: Company) -> None:
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
        ("VM", date(2026, 2, 26), "same", {"paid_for": date(2026, 2, 24), "delivery_type": "material"}),
    ):
        rest = dict(about)
        worked_by, day = rest.pop("worked_by", f"{c.p}E"), rest.pop("paid_for", on)
        kind = rest.pop("delivery_type", "time")
        span: Row = {"period_starts_on": None, "period_ends_on": None, "delivered_on": on, "approved_on": on}
        like(c, "deliveries", ident, **span, quantity=1, person_id=worked_by, delivery_type=kind)
        lines.append(c.line(1, 50, delivery_id=f"{c.p}{ident}"))
        days: Row = {"delivery_id": None, "period_starts_on": day, "period_ends_on": day, "paid_on": march(20)}
        like(c, "pay_items", f"P{ident}", **{**days, "person_id": person[who], "quantity": 1, "amount": 30, **rest})
    c.invoice("I9", march(12), lines, post=False)


def _periods_without_time(c: Company) -> None:
    """From the second month only goods came, and hours that were turned down."""
    c.one("contracts").update(ends_on="2026-06-30")
    c.tables["deliveries"][1].update(delivery_type="shipment", unit="each")
    like(c, "deliveries", "VR", delivered_on=date(2026, 2, 12), status="rejected")


def _goods_by_the_month(c: Company) -> None:
    """What is delivered by the month needs no timesheet; nor does an order that was worked on once, by the hour."""
    c.one("contracts").update(billing_rule="periodic_arrears", billing_period="month")


def _goods_and_an_hour(c: Company) -> None:
    _goods_by_the_month(c)
    like(c, "deliveries", "VT", delivery_type="time", unit="hour", quantity=1, delivered_on=date(2026, 2, 12))


def _pay(c: Company) -> None:
    like(c, "people", "E2", full_name=f"Second {c.p}", skills=None)
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", deal_id=None, contract_id=None, status="cancelled")
    like(c, "deliveries", "VD", status="draft", period_starts_on=None, period_ends_on=None, delivered_on=march(12))
    worked: Row = {"period_starts_on": date(2026, 2, 2), "period_ends_on": date(2026, 2, 8)}
    idle: Row = {"period_starts_on": march(2), "period_ends_on": march(8)}
    for ident, about in {
        "PA": worked,
        "PB": idle,
        "PC": {**worked, "person_id": f"{c.p}E2"},
        "PD": {**worked, "job_ref": None},
        "PE": {**worked, "job_ref": f"JOB-9{c.p}"},
        "PF": {**idle, "delivery_id": f"{c.p}VD", "period_starts_on": march(12), "period_ends_on": march(12)},
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


def _short(c: Company) -> None:
    past, ahead = date(2026, 2, 28), date(2026, 4, 10)
    for ident, due, status, paid, about in (
        ("IA", past, "posted", 1190, {}),
        ("IB", past, "posted", 600, {}),
        ("IC", ahead, "posted", 1190, {}),
        ("ID", ahead, "paid", 600, {}),
        ("IE", past, "posted", 1199, {}),
        ("IF", past, "posted", 1300, {}),
        ("IG", past, "posted", 1190, {"reversed_on": march(15)}),
        ("IH", past, "posted", 1190, {"reversed_on": SOON}),
        ("II", past, "posted", 1190, {"applied_on": SOON}),
        ("IJ", past, "posted", 0, {}),
        ("IK", AS_OF, "posted", 1190, {}),
    ):
        bill(c, ident, date(2026, 2, 1), 1000, ident, due_on=due, status=status)
        receipt(c, f"M{ident}", march(10), paid or 1, ident)
        rest = dict(about)
        apply(c, f"A{ident}", f"M{ident}", ident, rest.pop("applied_on", march(10)), paid, **rest)


def finds(*endings: str) -> frozenset[str]:
    return frozenset(endings)


BOUNDARIES: tuple[Boundary, ...] = (
    Boundary(
        "payment_duplicated",
        hours,
        _receipts,
        finds("B2", "D2", "P2", "Q2", "S2", "L2", "N2", "K2", "T2"),
    ),
    Boundary("preparer_is_approver", hours, _approvals, finds("I4", "J3", "J5", "J6")),
    Boundary("pay_rate_variance", placement, _pay_rates, finds("PD", "PG", "PI", "PL", "PM")),
    Boundary("amendment_not_repriced", hours, _amendments, finds("CO1", "CO2", "CO3", "CO4", "CO5")),
    Boundary("amendment_not_repriced", stages, _amendments_without_rates, finds("CO1", "CO2")),
    Boundary("capacity_exceeded", hours, _capacity, finds("DE", "DF", "DJ")),
    Boundary("duplicate_invoice", hours, _copies, finds("IA2", "IB1", "IC2", "IE2", "IG2", "IH2", "IK2", "IM2")),
    Boundary("timesheet_billed_not_paid", placement, _timesheets_paid, finds("VB", "VE", "VF", "VG", "VI")),
    Boundary("timesheet_missing", months, _periods_without_time, finds("K")),
    Boundary("timesheet_missing", goods, _goods_by_the_month, finds()),
    Boundary("timesheet_missing", goods, _goods_and_an_hour, finds("K")),
    Boundary("pay_without_timesheet", placement, _pay, finds("PB", "PC", "PE", "PF", "PG", "PL", "PM", "PN")),
    Boundary("short_paid", hours, _short, finds("IA", "ID", "IH")),
)
