"""At the edge of each rule: companies in which some records are just beyond it and others just within.

Each says which records its control finds, by the ending of their ids; everything else beside them is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from control_companies import AS_OF, Company, Row, goods, hours, months, permanent, placement, stages

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
        ("DK", date(2026, 3, 23), None, {"unit": "each", "quantity": 50}),
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


def _unapplied(c: Company) -> None:
    receipt(c, "UA", march(16), 50, "ua")
    receipt(c, "UB", march(17), 50, "ub")
    receipt(c, "UC", march(1), 50, "uc")
    apply(c, "AUC", "UC", "no such invoice", march(1), 50)
    receipt(c, "UD", march(1), 50, "ud")
    apply(c, "AUD", "UD", "I1", march(1), 60)


def _above(c: Company) -> None:
    """A job that nothing was sold for is another control's."""
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", deal_id=None, contract_id=None)
    c.invoice("I2", march(1), [c.line(1, 100, job_ref=f"JOB-9{c.p}")], post=False)
    c.invoice("I3", march(2), [c.line(1, 50)], post=False)


def _above_in_euros(c: Company) -> None:
    """Of 1000 pounds 59 euros more are 50.15 pounds more."""
    c.invoice("I3", march(2), [c.line(1, 59)], post=False, currency="EUR", exchange_rate=Decimal("0.85"))


def _above_without_a_rate(c: Company) -> None:
    c.invoice("I3", march(2), [c.line(1, 590)], post=False, currency="NOK")


def _over_applied(c: Company) -> None:
    for ident, applied, invoice, about in (
        ("RA", 20, 10, {"status": "reversed", "reversed_on": march(2)}),
        ("RB", 20, 20, {"status": "reversed", "reversed_on": SOON}),
        ("RC", 20, 10, {"received_on": SOON}),
        ("RD", 5, 10, {}),
        ("RE", 10, 10, {}),
    ):
        bill(c, f"I{ident}", march(1), invoice)
        receipt(c, ident, about.pop("received_on", march(1)), 10, ident, **about)
        apply(c, f"A{ident}", ident, f"I{ident}", march(1), applied)
    bill(c, "IF", march(1), 10)
    apply(c, "AF", "no such receipt", "IF", march(1), 99)
    bill(c, "IG", march(1), 10)
    apply(c, "AG", "", "IG", march(1), 13, payment_id=None, kind="write_off")


def _billed_in_parts(c: Company) -> None:
    def shipped(ident: str) -> None:
        like(c, "deliveries", ident, quantity=2, delivered_on=date(2026, 2, 20))
        like(c, "stock_moves", f"S{ident}", delivery_id=f"{c.p}{ident}", quantity=-2, moved_on=date(2026, 2, 20))

    for ident, bills in {
        "VA": [1, 1],
        "VB": [2, 2],
        "VD": [2, -2, 2],
        "VE": [2, 2, -2],
    }.items():
        shipped(ident)
        for number, quantity in enumerate(bills):
            about: Row = {"invoice_type": "credit_note", "credit_reason": "duplicate"} if quantity < 0 else {}
            line = c.line(abs(quantity), 50, delivery_id=f"{c.p}{ident}")
            c.invoice(f"I{ident}{number}", march(1 + number), [line], post=False, **about)
    shipped("VC")
    c.invoice("IVC", march(1), [c.line(2, 50, delivery_id=f"{c.p}VC") for _ in range(2)], post=False)


def _deals(c: Company) -> None:
    for ident, amount, lines, about in (
        ("DA", None, 100, {}),
        ("DB", 1, 100, {"created_on": SOON, "won_on": SOON}),
        ("DC", 900, None, {}),
        ("DD", 900, None, {}),
        ("DE", 101, 100, {}),
        ("DF", Decimal("101.01"), 100, {}),
    ):
        like(c, "deals", ident, amount=amount, **{"stage": "open", "is_won": "false", "is_closed": "false", **about})
        if lines:
            like(c, "deal_lines", f"L{ident}", deal_id=f"{c.p}{ident}", net_amount=lines)
    for ident, kind in (("DC", "permanent"), ("DD", None)):
        fee: Row = {"fee_base_amount": 10000, "fee_pct": 10, "deal_id": f"{c.p}{ident}", "fee_type": kind}
        like(c, "contracts", f"K{ident}", **fee)


