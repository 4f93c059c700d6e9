"""Cash, ledgers, decisions and numbers that are seldom, each beside what is usual."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from control_companies import Company, Row
from control_edges import SOON, apply, bill, like, march, receipt


def refunds(c: Company) -> None:
    """What came twice was sent back; a deposit waits for no invoice; a receipt has an invoice's
    number."""
    receipt(c, "UA", march(1), 50, "ua")
    receipt(c, "UO", march(5), -50, "back")
    apply(c, "AUO", "UO", "UA", march(5), 50, kind="refund")
    receipt(c, "UB", march(1), 50, "ub")
    receipt(c, "UP", march(5), -20, "back")
    apply(c, "AUP", "UP", "UB", march(5), 20, kind="refund")
    receipt(c, "UD", march(1), 60, "ud")
    posted: Row = {"document_type": "receipt", "document_id": f"{c.p}UD"}
    c.journal("JUD", march(1), ("1000", 60), ("1100", -25), ("2200", -35), **posted)
    receipt(c, "I1", march(1), 70, "ui")


def copies_of_receipts(c: Company) -> None:
    """Keyed out of order, three times, or with the bank's number on one of them."""
    receipt(c, "A1", march(4), 11, "r1")
    receipt(c, "A2", march(2), 11, "r1")
    receipt(c, "B1", march(1), 12, "r2", bank_transaction_id="x1")
    receipt(c, "B2", march(2), 12, "r2")
    for number in (1, 2, 3):
        receipt(c, f"C{number}", march(1), 13, "r3", bank_transaction_id="x2")
    # The first is not used up, the second is, on an invoice of its own.
    for number, applied in ((1, 15), (2, 18)):
        bill(c, f"ID{number}", march(1), 15, f"d{number}")
        receipt(c, f"D{number}", march(number), 18, "r4")
        apply(c, f"AD{number}", f"D{number}", f"ID{number}", march(number), applied)


def short_of(c: Company) -> None:
    """What was taken off is more than what came; a fee of the bank's, a note, another currency,
    cash that went back."""
    past = date(2026, 2, 28)
    for ident, status, on, given, about in (
        ("IA", "posted", march(10), 1150, {}),
        ("IB", "posted", SOON, 1150, {}),
        ("IC", "posted", march(10), 1150, {"reversed_on": march(15)}),
        ("ID", "posted", march(10), 1150, {"reversed_on": SOON}),
        ("IE", "posted", march(10), 1020, {"currency": "EUR"}),
        ("IF", "posted", march(10), 1250, {}),
    ):
        bill(c, ident, date(2026, 2, 1), 1000, ident, due_on=past, status=status)
        rest = dict(about)
        receipt(c, f"M{ident}", march(5), given, ident, currency=rest.pop("currency", "GBP"))
        receipt(c, f"L{ident}", march(5), 1, f"{ident} too")
        apply(c, f"B{ident}", f"L{ident}", ident, march(6), 1)
        apply(c, f"A{ident}", f"M{ident}", ident, on, 1199, payment_amount=given, **rest)
    # A credit note that is called paid, and on which something was paid back.
    note: Row = {"invoice_type": "credit_note", "credit_reason": "price", "status": "paid"}
    bill(c, "NG", date(2026, 2, 1), 500, "NG", **note)
    receipt(c, "MNG", march(10), 300, "ng")
    apply(c, "AMNG", "MNG", "NG", march(10), 300)
    # An invoice that is called paid, and of which the last cash is not there yet.
    bill(c, "IH", date(2026, 2, 1), 1000, "IH", due_on=past, status="paid")
    receipt(c, "MH1", march(5), 400, "h1")
    apply(c, "AH1", "MH1", "IH", march(6), 400)
    receipt(c, "MH2", march(5), 300, "h2")
    apply(c, "AH2", "MH2", "IH", march(20), 300, reversed_on=march(22))
    receipt(c, "MH3", march(5), 200, "h3")
    apply(c, "AH3", "MH3", "IH", SOON, 200)
    apply(c, "AH4", "no such receipt", "IH", march(25), 10)
    # One receipt gave less than was taken off for it, and another gave more.
    bill(c, "IJ", date(2026, 2, 1), 1000, "IJ", due_on=past, status="posted")
    for ident, taken, given in (("J1", 599, 559), ("J2", 600, 640)):
        receipt(c, f"M{ident}", march(5), given, ident)
        apply(c, f"A{ident}", f"M{ident}", "IJ", march(6), taken, payment_amount=given)


def long_numbers(c: Company) -> None:
    """A day and a counter, in sixteen digits: no series, and no number of it is missing."""
    for number in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11):
        bill(
            c,
            f"I{number}X",
            march(1),
            3,
            str(number),
            invoice_number=f"{c.p}-L-20260301{number:08d}",
        )


