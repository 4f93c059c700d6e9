"""The month-end close: cost journals, accruals and deferrals, overheads, year end, balances,
numbers."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import cast

from .days import AS_OF, CENT, FIRST, MONTHS, ZERO, month_end, month_start, plus
from .ledger import Books, Doc, Post
from .tables import ACCOUNTS
from .work import Job

ENDS = [month_end(month_start(month)) for month in MONTHS]


def entered(end: date) -> date:
    """When the entries of a month end are keyed."""
    return min(plus(end, 4), AS_OF)


def costs(books: Books) -> None:
    """One journal a month for its costs and pay, each line with its record as document."""
    w = books.world
    jobs = {sit.job_id: cast(Job, sit) for sit in w.sits}
    refs = {sit.ref: cast(Job, sit) for sit in w.sits}
    lines: dict[date, list[Post]] = defaultdict(list)
    for row in w.tables["office", "costs"]:
        lines[month_end(row["incurred_on"])].append(
            Post("5000", row["amount"], job=jobs.get(row["job_id"]), document=row["cost_id"])
        )
    for row in w.tables["ledger", "pay_items"]:
        lines[month_end(row["period_ends_on"])].append(
            Post("5000", row["amount"], job=refs.get(row["job_ref"]), document=row["pay_item_id"])
        )
    for end, rows in sorted(lines.items()):
        total = sum((row.amount for row in rows), ZERO)
        books.post(
            f"JC-{end:%Y%m}",
            end,
            [*rows, Post("2050", -total)],
            "other",
            entered=entered(end),
            text="Costs of the month",
        )


def accruals(books: Books) -> None:
    """At each month end, accrue what is delivered and not posted, defer the contrary, then
    reverse."""
    for sit in books.world.sits:
        job = cast(Job, sit)
        if job.accrue:
            for end in ENDS:
                accrue(books, job, end)


def accrue(books: Books, job: Job, end: date) -> None:
    """The entry of one contract at one month end, netted inside the contract, and its reversal."""
    gaps: dict[str, Decimal] = defaultdict(Decimal)
    for on, product, amount in job.done:
        gaps[product] += amount if on <= end else ZERO
    for on, product, foreign, _ in job.recognised:
        gaps[product] -= foreign if on <= end else ZERO
    if not sum(gaps.values(), ZERO):
        return
    rows = []
    for product, gap in sorted(gaps.items()):
        if gap:
            rows.append(
                Post(
                    "4010" if product.split("-")[0] in ("PUMP", "VALVE", "HEAT") else "4000",
                    -worth(job, product, gap, end),
                    job.currency,
                    -gap,
                    job,
                    product,
                )
            )
    total, foreign = (
        sum((row.amount for row in rows), ZERO),
        sum((row.foreign or ZERO for row in rows), ZERO),
    )
    rows.append(Post("1150" if total < 0 else "2300", -total, job.currency, -foreign, job))
    number = f"{job.code}-A{end:%y%m}"
    books.post(
        number,
        end,
        rows,
        "accrual",
        customer=job.customer.ledger,
        entered=entered(end),
        text=f"Work of {end:%B %Y} not billed" if total < 0 else f"Billed ahead at {end:%d %B %Y}",
    )
    if end < AS_OF:
        back = [
            Post(r.account, -r.amount, r.currency, -(r.foreign or ZERO), r.job, r.product)
            for r in rows
        ]
        books.post(
            f"{number}R",
            plus(end, 1),
            back,
            "accrual",
            customer=job.customer.ledger,
            entered=max(entered(end), plus(end, 1)),
            reverses=number,
            text="Reversal",
        )


def worth(job: Job, product: str, gap: Decimal, end: date) -> Decimal:
    """The sterling of a gap: of the latest work that is not posted, or of the latest bills ahead of
    work."""
    if gap > 0:
        parts = [(on, amount, job.gbp(amount, on)) for on, p, amount in job.done if p == product]
    else:
        parts = [(on, amount, gbp) for on, p, amount, gbp in job.recognised if p == product]
    left, total = abs(gap), ZERO
    for _on, amount, gbp in sorted((p for p in parts if p[0] <= end and p[1] > 0), reverse=True):
        take = min(left, amount)
        total += gbp if take == amount else (gbp * take / amount).quantize(CENT)
        left -= take
        if not left:
            break
    return total if gap > 0 else -total


def overheads(books: Books) -> None:
    """Opening, capital and rent: the ledger has more in it than sales."""
    books.post(
        "JO-1",
        plus(FIRST, -1),
        [Post("1000", Decimal("80000")), Post("3000", Decimal("-80000"))],
        "opening",
        text="Opening balances",
    )
    books.post(
        "JO-2",
        FIRST,
        [Post("6110", Decimal("1200")), Post("2050", Decimal("-1200"))],
        "other",
        text="Insurance of the year",
    )
    for end in ENDS:
        on = end.replace(day=2)
        books.post(
            f"JR-{end:%Y%m}",
            on,
            [Post("6100", Decimal("2750")), Post("1000", Decimal("-2750"))],
            "other",
            text="Rent",
        )


def year_end(books: Books) -> None:
    """The closing entry of 2025: income and expense go to retained earnings."""
    on, sums = date(2025, 12, 31), defaultdict[str, Decimal](Decimal)
    for row in books.world.tables["ledger", "journal_lines"]:
        if row["posted_on"] <= on and row["account_code"][0] in "456":
            sums[row["account_code"]] += row["amount"]
    rows = [Post(code, -total) for code, total in sorted(sums.items()) if total]
    rows.append(Post("3100", sum(sums.values(), ZERO)))
    books.post(
        "JY-2025", on, rows, "year_close", entered=date(2026, 1, 9), text="Close of the year 2025"
    )


def balances(books: Books) -> None:
    """The ledger's own trial balance at each month end, since the beginning."""
    w = books.world
    for line in ACCOUNTS.splitlines():
        code, name, kind, role = line.split(",")
        w.add(
            "ledger",
            "accounts",
            account_code=code,
            account_name=name,
            account_type=kind,
            account_role=role,
        )
        rows = [
            (r["posted_on"], r["amount"])
            for r in w.tables["ledger", "journal_lines"]
            if r["account_code"] == code
        ]
        for end in (plus(FIRST, -1), *ENDS):
            total = sum((amount for on, amount in rows if on <= end), ZERO)
            w.add("ledger", "account_balances", account_code=code, balance_on=end, balance=total)