def _only_cost(c: Company) -> None:
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", deal_id=None, contract_id=None, status="in_progress")
    like(c, "costs", "X2", job_id=f"{c.p}J2", delivery_id=None)


def _placed_by_contract(c: Company) -> None:
    c.one("jobs")["deal_id"] = c.one("contracts")["deal_id"] = None


def _rates(c: Company) -> None:
    like(c, "costs", "XA", amount=5, currency="NOK", cost_type="expense")
    like(c, "costs", "XB", amount=0, currency="NOK", cost_type="expense")
    c.invoice("IA", march(1), [c.line(1, 5), c.line(1, 6)], post=False, currency="NOK")


def _margin(*, reason: str = "", cost: int = 840, foreign: str = "") -> Callable[[Company], None]:
    def change(c: Company) -> None:
        c.one("costs").update(amount=cost)
        if reason:
            note = {"invoice_type": "credit_note", "corrects_invoice_id": f"{c.p}I1", "credit_reason": reason}
            c.invoice("N1", march(1), [c.line(1, 20)], post=False, **note)
        if foreign == "costs":
            like(c, "costs", "X2", amount=5, currency="NOK")
        if foreign == "change_orders":
            c.add(
                "change_orders",
                change_order_id=f"{c.p}CO",
                deal_id=f"{c.p}D",
                job_id=f"{c.p}J",
                product_id=f"{c.p}P",
                status="approved",
                approved_on="2026-02-21",
                quantity_delta=0,
                amount_delta=250,
                currency="NOK",
            )

    return change


def _permanent_at_a_loss(c: Company) -> None:
    c.add(
        "costs",
        cost_id=f"{c.p}X",
        job_id=f"{c.p}J",
        cost_type="subcontract",
        incurred_on="2026-01-10",
        amount=990,
        currency="GBP",
    )


def _owners(*, owner: bool, manager: bool, is_open: bool) -> Callable[[Company], None]:
    def change(c: Company) -> None:
        if not owner:
            c.one("deals")["owner_id"] = None
        if not manager:
            c.one("jobs")["manager_id"] = None
        if is_open:
            c.one("jobs").update(status="in_progress", completed_on=None)

    return change


def _stock(c: Company) -> None:
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="P2", standard_cost=None)
    feb, edge, beyond = date(2026, 2, 10), AS_OF - timedelta(days=1), AS_OF - timedelta(days=2)
    for ident, on, quantity, moved in (
        ("VA", feb, -1, None),
        ("VB", feb, 1, SOON),
        ("VD", feb, 1, feb + timedelta(days=2)),
        ("VE", feb, 1, feb + timedelta(days=1)),
        ("VG", edge, 1, None),
        ("VH", beyond, 1, None),
    ):
        like(c, "deliveries", ident, delivered_on=on, quantity=quantity)
        if moved:
            like(c, "stock_moves", f"S{ident}", delivery_id=f"{c.p}{ident}", quantity=-1, moved_on=moved)
    # What came back into stock did not leave it; what left it says what a shipment of the product costs.
    for ident in ("VC", "VF"):
        like(c, "deliveries", ident, delivered_on=feb, quantity=3, product_id=f"{c.p}P2")
    for ident, delivery, quantity, cost in (
        ("S1", f"{c.p}VC", 3, 500),
        ("S2", None, -2, 30),
        ("S3", None, -9, 0),
        ("S4", None, 1, 77),
    ):
        about: Row = {"product_id": f"{c.p}P2", "moved_on": feb, "quantity": quantity, "cost_amount": cost}
        like(c, "stock_moves", ident, delivery_id=delivery, **about)


