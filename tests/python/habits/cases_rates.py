"""Themes 8 and 9: exchange rates of every kind, and receivables as signed rows."""

from __future__ import annotations

from .ledger import Case, L
from .right import BILL, C2D, D2I, LATE, Right, same
from .world import D

NO_RATE = ("fx_rate_missing",)
#: The class of a credit note that nobody uses is not decided: invoiced_to_cash is left out.
UNUSED = {C2D: 0, D2I: 0}


def n57(c: Case) -> Right:
    """A milestone on Saturday 28 February; the zloty has rates on working days.

    Friday's 0.20 counts (Monday's 0.21 never): 2,000 x 0.20 = 400 in February. Billed and paid
    at the documents' 0.205: 410. vocabulary, currency: "or the last one of at most four
    calendar days before ..., never a later one".
    """
    who = c.customer("Lublin Meble Sp", country="PL")
    job = c.job(who, "fixed_price", D("FIT", 1, 2000), currency="PLN")
    c.milestone(job, "2026-02-28", 2000)
    bill = c.bill(who, "2026-03-02", L("FIT", 1, 2000, job), rate="0.205")
    c.receipt(who, "2026-03-30", 2000, (bill, 2000), rate="0.205")
    return [
        (
            "Lublin Meble",
            same(
                400,
                invoiced=410,
                recognised=410,
                cash=410,
                at={("delivered", "2026-02-28"): 400},
                never=BILL + LATE + NO_RATE,
            ),
        )
    ]


def n58(c: Case) -> Right:
    """No krone rate from 14 to 20 May: the fourth day after the last one counts, not the fifth.

    17 May takes 13 May's 0.115: 115. 18 May has no rate: no amount, an exception. Booked 2,000
    x 0.115 = 230, billed and paid 2,000 x 0.116 = 232; a missing rate is no leakage.
    vocabulary: "the fourth included"; "a missing rate is an exception, never 1".
    """
    who = c.customer("Odense Cykler ApS", country="DK")
    job = c.job(who, "fixed_price", D("FIT", 1, 2000), currency="DKK")
    c.milestone(job, "2026-05-17", 1000)
    c.milestone(job, "2026-05-18", 1000)
    bill = c.bill(who, "2026-05-25", L("FIT", 1, 1000, job), L("FIT", 1, 1000, job), rate="0.116")
    c.receipt(who, "2026-06-15", 2000, (bill, 2000), rate="0.116")
    return [
        (
            "Odense Cykler",
            same(
                230,
                delivered=115,
                invoiced=232,
                recognised=232,
                cash=232,
                ids={"n58-V1": 115, "n58-V2": 0},
                must=[(NO_RATE, None)],
                never=(*LATE, "invoice_without_delivery"),
            ),
        )
    ]


def n59(c: Case) -> Right:
    """Dirham, for which no table exists; bill and receipt carry rates of their own.

    The work has no amount (0); billed and recognised 5,000 x 0.08 = 400, received x 0.081 =
    405. What is booked without a rate is no figure: left out.
    """
    who = c.customer("Agadir Peche SA", country="MA")
    job = c.job(who, "fixed_price", D("FIT", 1, 5000), currency="MAD")
    c.milestone(job, "2026-02-10", 5000)
    bill = c.bill(who, "2026-02-12", L("FIT", 1, 5000, job), rate="0.08")
    c.receipt(who, "2026-03-12", 5000, (bill, 5000), rate="0.081")
    return [
        (
            "Agadir Peche",
            {
                "delivered": 0,
                "invoiced": 400,
                "recognised": 400,
                "cash": 405,
                "open": 0,
                "leak": 0,
                "must": [(NO_RATE, None)],
                "never": (*LATE, "invoice_without_delivery"),
            },
        )
    ]