def periods(books: Books) -> None:
    """Accounting periods: a month closes on the 15th of the next, June is open."""
    for end in ENDS:
        books.world.add(
            "ledger",
            "periods",
            period_id=f"{end:%Y-%m}",
            starts_on=end.replace(day=1),
            ends_on=end,
            closed_at=f"{plus(end, 15)}T18:00:00" if end < AS_OF else None,
        )


def numbers(books: Books, skip: list[date]) -> list[tuple[Doc, str]]:
    """Number the documents: A starts again each January, G carries the year, CN runs on, drafts
    apart.

    On each day of `skip` one number of series A is left out; returned with the bill after it.
    """
    counters: dict[str, int] = defaultdict(int)
    holes, waiting = [], sorted(skip)
    for doc in sorted(books.docs, key=lambda d: (d.on, d.id)):
        draft = doc.row["status"] == "draft"
        series = "DRAFT" if draft else doc.series
        year = doc.on.year if series in ("A", "G") else 0
        key = f"{series}{year}"
        counters[key] += 1
        if waiting and series == "A" and doc.on >= waiting[0]:
            waiting.pop(0)
            holes.append((doc, f"A-{counters[key]:04d}"))
            counters[key] += 1
        number = counters[key]
        doc.row["invoice_number"] = {
            "A": f"A-{number:04d}",
            "G": f"G{year % 100}/{number:05d}",
            "CN": f"CN{number:05d}",
            "DRAFT": f"DRAFT-{number:04d}",
        }[series]
    return holes
