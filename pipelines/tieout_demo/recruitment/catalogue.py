"""What never changes much: products, accounts, tax codes, and the agency's own people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout_demo.calendars import at
from tieout_demo.history import History
from tieout_demo.recruitment.model import FIRST_DAY, Product

PRODUCTS = (
    Product("P-01", "TEMP-IT", "IT contractor", "staffing", "hour", "software", 72, 118),
    Product("P-02", "TEMP-FIN", "Interim finance", "staffing", "hour", "finance", 55, 92),
    Product("P-03", "TEMP-ENG", "Engineer", "staffing", "hour", "engineering", 58, 96),
    Product("P-04", "TEMP-CARE", "Nurse", "staffing", "hour", "nursing", 38, 58),
    Product("P-05", "TEMP-LOG", "Warehouse operator", "staffing", "hour", "logistics", 27, 36),
    Product("P-06", "TEMP-DAY", "Consultant by the day", "staffing", "day", "consulting", 640, 980),
)
PERMANENT = Product("P-10", "PERM-FEE", "Permanent placement fee", "permanent", "each")
EXPENSES = Product("P-11", "EXP-RECH", "Expenses recharged at cost", "expenses", "each")

RECEIVABLE, ACCRUED, DEFERRED, TAX = "1100", "1190", "2100", "1500"
WAGES, WAGE_TAX = "2000", "2010"
CAPITAL, RETAINED = "3000", "3900"
REVENUE = {"staffing": "4000", "permanent": "4100", "expenses": "4200"}
CONTRACTORS, EXPENSE_COST = "5000", "5100"
BAD_DEBT, DISCOUNTS, EXCHANGE = "6000", "6050", "6100"
SALARIES, RENT, DEPRECIATION, SUNDRY, EQUIPMENT = "6200", "6300", "6400", "6900", "1600"
BANKS = {"EUR": "1000", "GBP": "1010", "USD": "1020", "CHF": "1030"}

ACCOUNTS = (
    ("1000", "Bank EUR", "asset", "cash"),
    ("1010", "Bank GBP", "asset", "cash"),
    ("1020", "Bank USD", "asset", "cash"),
    ("1030", "Bank CHF", "asset", "cash"),
    (RECEIVABLE, "Trade receivables", "asset", "receivable"),
    (ACCRUED, "Accrued income: worked, not billed", "asset", "accrued_income"),
    (TAX, "VAT payable", "liability", "tax"),
    (EQUIPMENT, "Office equipment", "asset", "other"),
    (WAGES, "Net pay due", "liability", "other"),
    (WAGE_TAX, "Wage tax and social security due", "liability", "other"),
    (DEFERRED, "Deferred income", "liability", "deferred_income"),
    (CAPITAL, "Share capital", "equity", "other"),
    (RETAINED, "Retained earnings", "equity", "other"),
    ("4000", "Revenue temporary staffing", "revenue", "revenue"),
    ("4100", "Revenue permanent placements", "revenue", "revenue"),
    ("4200", "Recharged expenses", "revenue", "revenue"),
    (CONTRACTORS, "Contractor pay", "expense", "cost_of_sales"),
    (EXPENSE_COST, "Expenses for recharge", "expense", "cost_of_sales"),
    (BAD_DEBT, "Bad debts", "expense", "bad_debt"),
    (DISCOUNTS, "Settlement discounts", "expense", "discount_allowed"),
    (EXCHANGE, "Exchange differences", "expense", "exchange_difference"),
    (SALARIES, "Office salaries", "expense", "other"),
    (RENT, "Rent and software", "expense", "other"),
    (DEPRECIATION, "Depreciation", "expense", "other"),
    (SUNDRY, "Sundry expenses", "expense", "other"),
)
TAX_PCT = {"NL21": Decimal(21), "EUREV": Decimal(0), "EXP0": Decimal(0)}

CLERKS = ("m.devries", "k.aydin")
CONTROLLERS = ("h.bakker", "s.olsen")
SYSTEM_USER = "billing.run"

_STAFF = (
    ("S-01", "Hanneke Bakker", "manager", "Finance"),
    ("S-02", "Marit de Vries", "clerk", "Finance"),
    ("S-03", "Sven Olsen", "manager", "Staffing"),
    ("S-04", "Aoife Ní Bhriain", "salesperson", "Staffing"),
    ("S-05", "Jean-Luc Moreau", "salesperson", "Staffing"),
    ("S-06", "Łukasz Żak", "salesperson", "Technology"),
    ("S-07", "Priya Raman", "salesperson", "Technology"),
    ("S-08", "Conor O'Dowd", "salesperson", "Permanent"),
    ("S-09", "Beatrix van 't Hof", "salesperson", "Permanent"),
)
RECRUITERS = ("S-04", "S-05", "S-06", "S-07")
HEADHUNTERS = ("S-08", "S-09")


def write(history: History) -> None:
    born = at(FIRST_DAY, 6)
    for person_id, name, role, team in _STAFF:
        manager = None if person_id in ("S-01", "S-03") else "S-01" if team == "Finance" else "S-03"
        row = {
            "person_id": person_id,
            "full_name": name,
            "role": role,
            "team": team,
            "region": "NL",
            "active": True,
        }
        email = f"{person_id.lower()}@northgate-people.example"
        history.add(
            "people",
            born,
            row | {"email": email, "manager_id": manager, "weekly_capacity_hours": Decimal(40)},
        )
    for product in (*PRODUCTS, PERMANENT, EXPENSES):
        history.add(
            "products",
            born,
            {
                "product_id": product.product_id,
                "product_code": product.code,
                "product_name": product.name,
                "product_category": product.category,
                "unit": product.unit,
                "list_price": Decimal((product.low + product.high) // 2) if product.high else None,
                "tax_code": "NL21",
                "currency": "EUR",
            },
        )
    for code, name, kind, role in ACCOUNTS:
        history.add(
            "accounts",
            born,
            {
                "account_code": code,
                "account_name": name,
                "account_type": kind,
                "account_role": role,
            },
        )
    for code, percent in TAX_PCT.items():
        for category in REVENUE:
            history.add(
                "tax_rates",
                born,
                {
                    "tax_code": code,
                    "product_category": category,
                    "rate_pct": percent,
                    "valid_from": date(2019, 1, 1),
                    "valid_to": None,
                },
            )
