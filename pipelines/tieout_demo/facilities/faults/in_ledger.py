"""Faults of the ledger: revenue by hand, entries out of their time, balances touched that month end
should own."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tieout_demo.facilities.basics import (
    ENDS,
    add_days,
    moment,
    month_end,
    month_ends,
    uid,
    working,
)
from tieout_demo.facilities.books.month_end import moves as balances_moved
from tieout_demo.facilities.faults.in_work import deal_of
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.invoicing.papers import Entry, Journal
from tieout_demo.facilities.model import Job

GENERAL, ROUNDING, WORN, ACCRUED, DEPOSITS, DEFERRED = "429", "860", "711", "620", "840", "850"


def by_hand(planter: Planter) -> list[Journal]:
    made: list[Journal] = []
    scale = max(1, min(3, round(4 * planter.scale)))
    for number in range(4 * scale if planter.scale >= 1 else scale):
        made += [
            _revenue(planter, number),
            _closed(planter, number),
            _backdated(planter, number),
            _ahead(planter, number),
        ]
    for number, account in enumerate((ACCRUED, DEFERRED)):
        made += _touched(planter, account, number)
    return made


def _journal(narration: str, on: date, entered: date, entries: list[Entry]) -> Journal:
    ident = uid("fault journal", narration, on, entered)
    return Journal(
        ident, on, moment(entered, 16, narration), "MANJOURNAL", ident, "", entries, narration
    )


def _day(number: int, step: int, first: int) -> date:
    return working(add_days(date(2025, 1, 1), (first + number * step) % 540))


def _revenue(planter: Planter, number: int) -> Journal:
    on, amount = _day(number, 97, 60), Decimal(95_000 + number * 13_731 % 400_000) / 100
    text = f"Top up of project income {number + 1}"
    journal = _journal(text, on, on, [Entry(ROUNDING, amount, text), Entry("220", -amount, text)])
    _note(
        planter,
        "revenue_journal_without_document",
        journal,
        amount,
        on,
        "no document stands behind it",
    )
    return journal


def _note(
    planter: Planter, control: str, journal: Journal, amount: Decimal, on: date, why: str
) -> None:
    planter.note(
        control,
        "journal_lines",
        "xero",
        journal.ident,
        amount,
        "GBP",
        on,
        f"journal {journal.narration}: {why}",
    )


def _closed(planter: Planter, number: int) -> Journal:
    """Entered after the month was closed, if not yet a month late. December stays open longer, so
    it is left out."""
    ends = [on for on in month_ends(add_days(ENDS, -40)) if on.month != 12]
    on = ends[(2 + number * 5) % len(ends)]
    entered = working(add_days(on, 15 + number % 8))
    amount = Decimal(12_000 + number * 4_391 % 60_000) / 100
    journal = _journal(
        f"Late stationery {number + 1}",
        on,
        entered,
        [Entry(GENERAL, amount), Entry(ROUNDING, -amount)],
    )
    _note(
        planter,
        "posted_to_closed_period",
        journal,
        amount,
        entered,
        f"dated {on}, entered {entered}",
    )
    return journal


def _backdated(planter: Planter, number: int) -> Journal:
    on = _day(number, 71, 20)
    entered = working(add_days(month_end(on), 48 + number % 9))
    amount = Decimal(21_500 + number * 6_113 % 80_000) / 100
    journal = _journal(
        f"Repairs of last season {number + 1}",
        on,
        entered,
        [Entry(GENERAL, amount), Entry(ROUNDING, -amount)],
    )
    _note(planter, "backdated_entry", journal, amount, entered, f"dated {on}, entered {entered}")
    _note(
        planter,
        "posted_to_closed_period",
        journal,
        amount,
        entered,
        f"follows from backdated_entry {journal.ident}",
    )
    return journal


def _ahead(planter: Planter, number: int) -> Journal:
    entered = _day(number, 83, 40)
    on = add_days(entered, 9 + number % 20)
    amount = Decimal(18_250 + number * 5_237 % 70_000) / 100
    journal = _journal(
        f"Insurance instalment {number + 1}",
        on,
        entered,
        [Entry(GENERAL, amount), Entry(ROUNDING, -amount)],
    )
    _note(planter, "future_dated_entry", journal, amount, entered, f"entered {entered}, dated {on}")
    return journal


def _touched(planter: Planter, account: str, number: int) -> list[Journal]:
    """A correction straight into a balance that month end owns, taken back later: three month ends
    don't tie.

    It is one matter, found at the first of them.
    """
    control = "accrued_income_tie_out" if account == ACCRUED else "deferred_income_tie_out"
    # Deposits are a part of the contract liability: both accounts are held against the records
    # together.
    accounts = account if account == ACCRUED else f"{DEPOSITS}, {account}"
    first = date(2025, 8, 14) if account == ACCRUED else date(2026, 2, 12)
    back = date(2025, 11, 6) if account == ACCRUED else date(2026, 5, 7)
    amount = Decimal("1840.00") if account == ACCRUED else Decimal("-2265.50")
    text = f"Correction of {'accrued' if account == ACCRUED else 'deferred'} income by hand"
    made = [
        _journal(
            text, first, first, [Entry(account, amount, text), Entry(ROUNDING, -amount, text)]
        ),
        _journal(
            f"{text}, taken back",
            back,
            back,
            [Entry(account, -amount, text), Entry(ROUNDING, amount, text)],
        ),
    ]
    on = month_end(first)
    planter.note(
        control,
        "account_balances",
        "xero",
        f"{accounts}|{on}",
        amount,
        "GBP",
        on,
        f"journal {made[0].ident} {text}",
    )
    return made


def forget_accruals(planter: Planter) -> None:
    """A job that month end passed over: what its balance should have moved by is recognised a month
    late."""
    jobs = [
        job
        for job in planter.world.jobs
        if not job.cancelled
        and job.deal.rule in {"periodic_arrears", "milestone"}
        and job.deal.period != "week"
    ]
    moved = balances_moved(jobs, planter.world.papers())
    late = {job.number: largest for job in jobs if (largest := _largest(job, moved[job.number]))}
    found = [job for job in jobs if job.number in late]
    for job in planter.choose(
        "accrual", found, 15, deal_of, lambda job: _known_on(late[job.number][0])
    ):
        job.late_accrual, amount = late[job.number]
        planter.note(
            "revenue_cut_off",
            "jobs",
            "field_service",
            job.number,
            amount,
            "GBP",
            _known_on(job.late_accrual),
            f"of {job.late_accrual:%Y-%m}, recognised a month later",
        )


def _largest(job: Job, moved: list[tuple[date, Decimal]]) -> tuple[date, Decimal] | None:
    """The month end at which passing the job over matters most; none where it never does."""
    delivered: dict[date, Decimal] = defaultdict(Decimal)
    for on, worth in job.earnings():
        delivered[month_end(on)] += worth
    # A tenth: what the rate moves the balance by, in a foreign currency, is never as much.
    grave = [
        (on, amount)
        for on, amount in moved
        if delivered[on] > 0 and abs(amount) * 10 > delivered[on]
    ]
    return max(grave, key=lambda pair: (abs(pair[1]), pair[0]), default=None)


def _known_on(late: date) -> date:
    """The next month end makes up for it: only then it is known to be late, and not missing."""
    return month_end(add_days(late, 1))