def _orders(c: Company) -> None:
    feb, lately = date(2026, 2, 20), march(20)
    for ident, done, on in (
        ("WA", feb, feb),
        ("WB", None, feb),
        ("WC", feb, feb),
        ("WD", SOON, feb),
        ("WE", lately, feb),
        ("WF", feb, lately),
        ("WG", feb, feb),
        ("WH", march(17), feb),
    ):
        status = "completed" if done else "in_progress"
        named = f"WO-{c.p}3" if ident == "WC" else f"{c.p}{ident}"
        c.add("work_orders", **{**c.one("work_orders"), "work_order_id": named, "status": status, "completed_on": done})
        like(c, "deliveries", f"V{ident}", work_order_id=named, delivered_on=on, approved_on=on, quantity=1)
    like(c, "deliveries", "VWG2", work_order_id=f"{c.p}WG", delivered_on=feb, quantity=1)
    c.invoice("I2", march(1), [c.line(1, 50, delivery_id=f"{c.p}VWG2")], post=False)
    note: Row = {"invoice_type": "credit_note", "credit_reason": "other"}
    c.invoice("N2", march(1), [c.line(1, 1, work_order_ref=f"WO-{c.p}3")], post=False, **note)


def _quantities(c: Company) -> None:
    """Work by order and by delivery, billed in full, in part, in another unit, or twice."""
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="Second")
    like(c, "contract_rates", "R2", product_id=f"{c.p}P2")
    on = date(2026, 2, 20)

    def work(ident: str, quantity: Any, order: str | None = None, product: str = "P", **about: Any) -> None:
        named = numbered(order) if order else None
        if named and not any(row["work_order_id"] == named for row in c.tables["work_orders"]):
            c.add("work_orders", **{**c.one("work_orders"), "work_order_id": named, "completed_on": on})
        where: Row = {"work_order_id": named, "product_id": f"{c.p}{product}"}
        like(c, "deliveries", ident, **{**where, "quantity": quantity, "delivered_on": on, "approved_on": on, **about})

    def billed(ident: str, *lines: tuple[Any, Row], **about: Any) -> None:
        c.invoice(ident, march(1), [c.line(quantity, 50, **named) for quantity, named in lines], post=False, **about)

    def numbered(ident: str) -> str:
        return f"WO-{c.p}{ord(ident[-1])}"

    def order(ident: str, **about: Any) -> Row:
        return {"work_order_ref": numbered(ident), **about}

    def delivery(ident: str) -> Row:
        return {"delivery_id": f"{c.p}{ident}"}

    second, unknown = {"product_code": f"{c.p}P2"}, {"product_code": f"{c.p}NONE"}
    for ident in ("A1", "A2"):
        work(ident, 5, "WA")
        work(ident.replace("A", "B"), 5, "WB")
    billed("IA", (9, order("WA")))
    billed("IB", (6, order("WB")), (4, order("WB")))
    work("C1", 4, "WC")
    work("C2", 3, "WC", "P2")
    billed("IC", (4, order("WC")), (2, order("WC", **second)))
    work("D1", 10, "WD")
    billed("ID", (6, order("WD")), (4, order("WD", **unknown)))
    work("E1", 4, "WE")
    work("E2", 3, "WE", "P2")
    billed("IE", (3, order("WE")), (4, order("WE", **unknown)))
    work("F1", 8, "WF")
    billed("IF", (1, order("WF")))
    work("G1", 5, "WG")
    work("H1", 5, "WH")
    billed("IG1", (5, order("WG")))
    billed("IG2", (5, order("WG")))
    billed("IH1", (3, order("WH")))
    billed("IH2", (1, order("WH")))
    # Hours and days on one order do not add up; material on it is no work of it.
    work("K1", 8, "WK")
    work("K2", 1, "WK", unit="day")
    billed("IK", (8, order("WK")))
    work("L1", 5, "WL")
    work("L2", 2, "WL", delivery_type="material", unit="each")
    billed("IL", (5, order("WL")))
    for ident, quantity in (("VA", Decimal("5.02")), ("VB", Decimal("5.03")), ("VC", 5), ("VD", 5), ("VE", 5)):
        work(ident, 5)
        billed(f"I{ident}", (quantity, delivery(ident)))
    for ident, quantity, reason in (("VC", 1, "price"), ("VD", 1, "quantity"), ("VE", 5, "cancellation")):
        note: Row = {"invoice_type": "credit_note", "credit_reason": reason}
        billed(f"N{ident}", (quantity, delivery(ident)), **note)
    work("VX", 5, delivery_type="expense", unit="each", value_amount=250)
    billed("IX", (4, delivery("VX")))
    billed("IZ", (0, delivery("VA")))
    _twice_by_the_day(c)


