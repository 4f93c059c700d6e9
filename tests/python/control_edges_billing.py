"""Prices, totals, taxes and changes, just beyond and just within their rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from control_companies import Company, Row
from control_edges import SOON, bill, like, march


def approvals(c: Company) -> None:
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
        {
            **c.tables["journal_lines"][-3],
            "journal_line_id": f"{c.p}J5-3",
            "amount": 0,
            "entered_by": "ann",
        }
    )
    c.tables["journal_lines"][-1]["approved_by"] = "ann"


def amendments(c: Company) -> None:
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
        base: Row = {
            "deal_id": f"{c.p}D",
            "job_id": f"{c.p}J",
            "product_id": f"{c.p}P",
            "status": "approved",
        }
        base |= {"approved_on": on, "quantity_delta": 1, "amount_delta": 0, "currency": "GBP"}
        c.add("change_orders", change_order_id=f"{c.p}{ident}", **{**base, **about})


def amendments_without_rates(c: Company) -> None:
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


def above_edge(c: Company) -> None:
    """A job that nothing was sold for is another control's."""
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", deal_id=None, contract_id=None)
    c.invoice("I2", march(1), [c.line(1, 100, job_ref=f"JOB-9{c.p}")], post=False)
    c.invoice("I3", march(2), [c.line(1, 50)], post=False)


def above_in_euros(c: Company) -> None:
    """Of 1000 pounds 59 euros more are 50.15 pounds more."""
    c.invoice(
        "I3", march(2), [c.line(1, 59)], post=False, currency="EUR", exchange_rate=Decimal("0.85")
    )


def above_without_a_rate(c: Company) -> None:
    c.invoice("I3", march(2), [c.line(1, 590)], post=False, currency="NOK")


def billed_in_parts(c: Company) -> None:
    def shipped(ident: str) -> None:
        like(c, "deliveries", ident, quantity=2, delivered_on=date(2026, 2, 20))
        like(
            c,
            "stock_moves",
            f"S{ident}",
            delivery_id=f"{c.p}{ident}",
            quantity=-2,
            moved_on=date(2026, 2, 20),
        )

    for ident, bills in {
        "VA": [1, 1],
        "VB": [2, 2],
        "VD": [2, -2, 2],
        "VE": [2, 2, -2],
    }.items():
        shipped(ident)
        for number, quantity in enumerate(bills):
            about: Row = (
                {"invoice_type": "credit_note", "credit_reason": "duplicate"}
                if quantity < 0
                else {}
            )
            line = c.line(abs(quantity), 50, delivery_id=f"{c.p}{ident}")
            c.invoice(f"I{ident}{number}", march(1 + number), [line], post=False, **about)
    shipped("VC")
    c.invoice(
        "IVC", march(1), [c.line(2, 50, delivery_id=f"{c.p}VC") for _ in range(2)], post=False
    )


def deals(c: Company) -> None:
    for ident, amount, lines, about in (
        ("DA", None, 100, {}),
        ("DB", 1, 100, {"created_on": SOON, "won_on": SOON}),
        ("DC", 900, None, {}),
        ("DD", 900, None, {}),
        ("DE", 101, 100, {}),
        ("DF", Decimal("101.01"), 100, {}),
        # Twenty at 50 are what the header says: the line's amount is a twentieth of it, or a penny
        # beside it.
        ("DG", 1000, 50, {}),
        ("DH", 1001, 50, {}),
        ("DI", Decimal("1001.01"), 50, {}),
    ):
        like(
            c,
            "deals",
            ident,
            amount=amount,
            **{"stage": "open", "is_won": "false", "is_closed": "false", **about},
        )
        if lines:
            like(c, "deal_lines", f"L{ident}", deal_id=f"{c.p}{ident}", net_amount=lines)
    # A line without quantity, price and amount takes what the other leaves: 400, nothing, and
    # nothing of nothing.
    for ident, amount, first in (
        ("DJ", 500, 100),
        ("DK", 100, 100),
        ("DL", 0, 0),
        ("DM", None, 100),
    ):
        like(c, "deals", ident, amount=amount, stage="open", is_won="false", is_closed="false")
        for number, worth in ((1, first), (2, None)):
            line: Row = {
                "quantity": None,
                "unit_price": None,
                "discount_amount": None,
                "net_amount": worth,
            }
            like(
                c,
                "deal_lines",
                f"L{ident}{number}",
                deal_id=f"{c.p}{ident}",
                planned_hours=None,
                **line,
            )
    for ident, kind in (("DC", "permanent"), ("DD", None)):
        fee: Row = {
            "fee_base_amount": 10000,
            "fee_pct": 10,
            "deal_id": f"{c.p}{ident}",
            "fee_type": kind,
        }
        like(c, "contracts", f"K{ident}", **fee)


def rates_edge(c: Company) -> None:
    like(c, "costs", "XA", amount=5, currency="NOK", cost_type="expense")
    like(c, "costs", "XB", amount=0, currency="NOK", cost_type="expense")
    c.invoice("IA", march(1), [c.line(1, 5), c.line(1, 6)], post=False, currency="NOK")


def taxes(c: Company) -> None:
    like(
        c, "products", "PB", product_code=f"{c.p}PB", product_name="Book", product_category="books"
    )
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
        c.tables["invoice_lines"][-1].update(
            tax_code=code, tax_amount=tax, product_code=f"{c.p}{product}"
        )
        c.tables["invoices"][-1].update(tax_amount=tax, gross_amount=100 + Decimal(tax))
    # Where the net itself is in doubt, the header is another control's.
    c.tables["invoices"][-1].update(net_amount=85)


