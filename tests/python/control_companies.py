"""The smallest companies on which a control fires: a clean one of each kind of work, and one change
a control.

All of them lie in one import folder, each with ids of its own, so that one build judges them all.
What a whole ledger is judged by (tie-outs, completeness of what was landed, age) has a folder of
its own.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

AS_OF = date(2026, 3, 31)
Row = dict[str, Any]
CODES = {
    "1000": ("asset", "cash"),
    "1100": ("asset", "receivable"),
    "1150": ("asset", "accrued_income"),
    "1300": ("asset", "retention"),
    "1400": ("asset", "disbursement"),
    "2000": ("liability", "tax"),
    "2100": ("liability", "deferred_income"),
    "2200": ("liability", "customer_deposits"),
    "3000": ("equity", "other"),
    "4000": ("revenue", "revenue"),
    "5000": ("expense", "cost_of_sales"),
    "6000": ("expense", "bad_debt"),
}


@dataclass
class Company:
    """Tables in the input layer's shape; `p` begins every id."""

    p: str
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def add(self, entity: str, /, **row: Any) -> Row:
        self.tables[entity].append(row)
        return row

    def one(self, entity: str, ident: str | None = None) -> Row:
        rows = self.tables[entity]
        return (
            rows[0]
            if ident is None
            else next(row for row in rows if next(iter(row.values())) == f"{self.p}{ident}")
        )

    def drop(self, entity: str, **match: Any) -> None:
        self.tables[entity] = [
            row
            for row in self.tables[entity]
            if any(row.get(key) != value for key, value in match.items())
        ]

    def journal(self, ident: str, on: date, *lines: tuple[str, Any], **about: Any) -> None:
        common: Row = {
            "journal_id": f"{self.p}{ident}",
            "posted_on": on,
            "entered_at": f"{on}T12:00:00",
            "document_type": "other",
            "entered_by": "may",
            "approved_by": "joe",
            "is_manual": "false",
            **about,
        }
        for number, (code, amount) in enumerate(lines, 1):
            self.add(
                "journal_lines",
                journal_line_id=f"{self.p}{ident}-{number}",
                account_code=code,
                amount=amount,
                **common,
            )

    def invoice(
        self, ident: str, on: date, lines: list[Row], *, post: bool = True, **about: Any
    ) -> Row:
        """An invoice or credit note, its lines with 20 % tax, and its journal."""
        p, net = self.p, sum((Decimal(str(line["net_amount"])) for line in lines), Decimal(0))
        tax = (net / 5).quantize(Decimal("0.01"))
        row = self.add(
            "invoices",
            invoice_id=f"{p}{ident}",
            **{
                "invoice_number": f"{p}-{ident[1:]}",
                "invoice_type": "invoice",
                "customer_id": f"{p}C",
                "status": "paid",
                "issued_on": on,
                "due_on": on + timedelta(days=30),
                "currency": "GBP",
                "exchange_rate": None,
                "net_amount": net,
                "tax_amount": tax,
                "gross_amount": net + tax,
                "corrects_invoice_id": None,
                "credit_reason": None,
                "entered_by": "may",
                "approved_by": "joe",
                **about,
            },
        )
        for number, line in enumerate(lines, 1):
            own = (Decimal(str(line["net_amount"])) / 5).quantize(Decimal("0.01"))
            self.add(
                "invoice_lines",
                invoice_line_id=f"{p}{ident}L{number}",
                invoice_id=f"{p}{ident}",
                line_number=number,
                tax_code="T20",
                tax_amount=own,
                account_code="4000",
                **line,
            )
        if post:
            sign = -1 if row["invoice_type"] == "credit_note" else 1
            self.journal(
                f"J{ident}",
                on,
                ("1100", sign * (net + tax)),
                ("4000", -sign * net),
                ("2000", -sign * tax),
                document_type=row["invoice_type"],
                document_id=f"{p}{ident}",
                job_ref=lines[0].get("job_ref"),
            )
        return row

    def pay(self, ident: str, invoice: str, on: date, amount: Any) -> None:
        p = self.p
        self.add(
            "payments",
            payment_id=f"{p}{ident}",
            customer_id=f"{p}C",
            received_on=on,
            amount=amount,
            currency="GBP",
            reference=f"pays {invoice}",
            bank_transaction_id=f"{p}B{ident}",
            status="received",
            reversed_on=None,
        )
        self.add(
            "payment_applications",
            application_id=f"{p}A{ident}",
            payment_id=f"{p}{ident}",
            credit_note_id=None,
            invoice_id=f"{p}{invoice}",
            kind="payment",
            applied_on=on,
            amount=amount,
        )
        self.journal(
            f"J{ident}",
            on,
            ("1000", amount),
            ("1100", -Decimal(str(amount))),
            document_type="receipt",
            document_id=f"{p}{ident}",
        )

    def line(self, quantity: Any, price: Any, **about: Any) -> Row:
        net = (Decimal(str(quantity)) * Decimal(str(price))).quantize(Decimal("0.01"))
        return {
            "product_code": f"{self.p}P",
            "quantity": quantity,
            "unit_price": price,
            "net_amount": net,
            "job_ref": f"JOB-{self.p}",
            **about,
        }