def _twice_by_the_day(c: Company) -> None:
    """Eight hours, billed as a day on each of two invoices; and two deliveries on one line."""
    for ident in (f"TS-{c.p}1", f"TS-{c.p}2"):
        c.add("deliveries", **{**c.one("deliveries"), "delivery_id": ident, "quantity": 2, "work_order_id": None})
    c.invoice("IT", march(1), [c.line(3, 50, description=f"TS-{c.p}1 and TS-{c.p}2")], post=False)
    like(c, "deliveries", "VY", quantity=8, work_order_id=None)
    for number in (1, 2):
        c.invoice(f"IY{number}", march(1), [c.line(1, 50, delivery_id=f"{c.p}VY")], post=False)


def _scope(c: Company) -> None:
    """Seventeen hours planned, twenty worked: a cancelled job beside it, costs and drafts change nothing."""
    c.one("deal_lines").update(planned_hours=17)
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", status="cancelled", completed_on=None)
    like(c, "costs", "X2", cost_type="expense", amount=70)
    like(c, "deliveries", "V2", status="draft", quantity=9, work_order_id=None)
    like(c, "deliveries", "V3", delivery_type="material", quantity=9, work_order_id=None, billable="false")


def _scope_of(**about: Any) -> Callable[[Company], None]:
    def change(c: Company) -> None:
        c.one("deal_lines").update(planned_hours=17)
        c.one("jobs").update(**about)

    return change


def _overdue(c: Company) -> None:
    for ident, due, paid in (
        ("IA", AS_OF - timedelta(days=60), 0),
        ("IB", AS_OF - timedelta(days=61), 0),
        ("IC", AS_OF - timedelta(days=90), 1300),
        ("ID", AS_OF - timedelta(days=90), 1200),
        ("IE", AS_OF - timedelta(days=90), 600),
    ):
        bill(c, ident, date(2026, 1, 10), 1000, ident, due_on=due, status="posted")
        if paid:
            receipt(c, f"M{ident}", march(1), paid, ident)
            apply(c, f"A{ident}", f"M{ident}", ident, march(1), paid)


def _taxes(c: Company) -> None:
    like(c, "products", "PB", product_code=f"{c.p}PB", product_name="Book", product_category="books")
    feb, mar = date(2026, 2, 28), march(1)
    for ident, on, code, product, tax in (
        ("IA", mar, "T20", "P", 20),
        ("IB", mar, "T20", "PB", 20),
        ("IC", mar, "T20", "PB", 5),
        ("ID", feb, "T10", "P", 9),
        ("IE", mar, "T10", "P", 9),
        ("IF", mar, "T10", "P", 10),
        ("IG", feb, "T10", "P", 10),
        ("IH", mar, None, "P", 3),
        ("II", mar, "T99", "P", 3),
        ("IJ", mar, "T20", "P", Decimal("20.02")),
        ("IK", mar, "T20", "P", Decimal("20.03")),
        ("IL", mar, "T20", "P", 17),
    ):
        bill(c, ident, on, 100)
        c.tables["invoice_lines"][-1].update(tax_code=code, tax_amount=tax, product_code=f"{c.p}{product}")
        c.tables["invoices"][-1].update(tax_amount=tax, gross_amount=100 + Decimal(tax))
    # Where the net itself is in doubt, the header is another control's.
    c.tables["invoices"][-1].update(net_amount=85)


def _headers(c: Company) -> None:
    bill(c, "IA", march(1), 100).update(net_amount=90, tax_amount=30)
    bill(c, "IB", march(1), 100).update(gross_amount=Decimal("120.01"))
    bill(c, "IC", march(1), 100).update(gross_amount=Decimal("120.02"))


