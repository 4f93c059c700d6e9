"""Theme 4: bill lines that are no billed work, or work on another account than sales."""

from __future__ import annotations

from .ledger import Case, L
from .right import BILL, LATE, Right, same
from .world import D

QUIET = BILL + LATE + ("invoice_without_job", "cash_unapplied")


def n22(c: Case) -> Right:
    """Retention of 5 % on two bills of one job; 50 of 75 released, 25 still held.

    Billed for work 1,000 + 500; cash 950 + 475 + 50 = 1,475; the 25 held is no receivable and
    no leakage. vocabulary, invoiced: "Lines of role retention ... settle the receivable under
    their own reasons"; marts: "A release answers what was held: by job".
    """
    who = c.customer("Wardour Build Ltd")
    job = c.job(who, "fixed_price", D("FIT", 1, 1500))
    for day, paid, worth, held in (("02-12", "03-10", 1000, 50), ("03-12", "04-10", 500, 25)):
        c.milestone(job, f"2026-{day[:2]}-10", worth)
        bill = c.bill(
            who,
            f"2026-{day}",
            L("FIT", 1, worth, job),
            L("", -1, held, job, "1300", "Retention 5 %"),
        )
        c.receipt(who, f"2026-{paid}", worth - held, (bill, worth - held))
    release = c.bill(who, "2026-05-14", L("", 1, 50, job, "1300", "Release of retention"))
    c.receipt(who, "2026-06-11", 50, (release, 50))
    return [("Wardour Build", same(1500, cash=1475, never=QUIET))]


def n23(c: Case) -> Right:
    """Retention on the bills of two jobs, its lines name none; released whole in one bill.

    2,000 - 100 and 800 - 40, then 140: cash 1,900 + 760 + 140 = 2,800. "... by job, else
    customer, oldest first".
    """
    who = c.customer("Yarrow Civil Ltd")
    for tag, worth, held, day, paid in (
        ("A", 2000, 100, "02-12", "03-10"),
        ("B", 800, 40, "02-26", "03-26"),
    ):
        job = c.job(who, "fixed_price", D("FIT", 1, worth), tag=tag)
        c.milestone(job, f"2026-{day[:2]}-10", worth)
        bill = c.bill(
            who,
            f"2026-{day}",
            L("FIT", 1, worth, job),
            L("", -1, held, None, "1300", "Retention 5 %"),
        )
        c.receipt(who, f"2026-{paid}", worth - held, (bill, worth - held))
    release = c.bill(who, "2026-05-14", L("", 1, 140, None, "1300", "Release of retention"))
    c.receipt(who, "2026-06-11", 140, (release, 140))
    return [("Yarrow Civil", same(2800, never=QUIET))]


def n24(c: Case) -> Right:
    """The second bill holds 30 back and releases the 50 of the first, on one document.

    1,000 - 50; then 600 - 30 + 50 = 620: cash 950 + 620 = 1,570; 30 still held. "Positive lines
    of a document share a receipt by their gross; what negative lines take off is no cash".
    """
    who = c.customer("Zennor Marine Ltd")
    job = c.job(who, "fixed_price", D("FIT", 1, 1600))
    c.milestone(job, "2026-02-10", 1000)
    one = c.bill(who, "2026-02-12", L("FIT", 1, 1000, job), L("", -1, 50, job, "1300", "Retention"))
    c.receipt(who, "2026-03-10", 950, (one, 950))
    c.milestone(job, "2026-04-10", 600)
    two = c.bill(
        who,
        "2026-04-13",
        L("FIT", 1, 600, job),
        L("", -1, 30, job, "1300", "Retention"),
        L("", 1, 50, job, "1300", "Release of the first"),
    )
    c.receipt(who, "2026-05-12", 620, (two, 620))
    return [("Zennor Marine", same(1600, cash=1570, never=QUIET))]


def n25(c: Case) -> Right:
    """Tax withheld, entered as a payment from the tax asset: once with, once without its code.

    1,000 = 900 + 100 withheld; 500 = 450 + 50 withheld: cash 1,350, open 0, 150 tax_withheld.
    input_layer, payments: "account_code (... blank: ..., else the debit side of its own
    journal)"; vocabulary, cash: "A payment to any other account ... is no cash".
    """
    who = c.customer("Abinger Power Ltd")
    job = c.job(who, "fixed_price", D("FIT", 1, 1500))
    for month, worth, code in (("02", 1000, "1310"), ("03", 500, "")):
        c.milestone(job, f"2026-{month}-10", worth)
        bill = c.bill(who, f"2026-{month}-12", L("FIT", 1, worth, job))
        kept = worth // 10
        c.receipt(who, f"2026-{month}-26", worth - kept, (bill, worth - kept))
        c.receipt(who, f"2026-{month}-26", kept, (bill, kept), to="1310", code=code)
    return [("Abinger Power", same(1500, cash=1350, never=QUIET))]