def _base(p: str, job_type: str, rule: str, unit: str, **contract: Any) -> Company:
    """A customer, a salesperson, an engineer, a product, a won deal with its job under a
    contract."""
    c, mark = Company(p), hashlib.sha256(p.encode()).hexdigest()
    digits = str(int(mark[:12], 16))[:9]
    c.add(
        "customers",
        customer_id=f"{p}C",
        customer_name=f"{mark[:9]} {mark[9:18]}",
        tax_number=f"GB{digits}",
        country="GB",
        created_at="2026-01-02T09:00:00",
    )
    c.add(
        "people",
        person_id=f"{p}S",
        full_name=f"Seller {p}",
        role="salesperson",
        weekly_capacity_hours=40,
        skills=None,
        active="true",
    )
    c.add(
        "people",
        person_id=f"{p}E",
        full_name=f"Engineer {p}",
        role="engineer",
        weekly_capacity_hours=40,
        skills=f"skill {p}",
        active="true",
    )
    c.add(
        "products",
        product_id=f"{p}P",
        product_code=f"{p}P",
        product_name=f"Product {p}",
        product_category="services",
        unit=unit,
        list_price=50,
        standard_cost=20,
        currency="GBP",
    )
    c.add(
        "deals",
        deal_id=f"{p}D",
        deal_name=f"Deal {p}",
        customer_id=f"{p}C",
        owner_id=f"{p}S",
        stage="won",
        is_closed="true",
        is_won="true",
        amount=1000,
        currency="GBP",
        created_on="2026-01-02",
        won_on="2026-01-05",
        service_starts_on="2026-01-05",
        service_ends_on="2026-03-31",
        required_skills=None,
    )
    c.add(
        "deal_lines",
        deal_line_id=f"{p}DL",
        deal_id=f"{p}D",
        product_id=f"{p}P",
        quantity=20,
        unit=unit,
        unit_price=50,
        discount_amount=0,
        net_amount=1000,
        planned_hours=20 if unit == "hour" else None,
    )
    c.add(
        "contracts",
        **{
            "contract_id": f"{p}K",
            "customer_id": f"{p}C",
            "deal_id": f"{p}D",
            "starts_on": "2026-01-05",
            "ends_on": "2026-03-31",
            "billing_rule": rule,
            "billing_period": None,
            "billing_window_days": 14,
            "payment_terms_days": 30,
            "fee_type": None,
            "fee_base_amount": None,
            "fee_pct": None,
            "rebate_days": None,
            "rebate_pct": None,
            "planned_quantity": None,
            "currency": "GBP",
            "status": "active",
            **contract,
        },
    )
    c.add(
        "jobs",
        job_id=f"{p}J",
        job_ref=f"JOB-{p}",
        deal_id=f"{p}D",
        contract_id=f"{p}K",
        customer_id=f"{p}C",
        job_type=job_type,
        status="in_progress",
        manager_id=f"{p}E",
        person_id=None,
        started_on="2026-01-05",
        completed_on=None,
        left_on=None,
        currency="GBP",
    )
    return c


def _delivery(
    c: Company, ident: str, on: date, quantity: Any, unit: str, kind: str, **about: Any
) -> Row:
    return c.add(
        "deliveries",
        **{
            "delivery_id": f"{c.p}{ident}",
            "job_id": f"{c.p}J",
            "work_order_id": None,
            "product_id": f"{c.p}P",
            "person_id": f"{c.p}E",
            "delivery_type": kind,
            "status": "approved",
            "billable": "true",
            "delivered_on": on,
            "approved_on": on,
            "accepted_on": None,
            "period_starts_on": None,
            "period_ends_on": None,
            "quantity": quantity,
            "unit": unit,
            "value_amount": None,
            **about,
        },
    )