def _series(c: Company) -> None:
    """A series goes on; a jump is another one; a number that fits no counter is none."""
    for ident, number in {
        "IA": "-N-1",
        "IB": "-N-2",
        "IC": "-N-50000",
        "ID": "-L-1234567890123456",
        "IE": "-L-1234567890123458",
        "IF": "-TEXT",
    }.items():
        bill(c, ident, march(1), 3, ident, invoice_number=f"{c.p}{number}")


def _without_job(c: Company) -> None:
    bill(c, "IA", march(1), 10)
    c.tables["invoice_lines"][-1]["job_ref"] = None
    bill(c, "IB", march(1), 0)
    c.tables["invoice_lines"][-1]["job_ref"] = None
    c.one("jobs").update(status="completed")
    # A delivery that has the id of the line is another record.
    like(c, "deliveries", "IAL1", quantity=1, work_order_id=None)


def _two_jobs(c: Company) -> None:
    """One invoice for two jobs, one of which was agreed in euros; a credit note is no bill."""
    like(c, "contracts", "K2", currency="EUR", deal_id=None)
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", contract_id=f"{c.p}K2", deal_id=None, currency="EUR")
    both = [c.line(1, 10), c.line(1, 20, job_ref=f"JOB-9{c.p}")]
    c.invoice("IA", march(1), both, post=False)
    c.invoice("IB", march(1), [both[0]], post=False)
    note: Row = {"invoice_type": "credit_note", "credit_reason": "price"}
    c.invoice("NC", march(1), [both[1]], post=False, **note)


def _rebates(left: Any, **contract: Any) -> Callable[[Company], None]:
    """The person left, and no credit note was written."""

    def change(c: Company) -> None:
        for entity in ("invoices", "invoice_lines"):
            c.tables[entity] = [row for row in c.tables[entity] if not row["invoice_id"].endswith("N1")]
        c.drop("payment_applications", application_id=f"{c.p}AN")
        c.drop("journal_lines", journal_id=f"{c.p}JN1")
        c.one("jobs").update(left_on=left)
        c.one("contracts").update(contract)

    return change


def _fees(started: date, *, credited: bool = False) -> Callable[[Company], None]:
    """No fee was billed; a credit note is no bill."""

    def change(c: Company) -> None:
        for entity in ("invoices", "invoice_lines", "payments", "payment_applications", "journal_lines"):
            c.tables[entity].clear()
        c.one("jobs").update(started_on=started, completed_on=started, left_on=None)
        c.one("deliveries").update(delivered_on=started, approved_on=started)
        if credited:
            note: Row = {"invoice_type": "credit_note", "credit_reason": "other"}
            c.invoice("N9", march(1), [c.line(1, 5)], post=False, **note)

    return change


def _placements(started: date, *, credited: bool = False) -> Callable[[Company], None]:
    def change(c: Company) -> None:
        for entity in ("invoices", "invoice_lines", "payments", "payment_applications", "journal_lines"):
            c.tables[entity].clear()
        c.one("jobs").update(started_on=started, status="in_progress", completed_on=None)
        c.one("contracts").update(ends_on="2026-06-30")
        if credited:
            note: Row = {"invoice_type": "credit_note", "credit_reason": "other"}
            c.invoice("N9", march(1), [c.line(1, 5)], post=False, **note)

    return change


