"""Theme 1: lines of a deal with blank amounts, prices and quantities; change orders after."""

from __future__ import annotations

from .ledger import Case, L
from .right import BILL, Right, same
from .world import D

MISMATCH = ("deal_amount_mismatch",)


def n01(c: Case) -> Right:
    """Three lines with neither price nor amount; 900 agreed for a list value of 1,000.

    Booked 900. By list value (2 x 100, 1 x 200, 1 x 600) the second line's share is
    900 x 200/1,000 = 180; it is shipped and billed at 180, the list price 200 is not agreed.
    vocabulary, booked: "a line without an amount: ... its share of the deal's amount, by list
    value"; valuation: "the deal line's net / quantity, then list".
    """
    who = c.customer("Aldous Kilns Ltd")
    parts = [c.product("a", 100), c.product("b", 200), c.product("c", 600)]
    job = c.job(
        who,
        "product_order",
        D(parts[0], 2),
        D(parts[1], 1),
        D(parts[2], 1),
        amount=900,
        status="in_progress",
    )
    c.ship(job, "2026-03-10", 1, parts[1])
    bill = c.bill(who, "2026-03-11", L(parts[1], 1, 180, job))
    c.receipt(who, "2026-04-08", 180, (bill, 180))
    return [("Aldous Kilns", same(180, booked=900, ids={"n01-V1": 180}, never=BILL + MISMATCH))]


def n02(c: Case) -> Right:
    """Three lines without anything known, 1,000 agreed: shared equally in whole cents.

    1000/3 in cents, rounded by running total: 333.33 + 333.34 + 333.33 = 1,000.00 booked and
    delivered, never 3 x 333.33 = 999.99 nor 3 x 1,000. Which line has the odd cent is not
    decided, so no figure by line and no leakage is asked. vocabulary, booked: "or equally,
    never the whole of it"; marts: "split amounts are rounded cumulatively".
    """
    who = c.customer("Bexley Frames Ltd")
    parts = [c.product(tag) for tag in "abc"]
    job = c.job(who, "product_order", *(D(part, 1) for part in parts), amount=1000)
    for part in parts:
        c.ship(job, "2026-03-10", 1, part)
    lines = [
        L(part, 1, price, job)
        for part, price in zip(parts, ("333.33", "333.34", "333.33"), strict=False)
    ]
    bill = c.bill(who, "2026-03-12", *lines)
    c.receipt(who, "2026-04-10", 1000, (bill, 1000))
    want = same(1000, never=MISMATCH)
    del want["leak"]
    return [("Bexley Frames", want)]


def n03(c: Case) -> Right:
    """One line priced, one with quantity, price and discount, two blank; 1,000 agreed.

    400 + (2 x 150 - 30 = 270) leave 330 for two lines without list value: 165 each. One of
    them is shipped and billed: 165. input_layer, deal_lines: "Where some lines have an amount,
    the others share what is left of the deal's".
    """
    who = c.customer("Cotter Glass Ltd")
    parts = [c.product("a"), c.product("b")]
    job = c.job(
        who,
        "product_order",
        D("WIDGET", 1, 400),
        D("GIZMO", 2, 150, "", 30),
        D(parts[0], 1),
        D(parts[1], 1),
        amount=1000,
        status="in_progress",
    )
    c.ship(job, "2026-02-17", 1, parts[1])
    bill = c.bill(who, "2026-02-17", L(parts[1], 1, 165, job))
    c.receipt(who, "2026-03-17", 165, (bill, 165))
    return [("Cotter Glass", same(165, booked=1000, ids={"n03-V1": 165}, never=BILL + MISMATCH))]


def n04(c: Case) -> Right:
    """700 + 300 are priced and are all of the deal's 1,000; a third line is blank.

    Booked 1,000: the third line is 0, and deal_amount_mismatch says so. input_layer,
    deal_lines: "where nothing is left they are 0, and `deal_amount_mismatch` says so".
    """
    who = c.customer("Dunmow Tiles Ltd")
    c.job(
        who,
        "product_order",
        D("WIDGET", 7, 100),
        D("GIZMO", 3, 100),
        D(c.product("a"), 1),
        amount=1000,
        status="in_progress",
    )
    return [
        (
            "Dunmow Tiles",
            {
                "booked": 1000,
                "delivered": 0,
                "invoiced": 0,
                "cash": 0,
                "open": 0,
                "leak": 0,
                "must": [(MISMATCH, None)],
            },
        )
    ]


def n05(c: Case) -> Right:
    """Three samples agreed to be free (0, not blank) of a product with list price 80.

    500 in every stage; the samples are delivered at 0 and owed by nobody. input_layer: "Blank
    is not given; 0 is agreed to be free"; valuation: "Work agreed to be free is delivered at
    nothing and keeps its quantity".
    """
    who = c.customer("Easton Labels Ltd")
    part = c.product("a", 80)
    job = c.job(who, "product_order", D("WIDGET", 20, 25), D(part, 3, 0, 0))
    c.ship(job, "2026-03-03", 20)
    c.ship(job, "2026-03-03", 3, part)
    bill = c.bill(who, "2026-03-04", L("WIDGET", 20, 25, job))
    c.receipt(who, "2026-04-02", 500, (bill, 500))
    return [("Easton Labels", same(500, ids={"n05-V1": 500, "n05-V2": 0}, never=BILL))]