def n60(c: Case) -> Right:
    """50,000,000 rupiah at 0.000048780488 (twelve decimals), paid in two parts.

    2,439.0244 = 2,439.02 in every stage; 30,000,000 = 1,463.41 and 20,000,000 = 975.61. With
    six decimals (0.000049) it would be 2,450.00. vocabulary: "Rates have 12 decimals".
    """
    who = c.customer("Bandung Kopi PT", country="ID")
    job = c.job(who, "fixed_price", D("FIT", 1, 50_000_000), currency="IDR")
    rate = "0.000048780488"
    c.milestone(job, "2026-02-10", 50_000_000)
    bill = c.bill(who, "2026-02-12", L("FIT", 1, 50_000_000, job), rate=rate)
    c.receipt(who, "2026-03-10", 30_000_000, (bill, 30_000_000), rate=rate)
    c.receipt(who, "2026-03-24", 20_000_000, (bill, 20_000_000), rate=rate)
    return [("Bandung Kopi", same("2439.02", never=BILL + LATE + NO_RATE))]


def n61(c: Case) -> Right:
    """1,250,000,000 dong at 0.000030303030.

    37,878.7875 = 37,878.79 in every stage.
    """
    who = c.customer("Hoian Lua JSC", country="VN")
    job = c.job(who, "fixed_price", D("FIT", 1, 1_250_000_000), currency="VND")
    rate = "0.000030303030"
    c.milestone(job, "2026-02-10", 1_250_000_000)
    bill = c.bill(who, "2026-02-12", L("FIT", 1, 1_250_000_000, job), rate=rate)
    c.receipt(who, "2026-03-10", 1_250_000_000, (bill, 1_250_000_000), rate=rate)
    return [("Hoian Lua", same("37878.79", never=BILL + LATE + NO_RATE))]


def n62(c: Case) -> Right:
    """250,000,000 yen, paid in two parts, each document with its own rate.

    x 0.00525 = 1,312,500 sold and done; x 0.0053 = 1,325,000 billed; 150,000,000 x 0.00528 +
    100,000,000 x 0.0053 = 792,000 + 530,000 = 1,322,000 received. marts, law 6: no overflow.
    """
    who = c.customer("Nagoya Seiki KK", country="JP")
    job = c.job(who, "fixed_price", D("FIT", 1, 250_000_000), currency="JPY")
    c.milestone(job, "2026-02-10", 250_000_000)
    bill = c.bill(who, "2026-02-12", L("FIT", 1, 250_000_000, job), rate="0.0053")
    c.receipt(who, "2026-03-10", 150_000_000, (bill, 150_000_000), rate="0.00528")
    c.receipt(who, "2026-04-14", 100_000_000, (bill, 100_000_000), rate="0.0053")
    return [
        (
            "Nagoya Seiki",
            same(
                1312500,
                invoiced=1325000,
                recognised=1325000,
                cash=1322000,
                never=BILL + LATE + NO_RATE,
            ),
        )
    ]


def n63(c: Case) -> Right:
    """A credit note in euro (0.84) used on a bill of another rate (0.86).

    20 - 4 = 16 x 50 = 800 x 0.85 = 680 delivered; billed 510 - 168 + 344 = 686; cash 600 x 0.85
    + 200 x 0.87 = 684; open 0. The 4.00 between 168 and 172 is posted by the ledger and is
    translation. vocabulary: credit_applied is a definition.
    """
    who = c.customer("Eibar Armas SL", country="ES")
    job = c.job(who, "product_order", D("WIDGET", 20, 50), currency="EUR", status="in_progress")
    c.ship(job, "2026-02-10", 12)
    one = c.bill(who, "2026-02-10", L("WIDGET", 12, 50, job), rate="0.85")
    c.receipt(who, "2026-03-03", 600, (one, 600), rate="0.85")
    c.ship(job, "2026-03-18", -4)
    note = c.credit(who, "2026-03-20", L("WIDGET", 4, 50, job), corrects=one, rate="0.84")
    c.ship(job, "2026-04-08", 8)
    two = c.bill(who, "2026-04-08", L("WIDGET", 8, 50, job), rate="0.86")
    c.use_credit(note, two, "2026-04-10", 200)
    c.receipt(who, "2026-05-06", 200, (two, 200), rate="0.87")
    return [
        (
            "Eibar Armas",
            same(680, booked=850, invoiced=686, recognised=686, cash=684, never=BILL + LATE),
        )
    ]