def hours(p: str) -> Company:
    """Twenty hours sold, worked on one ticket, billed and paid: time and materials on delivery."""
    c = _base(p, "time_and_materials", "on_delivery", "hour")
    c.add(
        "contract_rates",
        contract_rate_id=f"{p}R",
        contract_id=f"{p}K",
        product_id=f"{p}P",
        person_id=None,
        unit="hour",
        charge_rate=50,
        pay_rate=None,
        valid_from="2026-01-01",
        valid_to=None,
    )
    c.one("jobs").update(status="completed", completed_on="2026-02-20")
    c.add(
        "work_orders",
        work_order_id=f"{p}W",
        job_id=f"{p}J",
        product_id=f"{p}P",
        status="completed",
        scheduled_on="2026-02-10",
        completed_on="2026-02-10",
    )
    _delivery(c, "V", date(2026, 2, 10), 20, "hour", "time", work_order_id=f"{p}W")
    c.add(
        "costs",
        cost_id=f"{p}X",
        job_id=f"{p}J",
        delivery_id=f"{p}V",
        person_id=f"{p}E",
        cost_type="labour",
        incurred_on="2026-02-10",
        quantity=20,
        amount=400,
        currency="GBP",
    )
    c.invoice("I1", date(2026, 2, 15), [c.line(20, 50, delivery_id=f"{p}V")])
    c.pay("M", "I1", date(2026, 3, 10), Decimal("1200.00"))
    return c


def goods(p: str) -> Company:
    """Twenty pieces sold, shipped in two lots, billed by dispatch note and paid."""
    c = _base(p, "product_order", "on_delivery", "each")
    for number, day in (("1", 10), ("2", 20)):
        _delivery(c, f"V{number}", date(2026, 2, day), 10, "each", "shipment")
        c.add(
            "stock_moves",
            stock_move_id=f"{p}SM{number}",
            delivery_id=f"{p}V{number}",
            product_id=f"{p}P",
            quantity=-10,
            moved_on=date(2026, 2, day),
            cost_amount=200,
        )
    c.invoice(
        "I1",
        date(2026, 2, 21),
        [c.line(10, 50, delivery_id=f"{p}V1"), c.line(10, 50, delivery_id=f"{p}V2")],
    )
    c.pay("M", "I1", date(2026, 3, 10), Decimal("1200.00"))
    return c


def months(p: str) -> Company:
    """A contract billed by the month in arrears: January and February worked, billed and paid."""
    c = _base(
        p,
        "time_and_materials",
        "periodic_arrears",
        "hour",
        billing_period="month",
        starts_on="2026-01-01",
        ends_on="2026-02-28",
    )
    c.add(
        "contract_rates",
        contract_rate_id=f"{p}R",
        contract_id=f"{p}K",
        product_id=f"{p}P",
        person_id=None,
        unit="hour",
        charge_rate=50,
        pay_rate=None,
        valid_from="2026-01-01",
        valid_to=None,
    )
    for number, (month, last) in enumerate(((1, 31), (2, 28)), 1):
        first, end = date(2026, month, 1), date(2026, month, last)
        _delivery(c, f"V{number}", end - timedelta(days=8), 10, "hour", "time")
        c.invoice(
            f"I{number}",
            end + timedelta(days=3),
            [c.line(10, 50, period_starts_on=first, period_ends_on=end)],
        )
        c.pay(f"M{number}", f"I{number}", end + timedelta(days=20), Decimal("600.00"))
        # The work of a month is accrued at its end, and turned round on the first.
        for turn, on in ((1, end), (-1, end + timedelta(days=1))):
            c.journal(
                f"JA{number}{turn}",
                on,
                ("1150", 500 * turn),
                ("4000", -500 * turn),
                document_type="accrual",
                job_ref=f"JOB-{p}",
                is_manual="true",
            )
    return c


