"""What is billed by the month, at a fixed price, again next year or by hand: just beyond and just
within the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from control_companies import Company
from control_edges import apply, bill, like, march
from control_edges_standing import ahead, unposted
from control_faults import held


def left_out_of_the_month(c: Company) -> None:
    """Four of February's hours are not in its line."""
    like(c, "deliveries", "VX", delivered_on="2026-02-10", quantity=4)


def short_of_the_month(c: Company) -> None:
    """February's line is an hour short, which is no day of it."""
    _line(c, "I2").update(quantity=9, net_amount=450)


def above_the_month(c: Company) -> None:
    """January's line has four hours too many; what was worked in March is not billed yet."""
    _line(c, "I1").update(quantity=14, net_amount=700)
    like(c, "deliveries", "VX", delivered_on=march(20), quantity=10)


def caught_up(c: Company) -> None:
    """February's line has four hours too many, and January's work had four that nobody billed."""
    like(c, "deliveries", "VX", delivered_on="2026-01-12", quantity=4)
    _line(c, "I2").update(quantity=14, net_amount=700)


def billed_in_part(c: Company) -> None:
    """A line that names nothing bills six of ten hours; another all but a twentieth of one, which
    nobody bills anew."""
    like(
        c,
        "deliveries",
        "VX",
        delivered_on="2026-01-12",
        approved_on="2026-01-12",
        quantity=10,
        work_order_id=None,
    )
    c.invoice("I2", date(2026, 2, 16), [c.line(6, 50)])
    like(c, "products", "PR", product_code=f"{c.p}PR", product_name=f"{c.p} other")
    like(c, "contract_rates", "RR", product_id=f"{c.p}PR")
    about = {"product_id": f"{c.p}PR", "work_order_id": None}
    like(
        c,
        "deliveries",
        "VY",
        delivered_on="2026-01-12",
        approved_on="2026-01-12",
        quantity=10,
        **about,
    )
    c.invoice("I3", date(2026, 2, 17), [c.line("9.95", 50, product_code=f"{c.p}PR")])


def kept_back(
    paid: Any, on: date | None = None, account: str = "1300", *, reversed_on: date | None = None
) -> Callable[[Company], None]:
    """Fifty are kept back until the first of March; money comes for it, and no bill asks for it."""

    def change(c: Company) -> None:
        held(c)
        c.one("contracts").update(retention_pct=5, retention_due_on="2026-03-01")
        about = {"status": "reversed" if reversed_on else "received", "reversed_on": reversed_on}
        day = on or march(10)
        like(
            c,
            "payments",
            "Q",
            received_on=day,
            amount=paid,
            reference=None,
            bank_transaction_id=None,
            **about,
        )
        about = {"document_type": "receipt", "document_id": f"{c.p}Q"}
        c.journal("JQ", day, ("1000", paid), (account, -Decimal(str(paid))), **about)

    return change


def kept_by_payment(
    on: date | None = None, reversed_on: date | None = None
) -> Callable[[Company], None]:
    """Sixty of a bill are set against the retention account, as a payment that reached no bank."""

    def change(c: Company) -> None:
        c.one("contracts").update(retention_pct=5, retention_due_on="2026-03-01")
        day = on or march(2)
        about = {"status": "reversed" if reversed_on else "received", "reversed_on": reversed_on}
        like(
            c,
            "payments",
            "N",
            received_on=day,
            amount=60,
            account_code="1300",
            bank_transaction_id=None,
            **about,
        )
        apply(c, "N", "N", "I1", day, 60)

    return change


def raised_back(by: int) -> Callable[[Company], None]:
    """Two months at 50, agreed later at 52 from the beginning: the difference is billed on a line
    of its own."""

    def change(c: Company) -> None:
        c.one("contract_rates")["charge_rate"] = 52
        c.invoice("I3", march(6), [c.line(20, by)])

    return change


def _line(c: Company, invoice: str) -> dict[str, object]:
    return next(row for row in c.tables["invoice_lines"] if row["invoice_id"] == f"{c.p}{invoice}")


def fixed_price(*, work_order: bool, billed: bool) -> Callable[[Company], None]:
    """A fixed price that is complete: its hours are worth nothing by themselves."""

    def change(c: Company) -> None:
        c.one("jobs")["job_type"] = "fixed_price"
        c.one("deliveries").update(
            billable="false", work_order_id=f"{c.p}W" if work_order else None
        )
        c.tables["contract_rates"].clear()
        for entity in (
            "invoices",
            "invoice_lines",
            "payments",
            "payment_applications",
            "journal_lines",
        ):
            c.tables[entity].clear()
        if not work_order:
            c.tables["work_orders"].clear()
        if billed:
            bill(c, "IX", march(1), 1000)

    return change


def credited_tax(c: Company) -> None:
    """The tax rose in March: what is given back of a bill of February is taxed as that was."""
    for ident, corrects in (("NA", f"{c.p}IF"), ("NB", None)):
        note = {"invoice_type": "credit_note", "corrects_invoice_id": corrects}
        bill(c, ident, march(10), 100, **note)
        c.tables["invoice_lines"][-1].update(tax_code="T10", tax_amount=9)
        c.tables["invoices"][-1].update(tax_amount=9, gross_amount=Decimal(109))
    bill(c, "IF", date(2026, 2, 20), 100)
    c.tables["invoice_lines"][-1].update(tax_code="T10", tax_amount=9)
    c.tables["invoices"][-1].update(tax_amount=9, gross_amount=Decimal(109))


