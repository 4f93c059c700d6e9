"""Themes 2 and 3: lines of the order (`job_lines`), and units of measure."""

from __future__ import annotations

from .ledger import Case, L
from .right import BILL, Right, same
from .world import D


def n11(c: Case) -> Right:
    """Quoted 10 x 30 = 300; the order was placed with 20 off: 280, its shipment names no line.

    Delivered and billed 280; 20 is job_differs_from_deal, a definition. valuation, product
    orders: "the order line (net / quantity, else its unit price), the deal line's ..., then
    list"; marts: "Quote against order is `job_differs_from_deal`".
    """
    who = c.customer("Kentish Chairs Ltd")
    job = c.job(who, "product_order", D("WIDGET", 10, 30))
    c.order_line(job, "WIDGET", 10, 30, discount=20)
    c.ship(job, "2026-03-10", 10)
    bill = c.bill(who, "2026-03-10", L("WIDGET", 10, 28, job))
    c.receipt(who, "2026-04-08", 280, (bill, 280))
    return [("Kentish Chairs", same(280, booked=300, ids={"n11-V1": 280}, never=BILL))]


def n12(c: Case) -> Right:
    """The same in euro, the shipment names its order line: sold at 100, ordered at 95.

    Booked 1,000 x 0.85 = 850; delivered and billed 950 x 0.85 = 807.50; received 950 x 0.88 =
    836.00. 42.50 is job_differs_from_deal, the rest currency_translation.
    """
    who = c.customer("Lorient Voiles SARL", country="FR")
    job = c.job(who, "product_order", D("GIZMO", 10, 100), currency="EUR")
    line = c.order_line(job, "GIZMO", 10, 95)
    c.ship(job, "2026-03-10", 10, "GIZMO", line=line)
    bill = c.bill(who, "2026-03-10", L("GIZMO", 10, 95, job), rate="0.85")
    c.receipt(who, "2026-04-08", 950, (bill, 950), rate="0.88")
    return [("Lorient Voiles", same("807.50", booked=850, cash=836, never=BILL))]


def n13(c: Case) -> Right:
    """Days without a contract rate: quoted 420, ordered at 400.

    6 x 400 = 2,400 delivered and billed; 120 is job_differs_from_deal. valuation, time and
    materials: "the contract rate ..., then the order line's price (`job_lines`), then the deal
    line's net / quantity".
    """
    who = c.customer("Marlow Advisers LLP")
    job = c.job(who, "time_and_materials", D("DAYS", 6, 420))
    c.order_line(job, "DAYS", 6, 400)
    c.work(job, "2026-03-11", 6, "DAYS")
    bill = c.bill(who, "2026-03-12", L("DAYS", 6, 400, job))
    c.receipt(who, "2026-04-10", 2400, (bill, 2400))
    return [("Marlow Advisers", same(2400, booked=2520, never=BILL))]