def placement(p: str) -> Company:
    """A placement billed by the week: two weeks worked, billed, paid by the client and to the
    person."""
    c = _base(
        p,
        "placement",
        "periodic_arrears",
        "hour",
        billing_period="week",
        starts_on="2026-02-02",
        ends_on="2026-02-15",
    )
    c.add(
        "contract_rates",
        contract_rate_id=f"{p}R",
        contract_id=f"{p}K",
        product_id=f"{p}P",
        person_id=f"{p}E",
        unit="hour",
        charge_rate=50,
        pay_rate=30,
        valid_from="2026-01-01",
        valid_to=None,
    )
    c.one("jobs").update(
        person_id=f"{p}E", started_on="2026-02-02", status="completed", completed_on="2026-02-15"
    )
    c.one("deals")["service_starts_on"] = "2026-02-02"
    for number, monday in enumerate((date(2026, 2, 2), date(2026, 2, 9)), 1):
        span = {"period_starts_on": monday, "period_ends_on": monday + timedelta(days=6)}
        _delivery(c, f"V{number}", monday + timedelta(days=6), 10, "hour", "time", **span)
        c.add(
            "pay_items",
            pay_item_id=f"{p}PI{number}",
            pay_run_id=f"{p}PR",
            person_id=f"{p}E",
            delivery_id=f"{p}V{number}",
            job_ref=f"JOB-{p}",
            **span,
            paid_on=monday + timedelta(days=18),
            quantity=10,
            unit="hour",
            pay_rate=30,
            amount=300,
            currency="GBP",
            status="paid",
        )
        c.invoice(
            f"I{number}",
            monday + timedelta(days=10),
            [c.line(10, 50, delivery_id=f"{p}V{number}", **span)],
        )
        c.pay(f"M{number}", f"I{number}", monday + timedelta(days=25), Decimal("600.00"))
    return c


def permanent(p: str) -> Company:
    """A permanent placement whose fee was billed, and half of it credited when the person left."""
    c = _base(
        p,
        "permanent_placement",
        "on_delivery",
        "each",
        fee_type="permanent",
        fee_base_amount=10000,
        fee_pct=10,
        rebate_days=60,
        rebate_pct=50,
    )
    c.one("jobs").update(
        person_id=f"{p}E", status="completed", completed_on="2026-01-05", left_on="2026-02-10"
    )
    c.one("deal_lines").update(quantity=1, unit_price=1000)
    _delivery(c, "V", date(2026, 1, 5), 1, "each", "placement_start")
    c.invoice("I1", date(2026, 1, 10), [c.line(1, 1000, delivery_id=f"{p}V")])
    c.invoice(
        "N1",
        date(2026, 2, 12),
        [c.line(1, 500)],
        invoice_type="credit_note",
        corrects_invoice_id=f"{p}I1",
        credit_reason="rebate",
        invoice_number=f"{p}CN-1",
    )
    c.add(
        "payment_applications",
        application_id=f"{p}AN",
        payment_id=None,
        credit_note_id=f"{p}N1",
        invoice_id=f"{p}I1",
        kind="credit_note",
        applied_on="2026-02-12",
        amount=600,
    )
    c.pay("M", "I1", date(2026, 2, 20), Decimal("600.00"))
    return c


def stages(p: str) -> Company:
    """A fixed price by milestones: one, accepted, billed and paid."""
    c = _base(p, "fixed_price", "milestone", "lot")
    c.one("jobs").update(status="completed", completed_on="2026-02-10")
    c.one("deal_lines").update(quantity=1, unit_price=1000)
    _delivery(
        c,
        "V",
        date(2026, 2, 10),
        1,
        "lot",
        "milestone",
        accepted_on="2026-02-12",
        value_amount=1000,
        person_id=None,
    )
    c.add(
        "costs",
        cost_id=f"{p}X",
        job_id=f"{p}J",
        delivery_id=None,
        person_id=None,
        cost_type="subcontract",
        incurred_on="2026-02-10",
        quantity=1,
        amount=400,
        currency="GBP",
    )
    c.invoice("I1", date(2026, 2, 15), [c.line(1, 1000, delivery_id=f"{p}V")])
    c.pay("M", "I1", date(2026, 3, 10), Decimal("1200.00"))
    return c