def numbers_used_again(c: Company) -> None:
    """A series begins anew with the year: a number that the year before had is no answer for a hole
    in this."""
    for ident, on, number in (
        ("IA", date(2025, 11, 3), 1),
        ("IB", date(2025, 11, 4), 2),
        ("IC", date(2025, 11, 5), 3),
        ("ID", date(2026, 1, 12), 1),
        ("IE", date(2026, 1, 13), 3),
        ("IF", date(2026, 1, 14), 4),
    ):
        bill(c, ident, on, 3, ident, invoice_number=f"{c.p}-R-{number}")


def revenue_by_hand(c: Company) -> None:
    """Accrued by hand and never turned round; turned round; a release of what was billed; an
    accrual of the close."""
    for ident, account, amount, kind in (
        ("JA", "1150", 70, "manual"),
        ("JB", "1150", 80, "manual"),
        ("JC", "1150", -80, "manual"),
        ("JD", "2100", 90, "manual"),
        ("JE", "1150", 95, "accrual"),
    ):
        c.journal(
            ident,
            march(2),
            (account, amount),
            ("4000", -amount),
            document_type=kind,
            is_manual="true",
            job_ref=f"JOB-{c.p}",
        )


def accrued_ahead(rule: str) -> Callable[[Company], None]:
    """Accrued and no more work to do, and the term is over: by deliveries and by days too much; by the
    progress of its costs nobody here can say."""

    def change(c: Company) -> None:
        c.one("contracts")["recognition_rule"] = rule
        c.journal(
            "JX",
            march(2),
            ("1150", 60),
            ("2100", -60),
            document_type="accrual",
            job_ref=f"JOB-{c.p}",
        )

    return change


def accrued_over_the_term(
    amount: int, *, currency: str = "GBP", ends_on: str = "2026-06-30"
) -> Callable[[Company], None]:
    """A thousand over six months, of which three are gone; nothing was delivered or billed. A term
    that ends before it begins says nothing."""

    def change(c: Company) -> None:
        unposted(c)
        c.tables["deliveries"].clear()
        c.one("contracts").update(recognition_rule="straight_line", ends_on=ends_on)
        c.one("deals").update(currency=currency)
        c.journal(
            "JX",
            march(31),
            ("1150", amount),
            ("4000", -amount),
            document_type="accrual",
            job_ref=f"JOB-{c.p}",
        )

    return change


def accrued_without_work(c: Company) -> None:
    """What was accrued in January was turned round in February; what was in March stands, and
    nothing was ever delivered."""
    unposted(c)
    c.tables["deliveries"].clear()
    for number, on, amount in (
        (1, date(2026, 1, 31), 70),
        (2, date(2026, 2, 28), -70),
        (3, march(2), 60),
    ):
        c.journal(
            f"JX{number}",
            on,
            ("1150", amount),
            ("4000", -amount),
            document_type="accrual",
            job_ref=f"JOB-{c.p}",
        )


def rejected_month(c: Company) -> None:
    """Billed ahead, and March is not: its only work was rejected. What is left open is January's."""
    ahead(billed=(1, 2), spans=True, extra=30)(c)
    c.one("deliveries", "V3").update(status="rejected", approved_on=None)


def used_up(planned: int) -> Callable[[Company], None]:
    """Twenty hours were worked, and the contract runs on to the end of March."""

    def change(c: Company) -> None:
        c.one("contracts").update(planned_quantity=planned, ends_on="2026-03-31")
        c.one("jobs").update(status="in_progress", completed_on=None)

    return change


def two_in_the_field(c: Company) -> None:
    """A field for one job names two."""
    like(c, "jobs", "J2", job_ref=f"JOB-9{c.p}", deal_id=None, contract_id=None)
    bill(c, "IA", march(1), 10)
    c.tables["invoice_lines"][-1]["job_ref"] = f"JOB-{c.p} / JOB-9{c.p}"


def delivered_as_sold(quantity: int) -> Callable[[Company], None]:
    """The order says less than was sold; what was delivered in the end decides."""

    def change(c: Company) -> None:
        c.add(
            "job_lines",
            job_line_id=f"{c.p}OL",
            job_id=f"{c.p}J",
            deal_line_id=f"{c.p}DL",
            product_id=f"{c.p}P",
            quantity=10,
            unit="hour",
            unit_price=50,
            net_amount=500,
            currency="GBP",
        )
        c.one("deliveries")["quantity"] = quantity

    return change


def closed_with(quantity: str, **about: object) -> Callable[[Company], None]:
    """Twenty hours sold without a plan of hours, and closed with so many."""

    def change(c: Company) -> None:
        c.one("deal_lines")["planned_hours"] = None
        c.one("deliveries")["quantity"] = Decimal(quantity)
        c.one("jobs").update(about)

    return change


def billed_on_order(account: str, *, delivered: bool = False) -> Callable[[Company], None]:
    """Billed when it was ordered, to revenue or to deferred income; nothing is shipped yet."""

    def change(c: Company) -> None:
        c.one("contracts").update(billing_rule="on_order")
        if not delivered:
            c.tables["deliveries"].clear()
            c.tables["stock_moves"].clear()
        for line in c.tables["invoice_lines"]:
            line.update(delivery_id=None, account_code=account)
        for line in c.tables["journal_lines"]:
            if line["account_code"] == "4000":
                line["account_code"] = account

    return change
