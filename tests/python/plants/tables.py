"""Columns of the input layer, the chart of accounts, products, tax rates, and how files are
written."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Key = tuple[str, str]

#: The key of an entity where it is not its first column.
COLUMNS: dict[str, str] = {
    "accounts": "account_code account_name account_type account_role",
    "account_balances": "account_code balance_on balance period_movement",
    "bank_transactions": "bank_transaction_id account_code transacted_on amount currency reference",
    "change_orders": "change_order_id deal_id job_id product_id status approved_on quantity_delta unit"
    " hours_delta amount_delta cost_delta currency reason updated_at",
    "contract_rates": "contract_rate_id contract_id product_id person_id unit charge_rate pay_rate valid_from valid_to",
    "contracts": "contract_id customer_id deal_id starts_on ends_on billing_rule billing_period"
    " billing_window_days recognition_rule payment_terms_days retention_pct retention_due_on fee_type"
    " fee_base_amount fee_pct rebate_days rebate_pct planned_quantity standard_quantity_per_period"
    " currency status",
    "costs": "cost_id job_id product_id delivery_id person_id cost_type incurred_on quantity unit amount currency",
    "customers": "customer_id customer_name tax_number email address_line city postal_code country"
    " owner_id created_at updated_at",
    "deal_lines": "deal_line_id deal_id product_id description quantity unit unit_price discount_amount"
    " net_amount planned_hours planned_cost planned_cost_type updated_at",
    "deals": "deal_id deal_name customer_id owner_id stage is_closed is_won amount currency probability"
    " created_on proposal_sent_on expected_close_on won_on lost_on service_starts_on service_ends_on"
    " required_skills updated_at",
    "deliveries": "delivery_id job_id job_line_id work_order_id product_id person_id delivery_type status"
    " billable delivered_on approved_on accepted_on period_starts_on period_ends_on quantity unit"
    " unit_price value_amount updated_at",
    "extract_totals": "entity row_count amount_total extracted_at",
    "fx_rates": "from_currency to_currency rate_on rate",
    "invoice_lines": "invoice_line_id invoice_id line_number product_code description quantity unit_price"
    " discount_amount net_amount tax_code tax_amount account_code job_ref work_order_ref delivery_id"
    " period_starts_on period_ends_on",
    "invoices": "invoice_id invoice_number invoice_type customer_id status issued_on accounting_on due_on"
    " voided_on currency exchange_rate net_amount tax_amount gross_amount reference corrects_invoice_id"
    " credit_reason entered_by approved_by updated_at",
    "job_lines": "job_line_id job_id deal_line_id product_id description quantity unit unit_price"
    " discount_amount net_amount currency planned_on updated_at",
    "jobs": "job_id job_ref deal_id contract_id customer_id job_type status manager_id person_id"
    " planned_start_on planned_end_on started_on completed_on left_on kickoff_ready_on currency updated_at",
    "journal_lines": "journal_line_id journal_id posted_on entered_at account_code amount currency"
    " currency_amount description document_type document_id document_line_id product_code"
    " reverses_journal_id customer_id job_ref entered_by approved_by is_manual",
    "pay_items": "pay_item_id pay_run_id person_id delivery_id job_ref period_starts_on period_ends_on"
    " paid_on quantity unit pay_rate amount currency status",
    "payment_applications": "application_id payment_id credit_note_id invoice_id kind reason applied_on"
    " amount payment_amount reversed_on",
    "payments": "payment_id customer_id received_on amount currency exchange_rate method reference"
    " bank_transaction_id account_code status reversed_on",
    "people": "person_id full_name email payroll_number role team weekly_capacity_hours skills"
    " standard_cost_rate active",
    "periods": "period_id starts_on ends_on closed_at",
    "price_list_entries": "price_list_entry_id product_id currency unit list_price valid_from valid_to",
    "products": "product_id product_code product_name product_category unit list_price standard_cost tax_code currency",
    "quotes": "quote_id deal_id version status sent_on accepted_on valid_until_on amount currency"
    " approved_by updated_at",
    "quote_lines": "quote_line_id quote_id product_id description quantity unit unit_price net_amount"
    " planned_hours planned_cost",
    "stock_moves": "stock_move_id delivery_id product_id quantity moved_on cost_amount",
    "tax_rates": "tax_code product_category rate_pct valid_from valid_to",
    "work_orders": "work_order_id job_id product_id phase status scheduled_on completed_on accepted_on"
    " planned_hours updated_at",
}

ACCOUNTS = """\
1000,Bank sterling,asset,cash
1010,Bank euro,asset,cash
1020,Bank dollar,asset,cash
1100,Trade receivables,asset,receivable
1150,Accrued income,asset,accrued_income
1300,Retentions receivable,asset,retention
2050,Trade payables,liability,other
2100,Customer deposits,liability,customer_deposits
2200,VAT,liability,tax
2300,Deferred income,liability,deferred_income
3000,Share capital,equity,other
3100,Retained earnings,equity,other
4000,Sales of services,revenue,revenue
4010,Sales of goods,revenue,revenue
5000,Cost of sales,expense,cost_of_sales
6010,Settlement discounts,expense,discount_allowed
6020,Bank charges,expense,finance_cost
6030,Exchange differences,expense,exchange_difference
6100,Rent,expense,other
6110,Insurance,expense,other
6120,Telephone,expense,other
6130,Training,expense,other
6140,Legal fees,expense,other
6150,Repairs,expense,other
6160,Travel of staff,expense,other
6170,Software,expense,other
6180,Advertising,expense,other
6190,Rounding and small differences,expense,other"""

#: code: id, name, category, unit, list price, standard cost, tax code.
PRODUCTS: dict[str, tuple[str, str, str, str, str, str, str]] = {
    "ENG": ("p-101", "Engineering hour", "services", "hour", "96", "52", "S20"),
    "DAY": ("p-102", "Consulting day", "services", "day", "740", "405", "S20"),
    "SUP": ("p-103", "Support month", "services", "month", "640", "310", "S20"),
    "PUMP": ("p-104", "Circulation pump", "goods", "each", "245", "131", "S20"),
    "VALVE": ("p-105", "Control valve", "goods", "each", "88", "41", "S20"),
    "HEAT": ("p-106", "Heat exchanger", "heating", "each", "315", "172", "R05"),
    "FIT": ("p-107", "Installation", "projects", "lot", "", "", "S20"),
    "TRV": ("p-108", "Travel recharged", "expenses", "each", "", "", "S20"),
    "TEMP": ("p-109", "Placed engineer hour", "staffing", "hour", "48", "30", "S20"),
    "PERM": ("p-110", "Permanent placement", "recruitment", "lot", "", "", "S20"),
}
ZERO_RATED = {
    "services": "export services",
    "goods": "export goods",
    "heating": "export goods",
    "projects": "export projects",
    "expenses": "export services",
    "staffing": "export services",
    "recruitment": "export services",
}
for _code, (_id, _name, _cat, _unit, _list, _cost, _tax) in list(PRODUCTS.items()):
    PRODUCTS[_code + "-X"] = (
        _id + "x",
        _name + ", export",
        ZERO_RATED[_cat],
        _unit,
        _list,
        _cost,
        "Z0",
    )

#: (tax code, category, per cent, first day, last day).
TAXES = [
    *(
        ("S20", cat, "20", date(2020, 1, 1), None)
        for cat in ("services", "goods", "projects", "expenses", "staffing", "recruitment")
    ),
    ("R05", "heating", "5", date(2020, 1, 1), date(2026, 3, 31)),
    ("R05", "heating", "20", date(2026, 4, 1), None),
    *(
        ("Z0", cat, "0", date(2020, 1, 1), None)
        for cat in ("export services", "export goods", "export projects")
    ),
]


def tax_pct(product: str, on: date) -> Decimal:
    """The rate of a product's category on a day, in per cent."""
    category, code = PRODUCTS[product][2], PRODUCTS[product][6]
    return next(
        Decimal(pct)
        for tax, cat, pct, first, last in TAXES
        if (tax, cat) == (code, category) and first <= on and (last is None or on <= last)
    )


def text(value: Any) -> str:
    """A value as a file holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def write(tables: dict[Key, list[Row]], folder: Path) -> int:
    """Write one CSV a system and entity, with the columns in use; the number of rows written."""
    count = 0
    for (system, entity), rows in sorted(tables.items()):
        used = [
            c for c in COLUMNS[entity].split() if any(row.get(c) not in (None, "") for row in rows)
        ]
        path = folder / system / f"{entity}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as handle:
            out = csv.writer(handle, lineterminator="\n")
            out.writerow(used)
            for row in rows:
                extra = set(row) - set(COLUMNS[entity].split())
                assert not extra, f"{system}.{entity}: {extra}"
                out.writerow([text(row.get(c)) for c in used])
        count += len(rows)
    return count