def undocumented(c: Company) -> None:
    """Its journals name no documents: nothing says of which invoice a journal is."""
    for line in c.tables["journal_lines"]:
        line["document_id"] = None


def numbered_alike(c: Company) -> None:
    """An invoice that no journal posts has the number of a receipt from before the books."""
    c.drop("journal_lines", journal_id=f"{c.p}JI1")
    c.journal("JB", date(2026, 1, 2), ("5000", 10), ("3000", -10), document_type="opening")
    receipt(c, "I1", date(2025, 12, 1), 30, "old")


def decided(c: Company) -> None:
    """Lines of which somebody said to which job they belong, or to none."""
    for ident in ("IA", "IB", "IC"):
        bill(c, ident, march(1), 10)
        c.tables["invoice_lines"][-1]["job_ref"] = None
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", status="completed")
    for ident in ("ID", "IE"):
        bill(c, ident, march(1), 11, f"JOB-{c.p} and JOB-9{c.p}")
        c.tables["invoice_lines"][-1]["job_ref"] = None
    c.one("jobs").update(status="completed")


def links(*said: tuple[str, str | None]) -> Callable[[str], dict[str, list[Row]]]:
    """Lines, and the jobs that somebody said they belong to, or none."""

    def says(p: str) -> dict[str, list[Row]]:
        base: Row = {
            "source_system": "stack",
            "source_entity": "invoice_lines",
            "decided_by": "Ann",
            "decided_on": march(20),
        }
        base |= {"reason": "Asked the project manager"}
        return {
            "job_links": [
                {
                    **base,
                    "source_id": f"{p}{line}",
                    "job_system": job and "stack",
                    "job_id": job and f"{p}{job}",
                }
                for line, job in said
            ]
        }

    return says


def post_dated(c: Company) -> None:
    """Entered in March, dated in April, and out of balance: April's matter."""
    c.journal("JA", SOON, ("5000", 100), ("1000", -90), entered_at="2026-03-30T12:00:00")


def own_months(c: Company) -> None:
    """A ledger that closes later than the group, and has not closed February."""
    for month, last, closed in ((1, 31, "2026-02-20T18:00:00"), (2, 28, None)):
        span: Row = {
            "starts_on": date(2026, month, 1),
            "ends_on": date(2026, month, last),
            "closed_at": closed,
        }
        c.add("periods", period_id=f"{c.p}2026-{month:02d}", **span)
    # Its own table of rates is not the one that others are converted by.
    for day in (1, 2):
        c.add(
            "fx_rates",
            from_currency="EUR",
            to_currency="GBP",
            rate_on=march(day),
            rate=Decimal("0.95"),
        )
    for ident, on, entered in (
        ("JA", date(2026, 1, 31), "2026-02-10T12:00:00"),
        ("JB", date(2026, 1, 31), "2026-02-21T12:00:00"),
        ("JC", date(2026, 2, 28), "2026-03-20T12:00:00"),
    ):
        c.journal(ident, on, ("5000", 10), ("1000", -10), entered_at=entered)


def counted(entity: str, count: int, total: Any = None) -> Callable[[Company], None]:
    """The source says how many records it has, and what they come to."""

    def change(c: Company) -> None:
        about: Row = {
            "row_count": count,
            "amount_total": total,
            "extracted_at": "2026-03-31T20:00:00",
        }
        c.add("extract_totals", entity=entity, **about)

    return change


def blank_codes(c: Company) -> None:
    """A code of blanks is none."""
    bill(c, "IA", march(1), 10)
    c.tables["invoice_lines"][-1].update(product_code="  ")
    bill(c, "IB", march(1), 10)
    c.tables["invoice_lines"][-1].update(product_code=f"{c.p}NONE")


def edited(c: Company) -> None:
    """Lines of deals that were won and are edited after it: with a change order for it, too late,
    or turned down."""
    for ident, status, on in (
        ("A", "approved", march(1)),
        ("B", "approved", SOON),
        ("C", "rejected", march(1)),
        ("E", None, None),
    ):
        like(c, "deals", f"D{ident}")
        like(c, "deal_lines", f"L{ident}", deal_id=f"{c.p}D{ident}", planned_hours=None)
        like(
            c,
            "jobs",
            f"J{ident}",
            job_ref=f"JOB-{ord(ident)}{c.p}",
            deal_id=f"{c.p}D{ident}",
            contract_id=None,
        )
        if status:
            base: Row = {
                "deal_id": f"{c.p}D{ident}",
                "job_id": f"{c.p}J{ident}",
                "product_id": f"{c.p}P",
            }
            base |= {
                "quantity_delta": 4,
                "amount_delta": 200,
                "currency": "GBP",
                "status": status,
                "approved_on": on,
            }
            c.add("change_orders", change_order_id=f"{c.p}CO{ident}", **base)
    # A deal without lines, whose amount is edited, has no line to put back.
    like(c, "deals", "DF", amount=300)
    like(c, "jobs", "JF", job_ref=f"JOB-77{c.p}", deal_id=f"{c.p}DF", contract_id=None)
    # A line of another deal has the number of that deal.
    like(c, "deal_lines", "DF", deal_id=f"{c.p}DE", planned_hours=None)