def _changes(c: Company) -> None:
    """What was added and delivered, and is billed, not due, not agreed or older than the change."""
    for number, (ident, on, about) in enumerate(
        (
            ("A", date(2026, 2, 25), {}),
            ("B", date(2026, 2, 25), {"status": "rejected"}),
            ("C", date(2026, 2, 25), {"approved_on": SOON}),
            ("D", date(2026, 2, 15), {}),
            ("E", march(25), {}),
            ("F", date(2026, 2, 25), {"amount_delta": -400}),
        )
    ):
        worth = 100 + number * 50
        like(c, "products", f"P{ident}", product_code=f"{c.p}P{ident}", product_name=ident)
        product = {"product_id": f"{c.p}P{ident}"}
        like(c, "deliveries", f"V{ident}", **product, delivered_on=on, approved_on=on, quantity=worth // 50)
        base: Row = {"deal_id": f"{c.p}D", "job_id": f"{c.p}J", "status": "approved", "approved_on": date(2026, 2, 20)}
        base |= {"quantity_delta": worth // 50, "amount_delta": worth, "currency": "GBP", **product}
        c.add("change_orders", change_order_id=f"{c.p}CO{ident}", **{**base, **about})


def _charges(c: Company) -> None:
    """A line for every reason to be at another rate, and those that are at none."""
    c.tables["contract_rates"][0].update(valid_from="2026-02-01", valid_to="2026-02-28")
    like(c, "people", "E2", full_name=f"Second {c.p}", skills=None)
    for ident in ("P2", "P3"):
        like(c, "products", ident, product_code=f"{c.p}{ident}", product_name=ident)
    for ident, charge, about in (
        ("ROLD", 40, {"valid_from": "2025-01-01", "valid_to": "2026-01-31"}),
        ("RNEW", 60, {"valid_from": "2026-03-01", "valid_to": None}),
        ("RHER", 70, {"person_id": f"{c.p}E2"}),
        ("RANY", 30, {"product_id": None}),
        ("RDAY", 440, {"product_id": f"{c.p}P2", "unit": "day"}),
        ("REACH", 15, {"product_id": f"{c.p}P3", "unit": "each"}),
    ):
        like(c, "contract_rates", ident, charge_rate=charge, **about)
    feb = date(2026, 2, 12)
    for ident, on, price, quantity, about in (
        ("A", feb, 50, 1, {}),
        ("B", feb, 40, 1, {}),
        ("C", feb, 60, 1, {}),
        ("D", feb, 70, 1, {}),
        ("E", feb, 70, 1, {"person_id": f"{c.p}E2"}),
        ("F", feb, 30, 1, {}),
        ("G", date(2026, 1, 31), 40, 1, {}),
        ("H", march(1), 60, 1, {}),
        ("I", feb, 440, 1, {"product_id": f"{c.p}P2", "quantity": 8}),
        ("J", feb, 55, 8, {"product_id": f"{c.p}P2", "quantity": 8}),
        ("K", feb, 56, 8, {"product_id": f"{c.p}P2", "quantity": 8}),
        ("L", feb, 15, 3, {"product_id": f"{c.p}P3", "unit": "each", "delivery_type": "material", "person_id": None}),
        ("M", feb, 16, 3, {"product_id": f"{c.p}P3", "unit": "each", "delivery_type": "material", "person_id": None}),
        ("N", feb, 99, 1, {"delivery_type": "expense", "value_amount": 99}),
        ("O", feb, Decimal("50.25"), 1, {}),
        ("Q", feb, Decimal("50.26"), 1, {}),
        ("R", feb, 99, 1, {"status": "draft"}),
    ):
        shared: Row = {"work_order_id": None, "quantity": quantity, "delivered_on": on, "approved_on": on}
        like(c, "deliveries", f"V{ident}", **{**shared, **about})
        code = about.get("product_id", f"{c.p}P")
        named = {"delivery_id": f"{c.p}V{ident}", "product_code": code}
        c.invoice(f"I{ident}", march(5), [c.line(quantity, price, **named)], post=False)
    # Nothing is named: the product's rate on the days of the line, and none for work of any product.
    spans: Row = {"period_starts_on": date(2026, 2, 1), "period_ends_on": date(2026, 2, 28)}
    c.invoice("IS", march(5), [c.line(1, 50, **spans)], post=False)
    c.invoice("IT", march(5), [c.line(1, 60, **spans)], post=False)
    c.invoice("IU", march(5), [c.line(1, 60)], post=False)
    c.invoice("IW", march(5), [c.line(1, 31, product_code=None)], post=False)
    c.invoice("IX", march(5), [c.line(0, 31)], post=False)


def _charges_credited(c: Company) -> None:
    """Ten above the rate each, and a credit note that gives back as much, or something else."""
    for ident, reason, amount, about in (
        ("A", "price", 10, {}),
        ("B", "quantity", 10, {}),
        ("C", "dispute", 9, {}),
        ("D", "price", 11, {"corrects_invoice_id": None, "price": 61}),
        ("E", "price", 12, {"corrects_invoice_id": None, "product_code": None, "price": 62}),
        ("F", "price", 13, {"corrects_invoice_id": f"{c.p}I1", "price": 63}),
    ):
        rest = dict(about)
        price, code = rest.pop("price", 60), rest.pop("product_code", f"{c.p}P")
        c.invoice(f"I{ident}", march(5), [c.line(1, price)], post=False)
        note: Row = {"invoice_type": "credit_note", "credit_reason": reason, "corrects_invoice_id": f"{c.p}I{ident}"}
        c.invoice(f"N{ident}", march(6), [c.line(1, amount, product_code=code)], post=False, **{**note, **rest})
    # An invoice of the difference gives nothing back.
    c.invoice("IG", march(5), [c.line(1, 64)], post=False)
    c.invoice("IH", march(6), [c.line(1, 14)], post=False, corrects_invoice_id=f"{c.p}IG", credit_reason="price")


def _late(c: Company) -> None:
    """January was recognised in February: its accrual is missing at its end, and so is what it turned into."""
    for turn in ("1", "-1"):
        c.drop("journal_lines", journal_id=f"{c.p}JA1{turn}")


def _late_by(amount: Any, **about: Any) -> Callable[[Company], None]:
    """The accrual of January is short of that much."""

    def change(c: Company) -> None:
        for turn, sign in (("1", 1), ("-1", -1)):
            rows = [row for row in c.tables["journal_lines"] if row["journal_id"] == f"{c.p}JA1{turn}"]
            rows[0]["amount"] = sign * (500 - Decimal(str(amount)))
            rows[1]["amount"] = -sign * (500 - Decimal(str(amount)))
        c.one("contracts").update(about)

    return change


def _windows(c: Company) -> None:
    """Fourteen days to bill what was delivered."""
    for ident, on in (("VA", march(17)), ("VB", march(16))):
        like(c, "deliveries", ident, delivered_on=on, approved_on=on, quantity=1, work_order_id=None)


def _closed(c: Company) -> None:
    """January was closed on 6 February, at six in the evening."""
    for ident, on, entered, about in (
        ("JA", date(2026, 1, 31), "2026-02-06T18:00:01", {}),
        ("JB", date(2026, 1, 31), "2026-02-06T18:00:00", {}),
        ("JC", date(2026, 2, 1), "2026-03-20T12:00:00", {}),
        ("JD", date(2026, 1, 1), "2026-02-10T12:00:00", {"document_type": "opening"}),
        ("JE", date(2026, 1, 1), "2026-02-10T12:00:00", {}),
    ):
        c.journal(ident, on, ("5000", 10), ("1000", -10), entered_at=entered, **about)


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
    Boundary("cash_unapplied", hours, _unapplied, finds("UA", "UC")),
    Boundary("invoiced_above_contract", hours, _above, finds()),
    Boundary("invoiced_above_contract", hours, _above_in_euros, finds("J")),
    Boundary("invoiced_above_contract", hours, _above_without_a_rate, finds()),
    Boundary("application_exceeds_receipt", hours, _over_applied, finds("RB", "IG")),
    Boundary("delivery_billed_twice", goods, _billed_in_parts, finds("VB")),
    Boundary("deal_amount_mismatch", hours, _deals, finds("DC", "DF")),
    Boundary("job_without_deal", hours, _only_cost, finds("J2")),
    Boundary("job_without_deal", placement, _placed_by_contract, finds()),
    Boundary("fx_rate_missing", hours, _rates, finds("XA", "IA")),
    Boundary("margin_below_threshold", hours, _margin(reason="goodwill"), finds("J")),
    Boundary("margin_below_threshold", hours, _margin(reason="quantity"), finds()),
    Boundary("margin_below_threshold", hours, _margin(cost=900, foreign="costs"), finds()),
    Boundary("margin_below_threshold", hours, _margin(cost=900, foreign="change_orders"), finds("J")),
    Boundary("margin_below_threshold", hours, _only_cost, finds()),
    Boundary("margin_below_threshold", permanent, _permanent_at_a_loss, finds()),
    Boundary("owner_missing", hours, _owners(owner=False, manager=True, is_open=True), finds("D")),
    Boundary("owner_missing", hours, _owners(owner=True, manager=False, is_open=True), finds("J")),
    Boundary("owner_missing", hours, _owners(owner=False, manager=False, is_open=True), finds("D", "J", "C")),
    Boundary("owner_missing", hours, _owners(owner=False, manager=False, is_open=False), finds("D", "J")),
    Boundary("shipment_without_stock_move", goods, _stock, finds("VB", "VC", "VD", "VF", "VH")),
    Boundary("work_order_not_invoiced", hours, _orders, finds("WA")),
    Boundary("quantity_variance", hours, _quantities, finds("IAL1", "ICL2", "IH1L1", "IVBL1", "IVDL1")),
    Boundary("quote_scope_variance", hours, _scope, finds("J")),
    Boundary("quote_scope_variance", hours, _scope_of(status="in_progress", completed_on=None), finds()),
    Boundary("quote_scope_variance", hours, _scope_of(completed_on=SOON), finds()),
    Boundary("receivable_overdue", hours, _overdue, finds("IB", "IE")),
    Boundary("tax_mismatch", hours, _taxes, finds("IBL1", "IEL1", "IGL1", "IKL1")),
    Boundary("invoice_header_mismatch", hours, _headers, finds("IA", "IC")),
    Boundary("invoice_number_gap", hours, _series, finds()),
    Boundary("invoice_without_job", hours, _without_job, finds("IAL1")),
    Boundary("currency_mismatch", hours, _two_jobs, finds("IA")),
    Boundary("rebate_not_credited", permanent, _rebates(march(16), rebate_days=200), finds("J")),
    Boundary("rebate_not_credited", permanent, _rebates("2026-02-10"), finds("J")),
    Boundary("rebate_not_credited", permanent, _rebates("2026-03-05"), finds("J")),
    Boundary("rebate_not_credited", permanent, _rebates(SOON, rebate_days=200), finds()),
    Boundary("rebate_not_credited", permanent, _rebates(march(17), rebate_days=200), finds()),
    Boundary("rebate_not_credited", permanent, _rebates("2026-02-10", rebate_pct=0), finds()),
    Boundary("permanent_fee_not_invoiced", permanent, _fees(march(17)), finds()),
    Boundary("permanent_fee_not_invoiced", permanent, _fees(march(16)), finds("J")),
    Boundary("permanent_fee_not_invoiced", permanent, _fees(SOON), finds()),
    Boundary("permanent_fee_not_invoiced", permanent, _fees(march(1), credited=True), finds("J")),
    Boundary("placement_not_invoiced", placement, _placements(march(1)), finds()),
    Boundary("placement_not_invoiced", placement, _placements(date(2026, 2, 28)), finds("J")),
    Boundary("placement_not_invoiced", placement, _placements(SOON), finds()),
    Boundary("placement_not_invoiced", placement, _placements(date(2026, 2, 2), credited=True), finds("J")),
    Boundary("change_order_not_billed", goods, _changes, finds("COA")),
    Boundary("delivered_not_invoiced", hours, _windows, finds("VB")),
    Boundary("posted_to_closed_period", hours, _closed, finds("JA", "JE")),
    Boundary(
        "charge_rate_variance",
        hours,
        _charges,
        finds("IBL1", "ICL1", "IDL1", "IFL1", "IKL1", "IML1", "IQL1", "IRL1", "ITL1"),
    ),
    Boundary("charge_rate_variance", hours, _charges_credited, finds("IBL1", "ICL1", "IEL1", "IFL1", "IGL1", "IHL1")),
    Boundary("revenue_cut_off", months, _late, finds("J")),
    Boundary("revenue_cut_off", months, _late_by(5), finds()),
    Boundary("revenue_cut_off", months, _late_by("5.01"), finds("J")),
    Boundary("revenue_cut_off", months, _late_by(-6), finds("J")),
)
