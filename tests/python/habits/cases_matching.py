"""Theme 11: which bill answers which work."""

from __future__ import annotations

from .ledger import Case, L
from .right import BILL, LATE, TWICE, Right, gaps, same
from .world import Customer, D

JAN, FEB = ("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28")
MAR, MAY = ("2026-03-01", "2026-03-31"), ("2026-05-01", "2026-05-31")
JUN = ("2026-06-01", "2026-06-30")


def n73(c: Case) -> Right:
    """Three equal lots; half a lot comes back in March, its credit of May names nothing.

    30 - 5 = 25 x 20 = 500 in every stage. marts: "a negative event ... is netted against what
    it corrects: by reference, else the same job and product, the latest first".
    """
    who = c.customer("Quainton Hats Ltd")
    job = c.job(who, "product_order", D("WIDGET", 30, 20), status="in_progress")
    bills = []
    for day in ("2026-02-03", "2026-02-10", "2026-02-17"):
        c.ship(job, day, 10)
        bills.append(c.bill(who, day, L("WIDGET", 10, 20, job)))
    c.receipt(who, "2026-03-05", 400, (bills[0], 200), (bills[1], 200))
    c.ship(job, "2026-03-20", -5)
    note = c.credit(who, "2026-05-12", L("WIDGET", 5, 20, job))
    c.use_credit(note, bills[2], "2026-05-12", 100)
    c.receipt(who, "2026-05-14", 100, (bills[2], 100))
    return [("Quainton Hats", same(500, booked=600, counted=0, never=BILL + LATE + TWICE))]


def n74(c: Case) -> Right:
    """Two standing orders of 100 a week at 2.50: equal bills, two of them on one day.

    Three shipments, three bills of 250: no duplicate. controls: "and no second delivery answers
    the second".
    """
    who = c.customer("Rodmell Crates Ltd")
    one = c.job(who, "product_order", D("WIDGET", 200, "2.50"))
    two = c.job(who, "product_order", D("WIDGET", 100, "2.50"), tag="B")
    for job, day in ((one, "2026-04-27"), (one, "2026-05-04"), (two, "2026-05-04")):
        c.ship(job, day, 100)
        bill = c.bill(who, day, L("WIDGET", 100, "2.50", job, text="Widgets"))
        c.receipt(who, "2026-06-02", 250, (bill, 250))
    return [("Rodmell Crates", same(750, counted=0, never=BILL + LATE + TWICE))]


def n75(c: Case) -> Right:
    """May's ten hours billed on 1 June and again on 4 June.

    600 worked, 1,200 billed: 600 is too much, once, in leakage and in what is counted; the
    second bill is open and not yet due.
    """
    who = c.customer("Seaford Skips Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", 10, 60),
        rates={"HOURS": 60},
        won="2026-05-01",
        ends="2026-05-31",
        rule="periodic_arrears",
        period="month",
    )
    c.work(job, "2026-05-20", 10)
    bill = c.bill(who, "2026-06-01", L("HOURS", 10, 60, job, period=MAY))
    c.bill(who, "2026-06-04", L("HOURS", 10, 60, job, period=MAY))
    c.receipt(who, "2026-06-20", 600, (bill, 600))
    return [
        (
            "Seaford Skips",
            same(
                600,
                invoiced=1200,
                recognised=1200,
                open=600,
                leak=gaps(d2i=600),
                counted=600,
                must=[(("duplicate_invoice", "invoice_without_delivery"), None)],
            ),
        )
    ]


def n76(c: Case) -> Right:
    """A bill of 900 without the customer's order number: credited and billed again.

    900 - 900 + 900 in eight days; 900 in every stage, no duplicate, nothing given away.
    commercial: "A credit billed again within the window is timing".
    """
    who = c.customer("Thame Vinyl Ltd")
    job = c.job(who, "product_order", D("WIDGET", 30, 30))
    c.ship(job, "2026-03-05", 30)
    one = c.bill(who, "2026-03-05", L("WIDGET", 30, 30, job))
    note = c.credit(who, "2026-03-12", L("WIDGET", 30, 30, job), corrects=one, reason="other")
    c.use_credit(note, one, "2026-03-12", 900)
    two = c.bill(who, "2026-03-13", L("WIDGET", 30, 30, job), reference="PO 77120")
    c.receipt(who, "2026-04-10", 900, (two, 900))
    return [("Thame Vinyl", same(900, never=BILL + LATE + TWICE))]