def n26(c: Case) -> Right:
    """Ten percent withheld on a line of a dollar bill, the rest paid in two parts.

    USD 3,000: booked and delivered x 0.78 = 2,340; billed x 0.79 = 2,370; cash 2,000 x 0.80 +
    700 x 0.77 = 2,139; 300 withheld. vocabulary, cash: "Everything at the receipt's own rate".
    """
    who = c.customer("Bantry Wind Inc", country="US")
    job = c.job(who, "fixed_price", D("FIT", 1, 3000), currency="USD")
    c.milestone(job, "2026-02-10", 3000)
    bill = c.bill(
        who,
        "2026-02-12",
        L("FIT", 1, 3000, job),
        L("", -1, 300, job, "1310", "Withholding tax 10 %"),
        rate="0.79",
    )
    c.receipt(who, "2026-03-10", 2000, (bill, 2000), rate="0.80")
    c.receipt(who, "2026-04-14", 700, (bill, 700), rate="0.77")
    return [("Bantry Wind", same(2340, invoiced=2370, recognised=2370, cash=2139, never=QUIET))]


def n27(c: Case) -> Right:
    """A deposit of 600, taken off two bills: 1,000 - 400 and 500 - 200.

    Work billed 1,500; cash 600 + 600 + 300 = 1,500. The deposit line is no billed work, the
    negative lines are deposit_applied. marts: "taken + applied of a job ends at 0".
    """
    who = c.customer("Charing Media Ltd")
    job = c.job(who, "fixed_price", D("FIT", 1, 1500))
    first = c.bill(who, "2026-01-12", L("", 1, 600, job, "2100", "Deposit 40 %"))
    c.receipt(who, "2026-01-22", 600, (first, 600))
    for month, worth, used in (("02", 1000, 400), ("03", 500, 200)):
        c.milestone(job, f"2026-{month}-10", worth)
        bill = c.bill(
            who,
            f"2026-{month}-12",
            L("FIT", 1, worth, job),
            L("", -1, used, job, "2100", "Less deposit"),
        )
        c.receipt(who, f"2026-{month}-27", worth - used, (bill, worth - used))
    return [("Charing Media", same(1500, never=QUIET))]


def n28(c: Case) -> Right:
    """Called off before the start; the deposit of 300 goes back from the deposit account.

    Booked 1,000, agreed out again: nothing delivered, billed or recognised; cash 300 - 300 = 0;
    the receivable is 0. vocabulary, receivable: "What is posted to customer deposits moves the
    deposit"; cash: "refunds as negatives".
    """
    who = c.customer("Dorking Events Ltd")
    job = c.job(who, "fixed_price", D("FIT", 1, 1000), status="cancelled")
    first = c.bill(who, "2026-01-12", L("", 1, 300, job, "2100", "Deposit 30 %"))
    c.receipt(who, "2026-01-22", 300, (first, 300))
    c.change(job, "FIT", "2026-03-02", -1000)
    c.payout(who, "2026-03-05", 300, "2100")
    return [
        (
            "Dorking Events",
            {
                "booked": 1000,
                "delivered": 0,
                "invoiced": 0,
                "recognised": 0,
                "cash": 0,
                "open": 0,
                "leak": 0,
                "never": QUIET,
            },
        )
    ]


def n29(c: Case) -> Right:
    """A deposit in euro, taken at 0.85, used on a bill at 0.84.

    Booked and delivered 2,000 x 0.85 = 1,700; billed 2,000 x 0.84 = 1,680; cash 500 x 0.86 +
    1,500 x 0.87 = 430 + 1,305 = 1,735. The ledger clears the 5.00 between 425 taken and 420
    used by a journal of its own.
    """
    who = c.customer("Ermelo Textiel BV", country="NL")
    job = c.job(who, "fixed_price", D("FIT", 1, 2000), currency="EUR")
    first = c.bill(who, "2026-01-12", L("", 1, 500, job, "2100", "Deposit"), rate="0.85")
    c.receipt(who, "2026-01-26", 500, (first, 500), rate="0.86")
    c.milestone(job, "2026-03-10", 2000)
    bill = c.bill(
        who,
        "2026-03-12",
        L("FIT", 1, 2000, job),
        L("", -1, 500, job, "2100", "Less deposit"),
        rate="0.84",
    )
    c.entry("2026-03-12", ("2100", 5), ("6030", -5))
    c.receipt(who, "2026-04-13", 1500, (bill, 1500), rate="0.87")
    return [("Ermelo Textiel", same(1700, invoiced=1680, recognised=1680, cash=1735, never=QUIET))]


