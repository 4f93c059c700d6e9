"""The smallest change that breaks each control: to which clean company, and what else has to speak
with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from control_companies import Company, Row, goods, hours, months, permanent, placement, stages
from control_edges import like
from control_edges_margin import listed_at, nobodys, nothing, shares, uncosted, waiting

OWN_FOLDER = frozenset(
    {
        "receivables_tie_out",
        "deferred_income_tie_out",
        "accrued_income_tie_out",
        "cash_tie_out",
        "retention_tie_out",
        "cost_of_sales_tie_out",
        "trial_balance_tie_out",
        "landed_incomplete",
        "source_stale",
        "invoice_not_posted",
        "customer_unmatched",
        "labour_without_cost_rate",
    }
)
"""What a whole system is judged by: its fixture is a system."""


@dataclass(frozen=True)
class Fault:
    """`also` are controls that the same fact breaks by definition: what follows, and what it
    follows from."""

    company: Callable[[str], Company]
    change: Callable[[Company], object]
    also: frozenset[str] = field(default_factory=frozenset)
    says: Callable[[str], dict[str, list[Row]]] = lambda p: {}
    """What people wrote into the seeds about it."""


def _extra_invoice(c: Company) -> None:
    lines = [dict(line) for line in c.tables["invoice_lines"]]
    kept = [
        {
            name: line[name]
            for name in (
                "product_code",
                "quantity",
                "unit_price",
                "net_amount",
                "job_ref",
                "delivery_id",
            )
        }
        for line in lines
    ]
    c.invoice("I2", date(2026, 2, 20), kept)
    c.pay("M2", "I2", date(2026, 3, 12), Decimal("1200.00"))


def _billed_twice(c: Company) -> None:
    c.invoice("I2", date(2026, 3, 8), [c.line(10, 50, delivery_id=f"{c.p}V1")])
    c.pay("M2", "I2", date(2026, 3, 20), Decimal("600.00"))


def _unsold(c: Company) -> None:
    c.one("jobs")["deal_id"] = c.one("contracts")["deal_id"] = None


def _price(c: Company, price: Decimal) -> None:
    line = c.one("invoice_lines")
    net = price * Decimal(str(line["quantity"]))
    line.update(unit_price=price, net_amount=net, tax_amount=net / 5)
    c.one("invoices").update(net_amount=net, tax_amount=net / 5, gross_amount=net * 6 / 5)
    _repost(c, net)


def _quantity(c: Company, quantity: Decimal) -> None:
    line = c.one("invoice_lines")
    net = quantity * 50
    line.update(quantity=quantity, net_amount=net, tax_amount=net / 5)
    c.one("invoices").update(net_amount=net, tax_amount=net / 5, gross_amount=net * 6 / 5)
    _repost(c, net)


def _repost(c: Company, net: Decimal) -> None:
    gross = net * 6 / 5
    amounts = iter((gross, -net, -net / 5))
    for line in c.tables["journal_lines"]:
        if line["journal_id"] == f"{c.p}JI1":
            line["amount"] = next(amounts)
    for line, amount in zip(
        [x for x in c.tables["journal_lines"] if x["journal_id"] == f"{c.p}JM"],
        (gross, -gross),
        strict=True,
    ):
        line["amount"] = amount
    c.one("payments")["amount"] = c.one("payment_applications")["amount"] = gross


def _below_what_was_sold(c: Company) -> None:
    """Half of what was sold at 50 is billed at 45, and no contract has a rate for it."""
    c.tables["invoice_lines"][0].update(unit_price=45, net_amount=450, tax_amount=90)
    c.one("invoices").update(net_amount=950, tax_amount=190, gross_amount=1140)
    _repost(c, Decimal(950))


def _unbilled(c: Company, number: str) -> None:
    """The invoice of that number was never drawn up, nor paid."""
    c.drop("invoices", invoice_id=f"{c.p}I{number}")
    c.drop("invoice_lines", invoice_id=f"{c.p}I{number}")
    c.drop("payments", payment_id=f"{c.p}M{number}")
    c.drop("payment_applications", invoice_id=f"{c.p}I{number}")
    for journal in (f"{c.p}JI{number}", f"{c.p}JM{number}"):
        c.drop("journal_lines", journal_id=journal)


def _second_customer(c: Company) -> None:
    c.tables["customers"].append({**c.one("customers"), "customer_id": f"{c.p}C2"})


def _foreign(c: Company) -> None:
    for entity in ("deals", "contracts", "jobs"):
        c.one(entity)["currency"] = "NOK"
    c.drop("journal_lines", journal_id=f"{c.p}none")


def _second_line(c: Company, amount: int = 100, **about: object) -> None:
    """One more line on an invoice of its own."""
    c.invoice("I2", date(2026, 2, 22), [{**c.line(1, amount), **about}])
    c.pay("M2", "I2", date(2026, 3, 12), Decimal(amount) * 6 / 5)


def _own(c: Company, **about: object) -> None:
    c.journal("JX", date(2026, 3, 2), ("5000", 100), ("1000", -100), **about)


def _drop_line(c: Company, ident: str) -> None:
    """The second lot was left off the invoice, and is not paid."""
    c.drop("invoice_lines", invoice_line_id=f"{c.p}{ident}")
    c.one("invoices").update(net_amount=500, tax_amount=100, gross_amount=600)
    _repost(c, Decimal(500))


def _amounts(c: Company, journal: str, *amounts: int) -> None:
    rows = [line for line in c.tables["journal_lines"] if line["journal_id"] == f"{c.p}{journal}"]
    for line, amount in zip(rows, amounts or (), strict=False):
        line["amount"] = amount
    if len(amounts) == 1:
        rows[1]["amount"] = -amounts[0]


def held(c: Company) -> None:
    """Five per cent of the bill are kept back, on a line of their own."""
    p = c.p
    c.add(
        "invoice_lines",
        **{
            **c.one("invoice_lines"),
            "invoice_line_id": f"{p}I1-9",
            "line_number": 9,
            "product_code": None,
            "description": "Retention 5 %",
            "quantity": -1,
            "unit_price": 50,
            "net_amount": -50,
            "tax_code": None,
            "tax_amount": 0,
            "delivery_id": None,
            "work_order_ref": None,
            "account_code": "1300",
        },
    )
    c.one("invoices").update(net_amount=950, gross_amount=1150)
    c.one("payments").update(amount=1150)
    c.one("payment_applications").update(amount=1150)
    _amounts(c, "JM", 1150, -1150)
    posted = next(line for line in c.tables["journal_lines"] if line["journal_id"] == f"{p}JI1")
    posted.update(amount=1150)
    c.add(
        "journal_lines",
        **{**posted, "journal_line_id": f"{p}JI1-9", "account_code": "1300", "amount": 50},
    )


def _numbered(c: Company, number: int) -> None:
    c.invoice(
        f"I{number}", date(2026, 2, 20), [c.line(Decimal("0.02"), 50, description=f"copy {number}")]
    )
    c.pay(f"M{number}", f"I{number}", date(2026, 3, 12), Decimal("1.20"))


def _change_delivered(c: Company) -> None:
    p = c.p
    c.add(
        "change_orders",
        change_order_id=f"{p}CO",
        deal_id=f"{p}D",
        job_id=f"{p}J",
        product_id=f"{p}P",
        status="approved",
        approved_on="2026-02-21",
        quantity_delta=5,
        amount_delta=250,
        currency="GBP",
    )
    c.add(
        "deliveries",
        **{
            **c.tables["deliveries"][-1],
            "delivery_id": f"{p}V3",
            "delivered_on": "2026-02-25",
            "quantity": 5,
        },
    )
    c.add(
        "stock_moves",
        stock_move_id=f"{p}SM3",
        delivery_id=f"{p}V3",
        product_id=f"{p}P",
        quantity=-5,
        moved_on="2026-02-25",
        cost_amount=100,
    )


def _change_without_cost(c: Company) -> None:
    """A change of scope was agreed for a job with a planned cost, and nobody said what it costs."""
    p = c.p
    c.one("deal_lines").update(planned_cost=400)
    c.add(
        "change_orders",
        change_order_id=f"{p}CO",
        deal_id=f"{p}D",
        job_id=f"{p}J",
        product_id=f"{p}P",
        status="approved",
        approved_on="2026-02-01",
        amount_delta=250,
        currency="GBP",
    )


def _another_job(c: Company) -> None:
    p = c.p
    c.add("deals", **{**c.one("deals"), "deal_id": f"{p}D2"})
    c.add(
        "deal_lines",
        **{
            **c.one("deal_lines"),
            "deal_line_id": f"{p}DL2",
            "deal_id": f"{p}D2",
            "planned_hours": None,
        },
    )
    c.add(
        "jobs",
        **{
            **c.one("jobs"),
            "job_id": f"{p}J2",
            "job_ref": f"JOB-9{p}",
            "deal_id": f"{p}D2",
            "contract_id": None,
            "status": "in_progress",
            "completed_on": None,
        },
    )


def _not_accrued(c: Company) -> None:
    for turn in ("1", "-1"):
        c.drop("journal_lines", journal_id=f"{c.p}JA1{turn}")


def books(p: str) -> Company:
    """A ledger alone: one invoice to somebody of whom sales and operations have not heard."""
    c = Company(p)
    c.add("customers", customer_id=f"{p}C", customer_name=f"Unheard of {p}", country="GB")
    c.invoice("I1", date(2026, 2, 15), [{**c.line(1, 100), "product_code": None, "job_ref": None}])
    c.pay("M", "I1", date(2026, 3, 10), Decimal("120.00"))
    return c


FAULTS: dict[str, Fault] = {
    "customer_unmatched": Fault(books, lambda c: None, frozenset({"invoice_without_job"})),
    "unapproved_edit": Fault(hours, lambda c: None),
    "won_deal_without_job": Fault(
        hours,
        lambda c: (
            c.add("deals", **{**c.one("deals"), "deal_id": f"{c.p}D2", "won_on": "2026-03-20"})
            and c.add(
                "deal_lines",
                **{**c.one("deal_lines"), "deal_line_id": f"{c.p}DL2", "deal_id": f"{c.p}D2"},
            )
        ),
    ),
    "delivered_not_invoiced": Fault(goods, lambda c: _drop_line(c, "I1L2")),
    "work_order_not_invoiced": Fault(
        hours,
        lambda c: (
            _unbilled(c, "1"),
            c.drop("payments", payment_id=f"{c.p}M"),
            c.drop("payment_applications", application_id=f"{c.p}AM"),
            c.drop("journal_lines", journal_id=f"{c.p}JM"),
        ),
        frozenset({"delivered_not_invoiced"}),
    ),
    "contract_period_not_billed": Fault(
        months,
        lambda c: _unbilled(c, "1"),
        frozenset({"delivered_not_invoiced", "invoice_number_gap"}),
    ),
    "timesheet_missing": Fault(
        months,
        lambda c: (
            c.drop("deliveries", delivery_id=f"{c.p}V1"),
            _unbilled(c, "1"),
            _not_accrued(c),
        ),
        frozenset({"contract_period_not_billed", "invoice_without_delivery", "invoice_number_gap"}),
    ),
    "timesheet_paid_not_billed": Fault(
        placement,
        lambda c: _unbilled(c, "2"),
        frozenset({"delivered_not_invoiced", "contract_period_not_billed"}),
    ),
    "timesheet_billed_not_paid": Fault(
        placement, lambda c: c.drop("pay_items", pay_item_id=f"{c.p}PI2")
    ),
    "placement_not_invoiced": Fault(
        placement,
        lambda c: (_unbilled(c, "1"), _unbilled(c, "2")),
        frozenset(
            {"delivered_not_invoiced", "contract_period_not_billed", "timesheet_paid_not_billed"}
        ),
    ),
    "permanent_fee_not_invoiced": Fault(
        permanent,
        lambda c: [
            c.tables[entity].clear()
            for entity in (
                "invoices",
                "invoice_lines",
                "payments",
                "payment_applications",
                "journal_lines",
            )
        ],
        frozenset({"delivered_not_invoiced"}),
    ),
    "rebate_not_credited": Fault(
        permanent,
        lambda c: (
            c.drop("invoices", invoice_id=f"{c.p}N1"),
            c.drop("invoice_lines", invoice_id=f"{c.p}N1"),
            c.drop("payment_applications", application_id=f"{c.p}AN"),
            c.drop("journal_lines", journal_id=f"{c.p}JN1"),
            c.one("payments").update(amount=1200),
            c.one("payment_applications").update(amount=1200),
            _amounts(c, "JM", 1200),
        ),
    ),
    "change_order_not_billed": Fault(
        goods, _change_delivered, frozenset({"delivered_not_invoiced"})
    ),
    "invoice_not_posted": Fault(
        hours,
        lambda c: (
            c.drop("journal_lines", journal_id=f"{c.p}JI1"),
            # The books were open by then: an invoice from before them needs no posting.
            c.journal("JB", date(2026, 1, 2), ("5000", 10), ("3000", -10)),
        ),
        frozenset({"receivables_tie_out", "deferred_income_tie_out"}),
    ),
    "landed_incomplete": Fault(
        hours,
        lambda c: c.add(
            "extract_totals",
            entity="invoices",
            row_count=2,
            amount_total=None,
            extracted_at="2026-03-31T20:00:00",
        ),
    ),
    "invoice_number_gap": Fault(
        hours,
        lambda c: [_numbered(c, number) for number in (2, 3, 4, 5, 7)],
        frozenset({"invoice_without_delivery"}),
    ),
    "shipment_without_stock_move": Fault(goods, lambda c: c.tables["stock_moves"].pop()),
    "invoice_without_delivery": Fault(
        goods,
        lambda c: c.one("invoice_lines").update(delivery_id=f"{c.p}V9"),
        frozenset({"delivered_not_invoiced"}),
    ),
    "invoice_without_job": Fault(hours, lambda c: _second_line(c, 40, job_ref=None)),
    "job_without_deal": Fault(hours, _unsold, frozenset({"won_deal_without_job"})),
    "revenue_journal_without_document": Fault(
        hours,
        lambda c: c.journal(
            "JX",
            date(2026, 3, 2),
            ("1000", 100),
            ("4000", -100),
            document_type="manual",
            is_manual="true",
        ),
    ),
    "pay_without_timesheet": Fault(
        placement,
        lambda c: c.add(
            "pay_items",
            **{
                **c.tables["pay_items"][-1],
                "pay_item_id": f"{c.p}PI3",
                "delivery_id": f"{c.p}V3",
                "quantity": 1,
                "amount": 30,
            },
        ),
    ),
    "cash_unapplied": Fault(
        hours,
        lambda c: (
            c.add(
                "payments",
                **{
                    **c.one("payments"),
                    "payment_id": f"{c.p}M9",
                    "amount": 55,
                    "reference": "?",
                    "bank_transaction_id": f"{c.p}B9",
                },
            ),
            c.journal(
                "JM9",
                date(2026, 3, 10),
                ("1000", 55),
                ("1100", -55),
                document_type="receipt",
                document_id=f"{c.p}M9",
            ),
        ),
    ),
    "charge_rate_variance": Fault(hours, lambda c: _price(c, Decimal(45))),
    "pay_rate_variance": Fault(
        placement, lambda c: c.tables["pay_items"][-1].update(pay_rate=33, amount=330)
    ),
    "quantity_variance": Fault(hours, lambda c: _quantity(c, Decimal(19))),
    "invoiced_above_contract": Fault(
        hours, lambda c: _second_line(c, product_code=None), frozenset({"invoice_without_delivery"})
    ),
    "quote_scope_variance": Fault(hours, lambda c: c.one("deal_lines").update(planned_hours=17)),
    "deal_amount_mismatch": Fault(hours, lambda c: c.one("deals").update(amount=1100)),
    "amendment_not_repriced": Fault(
        hours,
        lambda c: c.add(
            "change_orders",
            change_order_id=f"{c.p}CO",
            deal_id=f"{c.p}D",
            job_id=f"{c.p}J",
            product_id=f"{c.p}P",
            status="approved",
            approved_on="2026-02-01",
            quantity_delta=1,
            amount_delta=0,
            currency="GBP",
        ),
    ),
    "invoice_header_mismatch": Fault(
        hours, lambda c: c.one("invoices").update(gross_amount=Decimal("1200.50"))
    ),
    "tax_mismatch": Fault(
        hours,
        lambda c: (
            c.one("invoice_lines").update(tax_amount=190),
            c.one("invoices").update(tax_amount=190, gross_amount=1190),
            _amounts(c, "JI1", 1190, -1000, -190),
            c.one("payments").update(amount=1190),
            c.one("payment_applications").update(amount=1190),
            _amounts(c, "JM", 1190, -1190),
        ),
    ),
    "currency_mismatch": Fault(hours, lambda c: c.one("contracts").update(currency="EUR")),
    "fx_rate_missing": Fault(
        hours,
        lambda c: c.add(
            "costs",
            **{
                **c.one("costs"),
                "cost_id": f"{c.p}X2",
                "amount": 5,
                "currency": "NOK",
                "cost_type": "expense",
            },
        ),
    ),
    "application_exceeds_receipt": Fault(
        hours, lambda c: c.one("payment_applications").update(amount=1201)
    ),
    "duplicate_invoice": Fault(
        hours, _extra_invoice, frozenset({"delivery_billed_twice", "invoiced_above_contract"})
    ),
    "delivery_billed_twice": Fault(goods, _billed_twice, frozenset({"invoiced_above_contract"})),
    "payment_duplicated": Fault(
        hours,
        lambda c: (
            c.add("payments", **{**c.one("payments"), "payment_id": f"{c.p}M9"}),
            c.journal(
                "JM9",
                date(2026, 3, 10),
                ("1000", 1200),
                ("1100", -1200),
                document_type="receipt",
                document_id=f"{c.p}M9",
            ),
        ),
        frozenset({"cash_unapplied"}),
    ),
    "possible_duplicate_customer": Fault(hours, _second_customer),
    "revenue_cut_off": Fault(
        months,
        lambda c: [c.drop("journal_lines", journal_id=f"{c.p}JA1{turn}") for turn in ("1", "-1")],
    ),
    "recognised_above_delivered": Fault(
        months,
        lambda c: c.journal(
            "JX",
            date(2026, 2, 27),
            ("1150", 200),
            ("4000", -200),
            document_type="accrual",
            job_ref=f"JOB-{c.p}",
        ),
        frozenset({"accrued_income_unsupported"}),
    ),
    "posted_to_closed_period": Fault(
        hours,
        lambda c: c.journal(
            "JX", date(2026, 1, 20), ("5000", 100), ("1000", -100), entered_at="2026-02-10T12:00:00"
        ),
    ),
    "backdated_entry": Fault(
        hours,
        lambda c: c.journal(
            "JX", date(2026, 2, 10), ("5000", 100), ("1000", -100), entered_at="2026-03-20T12:00:00"
        ),
    ),
    "future_dated_entry": Fault(hours, lambda c: _own(c, entered_at="2026-02-25T12:00:00")),
    "journal_unbalanced": Fault(
        hours, lambda c: c.journal("JX", date(2026, 3, 2), ("5000", 100), ("1000", -90))
    ),
    "receivables_tie_out": Fault(
        hours,
        lambda c: c.journal(
            "JX",
            date(2026, 2, 10),
            ("1100", 50),
            ("5000", -50),
            document_type="manual",
            is_manual="true",
        ),
    ),
    "deferred_income_tie_out": Fault(
        hours,
        lambda c: c.journal(
            "JX",
            date(2026, 2, 10),
            ("2100", -50),
            ("5000", 50),
            document_type="manual",
            is_manual="true",
        ),
    ),
    "accrued_income_tie_out": Fault(
        hours,
        lambda c: c.journal(
            "JX",
            date(2026, 2, 10),
            ("1150", 50),
            ("5000", -50),
            document_type="manual",
            is_manual="true",
        ),
    ),
    "cash_tie_out": Fault(
        hours,
        lambda c: c.journal(
            "JX",
            date(2026, 3, 2),
            ("1000", 50),
            ("5000", -50),
            document_type="receipt",
            document_id="nothing",
        ),
    ),
    "cost_of_sales_tie_out": Fault(
        stages,
        lambda c: c.journal(
            "JX",
            c.one("costs")["incurred_on"],
            ("5000", c.one("costs")["amount"] + 50),
            ("2000", -c.one("costs")["amount"] - 50),
            document_id=c.one("costs")["cost_id"],
        ),
    ),
    "trial_balance_tie_out": Fault(
        hours,
        lambda c: c.add(
            "account_balances", account_code="5000", balance_on="2026-02-28", balance=77
        ),
    ),
    "margin_below_threshold": Fault(stages, lambda c: c.one("costs").update(amount=860)),
    "discount_above_authority": Fault(
        hours, lambda c: c.one("deal_lines").update(unit_price=60, discount_amount=200)
    ),
    "preparer_is_approver": Fault(hours, lambda c: _own(c, approved_by="may")),
    "owner_missing": Fault(hours, lambda c: c.one("deals").update(owner_id=None)),
    "product_unmapped": Fault(
        hours, lambda c: c.one("invoice_lines").update(product_code=f"{c.p}NONE")
    ),
    "invoice_job_ambiguous": Fault(
        hours,
        lambda c: (
            _another_job(c),
            _second_line(c, job_ref=None, description=f"JOB-{c.p} and JOB-9{c.p}"),
        ),
    ),
    "receivable_overdue": Fault(
        hours,
        lambda c: (
            c.one("invoices").update(status="posted", due_on="2026-01-20"),
            c.tables["payments"].clear(),
            c.tables["payment_applications"].clear(),
            c.drop("journal_lines", journal_id=f"{c.p}JM"),
        ),
    ),
    "short_paid": Fault(
        hours,
        lambda c: (
            c.one("payments").update(amount=1190),
            c.one("payment_applications").update(amount=1190),
            _amounts(c, "JM", 1190, -1190),
        ),
    ),
    "retention_due": Fault(
        hours,
        lambda c: (
            held(c),
            c.one("contracts").update(retention_pct=5, retention_due_on="2026-03-01"),
        ),
    ),
    "retention_tie_out": Fault(
        hours, lambda c: (held(c), c.journal("JR", date(2026, 3, 2), ("1300", 10), ("3000", -10)))
    ),
    "milestone_not_accepted": Fault(
        stages,
        lambda c: (
            _unbilled(c, "1"),
            c.tables["payments"].clear(),
            c.tables["payment_applications"].clear(),
            c.tables["journal_lines"].clear(),
            c.one("deliveries").update(accepted_on=None),
            c.tables["costs"].clear(),
            c.one("jobs").update(status="in_progress", completed_on=None),
        ),
    ),
    "capacity_exceeded": Fault(
        hours,
        lambda c: (
            c.one("deals").update(required_skills=f"skill {c.p}", service_ends_on="2026-01-09"),
            c.one("people", "E").update(weekly_capacity_hours=19),
        ),
    ),
    "source_stale": Fault(
        hours,
        lambda c: c.add(
            "extract_totals",
            entity="jobs",
            row_count=1,
            amount_total=None,
            extracted_at="2026-03-20T20:00:00",
        ),
    ),
    "unclaimed_leakage": Fault(goods, _below_what_was_sold),
    "accrued_income_unsupported": Fault(
        months,
        lambda c: c.journal(
            "JX",
            date(2026, 3, 2),
            ("1150", 60),
            ("2100", -60),
            document_type="accrual",
            job_ref=f"JOB-{c.p}",
        ),
    ),
    "margin_erosion": Fault(hours, lambda c: c.one("deal_lines").update(planned_cost=340)),
    "planned_cost_missing": Fault(stages, _change_without_cost),
    "wip_stale": Fault(stages, waiting(date(2026, 1, 20))),
    "labour_without_cost_rate": Fault(hours, uncosted()),
    "cost_without_job": Fault(
        hours,
        lambda c: like(c, "costs", "X2", job_id=None, delivery_id=None, amount=30),
    ),
    "rep_unattributed": Fault(hours, nobodys(), frozenset({"owner_missing"})),
    "split_not_whole": Fault(
        hours, nothing, says=shares(("S", 6000, None, None), ("E", 3000, None, None))
    ),
    "price_below_list_without_reason": Fault(goods, listed_at(60)),
}

LATER: dict[str, Callable[[Company], object]] = {
    "unapproved_edit": lambda c: (
        c.one("deal_lines").update(quantity=24, net_amount=1200),
        c.one("deals").update(amount=1200),
    ),
    # What the newest export says counts.
    "landed_incomplete": lambda c: c.one("extract_totals").update(row_count=3),
}
"""What happens between a first landing and a second one."""
