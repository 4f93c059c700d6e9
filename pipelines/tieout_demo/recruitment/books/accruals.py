"""Accrued and deferred income at the end of each month, job by job, turned round on the first."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from tieout_demo.calendars import at, month_ends, next_month, nth_working_day
from tieout_demo.recruitment.books.ledger import Entry, Ledger
from tieout_demo.recruitment.catalogue import ACCRUED, DEFERRED, EXPENSES, REVENUE
from tieout_demo.recruitment.invoicing.papers import Document
from tieout_demo.recruitment.model import (
    FIRST_DAY,
    LAST_DAY,
    ZERO,
    Permanent,
    Work,
    base_rate,
    to_base,
)


def post(
    ledger: Ledger, documents: list[Document], work: list[Work], permanents: list[Permanent]
) -> None:
    """Delivered and not billed is accrued, billed and not delivered deferred, job by job; both turn
    on the first."""
    billed = _Billed(documents)
    for month in month_ends(FIRST_DAY, LAST_DAY):
        cutoff, first = at(month, 17), next_month(month)
        late = at(nth_working_day(first, 4), 7)
        delivered = [done for done in work if done.sunday <= month]
        known = [done for done in delivered if done.approved_at <= cutoff]
        lines = _work_entries(known, billed, month) + _fee_entries(permanents, billed, month)
        _accrue(ledger, month, at(month, 18), at(first, 6), lines, "Accrued and deferred income")
        later = [done for done in delivered if cutoff < done.approved_at <= late]
        _accrue(
            ledger,
            month,
            late,
            late,
            _work_entries(later, billed, month),
            "Accrued income, approved late",
        )


class _Billed:
    """What documents said about each piece of work, by day."""

    def __init__(self, documents: list[Document]) -> None:
        self._by_source: dict[int, list[tuple[date, Decimal]]] = {}
        for document in documents:
            for line in document.lines:
                if line.source is not None:
                    events = self._by_source.setdefault(id(line.source), [])
                    events.append((document.issued_on, document.sign * line.net))
                    if document.voided_on is not None:
                        events.append((document.voided_on, -document.sign * line.net))

    def until(self, source: Work | Permanent, on: date) -> Decimal:
        return sum(
            (amount for day, amount in self._by_source.get(id(source), ()) if day <= on), ZERO
        )


def _work_entries(work: list[Work], billed: _Billed, month: date) -> list[Entry]:
    lines = []
    for done in work:
        # Whatever is billed counts as billed right: the accountant doesn't know of the errors.
        if not billed.until(done, month):
            product = done.placement.product if done.value is None else EXPENSES
            lines += _pair(done, done.worth, REVENUE[product.category], product.code, month)
    return lines


def _fee_entries(permanents: list[Permanent], billed: _Billed, month: date) -> list[Entry]:
    lines = []
    for permanent in permanents:
        earned = permanent.fee if permanent.starts_on <= month else ZERO
        if permanent.rebated and permanent.left_on is not None and permanent.left_on <= month:
            earned -= permanent.rebate
        if permanent.agreed_on <= month:
            lines += _pair(
                permanent,
                earned - billed.until(permanent, month),
                REVENUE["permanent"],
                "PERM-FEE",
                month,
            )
    return lines


def _pair(
    of: Work | Permanent, amount: Decimal, revenue: str, product_code: str, month: date
) -> list[Entry]:
    sold = of.placement if isinstance(of, Work) else of
    currency = sold.client.currency
    base = to_base(amount, base_rate(currency, month))
    about = (sold.client.customer_id, sold.job_ref, product_code)
    account = ACCRUED if amount > ZERO else DEFERRED
    return [
        Entry(account, base, currency, amount, *about),
        Entry(revenue, -base, currency, -amount, *about),
    ]


def _accrue(
    ledger: Ledger,
    month: date,
    entered_at: datetime,
    reversed_at: datetime,
    lines: list[Entry],
    what: str,
) -> None:
    if any(line.amount for line in lines):
        journal = ledger.manual(month, entered_at, "accrual", f"{what} {month:%B %Y}", lines)
        ledger.reverse(journal, next_month(month), reversed_at, f"Reversal: {journal.description}")
