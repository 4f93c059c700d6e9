"""Themes 6 and 7: voided and edited documents, and what the old books left behind."""

from __future__ import annotations

from decimal import Decimal

from .ledger import Case, Doc, L
from .right import BILL, LATE, TWICE, Right, gaps, same
from .world import Customer, D

POSTED = ("invoice_not_posted", "revenue_journal_without_document")


def edited(
    c: Case,
    who: Customer,
    on: str,
    day: str,
    old: L,
    new: L,
    reposted: str,
    rate: str = "1",
    currency: str = "GBP",
) -> Doc:
    """A bill of `on`, edited on `day`: the ledger reverses and posts again on `reposted`."""
    doc = c.bill(who, on, new, rate=rate, journal=False, edited=day)
    worth = Decimal(rate)
    first = c.post(on, c.bill_rows((old,), currency, worth, 0, 1), "invoice", doc.id, who.ledger)
    c.reverse(first, reposted, day)
    c.post(reposted, c.bill_rows((new,), currency, worth, 0, 1), "invoice", doc.id, who.ledger, day)
    return doc


def n48(c: Case) -> Right:
    """14 hours billed in January, voided in April and billed right (13 hours) that day.

    The ledger takes 700 back on 14 April: until then 700 stands billed and recognised, then
    650. vocabulary, invoiced: "A voided document is its lines on the issue date and their
    negative on the day on which the ledger reversed it (its journals say ...)".
    """
    who = c.customer("Zeal Carpets Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 13, 50), rates={"HOURS": 50})
    c.work(job, "2026-01-15", 13)
    wrong = c.bill(who, "2026-01-20", L("HOURS", 14, 50, job))
    c.void(wrong, "2026-04-14", "2026-04-14")
    bill = c.bill(who, "2026-04-14", L("HOURS", 13, 50, job))
    c.receipt(who, "2026-05-12", 650, (bill, 650))
    return [
        (
            "Zeal Carpets",
            same(
                650,
                never=BILL + LATE + TWICE,
                at={
                    ("invoiced", "2026-03-31"): 700,
                    ("recognised", "2026-03-31"): 700,
                    ("invoiced", "2026-04-14"): 650,
                },
            ),
        )
    ]


def n49(c: Case) -> Right:
    """The same, but the ledger dates its reversal back to the bill's own day.

    Nothing stands at the end of January; 650 from 5 February on. Sentence as in n48: the
    journals say the day, not the change stamp of April.
    """
    who = c.customer("Ashwell Boats Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 13, 50), rates={"HOURS": 50})
    c.work(job, "2026-01-15", 13)
    wrong = c.bill(who, "2026-01-20", L("HOURS", 14, 50, job))
    bill = c.bill(who, "2026-02-05", L("HOURS", 13, 50, job))
    c.void(wrong, "2026-04-14", "2026-01-20")
    c.receipt(who, "2026-03-03", 650, (bill, 650))
    return [
        (
            "Ashwell Boats",
            same(
                650,
                never=BILL + LATE + TWICE,
                at={
                    ("invoiced", "2026-01-31"): 0,
                    ("recognised", "2026-01-31"): 0,
                    ("invoiced", "2026-02-28"): 650,
                },
            ),
        )
    ]


def n50(c: Case) -> Right:
    """A euro bill of 10 February for 10 pieces, edited to 9 on 5 March, posted back in time.

    1,000 - 1,000 + 900 euro, all on 10 February: 900 x 0.85 = 765 at the end of February and
    today. marts: "Where only the last version is landed, the earlier version's amounts are the
    revenue lines of the journals that were reversed, by document".
    """
    who = c.customer("Brugge Kant NV", country="BE")
    job = c.job(who, "product_order", D("GIZMO", 9, 100), currency="EUR")
    c.ship(job, "2026-02-10", 9, "GIZMO")
    doc = edited(
        c,
        who,
        "2026-02-10",
        "2026-03-05",
        L("GIZMO", 10, 100, job),
        L("GIZMO", 9, 100, job),
        "2026-02-10",
        "0.85",
        "EUR",
    )
    c.receipt(who, "2026-03-10", 900, (doc, 900), rate="0.85")
    return [
        (
            "Brugge Kant",
            same(
                765,
                never=BILL + LATE + POSTED,
                at={("invoiced", "2026-02-28"): 765, ("recognised", "2026-02-28"): 765},
            ),
        )
    ]


def n51(c: Case) -> Right:
    """Edited from 10 to 9 hours on 5 March; this ledger reverses and posts on that day.

    Recognised 500 at the end of February, 450 today; billed, delivered and paid 450. What stood
    billed at the end of February is not decided where the last version alone is landed.
    """
    who = c.customer("Caxton Paper Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 9, 50), rates={"HOURS": 50})
    c.work(job, "2026-02-09", 9)
    doc = edited(
        c,
        who,
        "2026-02-10",
        "2026-03-05",
        L("HOURS", 10, 50, job),
        L("HOURS", 9, 50, job),
        "2026-03-05",
    )
    c.receipt(who, "2026-03-12", 450, (doc, 450))
    return [
        (
            "Caxton Paper",
            same(450, never=BILL + LATE + POSTED, at={("recognised", "2026-02-28"): 500}),
        )
    ]


def n52(c: Case) -> Right:
    """EUR 1,000 of November, 400 paid in the old books, the rest in February.

    850 sold, done and billed at 0.85; cash 400 x 0.86 + 600 x 0.84 = 344 + 504 = 848; the
    opening entry holds 600 x 0.85 = 510; nothing is recognised in these books. marts: "An
    earlier document without a journal stands in the opening entry with its earlier payments".
    """
    who = c.customer("Drenthe Bollen BV", country="NL")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", 20, 50),
        currency="EUR",
        won="2025-11-03",
        rates={"HOURS": 50},
        done="2025-11-20",
    )
    c.work(job, "2025-11-17", 20)
    bill = c.bill(who, "2025-11-20", L("HOURS", 20, 50, job), rate="0.85")
    c.receipt(who, "2025-12-10", 400, (bill, 400), rate="0.86")
    c.opening(510)
    c.receipt(who, "2026-02-05", 600, (bill, 600), rate="0.84")
    return [("Drenthe Bollen", same(850, recognised=0, cash=848, never=BILL + LATE + POSTED))]


def n53(c: Case) -> Right:
    """A credit note of December, not used in the old books, taken off a bill of January.

    Old: 8 - 2 at 50 = 300, 400 paid; new: 6 at 50 = 300, 200 paid and 100 by the old credit.
    Booked 700, delivered and billed 600, recognised 300 (the new bill alone), cash 600, open 0.
    """
    who = c.customer("Elsenham Toys Ltd")
    old = c.job(who, "product_order", D("WIDGET", 8, 50), won="2025-11-03", status="in_progress")
    new = c.job(who, "product_order", D("GIZMO", 6, 50), tag="B")
    c.ship(old, "2025-11-10", 8)
    bill = c.bill(who, "2025-11-10", L("WIDGET", 8, 50, old))
    c.receipt(who, "2025-12-05", 400, (bill, 400))
    c.ship(old, "2025-12-08", -2)
    note = c.credit(who, "2025-12-10", L("WIDGET", 2, 50, old), corrects=bill)
    c.opening(-100)
    c.ship(new, "2026-01-20", 6, "GIZMO")
    second = c.bill(who, "2026-01-20", L("GIZMO", 6, 50, new))
    c.use_credit(note, second, "2026-02-02", 100)
    c.receipt(who, "2026-02-10", 200, (second, 200))
    return [("Elsenham Toys", same(600, booked=700, recognised=300, never=BILL + LATE + POSTED))]


def n54(c: Case) -> Right:
    """250 paid in December before anything was done; billed and applied in January.

    Cash 250 already in 2025 and today; the opening entry holds -250; open 0.
    """
    who = c.customer("Fulbourn Clinic Ltd")
    job = c.job(who, "time_and_materials", D("HOURS", 5, 50), rates={"HOURS": 50})
    paid = c.receipt(who, "2025-12-15", 250)
    c.opening(-250)
    c.work(job, "2026-01-19", 5)
    bill = c.bill(who, "2026-01-20", L("HOURS", 5, 50, job))
    c.apply(paid, bill, "2026-01-20", 250)
    return [
        (
            "Fulbourn Clinic",
            same(250, never=BILL + LATE + ("cash_unapplied",), at={("cash", "2025-12-31"): 250}),
        )
    ]


def n55(c: Case) -> Right:
    """Five hours of October that the old books billed: no bill is landed.

    Booked and delivered 250, nothing else; before_the_books, no leakage and no control. marts:
    "it, and earlier work without a bill, is `before_the_books`".
    """
    who = c.customer("Girton Archive Ltd")
    job = c.job(
        who,
        "time_and_materials",
        D("HOURS", 5, 50),
        won="2025-10-06",
        rates={"HOURS": 50},
        done="2025-10-20",
    )
    c.work(job, "2025-10-15", 5)
    return [
        (
            "Girton Archive",
            {
                "booked": 250,
                "delivered": 250,
                "invoiced": 0,
                "recognised": 0,
                "cash": 0,
                "open": 0,
                "leak": 0,
                "never": BILL,
            },
        )
    ]


def n56(c: Case) -> Right:
    """600 of December, 240 paid in the old books, the rest due on 19 January and never paid.

    Cash 240, open 360 and overdue by more than 60 days: leakage 360 in invoiced_to_cash,
    receivable_overdue of 360. The opening entry holds the 360.
    """
    who = c.customer("Histon Jams Ltd")
    job = c.job(who, "product_order", D("WIDGET", 12, 50), won="2025-11-03", done="2025-12-20")
    c.ship(job, "2025-12-20", 12)
    bill = c.bill(who, "2025-12-20", L("WIDGET", 12, 50, job))
    c.receipt(who, "2025-12-29", 240, (bill, 240))
    c.opening(360)
    return [
        (
            "Histon Jams",
            same(
                600,
                recognised=0,
                cash=240,
                open=360,
                leak=gaps(360),
                must=[(("receivable_overdue",), 360)],
                never=BILL + POSTED,
            ),
        )
    ]