def n77(c: Case) -> Right:
    """One bill over two jobs, paid in two parts that follow no line.

    500 + 800 = 1,300 in every stage. marts: "Positive lines of a document share a receipt by
    their gross".
    """
    who = c.customer("Uckfield Roofs Ltd")
    one = c.job(who, "fixed_price", D("FIT", 1, 500))
    two = c.job(who, "time_and_materials", D("HOURS", 16, 50), tag="B", rates={"HOURS": 50})
    c.milestone(one, "2026-03-10", 500)
    c.work(two, "2026-03-11", 16)
    bill = c.bill(who, "2026-03-12", L("FIT", 1, 500, one), L("HOURS", 16, 50, two), tax=20)
    c.receipt(who, "2026-04-02", 1000, (bill, 1000))
    c.receipt(who, "2026-04-09", 560, (bill, 560))
    return [("Uckfield Roofs", same(1300, never=BILL + LATE))]


def n78(c: Case) -> Right:
    """Ten hours of January billed as fourteen, four credited in March with the reference.

    500 worked, 700 - 200 billed, 500 paid: nothing open, nothing left to find.
    """
    who = c.customer("Wroxton Pools Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", 10, 50),
        rates={"HOURS": 50},
        ends="2026-01-31",
        done="2026-01-31",
        rule="periodic_arrears",
        period="month",
    )
    c.work(job, "2026-01-14", 10)
    bill = c.bill(who, "2026-01-31", L("HOURS", 14, 50, job, period=JAN))
    note = c.credit(
        who, "2026-03-09", L("HOURS", 4, 50, job, period=JAN), corrects=bill, reason="quantity"
    )
    c.use_credit(note, bill, "2026-03-09", 200)
    c.receipt(who, "2026-03-12", 500, (bill, 500))
    return [("Wroxton Pools", same(500, counted=0, never=BILL + LATE))]


def n79(c: Case) -> Right:
    """March's sheets take three hours of February back; a credit note follows.

    20 + 16 - 3 = 33 x 50 = 1,650; billed 1,000 + 800 - 150.
    """
    who = c.customer("Yatton Cider Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", 33, 50),
        rates={"HOURS": 50},
        won="2026-02-01",
        ends="2026-03-31",
        done="2026-03-31",
        rule="periodic_arrears",
        period="month",
    )
    c.work(job, "2026-02-12", 20)
    one = c.bill(who, "2026-02-28", L("HOURS", 20, 50, job, period=FEB))
    c.work(job, "2026-03-10", -3)
    c.work(job, "2026-03-17", 16)
    two = c.bill(who, "2026-03-31", L("HOURS", 16, 50, job, period=MAR))
    note = c.credit(
        who, "2026-03-31", L("HOURS", 3, 50, job, period=FEB), corrects=one, reason="quantity"
    )
    c.use_credit(note, one, "2026-03-31", 150)
    c.receipt(who, "2026-04-14", 1650, (one, 850), (two, 800))
    return [("Yatton Cider", same(1650, counted=0, never=BILL + LATE))]


def n80(c: Case) -> Right:
    """May's 20 hours are forgotten; June's 10 are billed on time, on a line that names June.

    All 1,000 of May leaks; first in, first out would hide half of it behind June's bill.
    marts: "A line that names a period answers that period's work before any other".
    """
    who = c.customer("Zelah Tutors Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", 30, 50),
        rates={"HOURS": 50},
        won="2026-05-01",
        ends="2026-06-30",
        done="2026-06-30",
        rule="periodic_arrears",
        period="month",
    )
    c.work(job, "2026-05-12", 20)
    c.work(job, "2026-06-25", 10)
    c.bill(who, "2026-06-30", L("HOURS", 10, 50, job, period=JUN))
    return [
        (
            "Zelah Tutors",
            same(
                1500,
                invoiced=500,
                recognised=500,
                cash=0,
                open=500,
                leak=gaps(d2i=1000),
                must=[(BILL[:1], 1000)],
            ),
        )
    ]