def edits(c: Company) -> None:
    """What was edited between the landings."""
    for ident in ("A", "B", "C", "E"):
        next(
            row for row in c.tables["deal_lines"] if row["deal_line_id"] == f"{c.p}L{ident}"
        ).update(quantity=24, net_amount=1200)
        c.one("deals", f"D{ident}").update(amount=1200 if ident != "E" else 2200)
    c.one("deals", "DF").update(amount=400)


def names_what_is_not(c: Company) -> None:
    """Lines that name a draft, work of next month, a number that is nobody's, or an order of which
    all is done."""
    for ident, about in (
        ("VA", {"status": "draft"}),
        ("VB", {"delivered_on": SOON, "approved_on": SOON}),
    ):
        like(c, "deliveries", ident, work_order_id=None, quantity=1, **about)
        c.invoice(f"I{ident}", march(1), [c.line(1, 50, delivery_id=f"{c.p}{ident}")], post=False)
    numbered = f"TS-{c.p}"
    c.add(
        "deliveries",
        **{
            **c.one("deliveries"),
            "delivery_id": f"{numbered}1",
            "quantity": 1,
            "work_order_id": None,
        },
    )
    for ident, text in (
        ("IC", f"{numbered}1"),
        ("ID", f"{numbered}9"),
        ("IE", f"{numbered}9 for WO-{c.p}1"),
    ):
        c.invoice(ident, march(1), [c.line(1, 50, description=text)], post=False)
    c.add("work_orders", **{**c.one("work_orders"), "work_order_id": f"WO-{c.p}1"})
    like(c, "deliveries", "VE", work_order_id=f"WO-{c.p}1", quantity=1)
    # Revenue that nothing was delivered for, on a journal line with the number of an invoice's.
    c.journal(
        "JX",
        march(2),
        ("1000", 100),
        ("4000", -100),
        document_type="manual",
        is_manual="true",
        job_ref=f"JOB-{c.p}",
    )
    c.tables["journal_lines"][-1]["journal_line_id"] = f"{c.p}I1L1"


def nothing_done(*, about: Row, status: str = "in_progress") -> Callable[[Company], None]:
    """All that there is of a job's work is a draft, work to come, or nothing, and it was billed."""

    def change(c: Company) -> None:
        c.one("deliveries").update(work_order_id=None, **about)
        c.tables["work_orders"].clear()
        c.tables["costs"].clear()
        c.one("jobs").update(status=status, completed_on=None)
        for line in c.tables["invoice_lines"]:
            line["delivery_id"] = None

    return change


def before_its_books(c: Company) -> None:
    """A bill from before the ledger's books that stands in the entry which opened them."""
    c.one("deliveries").update(status="draft")
    for journal in ("JI1", "JM"):
        c.drop("journal_lines", journal_id=f"{c.p}{journal}")
    c.journal("JB", date(2026, 3, 1), ("1100", 1200), ("3000", -1200), document_type="opening")


def described(c: Company) -> None:
    """A journal of which each line says something else."""
    c.journal(
        "JX", march(2), ("1000", 100), ("4000", -100), document_type="manual", is_manual="true"
    )
    c.tables["journal_lines"][-2]["description"] = "Zurich account"
    c.tables["journal_lines"][-1]["description"] = "Extra revenue"


def names_a_number(c: Company) -> None:
    """A line names a delivery that is not there; there is other work that it may have been written
    for."""
    numbered = f"TS-{c.p}"
    for number in (1, 2):
        about: Row = {"delivery_id": f"{numbered}{number}", "quantity": 1, "work_order_id": None}
        c.add("deliveries", **{**c.one("deliveries"), **about})
    c.invoice("IC", march(1), [c.line(1, 50, description=f"{numbered}1")], post=False)
    c.invoice("ID", march(1), [c.line(1, 50, description=f"{numbered}9")], post=False)