def n30(c: Case) -> Right:
    """A court fee of 80 that operations calls an expense, and one of 45 nobody recorded.

    Sold and delivered 500 + 80; billed work 500; cash 500 + 80 + 45 = 625. The 80 is answered
    by the line with its job and amount, the 45 passes through: neither leaks. marts: "A
    disbursement line that names a delivery, or has its job and amount, answers it: settled".
    """
    who = c.customer("Finchley Legal LLP")
    job = c.job(
        who, "time_and_materials", D("HOURS", 10, 50), D("TRAVEL", 1, 80), rates={"HOURS": 50}
    )
    c.entry("2026-03-03", ("1320", 125), ("2050", -125))
    c.work(job, "2026-03-10", 10)
    c.expense(job, "2026-03-12", 80)
    bill = c.bill(
        who,
        "2026-03-31",
        L("HOURS", 10, 50, job),
        L("", 1, 80, job, "1320", "Court fee"),
        L("", 1, 45, job, "1320", "Land registry"),
    )
    c.receipt(who, "2026-04-24", 625, (bill, 625))
    return [("Finchley Legal", same(580, invoiced=500, recognised=500, cash=625, never=QUIET))]


def n31(c: Case) -> Right:
    """Travel of 100 charged on against the cost account, with 20 % tax on all of the bill.

    Billed 1,000 + 100 = 1,100, cash 1,320 less tax 220 = 1,100; recognised 1,000, since the
    ledger takes 100 off the cost: cost_passed_on. vocabulary, invoiced: "A line on an expense
    account is billed".
    """
    who = c.customer("Godstone Labs Ltd")
    job = c.job(
        who, "time_and_materials", D("HOURS", 20, 50), D("TRAVEL", 1, 100), rates={"HOURS": 50}
    )
    c.work(job, "2026-03-10", 20)
    c.expense(job, "2026-03-11", 100)
    c.entry("2026-03-11", ("5000", 100), ("2050", -100), job=job)
    bill = c.bill(
        who,
        "2026-03-31",
        L("HOURS", 20, 50, job),
        L("TRAVEL", 1, 100, job, "5000", "Travel at cost"),
        tax=20,
    )
    c.receipt(who, "2026-04-24", 1320, (bill, 1320))
    return [("Godstone Labs", same(1100, recognised=1000, never=QUIET))]


def n32(c: Case) -> Right:
    """A year of hosting, 2,400 + 20 % tax, billed to deferred income in February.

    Billed 2,400 on 2 February; five months of 200 delivered and released: 1,000; cash 2,880
    less tax 480 = 2,400. vocabulary, invoiced: "of role deferred_income"; billed_in_advance on
    order terms is timing.
    """
    who = c.customer("Hindhead Hosting Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("SUPPORT", 12, 200),
        status="in_progress",
        rule="on_order",
        recognition="straight_line",
        won="2026-02-01",
        ends="2027-01-31",
    )
    bill = c.bill(who, "2026-02-02", L("SUPPORT", 12, 200, job, "2300"), tax=20)
    c.receipt(who, "2026-03-02", 2880, (bill, 2880))
    for day in ("2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"):
        c.month(job, day)
        c.entry(day, ("2300", 200), ("4000", -200), kind="accrual", job=job, product="SUPPORT")
    return [("Hindhead Hosting", same(1000, booked=2400, invoiced=2400, cash=2400, never=QUIET))]


