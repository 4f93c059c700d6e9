"""Work, stock, margins and periods, just beyond and just within their rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from control_companies import AS_OF, Company, Row
from control_edges import SOON, like, march


def only_cost(c: Company) -> None:
    like(
        c, "jobs", "J2", job_ref=f"JOB-9{c.p}", deal_id=None, contract_id=None, status="in_progress"
    )
    like(c, "costs", "X2", job_id=f"{c.p}J2", delivery_id=None)


def placed_by_contract(c: Company) -> None:
    c.one("jobs")["deal_id"] = c.one("contracts")["deal_id"] = None


def margin(*, reason: str = "", cost: int = 840, foreign: str = "") -> Callable[[Company], None]:
    def change(c: Company) -> None:
        c.one("costs").update(amount=cost)
        if reason:
            note = {
                "invoice_type": "credit_note",
                "corrects_invoice_id": f"{c.p}I1",
                "credit_reason": reason,
            }
            c.invoice("N1", march(1), [c.line(1, 20)], post=False, **note)
        if foreign == "costs":
            like(c, "costs", "X2", amount=5, currency="NOK")
        if foreign == "change_orders":
            c.add(
                "change_orders",
                change_order_id=f"{c.p}CO",
                deal_id=f"{c.p}D",
                job_id=f"{c.p}J",
                product_id=f"{c.p}P",
                status="approved",
                approved_on="2026-02-21",
                quantity_delta=0,
                amount_delta=250,
                currency="NOK",
            )

    return change


def permanent_at_a_loss(c: Company) -> None:
    c.add(
        "costs",
        cost_id=f"{c.p}X",
        job_id=f"{c.p}J",
        cost_type="subcontract",
        incurred_on="2026-01-10",
        amount=990,
        currency="GBP",
    )


def stock(c: Company) -> None:
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="P2", standard_cost=None)
    feb, edge, beyond = date(2026, 2, 10), AS_OF - timedelta(days=1), AS_OF - timedelta(days=2)
    for ident, on, quantity, moved in (
        ("VA", feb, -1, None),
        ("VB", feb, 1, SOON),
        ("VD", feb, 1, feb + timedelta(days=2)),
        ("VE", feb, 1, feb + timedelta(days=1)),
        ("VG", edge, 1, None),
        ("VH", beyond, 1, None),
    ):
        like(c, "deliveries", ident, delivered_on=on, quantity=quantity)
        if moved:
            like(
                c,
                "stock_moves",
                f"S{ident}",
                delivery_id=f"{c.p}{ident}",
                quantity=-1,
                moved_on=moved,
            )
    # What came back into stock did not leave it; what left it says what a shipment of the product
    # costs.
    for ident in ("VC", "VF"):
        like(c, "deliveries", ident, delivered_on=feb, quantity=3, product_id=f"{c.p}P2")
    for ident, delivery, quantity, cost in (
        ("S1", f"{c.p}VC", 3, 500),
        ("S2", None, -2, 30),
        ("S3", None, -9, 0),
        ("S4", None, 1, 77),
    ):
        about: Row = {
            "product_id": f"{c.p}P2",
            "moved_on": feb,
            "quantity": quantity,
            "cost_amount": cost,
        }
        like(c, "stock_moves", ident, delivery_id=delivery, **about)


def orders(c: Company) -> None:
    feb, lately = date(2026, 2, 20), march(20)
    for ident, done, on in (
        ("WA", feb, feb),
        ("WB", None, feb),
        ("WC", feb, feb),
        ("WD", SOON, feb),
        ("WE", lately, feb),
        ("WF", feb, lately),
        ("WG", feb, feb),
        ("WH", march(17), feb),
    ):
        status = "completed" if done else "in_progress"
        named = f"WO-{c.p}3" if ident == "WC" else f"{c.p}{ident}"
        c.add(
            "work_orders",
            **{
                **c.one("work_orders"),
                "work_order_id": named,
                "status": status,
                "completed_on": done,
            },
        )
        like(
            c,
            "deliveries",
            f"V{ident}",
            work_order_id=named,
            delivered_on=on,
            approved_on=on,
            quantity=1,
        )
    like(c, "deliveries", "VWG2", work_order_id=f"{c.p}WG", delivered_on=feb, quantity=1)
    c.invoice("I2", march(1), [c.line(1, 50, delivery_id=f"{c.p}VWG2")], post=False)
    note: Row = {"invoice_type": "credit_note", "credit_reason": "other"}
    c.invoice("N2", march(1), [c.line(1, 1, work_order_ref=f"WO-{c.p}3")], post=False, **note)


def quantities(c: Company) -> None:
    """Work by order and by delivery, billed in full, in part, in another unit, or twice."""
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name="Second")
    like(c, "contract_rates", "R2", product_id=f"{c.p}P2")
    on = date(2026, 2, 20)

    def work(
        ident: str, quantity: Any, order: str | None = None, product: str = "P", **about: Any
    ) -> None:
        named = numbered(order) if order else None
        if named and not any(row["work_order_id"] == named for row in c.tables["work_orders"]):
            c.add(
                "work_orders",
                **{**c.one("work_orders"), "work_order_id": named, "completed_on": on},
            )
        where: Row = {"work_order_id": named, "product_id": f"{c.p}{product}"}
        like(
            c,
            "deliveries",
            ident,
            **{**where, "quantity": quantity, "delivered_on": on, "approved_on": on, **about},
        )

    def billed(ident: str, *lines: tuple[Any, Row], **about: Any) -> None:
        c.invoice(
            ident,
            march(1),
            [c.line(quantity, 50, **named) for quantity, named in lines],
            post=False,
            **about,
        )

    def numbered(ident: str) -> str:
        return f"WO-{c.p}{ord(ident[-1])}"

    def order(ident: str, **about: Any) -> Row:
        return {"work_order_ref": numbered(ident), **about}

    def delivery(ident: str) -> Row:
        return {"delivery_id": f"{c.p}{ident}"}

    second, unknown = {"product_code": f"{c.p}P2"}, {"product_code": f"{c.p}NONE"}
    for ident in ("A1", "A2"):
        work(ident, 5, "WA")
        work(ident.replace("A", "B"), 5, "WB")
    billed("IA", (9, order("WA")))
    billed("IB", (6, order("WB")), (4, order("WB")))
    work("C1", 4, "WC")
    work("C2", 3, "WC", "P2")
    billed("IC", (4, order("WC")), (2, order("WC", **second)))
    work("D1", 10, "WD")
    billed("ID", (6, order("WD")), (4, order("WD", **unknown)))
    work("E1", 4, "WE")
    work("E2", 3, "WE", "P2")
    billed("IE", (3, order("WE")), (4, order("WE", **unknown)))
    work("F1", 8, "WF")
    billed("IF", (1, order("WF")))
    work("G1", 5, "WG")
    work("H1", 5, "WH")
    billed("IG1", (5, order("WG")))
    billed("IG2", (5, order("WG")))
    billed("IH1", (3, order("WH")))
    billed("IH2", (1, order("WH")))
    # Hours and days on one order do not add up; material on it is no work of it.
    work("K1", 8, "WK")
    work("K2", 1, "WK", unit="day")
    billed("IK", (8, order("WK")))
    work("L1", 5, "WL")
    work("L2", 2, "WL", delivery_type="material", unit="each")
    billed("IL", (5, order("WL")))
    for ident, quantity in (
        ("VA", Decimal("5.02")),
        ("VB", Decimal("5.03")),
        ("VC", 5),
        ("VD", 5),
        ("VE", 5),
    ):
        work(ident, 5)
        billed(f"I{ident}", (quantity, delivery(ident)))
    for ident, quantity, reason in (
        ("VC", 1, "price"),
        ("VD", 1, "quantity"),
        ("VE", 5, "cancellation"),
    ):
        note: Row = {"invoice_type": "credit_note", "credit_reason": reason}
        billed(f"N{ident}", (quantity, delivery(ident)), **note)
    work("VX", 5, delivery_type="expense", unit="each", value_amount=250)
    billed("IX", (4, delivery("VX")))
    billed("IZ", (0, delivery("VA")))
    twice_by_the_day(c)


def twice_by_the_day(c: Company) -> None:
    """Eight hours, billed as a day on each of two invoices; and two deliveries on one line."""
    for ident in (f"TS-{c.p}1", f"TS-{c.p}2"):
        c.add(
            "deliveries",
            **{**c.one("deliveries"), "delivery_id": ident, "quantity": 2, "work_order_id": None},
        )
    c.invoice("IT", march(1), [c.line(3, 50, description=f"TS-{c.p}1 and TS-{c.p}2")], post=False)
    like(c, "deliveries", "VY", quantity=8, work_order_id=None)
    for number in (1, 2):
        c.invoice(f"IY{number}", march(1), [c.line(1, 50, delivery_id=f"{c.p}VY")], post=False)


def late_edge(c: Company) -> None:
    """January was recognised in February: its accrual is missing at its end, and so is what it
    turned into."""
    for turn in ("1", "-1"):
        c.drop("journal_lines", journal_id=f"{c.p}JA1{turn}")


def late_by(amount: Any, **about: Any) -> Callable[[Company], None]:
    """The accrual of January is short of that much."""

    def change(c: Company) -> None:
        for turn, sign in (("1", 1), ("-1", -1)):
            rows = [
                row for row in c.tables["journal_lines"] if row["journal_id"] == f"{c.p}JA1{turn}"
            ]
            rows[0]["amount"] = sign * (500 - Decimal(str(amount)))
            rows[1]["amount"] = -sign * (500 - Decimal(str(amount)))
        c.one("contracts").update(about)

    return change


def windows(c: Company) -> None:
    """Fourteen days to bill what was delivered."""
    for ident, on in (("VA", march(17)), ("VB", march(16))):
        like(
            c, "deliveries", ident, delivered_on=on, approved_on=on, quantity=1, work_order_id=None
        )


def closed(c: Company) -> None:
    """January was closed on 6 February, at six in the evening."""
    for ident, on, entered, about in (
        ("JA", date(2026, 1, 31), "2026-02-06T18:00:01", {}),
        ("JB", date(2026, 1, 31), "2026-02-06T18:00:00", {}),
        ("JC", date(2026, 2, 1), "2026-03-20T12:00:00", {}),
        ("JD", date(2026, 1, 1), "2026-02-10T12:00:00", {"document_type": "opening"}),
        ("JE", date(2026, 1, 1), "2026-02-10T12:00:00", {}),
    ):
        c.journal(ident, on, ("5000", 10), ("1000", -10), entered_at=entered, **about)