def n64(c: Case) -> Right:
    """Two of sixteen come back after the bill was paid; the credit note of 100 is not used.

    14 x 50 = 700 delivered and billed; cash 800; the receivable is -100, a row of its own.
    marts, fct_receivables: "invoice, credit note, overpayment, ... signed".
    """
    who = c.customer("Haslemere Pots Ltd")
    job = c.job(who, "product_order", D("WIDGET", 16, 50), status="in_progress")
    c.ship(job, "2026-02-03", 16)
    bill = c.bill(who, "2026-02-03", L("WIDGET", 16, 50, job))
    c.receipt(who, "2026-03-03", 800, (bill, 800))
    c.ship(job, "2026-03-20", -2)
    c.credit(who, "2026-03-25", L("WIDGET", 2, 50, job), corrects=bill)
    return [
        (
            "Haslemere Pots",
            same(700, booked=800, cash=800, open=-100, leak=UNUSED, never=BILL + LATE),
        )
    ]


def n65(c: Case) -> Right:
    """An open bill, a receipt on account, an overpayment and an unused credit note at once.

    1,000 (due in July) - 300 - 60 - 150 = 490, as the ledger's 1100. Delivered and billed 400 +
    1,000 - 150 = 1,250; cash 460 + 300 = 760.
    """
    who = c.customer("Itchen Foods Ltd")
    job = c.job(who, "product_order", D("WIDGET", 28, 50), status="in_progress")
    c.ship(job, "2026-04-10", 8)
    one = c.bill(who, "2026-04-10", L("WIDGET", 8, 50, job))
    c.receipt(who, "2026-05-05", 460, (one, 400))
    c.ship(job, "2026-06-10", 20)
    two = c.bill(who, "2026-06-10", L("WIDGET", 20, 50, job))
    c.receipt(who, "2026-06-12", 300)
    c.ship(job, "2026-06-14", -3)
    c.credit(who, "2026-06-15", L("WIDGET", 3, 50, job), corrects=two)
    return [
        (
            "Itchen Foods",
            same(
                1250,
                booked=1400,
                cash=760,
                open=490,
                leak=UNUSED,
                must=[(("cash_unapplied",), 360)],
                never=BILL + LATE,
            ),
        )
    ]


def n66(c: Case) -> Right:
    """Half of a euro bill of June is paid at another rate; the rest is not due.

    EUR 1,000 x 0.85 = 850 sold, done, billed; 500 x 0.86 = 430 received; open 500 at the bill's
    rate: 425. marts, law 4: "each at the ledger's rate".
    """
    who = c.customer("Kortrijk Vlas BV", country="BE")
    job = c.job(who, "fixed_price", D("FIT", 1, 1000), currency="EUR")
    c.milestone(job, "2026-06-03", 1000)
    bill = c.bill(who, "2026-06-05", L("FIT", 1, 1000, job), rate="0.85")
    c.receipt(who, "2026-06-25", 500, (bill, 500), rate="0.86")
    return [("Kortrijk Vlas", same(850, cash=430, open=425, never=BILL + LATE))]


def n89(c: Case) -> Right:
    """Half of a euro sale is deferred in pounds at a month's end, and turned back by its reversal.

    EUR 1,000 x 0.85 = 850 sold and shipped in two lots, billed and paid at 0.86 = 860. The 430
    that were deferred and the 430 that came back are nothing together. marts: "netted against
    what it corrects: by reference".
    """
    who = c.customer("Zaltbommel Fietsen BV", country="NL")
    job = c.job(who, "product_order", D("WIDGET", 10, 100), currency="EUR", rule="on_order")
    bill = c.bill(who, "2026-03-12", L("WIDGET", 10, 100, job), rate="0.86")
    c.ship(job, "2026-03-20", 5)
    deferred = c.entry(
        "2026-03-31", ("2300", -430), ("4000", 430), kind="accrual", job=job, product="WIDGET"
    )
    c.reverse(deferred, "2026-04-01")
    c.ship(job, "2026-04-10", 5)
    c.receipt(who, "2026-04-20", 1000, (bill, 1000), rate="0.86")
    return [
        ("Zaltbommel Fietsen", same(850, invoiced=860, recognised=860, cash=860, never=BILL + LATE))
    ]