def noise(p: str) -> Company:
    """The clean company of hours, and beside it what a control must leave alone: not yet, not any
    more, not at all."""
    c = hours(p)
    soon, just = date(2026, 4, 10), date(2026, 3, 28)
    deal = c.one("deals")
    c.add(
        "deals",
        **{
            **deal,
            "deal_id": f"{p}DLOST",
            "is_won": "false",
            "won_on": None,
            "required_skills": f"none {p}",
            "amount": 0,
        },
    )
    c.add("deals", **{**deal, "deal_id": f"{p}DJUST", "won_on": just, "amount": 0})
    c.add(
        "deals",
        **{
            **deal,
            "deal_id": f"{p}DSOON",
            "won_on": soon,
            "created_on": soon,
            "owner_id": None,
            "amount": 0,
        },
    )
    job = c.one("jobs")
    c.add(
        "jobs",
        **{
            **job,
            "job_id": f"{p}JC",
            "job_ref": f"JOB-7{p}",
            "deal_id": None,
            "contract_id": None,
            "status": "cancelled",
            "completed_on": None,
        },
    )
    c.add(
        "jobs",
        **{
            **job,
            "job_id": f"{p}JP",
            "job_ref": f"JOB-8{p}",
            "deal_id": None,
            "contract_id": None,
            "status": "planned",
            "started_on": None,
            "completed_on": None,
            "manager_id": None,
            "planned_start_on": soon,
        },
    )
    c.add(
        "contracts",
        **{
            **c.one("contracts"),
            "contract_id": f"{p}KC",
            "billing_rule": "periodic_arrears",
            "billing_period": "month",
            "status": "cancelled",
            "deal_id": None,
        },
    )
    one = c.one("deliveries")
    for ident, changes in {
        "DRAFT": {"status": "draft"},
        "REJ": {"status": "rejected"},
        "FREE": {"billable": "false", "quantity": 0},
        "SOON": {"delivered_on": soon},
        "STONE": {
            "delivery_type": "milestone",
            "delivered_on": just,
            "quantity": 1,
            "unit": "lot",
            "product_id": None,
        },
        "SHIPSOON": {"delivery_type": "shipment", "delivered_on": soon, "unit": "each"},
        "SHIPDRAFT": {"delivery_type": "shipment", "status": "draft", "unit": "each"},
        "SHIPJUST": {
            "delivery_type": "shipment",
            "delivered_on": AS_OF,
            "unit": "each",
            "quantity": 1,
            "billable": "false",
        },
        "STONEDRAFT": {"delivery_type": "milestone", "status": "draft", "quantity": 1},
        "STONESOON": {"delivery_type": "milestone", "delivered_on": soon, "quantity": 1},
    }.items():
        c.add(
            "deliveries", **{**one, "delivery_id": f"{p}V{ident}", "work_order_id": None, **changes}
        )
    c.add(
        "stock_moves",
        stock_move_id=f"{p}SMIN",
        delivery_id=f"{p}VDRAFT",
        product_id=f"{p}P",
        quantity=10,
        moved_on="2026-02-01",
        cost_amount=200,
    )
    c.add(
        "work_orders",
        **{
            **c.one("work_orders"),
            "work_order_id": f"{p}WPLAN",
            "status": "planned",
            "completed_on": None,
        },
    )
    c.add(
        "work_orders",
        **{**c.one("work_orders"), "work_order_id": f"{p}WSOON", "completed_on": soon},
    )
    for ident, changes in {
        "I2": {"status": "draft"},
        "I3": {"status": "voided", "voided_on": "2026-02-22"},
        "I4": {"issued_on": soon},
    }.items():
        c.invoice(
            ident,
            date(2026, 2, 20),
            [c.line(1, 77, job_ref=None, delivery_id=f"{p}V?")],
            post=False,
            entered_by="may",
            approved_by="may",
            **changes,
        )
    c.invoice("I5", AS_OF, [c.line(Decimal("0.2"), 50)], post=False, status="posted", due_on=AS_OF)
    c.invoice(
        "N1",
        date(2026, 2, 25),
        [c.line(1, 1, product_code=None, job_ref=None)],
        invoice_type="credit_note",
        invoice_number=f"{p}CN-1",
        credit_reason="goodwill",
    )
    c.tables["invoice_lines"][-1].update(account_code="6000", tax_code=None, tax_amount=0)
    c.tables["invoices"][-1].update(tax_amount=0, gross_amount=1)
    payment, application = c.one("payments"), c.one("payment_applications")
    for ident, changes in {
        "MREV": {"status": "reversed", "reversed_on": "2026-03-15"},
        "MSOON": {"received_on": soon},
        "MJUST": {"received_on": just, "amount": 7},
    }.items():
        c.add(
            "payments",
            **{
                **payment,
                "payment_id": f"{p}{ident}",
                "reference": ident,
                "bank_transaction_id": f"{p}B{ident}",
                **changes,
            },
        )
    c.add(
        "payment_applications",
        **{**application, "application_id": f"{p}AREV", "reversed_on": "2026-03-15"},
    )
    c.add(
        "payment_applications", **{**application, "application_id": f"{p}ASOON", "applied_on": soon}
    )
    c.journal(
        "JOPEN",
        date(2026, 1, 1),
        ("1000", 10),
        ("4000", -10),
        document_type="opening",
        entered_at="2026-03-20T12:00:00",
    )
    c.journal("JCLOSE", date(2026, 3, 2), ("4000", 10), ("3000", -10), document_type="year_close")
    c.journal(
        "JACC",
        date(2026, 3, 2),
        ("1150", 10),
        ("4000", -10),
        document_type="manual",
        is_manual="true",
        job_ref=f"JOB-{p}",
    )
    c.journal(
        "JACC2",
        date(2026, 3, 3),
        ("1150", -10),
        ("4000", 10),
        document_type="manual",
        is_manual="true",
        job_ref=f"JOB-{p}",
    )
    c.journal(
        "JSOON",
        soon,
        ("1000", 10),
        ("4000", -9),
        document_type="manual",
        entered_at=f"{soon}T12:00:00",
        approved_by="may",
    )
    c.add(
        "change_orders",
        change_order_id=f"{p}CON",
        deal_id=f"{p}D",
        job_id=f"{p}J",
        product_id=f"{p}P",
        status="proposed",
        approved_on=None,
        quantity_delta=1,
        amount_delta=0,
        currency="GBP",
    )
    c.add(
        "change_orders",
        change_order_id=f"{p}COSOON",
        deal_id=f"{p}D",
        job_id=f"{p}J",
        product_id=f"{p}P",
        status="approved",
        approved_on=soon,
        quantity_delta=1,
        amount_delta=0,
        currency="GBP",
    )
    c.add(
        "change_orders",
        change_order_id=f"{p}COOK",
        deal_id=f"{p}D",
        job_id=f"{p}J",
        product_id=f"{p}P",
        status="approved",
        approved_on="2026-02-01",
        quantity_delta=1,
        amount_delta=50,
        currency="GBP",
    )
    c.add(
        "people",
        person_id=f"{p}OLD",
        full_name=f"Gone {p}",
        role="engineer",
        weekly_capacity_hours=40,
        skills=f"skill {p}",
        active="false",
    )
    return c