def headers(c: Company) -> None:
    bill(c, "IA", march(1), 100).update(net_amount=90, tax_amount=30)
    bill(c, "IB", march(1), 100).update(gross_amount=Decimal("120.01"))
    bill(c, "IC", march(1), 100).update(gross_amount=Decimal("120.02"))


def series(c: Company) -> None:
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


def without_job(c: Company) -> None:
    bill(c, "IA", march(1), 10)
    c.tables["invoice_lines"][-1]["job_ref"] = None
    bill(c, "IB", march(1), 0)
    c.tables["invoice_lines"][-1]["job_ref"] = None
    c.one("jobs").update(status="completed")
    # A delivery that has the id of the line is another record.
    like(c, "deliveries", "IAL1", quantity=1, work_order_id=None)


def two_jobs(c: Company) -> None:
    """One invoice for two jobs, one of which was agreed in euros; a credit note is no bill."""
    like(c, "contracts", "K2", currency="EUR", deal_id=None)
    like(
        c, "jobs", "J2", job_ref=f"JOB-9{c.p}", contract_id=f"{c.p}K2", deal_id=None, currency="EUR"
    )
    both = [c.line(1, 10), c.line(1, 20, job_ref=f"JOB-9{c.p}")]
    c.invoice("IA", march(1), both, post=False)
    c.invoice("IB", march(1), [both[0]], post=False)
    note: Row = {"invoice_type": "credit_note", "credit_reason": "price"}
    c.invoice("NC", march(1), [both[1]], post=False, **note)


def changes(c: Company) -> None:
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
        like(
            c,
            "deliveries",
            f"V{ident}",
            **product,
            delivered_on=on,
            approved_on=on,
            quantity=worth // 50,
        )
        base: Row = {
            "deal_id": f"{c.p}D",
            "job_id": f"{c.p}J",
            "status": "approved",
            "approved_on": date(2026, 2, 20),
        }
        base |= {"quantity_delta": worth // 50, "amount_delta": worth, "currency": "GBP", **product}
        c.add("change_orders", change_order_id=f"{c.p}CO{ident}", **{**base, **about})


def charges(c: Company) -> None:
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
        (
            "L",
            feb,
            15,
            3,
            {
                "product_id": f"{c.p}P3",
                "unit": "each",
                "delivery_type": "material",
                "person_id": None,
            },
        ),
        (
            "M",
            feb,
            16,
            3,
            {
                "product_id": f"{c.p}P3",
                "unit": "each",
                "delivery_type": "material",
                "person_id": None,
            },
        ),
        ("N", feb, 99, 1, {"delivery_type": "expense", "value_amount": 99}),
        ("O", feb, Decimal("50.25"), 1, {}),
        ("Q", feb, Decimal("50.26"), 1, {}),
        ("R", feb, 99, 1, {"status": "draft"}),
    ):
        shared: Row = {
            "work_order_id": None,
            "quantity": quantity,
            "delivered_on": on,
            "approved_on": on,
        }
        like(c, "deliveries", f"V{ident}", **{**shared, **about})
        code = about.get("product_id", f"{c.p}P")
        named = {"delivery_id": f"{c.p}V{ident}", "product_code": code}
        c.invoice(f"I{ident}", march(5), [c.line(quantity, price, **named)], post=False)
    # Nothing is named: the product's rate on the days of the line, and none for work of any
    # product.
    spans: Row = {"period_starts_on": date(2026, 2, 1), "period_ends_on": date(2026, 2, 28)}
    c.invoice("IS", march(5), [c.line(1, 50, **spans)], post=False)
    c.invoice("IT", march(5), [c.line(1, 60, **spans)], post=False)
    c.invoice("IU", march(5), [c.line(1, 60)], post=False)
    c.invoice("IW", march(5), [c.line(1, 31, product_code=None)], post=False)
    c.invoice("IX", march(5), [c.line(0, 31)], post=False)


def charges_credited(c: Company) -> None:
    """Ten above the rate each, and a credit note that gives back as much, or something else."""
    for ident, reason, amount, about in (
        ("A", "price", 10, {}),
        ("B", "quantity", 10, {}),
        ("C", "dispute", 9, {}),
        ("D", "price", 11, {"corrects_invoice_id": None, "price": 61}),
        ("E", "price", 12, {"corrects_invoice_id": None, "product_code": None, "price": 62}),
        ("F", "price", 13, {"corrects_invoice_id": f"{c.p}I1", "price": 63}),
        # Credited in whole, to be billed anew: nothing is charged any more.
        ("I", "price", 65, {"price": 65}),
    ):
        rest = dict(about)
        price, code = rest.pop("price", 60), rest.pop("product_code", f"{c.p}P")
        c.invoice(f"I{ident}", march(5), [c.line(1, price)], post=False)
        note: Row = {
            "invoice_type": "credit_note",
            "credit_reason": reason,
            "corrects_invoice_id": f"{c.p}I{ident}",
        }
        c.invoice(
            f"N{ident}",
            march(6),
            [c.line(1, amount, product_code=code)],
            post=False,
            **{**note, **rest},
        )
    # An invoice of the difference gives nothing back.
    c.invoice("IG", march(5), [c.line(1, 64)], post=False)
    c.invoice(
        "IH",
        march(6),
        [c.line(1, 14)],
        post=False,
        corrects_invoice_id=f"{c.p}IG",
        credit_reason="price",
    )