def n33(c: Case) -> Right:
    """March's 10 hours accrued at month end; April's bill takes them from accrued income.

    One bill, two lines: 500 on accrued income and 300 of April on sales. 800 in every stage.
    vocabulary, invoiced: "or accrued_income"; recognised is what the journals say: 500 + 300.
    """
    who = c.customer("Islip Research Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 16, 50), rates={"HOURS": 50})
    c.work(job, "2026-03-24", 10)
    c.entry("2026-03-31", ("1150", 500), ("4000", -500), kind="accrual", job=job, product="HOURS")
    c.work(job, "2026-04-02", 6)
    bill = c.bill(who, "2026-04-03", L("HOURS", 10, 50, job, "1150"), L("HOURS", 6, 50, job))
    c.receipt(who, "2026-04-30", 800, (bill, 800))
    return [("Islip Research", same(800, at={("recognised", "2026-03-31"): 500}, never=QUIET))]


def n34(c: Case) -> Right:
    """A bill whose line has no account code; its journal is on sales.

    400 in every stage. vocabulary, invoiced: "or without an account (reported)".
    """
    who = c.customer("Jordans Print Ltd")
    job = c.job(who, "product_order", D("WIDGET", 8, 50))
    c.ship(job, "2026-03-10", 8)
    bill = c.bill(who, "2026-03-10", L("WIDGET", 8, 50, job, ""))
    c.receipt(who, "2026-04-08", 400, (bill, 400))
    return [("Jordans Print", same(400, never=QUIET))]


def n35(c: Case) -> Right:
    """The deposit was the whole price, its line names no job; the bill comes to nothing.

    400 - 400: cash 400 by the deposit, work billed 400, nothing open and nothing missing.
    """
    who = c.customer("Kemble Shades Ltd")
    job = c.job(who, "product_order", D("GIZMO", 8, 50))
    first = c.bill(who, "2026-01-12", L("", 1, 400, None, "2100", "Prepayment"))
    c.receipt(who, "2026-01-22", 400, (first, 400))
    c.ship(job, "2026-03-10", 8, "GIZMO")
    c.bill(
        who, "2026-03-10", L("GIZMO", 8, 50, job), L("", -1, 400, None, "2100", "Less prepayment")
    )
    return [("Kemble Shades", same(400, never=QUIET))]


def n86(c: Case) -> Right:
    """Called off; the deposit of 200 (job named) is kept whole as the agreed fee.

    Booked 1,000, 800 agreed out: contracted 200, delivered 0, fee billed 200 less the deposit:
    a bill of nothing. Cash 200, open 0; the fee is cancellation_fee, the deposit ends at 0.
    """
    who = c.customer("Luddesdown Tents Ltd")
    job = c.job(who, "fixed_price", D("FIT", 1, 1000), status="cancelled")
    first = c.bill(who, "2026-01-12", L("", 1, 200, job, "2100", "Deposit 20 %"))
    c.receipt(who, "2026-01-26", 200, (first, 200))
    c.change(job, "FIT", "2026-03-02", -800)
    c.bill(
        who,
        "2026-03-03",
        L("FIT", 1, 200, job, text="Cancellation fee"),
        L("", -1, 200, job, "2100", "Kept from the deposit"),
    )
    return [("Luddesdown Tents", same(200, booked=1000, delivered=0, never=QUIET))]


def n90(c: Case) -> Right:
    """Two contracts kept 5 % back until May; the customer pays it without any bill that asks for
    it.

    2,000 - 100 and 1,000 - 50 are paid less the retention; then 100 come, posted to the retention
    account. Cash 1,900 + 950 + 100 = 2,950; the older contract's 100 are in, 50 are due still.
    marts: "A release answers what was held: by job, else customer, oldest first".
    """
    who = c.customer("Ilfracombe Piers Ltd")
    for tag, worth, held, day, until in (
        ("A", 2000, 100, "02-12", "05-01"),
        ("B", 1000, 50, "02-26", "05-15"),
    ):
        job = c.job(who, "fixed_price", D("FIT", 1, worth), tag=tag, retained=f"2026-{until}")
        c.milestone(job, f"2026-{day[:2]}-10", worth)
        bill = c.bill(
            who,
            f"2026-{day}",
            L("FIT", 1, worth, job),
            L("", -1, held, job, "1300", "Retention 5 %"),
        )
        c.receipt(who, "2026-03-26", worth - held, (bill, worth - held))
    c.settle(who, "2026-05-20", 100, "1300")
    return [
        ("Ilfracombe Piers", same(3000, cash=2950, must=[(("retention_due",), 50)], never=QUIET))
    ]


def n91(c: Case) -> Right:
    """Retention of two contracts, asked for in one bill that names no job, and paid: nothing is
    due."""
    who = c.customer("Jarrow Docks Ltd")
    for tag, worth, held, day in (("A", 2000, 100, "02-12"), ("B", 800, 40, "02-26")):
        job = c.job(who, "fixed_price", D("FIT", 1, worth), tag=tag, retained="2026-05-01")
        c.milestone(job, f"2026-{day[:2]}-10", worth)
        bill = c.bill(
            who,
            f"2026-{day}",
            L("FIT", 1, worth, job),
            L("", -1, held, None, "1300", "Retention 5 %"),
        )
        c.receipt(who, "2026-03-26", worth - held, (bill, worth - held))
    release = c.bill(who, "2026-05-14", L("", 1, 140, None, "1300", "Release of retention"))
    c.receipt(who, "2026-06-11", 140, (release, 140))
    return [("Jarrow Docks", same(2800, never=(*QUIET, "retention_due")))]