def n06(c: Case) -> Right:
    """Amount blank: 10 x 60 less 120 = 480; 40 more taken off by change order before delivery.

    Booked 480; (480 - 40) / 10 = 44 each: 4 x 44 = 176 and 6 x 44 = 264, together 440.
    valuation: "the deal line's net / quantity (its amount-only change orders included)".
    """
    who = c.customer("Farrow Pumps Ltd")
    job = c.job(who, "product_order", D("GIZMO", 10, 60, "", 120), amount=480)
    c.change(job, "GIZMO", "2026-01-20", -40)
    for day, paid, count in (("02-10", "03-11", 4), ("03-10", "04-09", 6)):
        c.ship(job, f"2026-{day}", count, "GIZMO")
        bill = c.bill(who, f"2026-{day}", L("GIZMO", count, 44, job))
        c.receipt(who, f"2026-{paid}", count * 44, (bill, count * 44))
    return [("Farrow Pumps", same(440, booked=480, ids={"n06-V1": 176, "n06-V2": 264}, never=BILL))]


def n07(c: Case) -> Right:
    """A fixed price with an amount alone: no quantity, price, unit or milestone; 20 % tax.

    The job is completed on 20 March: 900 delivered that day without any sheet. The receipt of
    1,080 is 900 of cash and 180 of tax. valuation: "a line without milestones, in full when its
    work order, else its job, completes".
    """
    who = c.customer("Gilling Fitouts Ltd")
    job = c.job(who, "fixed_price", D("FIT", "", "", 900, "", ""), done="2026-03-20")
    bill = c.bill(who, "2026-03-23", L("FIT", 1, 900, job), tax=20)
    c.receipt(who, "2026-04-21", 1080, (bill, 1080))
    return [
        (
            "Gilling Fitouts",
            same(
                900,
                never=BILL,
                at={("delivered", "2026-03-19"): 0, ("delivered", "2026-03-20"): 900},
            ),
        )
    ]


def n08(c: Case) -> Right:
    """A deal of EUR 1,200 without lines; hours at the contract's 60; three documents' rates.

    Booked and delivered 1,200 x 0.85 (table) = 1,020; billed x 0.86 = 1,032; received x 0.84 =
    1,008. All that differs is currency_translation. vocabulary, booked: "the deal's amount
    where it has no lines"; currency: "at the rate its document carries".
    """
    who = c.customer("Harnisch Werke GmbH", country="DE")
    job = c.job(who, "time_and_materials", currency="EUR", amount=1200, rates={"HOURS": 60})
    c.work(job, "2026-03-10", 20)
    bill = c.bill(who, "2026-03-12", L("HOURS", 20, 60, job), rate="0.86")
    c.receipt(who, "2026-04-09", 1200, (bill, 1200), rate="0.84")
    return [
        (
            "Harnisch Werke",
            same(1020, invoiced=1032, recognised=1032, cash=1008, never=(*BILL, "short_paid")),
        )
    ]


def n09(c: Case) -> Right:
    """Two more ordered after the win; another change only proposed.

    Booked 500, change order +200: 700 delivered and billed; the proposed 300 is nothing.
    vocabulary: "an approved change to the booked scope or price; a signed row of its own".
    """
    who = c.customer("Ivinghoe Boxes Ltd")
    job = c.job(who, "product_order", D("WIDGET", 5, 100))
    c.change(job, "WIDGET", "2026-02-20", 200, 2)
    c.change(job, "WIDGET", "2026-02-25", 300, 3, status="proposed")
    for day, paid, count in (("02-03", "03-05", 5), ("03-03", "04-01", 2)):
        c.ship(job, f"2026-{day}", count)
        bill = c.bill(who, f"2026-{day}", L("WIDGET", count, 100, job))
        c.receipt(who, f"2026-{paid}", count * 100, (bill, count * 100))
    return [("Ivinghoe Boxes", same(700, booked=500, never=BILL))]


def n10(c: Case) -> Right:
    """Two blank lines share 800 by list value (4 x 110, 8 x 55: 400 each); 80 off the first.

    Booked 800; the first line is (400 - 80) / 4 = 80 each: 320 shipped and billed, the second
    still to come. Sentences as in n01 and n06.
    """
    who = c.customer("Jevington Lamps Ltd")
    parts = [c.product("a", 110), c.product("b", 55)]
    job = c.job(
        who, "product_order", D(parts[0], 4), D(parts[1], 8), amount=800, status="in_progress"
    )
    c.change(job, parts[0], "2026-01-22", -80)
    c.ship(job, "2026-02-24", 4, parts[0])
    bill = c.bill(who, "2026-02-25", L(parts[0], 4, 80, job))
    c.receipt(who, "2026-03-26", 320, (bill, 320))
    return [("Jevington Lamps", same(320, booked=800, ids={"n10-V1": 320}, never=BILL))]
