"""The group treasury's folder: daily exchange rates into pounds and euros, and the ledger periods
with their closes."""

from __future__ import annotations

from datetime import date, datetime

from tieout_demo import fx
from tieout_demo.calendars import at, month_end, month_ends, next_month, nth_working_day
from tieout_demo.history import Row

REPORTED_IN = ("GBP", "EUR")
_FIRST_PERIOD, _LAST_PERIOD = date(2025, 1, 1), date(2026, 12, 31)
# The books of a year stay open longer: the auditors ask.
_YEAR_END_CLOSES = {date(2025, 12, 31): date(2026, 1, 23)}


def folder(
    until: date, cutoff: datetime, unrated: frozenset[tuple[str, date]]
) -> dict[str, list[Row]]:
    """Rates up to and with `until`, but those of (currency, day) in `unrated`; all periods of the
    years begun."""
    return {"fx_rates": _rates(until, unrated), "periods": _periods(until, cutoff)}


def closes_at(month: date) -> datetime:
    """When the books of the month that ends on that day are closed."""
    return at(_YEAR_END_CLOSES.get(month, nth_working_day(next_month(month), 6)), 17)


def _rates(until: date, unrated: frozenset[tuple[str, date]]) -> list[Row]:
    return [
        {
            "from_currency": currency,
            "to_currency": target,
            "rate_on": on,
            "rate": fx.rate(currency, target, on),
        }
        for on in fx.days()
        if on <= until
        for currency in fx.CURRENCIES
        for target in REPORTED_IN
        if currency != target and (currency, on) not in unrated
    ]


def _periods(until: date, cutoff: datetime) -> list[Row]:
    rows = []
    for month in month_ends(_FIRST_PERIOD, _LAST_PERIOD):
        if month.year <= until.year:
            closed_at = closes_at(month)
            rows.append(
                {
                    "period_id": f"{month:%Y-%m}",
                    "starts_on": month.replace(day=1),
                    "ends_on": month_end(month),
                    "closed_at": closed_at if closed_at <= cutoff else None,
                }
            )
    return rows