def n81(c: Case) -> Right:
    """Called off after the first of five stages; 400 agreed as a fee.

    Contracted 5,000 - 3,600 = 1,400, delivered 1,000, billed 1,400: 400 is cancellation_fee.
    marts: "On a cancelled job, net invoiced up to contracted - delivered is
    `cancellation_fee`".
    """
    who = c.customer("Milborne Halls Ltd")
    _called_off(c, who, 400)
    return [("Milborne Halls", same(1400, booked=5000, delivered=1000, never=BILL + LATE))]


def n82(c: Case) -> Right:
    """The same with a fee of 500 billed where 400 was agreed: 100 is owed by nobody.

    "... above that, billed_without_delivery": leakage 100. The customer paid all of it.
    """
    who = c.customer("Bicester Domes Ltd")
    _called_off(c, who, 500)
    return [
        (
            "Bicester Domes",
            same(
                1500,
                booked=5000,
                delivered=1000,
                leak=gaps(d2i=100),
                must=[(("invoice_without_delivery", "invoiced_above_contract"), None)],
            ),
        )
    ]


def _called_off(c: Case, who: Customer, fee: int) -> None:
    job = c.job(who, "fixed_price", D("FIT", 1, 5000), status="cancelled")
    c.milestone(job, "2026-02-10", 1000)
    one = c.bill(who, "2026-02-12", L("FIT", 1, 1000, job))
    c.change(job, "FIT", "2026-03-02", -3600)
    two = c.bill(who, "2026-03-03", L("FIT", 1, fee, job, text="Cancellation fee"))
    c.receipt(who, "2026-03-26", 1000 + fee, (one, 1000), (two, fee))


def n83(c: Case) -> Right:
    """44 instead of 40 agreed in April, back to 1 February; the difference on a line of its own.

    January 10 x 40, February 10 x 44: 840 delivered; billed 400 + 400 + 40. Booked 800; the
    rise is price_agreed. commercial: "a rise that the contract's rates agree to is the reason
    `price_agreed`, class definition".
    """
    who = c.customer("Crewkerne Tyres Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", 20, 40),
        ends="2026-02-28",
        done="2026-02-28",
        rule="periodic_arrears",
        period="month",
    )
    c.rate(job, "HOURS", 40, until="2026-01-31")
    c.rate(job, "HOURS", 44, since="2026-02-01")
    c.work(job, "2026-01-14", 10)
    c.work(job, "2026-02-11", 10)
    one = c.bill(who, "2026-01-31", L("HOURS", 10, 40, job, period=JAN))
    two = c.bill(who, "2026-02-28", L("HOURS", 10, 40, job, period=FEB))
    rise = c.bill(who, "2026-04-15", L("HOURS", 10, 4, job, text="Rise of February", period=FEB))
    c.receipt(who, "2026-04-30", 840, (one, 400), (two, 400), (rise, 40))
    return [
        ("Crewkerne Tyres", same(840, booked=800, never=BILL + LATE + ("charge_rate_variance",)))
    ]


def n84(c: Case) -> Right:
    """Number n84-7 in 2025 and again in 2026, the same fee for the same month.

    Two years, two deliveries of 600: 1,200 sold, done, billed and paid; recognised 600, since
    2025 lies before the books. controls: "a number alone is never one".
    """
    who = c.customer("Dulverton Fees LLP")
    job = c.job(
        who, "time_and_materials", D("HOURS", 24, 50), rates={"HOURS": 50}, won="2025-02-01"
    )
    for year in (2025, 2026):
        c.work(job, f"{year}-02-10", 12)
        period = (f"{year}-02-01", f"{year}-02-28")
        bill = c.bill(who, f"{year}-03-01", L("HOURS", 12, 50, job, period=period), number="n84-7")
        c.receipt(who, f"{year}-03-20", 600, (bill, 600))
    return [
        (
            "Dulverton Fees",
            same(1200, recognised=600, never=BILL + LATE + TWICE + ("invoice_not_posted",)),
        )
    ]