def look_alikes(c: Company) -> None:
    """A name without a number that two others with numbers have, entered after them, before them or
    on one day."""
    for letter, days in (("A", (5, 6, 9)), ("B", (9, 9, 5)), ("C", (5, 5, 5)), ("D", (5, 5, 5))):
        # One of them comes before the others by its id.
        last = f"C{letter}0" if letter == "D" else f"C{letter}3"
        for number, (ident, day) in enumerate(
            zip((f"C{letter}1", f"C{letter}2", last), days, strict=True)
        ):
            about: Row = {"customer_name": f"Twinned {letter}{letter} {c.p}", "country": "GB"}
            tax = f"GB{c.p}{ord(letter)}{number}{number}{number}{number}" if number < 2 else None
            when = f"2026-01-{day:02d}T09:00:00"
            c.add(
                "customers", customer_id=f"{c.p}{ident}", tax_number=tax, created_at=when, **about
            )
    # One customer that was entered twice: long ago, lately, and as somebody decided.
    for letter, day in (("E", date(2026, 1, 9)), ("F", march(20)), ("G", date(2026, 1, 9))):
        for number in (1, 2):
            about = {
                "tax_number": f"GB{c.p}{ord(letter)}7777",
                "country": "GB",
                "created_at": f"{day}T09:00:00",
            }
            c.add(
                "customers",
                customer_id=f"{c.p}C{letter}{number}",
                customer_name=f"Once {letter} {c.p}",
                **about,
            )


def same(*pairs: tuple[str, str]) -> Callable[[str], dict[str, list[Row]]]:
    """Customers of which somebody decided that they are one."""

    def says(p: str) -> dict[str, list[Row]]:
        common: Row = {
            "left_system": "stack",
            "right_system": "stack",
            "decision": "same",
            "decided_by": "Ann",
        }
        common |= {"reason": "Asked the customer", "decided_on": march(20)}
        return {
            "customer_links": [
                {**common, "left_id": f"{p}{a}", "right_id": f"{p}{b}"} for a, b in pairs
            ]
        }

    return says


def crosswise(c: Company) -> None:
    """On one line of a journal one person did both; taken together the lines name two."""
    c.journal("JA", march(2), ("5000", 10), ("1000", -10))
    c.tables["journal_lines"][-1].update(entered_by="zoe", approved_by="zoe")


def under_two_ids(c: Company) -> None:
    """One person has two ids, as somebody decided: under the one she enters, under the other she
    approves."""
    like(c, "people", "E2", full_name=f"Engineer {c.p} again", skills=None)
    like(c, "people", "E3", full_name=f"Third {c.p}", skills=None)
    for ident, approver in (("IA", "E2"), ("IB", "E3"), ("IC", "E9")):
        bill(c, ident, march(1), 30, ident, entered_by=f"{c.p}E", approved_by=f"{c.p}{approver}")


def one_person(p: str) -> dict[str, list[Row]]:
    common: Row = {
        "left_system": "stack",
        "right_system": "stack",
        "decision": "same",
        "decided_by": "Ann",
    }
    common |= {"reason": "She married", "decided_on": march(20)}
    return {"person_links": [{**common, "left_id": f"{p}E", "right_id": f"{p}E2"}]}


def in_dollars(p: str) -> dict[str, list[Row]]:
    """A ledger that is kept in dollars."""
    base: Row = {"legal_entity": "Dollar Inc", "base_currency": "USD", "time_zone": "UTC"}
    return {"source_systems": [{"source_system": f"edge_{p}", **base}]}


def quoted_in_dollars(c: Company) -> None:
    """Kroner are quoted in dollars alone, and euros in both."""
    for ident, currency in (("IA", "SEK"), ("IB", "EUR")):
        bill(c, ident, march(1), 1000, currency=currency).update(gross_amount=1300)


def coded(c: Company) -> None:
    """The code of a product is not its id, and an id is no code."""
    like(c, "products", "PX", product_code=f"{c.p}-CODE", product_name="Coded")
    for ident, code in (("IA", "-CODE"), ("IB", "PX")):
        bill(c, ident, march(1), 10)
        c.tables["invoice_lines"][-1].update(product_code=f"{c.p}{code}")


def listed(p: str) -> dict[str, list[Row]]:
    """Its company keeps its price list in another system, in which there is one product."""
    base: Row = {"legal_entity": "Catalogue Ltd", "base_currency": "GBP", "time_zone": "UTC"}
    return {
        "source_systems": [
            {"source_system": system, **base} for system in (f"edge_{p}", "catalogue")
        ]
    }


def off_the_list(c: Company) -> None:
    bill(c, "IA", march(1), 10)
    c.tables["invoice_lines"][-1].update(product_code="LISTED")


def fewer_than_before(c: Company) -> None:
    """The second export is of what changed, and counts that."""
    c.drop("invoices", invoice_id=f"{c.p}I1")
    counted("invoices", 1, Decimal("60.00"))(c)


def miscounted(c: Company) -> None:
    c.one("extract_totals").update(row_count=5)


def two_bills(c: Company) -> None:
    bill(c, "I2", march(1), 50)


def ended_tax(c: Company) -> None:
    """A code of which the rate ended, and none came after it."""
    bill(c, "IA", march(1), 100)
    c.tables["invoice_lines"][-1].update(tax_code="T15", tax_amount=3)
