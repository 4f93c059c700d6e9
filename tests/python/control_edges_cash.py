"""Receipts, applications and copies of invoices, just beyond and just within their rules."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from control_companies import AS_OF, Company, Row
from control_edges import SOON, apply, bill, march, receipt


def receipts(c: Company) -> None:
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
                c,
                f"A{letter}{number}",
                f"{letter}{number}",
                f"I{letter}{number}",
                on,
                gross,
                reversed_on=reversed_on,
            )
    bill(c, "IK", march(1), 40)
    for number in (1, 2):
        receipt(c, f"K{number}", march(number), 48, "K")
        apply(c, f"AK{number}", f"K{number}", "IK", march(number), 48)
    # The later one pays more than its invoice asks for: what is over is in question.
    for number in (1, 2):
        bill(c, f"IT{number}", march(1), 50, f"T{number}")
        receipt(c, f"T{number}", march(number), 60, "T")
        apply(
            c, f"AT{number}", f"T{number}", f"IT{number}", march(number), 60 if number == 1 else 59
        )


def unapplied(c: Company) -> None:
    receipt(c, "UA", march(16), 50, "ua")
    receipt(c, "UB", march(17), 50, "ub")
    receipt(c, "UC", march(1), 50, "uc")
    apply(c, "AUC", "UC", "no such invoice", march(1), 50)
    receipt(c, "UD", march(1), 50, "ud")
    apply(c, "AUD", "UD", "I1", march(1), 60)


def over_applied(c: Company) -> None:
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


def short(c: Company) -> None:
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


def overdue(c: Company) -> None:
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


def copies(c: Company) -> None:
    bill(c, "IA1", date(2026, 2, 20), 31, "a")
    bill(c, "IA2", date(2026, 3, 2), 31, "a")
    bill(c, "IA3", date(2026, 3, 13), 31, "a")
    bill(c, "IB1", march(1), 32, "b")
    bill(c, "IB2", date(2026, 2, 20), 32, "b")
    bill(c, "IC1", march(1), 33, "c")
    bill(c, "IC2", march(1), 33, "c")
    # Credited in full it may be billed again; a bill that corrects another is no credit of it.
    bill(c, "ID1", march(1), 34, "d")
    bill(
        c,
        "ND",
        march(2),
        34,
        "d",
        invoice_type="credit_note",
        corrects_invoice_id=f"{c.p}ID1",
        credit_reason="price",
    )
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
        bill(
            c,
            f"N{letter}",
            march(2),
            net,
            letter,
            invoice_type="credit_note",
            credit_reason="price",
        )
        bill(c, f"I{letter}2", march(3), net, letter)
        credit: Row = {
            "kind": "credit_note",
            "payment_id": None,
            "credit_note_id": f"{c.p}N{letter}",
        }
        rest = {**credit, **about}
        on, payment = rest.pop("applied_on", march(2)), rest.pop("payment_id")
        apply(
            c,
            f"A{letter}",
            "",
            f"I{letter}1",
            on,
            Decimal(net) * 6 / 5,
            **{**rest, "payment_id": payment},
        )
    # The copy itself was credited; and a number that was sent twice.
    bill(c, "IL1", march(1), 65, "l")
    bill(c, "IL2", march(3), 65, "l")
    bill(
        c,
        "NL",
        march(4),
        65,
        "l",
        invoice_type="credit_note",
        corrects_invoice_id=f"{c.p}IL2",
        credit_reason="price",
    )
    bill(c, "IM1", date(2026, 1, 10), 66, "m", invoice_number=f"{c.p}X")
    bill(c, "IM2", march(10), 67, "n", invoice_number=f" {c.p}x")
