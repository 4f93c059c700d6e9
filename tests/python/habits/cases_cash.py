"""Theme 5: money that comes short, late, twice, to another account, or without a bill."""

from __future__ import annotations

from decimal import Decimal

from .ledger import Case, L
from .right import BILL, LATE, Right, gaps, same
from .world import D

QUIET = BILL + LATE + ("cash_unapplied",)


def n36(c: Case) -> Right:
    """A card company keeps 12 of a bill of 1,000 + 20 % tax.

    1,188 arrive: net of tax 1,188 x 1,000/1,200 = 990 of cash; 12 is a fee, the bill is
    settled. vocabulary: finance_fee is a definition; cash: "its net-of-tax share arrives on the
    invoice's lines".
    """
    who = c.customer("Lambourn Cards Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 20, 50), rates={"HOURS": 50})
    c.work(job, "2026-03-10", 20)
    bill = c.bill(who, "2026-03-12", L("HOURS", 20, 50, job), tax=20)
    c.receipt(who, "2026-03-20", 1188, (bill, 1188), fee=12, method="card")
    return [("Lambourn Cards", same(1000, cash=990, never=QUIET))]


def n37(c: Case) -> Right:
    """Ten sold and paid, four come back; the credit note is paid out.

    10 - 4 = 6 x 50 = 300 delivered, billed, recognised; cash 500 - 200 = 300; open 0.
    input_layer: "A `refund` names the payment out (negative) as payment_id, and as invoice_id
    what is given back: a credit note".
    """
    who = c.customer("Mapledurham Tools Ltd")
    job = c.job(who, "product_order", D("WIDGET", 10, 50), status="in_progress")
    c.ship(job, "2026-02-03", 10)
    bill = c.bill(who, "2026-02-03", L("WIDGET", 10, 50, job))
    c.receipt(who, "2026-02-24", 500, (bill, 500))
    c.ship(job, "2026-03-10", -4)
    note = c.credit(who, "2026-03-11", L("WIDGET", 4, 50, job), corrects=bill)
    c.refund(who, "2026-03-18", 200, note)
    return [
        ("Mapledurham Tools", same(300, booked=500, never=QUIET, at={("cash", "2026-03-17"): 500}))
    ]


def n38(c: Case) -> Right:
    """660 came for 600; the 60 goes back and names the receipt.

    Cash 660 - 60 = 600, nothing unapplied, nothing open. "... or the receipt that was too much
    (its payment_id)".
    """
    who = c.customer("Newbold Dairy Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 12, 50), rates={"HOURS": 50})
    c.work(job, "2026-03-10", 12)
    bill = c.bill(who, "2026-03-12", L("HOURS", 12, 50, job))
    paid = c.receipt(who, "2026-04-02", 660, (bill, 600))
    c.refund(who, "2026-04-20", 60, paid)
    return [("Newbold Dairy", same(600, never=QUIET, at={("cash", "2026-04-10"): 660}))]


def n39(c: Case) -> Right:
    """The director takes the customer's 800 on a private account (1410, named).

    Settled, and no cash: 0. The bill is not short paid. vocabulary, cash: "any other
    `settled_without_cash` (definition)".
    """
    who = c.customer("Ottery Music Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 16, 50), rates={"HOURS": 50})
    c.work(job, "2026-03-10", 16)
    bill = c.bill(who, "2026-03-12", L("HOURS", 16, 50, job))
    c.receipt(who, "2026-04-02", 800, (bill, 800), to="1410", code="1410")
    return [("Ottery Music", same(800, cash=0, never=QUIET))]


def n40(c: Case) -> Right:
    """Sold to a factor for a claim (1420); the factor pays 1,100 of 1,200 in its own name.

    The bill is settled on the day without cash; what the factor pays later is nobody's receipt
    of this customer: cash 0, open 0, no leakage.
    """
    who = c.customer("Padstow Fish Ltd")
    job = c.job(who, "product_order", D("GIZMO", 24, 50))
    c.ship(job, "2026-02-10", 24, "GIZMO")
    bill = c.bill(who, "2026-02-10", L("GIZMO", 24, 50, job))
    c.receipt(who, "2026-02-11", 1200, (bill, 1200), to="1420", code="1420", method="factor")
    c.entry("2026-04-10", ("1000", 1100), ("6020", 100), ("1420", -1200))
    return [("Padstow Fish", same(1200, cash=0, never=QUIET))]


def n41(c: Case) -> Right:
    """Cakes over the counter: 108 taken, 90 of it sales and 18 tax, never a bill.

    Delivered and recognised 90, invoiced 0, nothing past a billing window and nothing
    unapplied. Whether the tax share is inside this cash is not decided: cash is left out.
    vocabulary, cash: "its work is `sold_for_cash` (definition), never past a billing window".
    """
    who = c.customer("Quorn Bakery Ltd")
    job = c.job(who, "product_order", D("WIDGET", 2, 45))
    c.ship(job, "2026-03-07", 2)
    paid = c.payment(who.ledger, "2026-03-07", Decimal(108), "GBP", 1, "", "cash")
    c.entry(
        "2026-03-07",
        ("1000", 108),
        ("4000", -90),
        ("2200", -18),
        kind="receipt",
        job=job,
        document=paid.id,
        customer=who,
    )
    want = same(90, invoiced=0, never=(*QUIET, "revenue_journal_without_document"))
    del want["cash"]
    return [("Quorn Bakery", want)]


def n42(c: Case) -> Right:
    """A direct debit of 700 comes back after ten days and is paid again in April.

    Cash 700, then 0, then 700; settled in the end. vocabulary, cash: "Events are never
    re-dated; a reversal is a negative event".
    """
    who = c.customer("Ringmer Coaches Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 14, 50), rates={"HOURS": 50})
    c.work(job, "2026-02-10", 14)
    bill = c.bill(who, "2026-02-12", L("HOURS", 14, 50, job))
    first = c.receipt(who, "2026-03-10", 700, (bill, 700), method="debit")
    c.bounce(first, "2026-03-20")
    c.receipt(who, "2026-04-15", 700, (bill, 700))
    return [
        (
            "Ringmer Coaches",
            same(700, never=QUIET, at={("cash", "2026-03-15"): 700, ("cash", "2026-03-31"): 0}),
        )
    ]


def n43(c: Case) -> Right:
    """Euro received on the euro bank account, revalued at month end.

    EUR 1,000: 850 in every stage, cash x 0.86 = 860; the revaluation of -10 is no receipt.
    vocabulary, cash: "what reached an account of role `cash`".
    """
    who = c.customer("Saarlouis Stahl GmbH", country="DE")
    job = c.job(who, "fixed_price", D("FIT", 1, 1000), currency="EUR")
    c.milestone(job, "2026-02-10", 1000)
    bill = c.bill(who, "2026-02-12", L("FIT", 1, 1000, job), rate="0.85")
    c.receipt(who, "2026-03-12", 1000, (bill, 1000), rate="0.86", to="1010", code="1010")
    c.entry("2026-03-31", ("1010", -10), ("6030", 10))
    return [("Saarlouis Stahl", same(850, cash=860, never=QUIET))]


def n44(c: Case) -> Right:
    """A holding pays 1,000 for a bill of 500 and a bill of 400 of its two companies.

    900 leaves for the companies, 100 stays with the holding: cash 100, receivable -100, and
    cash_unapplied says so. vocabulary, cash: "on the day of each application that amount leaves
    the unknown job, and ... arrives on the invoice's lines".
    """
    top = c.customer("Tenby Holdings plc", "H")
    subs = []
    bills = []
    for name, tag, hours in (("Usk Nurseries Ltd", "S", 10), ("Fairlight Vets Ltd", "T", 8)):
        who = c.customer(name, tag, parent=top)
        job = c.job(who, "time_and_materials", D("HOURS", hours, 50), tag=tag, rates={"HOURS": 50})
        c.work(job, "2026-03-10", hours)
        bills.append((c.bill(who, "2026-03-12", L("HOURS", hours, 50, job)), hours * 50))
        subs.append((name.rsplit(" ", 1)[0], same(hours * 50, never=BILL + LATE)))
    c.receipt(top, "2026-04-09", 1000, *bills)
    want = same(0, cash=100, open=-100, leak=0, must=[(("cash_unapplied",), 100)])
    return [("Tenby Holdings", want), *subs]


def n45(c: Case) -> Right:
    """300 came for 250; the 50 stays unapplied.

    Cash 300, receivable -50, 50 is unapplied_cash (data quality, no leakage).
    """
    who = c.customer("Wadhurst Farm Ltd")
    job = c.job(who, "product_order", D("WIDGET", 100, "2.50"))
    c.ship(job, "2026-03-10", 100)
    bill = c.bill(who, "2026-03-10", L("WIDGET", 100, "2.50", job))
    c.receipt(who, "2026-04-02", 300, (bill, 250))
    return [
        (
            "Wadhurst Farm",
            same(250, cash=300, open=-50, never=BILL + LATE, must=[(("cash_unapplied",), 50)]),
        )
    ]


def n46(c: Case) -> Right:
    """1,200 on the last day of March, applied on 10 April to a bill with 20 % tax.

    At the end of March all of it is cash of an unknown job: 1,200. On 10 April it leaves and
    1,000 arrives net of tax: 1,000 in the end. vocabulary, cash: "Whole on the receipt's day,
    customer known, job unknown".
    """
    who = c.customer("Yoxall Signs Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 20, 50), rates={"HOURS": 50})
    c.work(job, "2026-03-10", 20)
    bill = c.bill(who, "2026-03-12", L("HOURS", 20, 50, job), tax=20)
    paid = c.receipt(who, "2026-03-31", 1200)
    c.apply(paid, bill, "2026-04-10", 1200)
    return [("Yoxall Signs", same(1000, never=QUIET, at={("cash", "2026-03-31"): 1200}))]


def n47(c: Case) -> Right:
    """Two bills and a receipt that covers one and a half; the rest is not due before July.

    500 + 500 billed in June, 750 received: open 250, no leakage yet.
    """
    who = c.customer("Amersham Gates Ltd")
    job = c.job(who, "product_order", D("GIZMO", 20, 50), done="2026-06-12")
    bills = []
    for day in ("2026-06-02", "2026-06-11"):
        c.ship(job, day, 10, "GIZMO")
        bills.append(c.bill(who, day, L("GIZMO", 10, 50, job)))
    c.receipt(who, "2026-06-29", 750, (bills[0], 500), (bills[1], 250))
    return [("Amersham Gates", same(1000, cash=750, open=250, leak=gaps(), never=QUIET))]
