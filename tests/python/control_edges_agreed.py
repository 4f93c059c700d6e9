"""At the edge of rules about what was agreed, and about which of two records is meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from control_companies import Company, Row
from control_edges import SOON, apply, bill, finds, like, march, receipt


def scope_changed(**change_order: Any) -> Callable[[Company], None]:
    """Fourteen hours planned, twenty worked; a change order agreed six more, in its own way."""

    def change(c: Company) -> None:
        c.one("deal_lines").update(planned_hours=14)
        c.add(
            "change_orders",
            **{
                "change_order_id": f"{c.p}CO",
                "deal_id": f"{c.p}D",
                "job_id": f"{c.p}J",
                "product_id": f"{c.p}P",
                "status": "approved",
                "approved_on": "2026-02-05",
                "amount_delta": 300,
                "currency": "GBP",
                **change_order,
            },
        )

    return change


def paid_or_booked_twice(c: Company) -> None:
    """Two lines of the bank say one thing: nothing waits for the second, a bill does, it is used,
    the first is not."""
    for letter, net in (("U", 50), ("V", 55), ("W", 60), ("X", 65)):
        gross = Decimal(net) * 6 / 5
        bill(c, f"I{letter}", march(1), net, letter)
        for number in (1, 2):
            receipt(
                c,
                f"{letter}{number}",
                march(9 + number),
                gross,
                letter,
                bank_transaction_id=f"{letter}{number}",
            )
        if letter != "X":
            apply(c, f"A{letter}1", f"{letter}1", f"I{letter}", march(10), gross)
    bill(c, "IV2", march(8), 55, "v2")
    bill(c, "IW2", march(8), 5, "w2")
    apply(c, "AW2", "W2", "IW2", march(11), 6)


def amount_of_two_jobs(open_on_both: bool) -> Callable[[Company], None]:
    """A bill names no job, and its amount is open on one job of its customer, or on two."""

    def change(c: Company) -> None:
        for number in ("2", "3"):
            like(
                c,
                "jobs",
                f"J{number}",
                job_ref=f"JOB-{number}9{c.p}",
                deal_id=None,
                contract_id=None,
            )
            quantity = 7 if number == "2" or open_on_both else 8
            about: Row = {
                "job_id": f"{c.p}J{number}",
                "work_order_id": None,
                "delivered_on": march(20),
            }
            like(c, "deliveries", f"V{number}", quantity=quantity, **about)
        bill(c, "IA", march(25), 350)
        c.tables["invoice_lines"][-1]["job_ref"] = None

    return change


def bill_that_nobody_has(c: Company) -> None:
    """Accrued for a bill that is not there; for one that is; a release that names none."""
    for ident, account, amount, document in (
        ("JA", "1150", 70, f"{c.p}gone"),
        ("JB", "1150", 80, f"{c.p}I1"),
        ("JC", "1150", 85, None),
        ("JD", "2100", 90, f"{c.p}gone"),
        # What a bank names is no bill.
        ("JE", "1150", 95, f"{c.p}bank"),
    ):
        c.journal(
            ident,
            march(2),
            (account, amount),
            ("4000", -amount),
            document_type="payment" if ident == "JE" else "invoice",
            document_id=document,
            job_ref=f"JOB-{c.p}",
        )


def months_without_timesheets(
    starts_on: str, ends_on: str, *mondays: tuple[int, int]
) -> Callable[[Company], None]:
    """A placement billed by the month, with forty hours in each; timesheets of some weeks alone."""

    def change(c: Company) -> None:
        for entity in (
            "invoices",
            "invoice_lines",
            "payments",
            "payment_applications",
            "journal_lines",
            "pay_items",
        ):
            c.tables[entity].clear()
        c.one("contracts").update(
            billing_period="month",
            starts_on=starts_on,
            ends_on=ends_on,
            standard_quantity_per_period=40,
        )
        c.one("jobs").update(started_on=starts_on, status="in_progress", completed_on=None)
        first = c.one("deliveries")
        c.tables["deliveries"].clear()
        for number, (month, day) in enumerate(mondays, 1):
            c.add(
                "deliveries",
                **{
                    **first,
                    "delivery_id": f"{c.p}V{number}",
                    "delivered_on": date(2026, month, day),
                    "period_starts_on": None,
                    "period_ends_on": None,
                },
            )

    return change


JANUARY = ((1, 5), (1, 12), (1, 19), (1, 26))
MARCH = ((3, 2), (3, 16), (3, 23))


def looked_after(c: Company) -> None:
    """A system that names the owners of most of its customers: one has none, one comes later, and
    two are holdings, one of the other."""
    owner = c.one("deals")["owner_id"]
    c.one("customers").update(owner_id=owner)
    for ident, name, owned_by, created in (
        ("C2", "Wether", None, "2026-01-02T09:00:00"),
        ("C3", "Teasel", owner, "2026-01-02T09:00:00"),
        ("C4", "Sorrel", None, "2026-05-02T09:00:00"),
        ("C5", "Bryony", owner, "2026-01-02T09:00:00"),
        ("C6", "Yarrow", None, "2026-01-02T09:00:00"),
        ("C7", "Tansy", None, "2026-01-02T09:00:00"),
        ("C8", "Sedge", owner, "2026-01-02T09:00:00"),
        ("C9", "Clover", owner, "2026-01-02T09:00:00"),
    ):
        c.add(
            "customers",
            customer_id=f"{c.p}{ident}",
            customer_name=f"{name} {c.p} Ltd",
            country="GB",
            owner_id=owned_by,
            created_at=created,
        )
    c.one("customers", "C5")["parent_customer_id"] = f"{c.p}C6"
    c.one("customers", "C6")["parent_customer_id"] = f"{c.p}C7"


SCOPES = (
    ({"hours_delta": 6}, finds()),
    # The product is another system's; and the change is in days.
    ({"quantity_delta": 6, "unit": "hour", "product_id": "of another system"}, finds()),
    ({"quantity_delta": "0.75", "unit": "day"}, finds()),
    ({"quantity_delta": 6, "unit": None}, finds()),
    ({"hours_delta": 0, "quantity_delta": 6, "unit": "hour"}, finds()),
    ({"hours_delta": 3}, finds("J")),
    ({"hours_delta": None, "quantity_delta": 6, "unit": "each"}, finds("J")),
    ({"hours_delta": 6, "status": "proposed"}, finds("J")),
    ({"hours_delta": 6, "approved_on": SOON}, finds("J")),
)


def charged_by_class(c: Company) -> None:
    """Overtime is 90, other time 50: overtime at the price of the other, at its own, and by a class
    that has no rate, which is the other's."""
    c.one("contract_rates")["rate_class"] = "standard"
    like(c, "contract_rates", "RO", rate_class="overtime", charge_rate=90)
    for letter, rate_class, price in (
        ("A", "overtime", 50),
        ("B", "overtime", 90),
        ("D", "night", 50),
        ("F", None, 50),
    ):
        about = {"work_order_id": None, "quantity": 4, "rate_class": rate_class}
        like(c, "deliveries", f"V{letter}", **about)
        line = c.line(4, price, delivery_id=f"{c.p}V{letter}")
        c.invoice(f"I{letter}", march(2), [line], post=False)


def credited_for_hours(c: Company) -> None:
    """Twelve billed for ten: two of them are credited for their quantity, by a note that names the
    bill alone; out of goodwill; one of them."""
    for letter, quantity, reason in (
        ("A", 2, "quantity"),
        ("B", 2, "goodwill"),
        ("D", 1, "quantity"),
    ):
        like(c, "deliveries", f"V{letter}", work_order_id=None, quantity=10)
        line = c.line(12, 50, delivery_id=f"{c.p}V{letter}")
        c.invoice(f"I{letter}", march(2), [line], post=False)
        c.invoice(
            f"N{letter}",
            march(5),
            [c.line(quantity, 50)],
            post=False,
            invoice_number=f"{c.p}-N{letter}",
            invoice_type="credit_note",
            corrects_invoice_id=f"{c.p}I{letter}",
            credit_reason=reason,
        )