KINDS: tuple[Callable[[str], Company], ...] = (
    hours,
    goods,
    months,
    placement,
    permanent,
    stages,
    noise,
)


def write(companies: list[Company], folder: Path) -> None:
    """One import folder with the rows of all of them, and what they share: accounts, tax, rates."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for company in companies:
        for entity, rows in company.tables.items():
            tables[entity] += rows
    if any(company.tables["journal_lines"] for company in companies):
        tables["accounts"] = [
            {"account_code": code, "account_name": code, "account_type": kind, "account_role": role}
            for code, (kind, role) in CODES.items()
        ]
    tables["tax_rates"] = [
        {
            "tax_code": "T20",
            "rate_pct": 20,
            "valid_from": "2020-01-01",
            "valid_to": None,
            "product_category": None,
        },
        {
            "tax_code": "T20",
            "rate_pct": 5,
            "valid_from": "2020-01-01",
            "valid_to": None,
            "product_category": "books",
        },
        {
            "tax_code": "T10",
            "rate_pct": 9,
            "valid_from": "2020-01-01",
            "valid_to": "2026-02-28",
            "product_category": None,
        },
        {
            "tax_code": "T10",
            "rate_pct": 10,
            "valid_from": "2026-03-01",
            "valid_to": None,
            "product_category": None,
        },
        {
            "tax_code": "T15",
            "rate_pct": 15,
            "valid_from": "2020-01-01",
            "valid_to": "2025-12-31",
            "product_category": None,
        },
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for entity, rows in tables.items():
        if not rows:
            continue
        names = list(dict.fromkeys(name for row in rows for name in row))
        with (folder / f"{entity}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
