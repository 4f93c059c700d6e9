"""What the accountant books by the month: opening, overheads, taxes, the close of the year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.calendars import at, month_end, month_ends, next_month, nth_working_day
from tieout_demo.recruitment.books.ledger import Entry, Ledger
from tieout_demo.recruitment.catalogue import (
    BANKS,
    CAPITAL,
    DEPRECIATION,
    EQUIPMENT,
    EXPENSE_COST,
    RENT,
    RETAINED,
    SALARIES,
    TAX,
    WAGE_TAX,
)
from tieout_demo.recruitment.model import FIRST_DAY, LAST_DAY, ZERO, Work, base_rate, cents, to_base

OPENING_ON = date(2024, 12, 31)
YEAR_ENDS_ON = date(2025, 12, 31)
YEAR_CLOSED_AT = at(date(2026, 1, 20), 16)
_MONTHLY = ((SALARIES, Decimal(46_500)), (RENT, Decimal("9_850.40")))


def open_books(ledger: Ledger, scale: float) -> None:
    """The balances that the new ledger starts from."""
    size = Decimal(str(max(scale, 0.05)))
    balances = {
        "EUR": Decimal(1_600_000),
        "GBP": Decimal(260_000),
        "USD": Decimal(190_000),
        "CHF": Decimal(120_000),
    }
    entries = []
    for currency, full in balances.items():
        amount = cents(full * size)
        base = to_base(amount, base_rate(currency, OPENING_ON))
        entries.append(Entry(BANKS[currency], base, currency, amount))
    entries.append(Entry(EQUIPMENT, cents(48_000 * size)))
    entries.append(Entry(CAPITAL, cents(-500_000 * size)))
    entries.append(Entry(RETAINED, -sum((entry.amount for entry in entries), ZERO)))
    ledger.manual(OPENING_ON, at(FIRST_DAY, 5), "opening", "Opening balances", entries)


def overheads(
    ledger: Ledger, scale: float, claims: Iterable[Work]
) -> Iterator[tuple[str, date, Decimal]]:
    """Salaries, rent, depreciation, and the expenses paid back to contractors; yields what leaves
    the bank."""
    size = Decimal(str(max(scale, 0.05)))
    paid_back: dict[date, Decimal] = {}
    for claim in claims:
        month = next(month_ends(claim.approved_at.date(), date(2027, 1, 1)))
        base = to_base(claim.worth, base_rate(claim.placement.currency, claim.approved_at.date()))
        paid_back[month] = paid_back.get(month, ZERO) + base
    for month in month_ends(FIRST_DAY, LAST_DAY):
        for account, full in _MONTHLY:
            amount = cents(full * size)
            name = f"O-{account}-{month:%y%m}"
            bank = Entry(BANKS["EUR"], -amount)
            ledger.post(
                month, at(month, 12), "payment", f"Overheads {name}", [Entry(account, amount), bank]
            )
            yield name, month, -amount
        used = cents(1_000 * size)
        entries = [Entry(DEPRECIATION, used), Entry(EQUIPMENT, -used)]
        ledger.manual(month, at(month, 17), "depreciation", f"Depreciation {month:%B %Y}", entries)
        claimed = paid_back.get(month, ZERO)
        if claimed:
            entries = [Entry(EXPENSE_COST, claimed), Entry(BANKS["EUR"], -claimed)]
            ledger.post(
                month, at(month, 12), "payment", f"Expenses paid back {month:%B %Y}", entries
            )
            yield f"O-EXP-{month:%y%m}", month, -claimed


def settle_taxes(ledger: Ledger) -> Iterator[tuple[str, date, Decimal]]:
    """Wage tax each month and VAT each quarter, paid near the 25th of the month after."""
    owed = {WAGE_TAX: ZERO, TAX: ZERO}
    moved: dict[tuple[str, date], Decimal] = {}
    for journal in ledger.journals:
        for entry in journal.entries:
            if entry.account in owed:
                key = (entry.account, month_end(journal.posted_on))
                moved[key] = moved.get(key, ZERO) - entry.amount
    for month in month_ends(FIRST_DAY, LAST_DAY - timedelta(days=31)):
        on = nth_working_day(next_month(month), 17)
        for account in (WAGE_TAX, TAX):
            owed[account] += moved.get((account, month), ZERO)
            due = owed[account] if account == WAGE_TAX or month.month % 3 == 0 else ZERO
            if due > ZERO:
                name = f"T-{account}-{month:%y%m}"
                entries = [Entry(account, due), Entry(BANKS["EUR"], -due)]
                ledger.post(on, at(on, 12), "payment", f"Tax paid {name}", entries)
                owed[account] -= due
                yield name, on, -due


def close_year(ledger: Ledger) -> None:
    """Revenue and expenses of 2025 to retained earnings: no revenue of anybody's."""
    balances: dict[str, Decimal] = {}
    for journal in ledger.journals:
        if journal.posted_on <= YEAR_ENDS_ON and journal.entered_at < YEAR_CLOSED_AT:
            for entry in journal.entries:
                balances[entry.account] = balances.get(entry.account, ZERO) + entry.amount
    entries = [
        Entry(account, -balance)
        for account, balance in sorted(balances.items())
        if account[0] in "456"
    ]
    entries.append(Entry(RETAINED, -sum((entry.amount for entry in entries), ZERO)))
    ledger.manual(YEAR_ENDS_ON, YEAR_CLOSED_AT, "year_close", "Close of 2025", entries)