def n85(c: Case) -> Right:
    """January billed three hours over, the February bill corrects it on a line of its own.

    10 + 10 hours worked; billed 13, then 10 and -3: 1,000 in every stage (20 x 50).
    """
    who = c.customer("Exford Forge Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", 20, 50),
        rates={"HOURS": 50},
        ends="2026-02-28",
        done="2026-02-28",
        rule="periodic_arrears",
        period="month",
    )
    c.work(job, "2026-01-14", 10)
    c.work(job, "2026-02-11", 10)
    one = c.bill(who, "2026-01-31", L("HOURS", 13, 50, job, period=JAN))
    two = c.bill(
        who,
        "2026-02-28",
        L("HOURS", 10, 50, job, period=FEB),
        L("HOURS", -3, 50, job, text="January too much", period=JAN),
    )
    c.receipt(who, "2026-03-20", 1000, (one, 650), (two, 350))
    return [("Exford Forge", same(1000, counted=0, never=BILL + LATE))]


def n87(c: Case) -> Right:
    """Three months billed at 50; the rate is raised back to January, the difference is one sum.

    60 h x 55 = 3,300; 3 x 1,000 billed, then 300 as a line of its own: nothing leaks, and no
    rate is wrong any more.
    """
    who = c.customer("Wychbold Pumps Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", 60, 55),
        rates={"HOURS": 55},
        rule="periodic_arrears",
        period="month",
        ends="2026-03-31",
        done="2026-03-31",
    )
    bills = []
    for done, on, period in (
        ("2026-01-14", "2026-02-01", JAN),
        ("2026-02-11", "2026-03-01", FEB),
        ("2026-03-11", "2026-04-01", MAR),
    ):
        c.work(job, done, 20)
        bills.append((c.bill(who, on, L("HOURS", 20, 50, job, period=period)), 1000))
    bills.append(
        (c.bill(who, "2026-04-10", L("HOURS", 1, 300, job, text="Rate of 55 from January on")), 300)
    )
    c.receipt(who, "2026-04-28", 3300, *bills)
    return [("Wychbold Pumps", same(3300, never=(*BILL, *LATE, *TWICE, "charge_rate_variance")))]


def n88(c: Case) -> Right:
    """20 h at 60 were billed at 50, and made up at 6 an hour: four of the ten are missing.

    20 h x 60 = 1,200; billed 1,000 + 120: 80 are too little, and nothing is too much.
    """
    who = c.customer("Yapton Kites Ltd")
    job = c.job(
        who, "time_and_materials", D("HOURS", 20, 60), rates={"HOURS": 60}, rule="on_delivery"
    )
    c.work(job, "2026-01-14", 20)
    bills = [
        (c.bill(who, "2026-02-01", L("HOURS", 20, 50, job)), 1000),
        (c.bill(who, "2026-02-20", L("HOURS", 20, 6, job)), 120),
    ]
    c.receipt(who, "2026-03-20", 1120, *bills)
    want = same(
        1200,
        invoiced=1120,
        recognised=1120,
        cash=1120,
        leak=gaps(d2i=80),
        must=[(("charge_rate_variance",), 80)],
        never=(*BILL, *LATE, *TWICE),
    )
    return [("Yapton Kites", want)]


def n92(c: Case) -> Right:
    """A rate is raised back twice, by 5 an hour each time: two sums of 100, and one hour too many.

    20 h x 60 = 1,200; billed 20 x 50, then 100 and 100 = 1,200. The second job's 10 h x 60 are
    billed 10 x 50, then 50 for the rate, and one more hour at 50 that nobody worked.
    """
    who = c.customer("Knighton Kilns Ltd")
    job = c.job(
        who, "time_and_materials", D("HOURS", 20, 60), rates={"HOURS": 60}, rule="on_delivery"
    )
    c.work(job, "2026-01-14", 20)
    bills = [
        (c.bill(who, "2026-02-01", L("HOURS", 20, 50, job)), 1000),
        (
            c.bill(who, "2026-03-10", L("HOURS", 1, 100, job, text="Rate of 55 from January on")),
            100,
        ),
        (
            c.bill(who, "2026-04-10", L("HOURS", 1, 100, job, text="Rate of 60 from January on")),
            100,
        ),
    ]
    c.receipt(who, "2026-04-28", 1200, *bills)
    other = c.customer("Lydney Locks Ltd", tag="B")
    second = c.job(
        other,
        "time_and_materials",
        D("HOURS", 10, 60),
        rates={"HOURS": 60},
        rule="on_delivery",
        tag="B",
    )
    c.work(second, "2026-01-14", 10)
    more = [
        (c.bill(other, "2026-02-01", L("HOURS", 10, 50, second)), 500),
        (c.bill(other, "2026-03-10", L("HOURS", 1, 100, second, text="Rate of 60")), 100),
        (c.bill(other, "2026-04-10", L("HOURS", 1, 50, second, text="One hour in March")), 50),
    ]
    c.receipt(other, "2026-05-08", 650, *more)
    return [
        ("Knighton Kilns", same(1200, never=(*BILL, *LATE, *TWICE, "charge_rate_variance"))),
        (
            "Lydney Locks",
            same(
                600,
                invoiced=650,
                recognised=650,
                cash=650,
                leak=gaps(d2i=50),
                must=[(("invoice_without_delivery",), 50)],
                never=("delivered_not_invoiced", *LATE),
            ),
        ),
    ]