def n14(c: Case) -> Right:
    """The contract's rate is 50, the order line says 55: the contract comes first.

    10 x 50 = 500 in every stage. Sentence as in n13.
    """
    who = c.customer("Nayland Survey Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 10, 50), rates={"HOURS": 50})
    c.work(job, "2026-03-10", 10, line=c.order_line(job, "HOURS", 10, 55))
    bill = c.bill(who, "2026-03-12", L("HOURS", 10, 50, job))
    c.receipt(who, "2026-04-10", 500, (bill, 500))
    return [("Nayland Survey", same(500, never=(*BILL, "charge_rate_variance")))]


def n15(c: Case) -> Right:
    """Ten paid and two free of one product on one order; the deal has an amount only.

    10 x 20 = 200 and 2 x 0 = 0, by the order lines that they name: 200 in every stage.
    """
    who = c.customer("Oakhanger Seeds Ltd")
    job = c.job(who, "product_order", amount=200)
    paid = c.order_line(job, "WIDGET", 10, 20)
    free = c.order_line(job, "WIDGET", 2, 0)
    c.ship(job, "2026-03-10", 2, line=free)
    c.ship(job, "2026-03-10", 10, line=paid)
    bill = c.bill(who, "2026-03-10", L("WIDGET", 10, 20, job))
    c.receipt(who, "2026-04-08", 200, (bill, 200))
    return [("Oakhanger Seeds", same(200, ids={"n15-V1": 0, "n15-V2": 200}, never=BILL))]


def n16(c: Case) -> Right:
    """Seven for 1,000 in all, no unit price: 142.857143 each; shipped 3 and 4.

    3/7 = 428.57 and 4/7 = 571.43, together 1,000.00 as billed. input_layer, job_lines: "its
    price is net / quantity".
    """
    who = c.customer("Pilsdon Wire Ltd")
    job = c.job(who, "product_order", amount=1000)
    line = c.order_line(job, "GIZMO", 7, net=1000)
    for day, paid, count, worth in (
        ("03-10", "04-09", 3, "428.57"),
        ("03-24", "04-23", 4, "571.43"),
    ):
        c.ship(job, f"2026-{day}", count, "GIZMO", line=line)
        bill = c.bill(who, f"2026-{day}", L("GIZMO", count, "142.857143", job))
        c.receipt(who, f"2026-{paid}", worth, (bill, worth))
    return [("Pilsdon Wire", same(1000, ids={"n16-V1": "428.57", "n16-V2": "571.43"}, never=BILL))]


def n17(c: Case) -> Right:
    """A rate by the hour, a sheet of 2.5 days: the day has 8 hours.

    2.5 x 8 x 60 = 1,200. vocabulary: "Units convert by policy (hours a day, days a week)".
    """
    who = c.customer("Radley Systems Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 20, 60), rates={"HOURS": 60})
    c.work(job, "2026-03-10", "2.5", unit="day")
    bill = c.bill(who, "2026-03-12", L("HOURS", 20, 60, job))
    c.receipt(who, "2026-04-10", 1200, (bill, 1200))
    return [("Radley Systems", same(1200, never=(*BILL, "charge_rate_variance")))]


def n18(c: Case) -> Right:
    """A rate by the day, sheets in hours: 7 + 5 = 12 hours are 1.5 days.

    1.5 x 400 = 600 (350 and 250).
    """
    who = c.customer("Selborne Audit LLP")
    job = c.job(who, "time_and_materials", D("DAYS", "1.5", 400), rates={"DAYS": 400})
    c.work(job, "2026-03-10", 7, "DAYS", unit="hour")
    c.work(job, "2026-03-11", 5, "DAYS", unit="hour")
    bill = c.bill(who, "2026-03-12", L("DAYS", "1.5", 400, job))
    c.receipt(who, "2026-04-10", 600, (bill, 600))
    return [("Selborne Audit", same(600, ids={"n18-V1": 350, "n18-V2": 250}, never=BILL))]


def n19(c: Case) -> Right:
    """A unit that no policy knows, the same on both sides: nothing to convert.

    4 pallets x 90 = 360, though the product is sold by the piece elsewhere. vocabulary:
    "nothing is converted on a guess".
    """
    who = c.customer("Tarrant Quarry Ltd")
    job = c.job(who, "product_order", D("WIDGET", 4, 90, unit="pallet"))
    c.ship(job, "2026-03-10", 4, unit="pallet")
    bill = c.bill(who, "2026-03-10", L("WIDGET", 4, 90, job))
    c.receipt(who, "2026-04-08", 360, (bill, 360))
    return [("Tarrant Quarry", same(360, never=BILL))]


def n20(c: Case) -> Right:
    """Sheets without a unit: the order line's day, and nothing known anywhere.

    V1 names an order line of 2 days at 480 (its product is sold by the hour): 960. V2 has no
    unit on sheet, deal line and product: 3 x 70 = 210. input_layer, deliveries: "unit (else its
    order line's, its deal line's, its product's; with none, quantity x price)".
    """
    who = c.customer("Upwey Networks Ltd")
    one = c.job(who, "time_and_materials", D("HOURS", 2, 480, unit="day"))
    two = c.job(who, "time_and_materials", D("MISC", 3, 70), tag="B")
    line = c.order_line(one, "HOURS", 2, 480, unit="day")
    c.work(one, "2026-03-10", 2, unit="", line=line)
    c.work(two, "2026-03-11", 3, "MISC", unit="")
    bill = c.bill(who, "2026-03-12", L("HOURS", 2, 480, one), L("MISC", 3, 70, two))
    c.receipt(who, "2026-04-10", 1170, (bill, 1170))
    return [("Upwey Networks", same(1170, ids={"n20-V1": 960, "n20-V2": 210}, never=BILL))]


def n21(c: Case) -> Right:
    """Half a day and four hours on a deal line of 8 hours at 55, no contract rate.

    0.5 day = 4 hours: 220 + 220 = 440.
    """
    who = c.customer("Vobster Films Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 8, 55))
    c.work(job, "2026-03-10", "0.5", unit="day")
    c.work(job, "2026-03-11", 4)
    bill = c.bill(who, "2026-03-12", L("HOURS", 8, 55, job), tax=20)
    c.receipt(who, "2026-04-10", 528, (bill, 528))
    return [("Vobster Films", same(440, ids={"n21-V1": 220, "n21-V2": 220}, never=BILL))]
