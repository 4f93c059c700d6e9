"""The files of the input layer: their columns, the shared master data, and how they are written."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]

COLUMNS: dict[str, str] = {
    "accounts": "account_code account_name account_type account_role",
    "account_balances": "account_code balance_on balance",
    "change_orders": "change_order_id deal_id job_id product_id status approved_on quantity_delta"
    " unit amount_delta currency reason updated_at",
    "contract_rates": "contract_rate_id contract_id product_id person_id unit charge_rate valid_from valid_to",
    "contracts": "contract_id customer_id deal_id starts_on ends_on billing_rule billing_period"
    " billing_window_days recognition_rule payment_terms_days retention_due_on currency status",
    "costs": "cost_id job_id cost_type incurred_on quantity amount currency",
    "customers": "customer_id customer_name tax_number country parent_customer_id owner_id",
    "deal_lines": "deal_line_id deal_id product_id quantity unit unit_price discount_amount net_amount",
    "deals": "deal_id deal_name customer_id owner_id stage is_closed is_won amount currency"
    " created_on won_on updated_at",
    "deliveries": "delivery_id job_id job_line_id product_id person_id delivery_type status"
    " billable delivered_on approved_on accepted_on quantity unit value_amount updated_at",
    "fx_rates": "from_currency to_currency rate_on rate",
    "invoice_lines": "invoice_line_id invoice_id line_number product_code description quantity"
    " unit_price discount_amount net_amount tax_amount account_code job_ref delivery_id"
    " period_starts_on period_ends_on",
    "invoices": "invoice_id invoice_number invoice_type customer_id status issued_on due_on"
    " voided_on currency exchange_rate net_amount tax_amount gross_amount reference"
    " corrects_invoice_id credit_reason entered_by approved_by updated_at",
    "job_lines": "job_line_id job_id deal_line_id product_id description quantity unit unit_price"
    " discount_amount net_amount currency planned_on updated_at",
    "jobs": "job_id job_ref deal_id contract_id customer_id job_type status manager_id"
    " planned_start_on planned_end_on started_on completed_on currency updated_at",
    "journal_lines": "journal_line_id journal_id posted_on entered_at account_code amount currency"
    " currency_amount document_type document_id reverses_journal_id customer_id job_ref"
    " product_code entered_by approved_by is_manual",
    "payment_applications": "application_id payment_id credit_note_id invoice_id kind applied_on"
    " amount payment_amount reversed_on",
    "payments": "payment_id customer_id received_on amount currency exchange_rate method reference"
    " account_code status reversed_on",
    "people": "person_id full_name email payroll_number role active",
    "products": "product_id product_code product_name unit list_price currency",
    "stock_moves": "stock_move_id delivery_id product_id quantity moved_on",
}

ACCOUNTS = """\
1000,Bank,asset,cash
1010,Bank in euro,asset,cash
1100,Receivables,asset,receivable
1150,Accrued income,asset,accrued_income
1300,Retentions held by customers,asset,retention
1310,Withholding tax recoverable,asset,withholding_tax
1320,Disbursements for customers,asset,disbursement
1410,Director's loan account,liability,other
1420,Due from the factor,asset,other
2050,Payables,liability,other
2100,Customer deposits,liability,customer_deposits
2200,VAT,liability,tax
2300,Deferred income,liability,deferred_income
3000,Capital,equity,other
3900,Opening balances,equity,other
4000,Sales,revenue,revenue
5000,Costs of work,expense,cost_of_sales
6000,Bad debts,expense,bad_debt
6010,Discounts allowed,expense,discount_allowed
6020,Bank and card fees,expense,finance_cost
6030,Exchange differences,expense,exchange_difference
6100,Office rent,expense,other"""

PRODUCTS = """\
PR1,FIT,Fit-out,lot
PR2,HOURS,Engineer hours,hour
PR3,DAYS,Consulting days,day
PR4,WIDGET,Widget,each
PR5,GIZMO,Gizmo,each
PR6,MISC,Sundry work,
PR8,SUPPORT,Support,month
PR9,TRAVEL,Travel,each"""

PEOPLE = (("P1", "Olga Fenn", "salesperson"), ("P2", "Ravi Moss", "consultant"))

#: Currencies with a rate on every calendar day.
DAILY = {
    "EUR": "0.85",
    "USD": "0.78",
    "IDR": "0.000048780488",
    "VND": "0.000030303030",
    "JPY": "0.00525",
}
FIRST, LAST = date(2025, 11, 1), date(2026, 6, 30)
MONTH_ENDS = (
    "2025-12-31",
    "2026-01-31",
    "2026-02-28",
    "2026-03-31",
    "2026-04-30",
    "2026-05-31",
    "2026-06-30",
)


def fx_rates() -> Iterator[Row]:
    """Every rate of the treasury: daily ones, PLN on working days, DKK with a gap in May."""
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=n)
        rates = dict(DAILY)
        if day.weekday() < 5:
            rates["PLN"] = "0.20" if day < date(2026, 3, 1) else "0.21"
        if not date(2026, 5, 14) <= day <= date(2026, 5, 20):
            rates["DKK"] = "0.115"
        for code in sorted(rates):
            yield {
                "from_currency": code,
                "to_currency": "GBP",
                "rate_on": day.isoformat(),
                "rate": rates[code],
            }


def shared() -> Iterator[tuple[str, str, Row]]:
    """The records that all cases share: (system, entity, row)."""
    for line in ACCOUNTS.splitlines():
        yield (
            "ledger",
            "accounts",
            dict(zip(COLUMNS["accounts"].split(), line.split(","), strict=False)),
        )
    for line in PRODUCTS.splitlines():
        names = ("product_id", "product_code", "product_name", "unit")
        yield "office", "products", dict(zip(names, line.split(","), strict=False), currency="GBP")
    for person_id, name, role in PEOPLE:
        yield (
            "office",
            "people",
            {"person_id": person_id, "full_name": name, "role": role, "active": "true"},
        )
    for row in fx_rates():
        yield "treasury", "fx_rates", row


def balances(journal: list[Row]) -> Iterator[Row]:
    """The trial balance at each month end, since the beginning, summed from journal lines."""
    for line in ACCOUNTS.splitlines():
        code = line.split(",")[0]
        for day in MONTH_ENDS:
            total = sum(
                (
                    Decimal(r["amount"])
                    for r in journal
                    if r["account_code"] == code and r["posted_on"] <= day
                ),
                Decimal(0),
            )
            yield {"account_code": code, "balance_on": day, "balance": f"{total:.2f}"}


def write(tables: dict[tuple[str, str], list[Row]], folder: Path) -> int:
    """Write one CSV a system and entity under `folder`; the number of rows written."""
    count = 0
    for (system, entity), rows in sorted(tables.items()):
        path = folder / system / f"{entity}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as handle:
            out = csv.DictWriter(handle, COLUMNS[entity].split(), restval="", lineterminator="\n")
            out.writeheader()
            out.writerows(rows)
        count += len(rows)
    return count