def n93(c: Case) -> Right:
    """Two days of ten hours, 16 billed on lines that say no day: four hours are nobody's bill.

    20 h x 50 = 1,000 worked, 800 billed; less than half of a delivery is open, and it is money
    all the same: 200.
    """
    who = c.customer("Machen Mills Ltd")
    job = c.job(
        who, "time_and_materials", D("HOURS", 20, 50), rates={"HOURS": 50}, rule="on_delivery"
    )
    c.work(job, "2026-01-14", 10)
    c.work(job, "2026-01-21", 10)
    bill = c.bill(who, "2026-02-01", L("HOURS", 16, 50, job))
    c.receipt(who, "2026-02-20", 800, (bill, 800))
    want = same(
        1000,
        invoiced=800,
        recognised=800,
        cash=800,
        leak=gaps(d2i=200),
        must=[(("delivered_not_invoiced",), 200)],
        never=("invoice_without_delivery", *LATE, *TWICE),
    )
    return [("Machen Mills", want)]


def n94(c: Case) -> Right:
    """A third of a cent of time is lost between what was worked and what was billed: no matter.

    7.333333 h x 60 = 440.00; billed 7.33 x 60 = 439.80.
    """
    who = c.customer("Narberth Saws Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", "7.333333", 60),
        rates={"HOURS": 60},
        rule="on_delivery",
    )
    c.work(job, "2026-01-14", "7.333333")
    bill = c.bill(who, "2026-02-01", L("HOURS", "7.33", 60, job))
    c.receipt(who, "2026-02-20", "439.80", (bill, "439.80"))
    want = same(
        "440.00",
        invoiced="439.80",
        recognised="439.80",
        cash="439.80",
        leak=gaps(d2i="0.20"),
        never=(*BILL, *LATE),
    )
    return [("Narberth Saws", want)]


def n95(c: Case) -> Right:
    """Ten billed, three credited by mistake, and the whole bill again two days later.

    1,000 shipped; billed 1,000 - 300 + 1,000 = 1,700. Three of the second bill's ten take the
    credit back; seven are charged and not owed: 700.
    """
    who = c.customer("Oakamoor Toys Ltd")
    job = c.job(who, "product_order", D("WIDGET", 10, 100), rule="on_delivery")
    c.ship(job, "2026-03-03", 10)
    one = c.bill(who, "2026-03-03", L("WIDGET", 10, 100, job))
    note = c.credit(who, "2026-03-10", L("WIDGET", 3, 100, job), corrects=one, reason="quantity")
    c.use_credit(note, one, "2026-03-10", 300)
    two = c.bill(who, "2026-03-12", L("WIDGET", 10, 100, job))
    c.receipt(who, "2026-04-08", 700, (one, 700))
    c.receipt(who, "2026-04-08", 1000, (two, 1000))
    want = same(
        1000,
        invoiced=1700,
        recognised=1700,
        cash=1700,
        leak=gaps(d2i=700),
        must=[(("invoice_without_delivery", "duplicate_invoice"), 700)],
        never=("delivered_not_invoiced", *LATE),
    )
    return [("Oakamoor Toys", want)]
