"""The rest of the ledger: suppliers' bills, wages, rent, depreciation, tax, opening balances, the
year's close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tieout_demo.facilities.basics import (
    ENDS,
    ZERO,
    add_days,
    add_months,
    cents,
    moment,
    month_end,
    month_ends,
    month_start,
    uid,
    working,
)
from tieout_demo.facilities.books.ledger import VAT, balances
from tieout_demo.facilities.invoicing.papers import Bill, CashMove, Entry, Journal
from tieout_demo.facilities.model import Cost, Job

MATERIALS, LABOUR, RENT, DEPRECIATION = "310", "320", "429", "416"
PAYABLE, WAGES_DUE, WORN, RETAINED, CAPITAL, VANS = "800", "814", "711", "960", "970", "710"
_YEAR_END = date(2025, 12, 31)
_RENT = Decimal("8400.00")
_WEAR = Decimal("1850.00")
_PROFIT_AND_LOSS = ("2", "3", "4")


def bills(jobs: Iterable[Job]) -> list[Bill]:
    """A bill for each subcontract as it comes, and one a month from each supplier of materials."""
    made: list[Bill] = []
    monthly: dict[tuple[str, date], list[Cost]] = defaultdict(list)
    for job in jobs:
        for cost in job.costs:
            if cost.kind == "subcontract" and cost.on <= ENDS:
                number = cost.supplier_invoice or cost.ident
                line = (
                    f"Subcontract {job.code}",
                    LABOUR,
                    cost.amount,
                    cents(cost.amount / 5),
                    job.code,
                )
                made.append(_bill(cost.supplier or "SUP-OTHER", number, cost.on, [line]))
            elif cost.kind == "material" and month_end(cost.on) <= ENDS:
                monthly[(cost.supplier or "SUP-OTHER", month_end(cost.on))].append(cost)
    for (supplier, on), costs in sorted(monthly.items(), key=lambda pair: (pair[0][1], pair[0][0])):
        net = sum((cost.amount for cost in costs), ZERO)
        if net > 0:
            made.append(
                _bill(
                    supplier,
                    f"{supplier[4:7]}-{on:%y%m}",
                    on,
                    [(f"Materials {on:%B %Y}", MATERIALS, net, cents(net / 5), None)],
                )
            )
    return made


def _bill(
    supplier: str, number: str, on: date, lines: list[tuple[str, str, Decimal, Decimal, str | None]]
) -> Bill:
    paid = moment(working(add_days(on, 28)), 10, supplier, number)
    return Bill(
        uid("bill", supplier, number),
        number,
        supplier,
        moment(on, 19, supplier, number),
        on,
        add_days(on, 30),
        lines,
        paid if paid.date() <= ENDS else None,
    )


def bill_journals(bill: Bill) -> list[Journal]:
    entries = [
        Entry(account, net, text, job, tax, "INPUT2") for text, account, net, tax, job in bill.lines
    ]
    entries += [
        Entry(VAT, bill.tax, "VAT", tax_type="INPUT2"),
        Entry(PAYABLE, -bill.net - bill.tax),
    ]
    made = [
        Journal(
            uid("journal", bill.ident),
            bill.issued,
            bill.created,
            "ACCPAY",
            bill.ident,
            bill.number,
            entries,
        )
    ]
    if bill.paid:
        gross = bill.net + bill.tax
        out = [Entry(PAYABLE, gross, bill.number), Entry("090", -gross, bill.number)]
        made.append(
            Journal(
                uid("journal", bill.ident, "paid"),
                bill.paid.date(),
                bill.paid,
                "ACCPAYPAYMENT",
                bill_payment_id(bill),
                bill.number,
                out,
            )
        )
    return made


def bill_payment_id(bill: Bill) -> str:
    return uid("bill payment", bill.ident)


def manual(narration: str, on: date, hour: int, entries: list[Entry]) -> Journal:
    ident = uid("manual journal", narration, on)
    return Journal(
        ident, on, moment(on, hour, narration), "MANJOURNAL", ident, "", entries, narration
    )


def opening() -> Journal:
    """What the company took over with: a bank balance, vans, tax owed and its capital."""
    entries = [
        Entry("090", Decimal("412350.00")),
        Entry("091", Decimal("58120.00")),
        Entry(VANS, Decimal("186000.00")),
        Entry(WORN, Decimal("-61400.00")),
        Entry(VAT, Decimal("-38270.00")),
        Entry(CAPITAL, Decimal("-100000.00")),
        Entry(RETAINED, Decimal("-456800.00")),
    ]
    return manual("Opening balances at 31 December 2024", date(2024, 12, 31), 20, entries)


def monthly(jobs: Iterable[Job]) -> tuple[list[Journal], list[CashMove]]:
    """Wages of the month's hours, wear, and the payments of rent and wages."""
    hours: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for job in jobs:
        for cost in job.costs:
            if cost.kind in {"labour", "expense"}:
                hours[month_end(cost.on)] += cost.amount
    made, moves = [], []
    for on in month_ends():
        if hours[on]:
            made.append(
                manual(
                    f"Wages {on:%Y-%m}",
                    on,
                    21,
                    [Entry(LABOUR, hours[on], "Wages"), Entry(WAGES_DUE, -hours[on], "Wages")],
                )
            )
            pay_day = working(add_days(on, 3))
            if pay_day <= ENDS:
                moves.append(_spend(f"Wages {on:%Y-%m}", pay_day, hours[on], WAGES_DUE))
        made.append(
            manual(
                f"Depreciation {on:%Y-%m}",
                on,
                21,
                [Entry(DEPRECIATION, _WEAR, "Vans"), Entry(WORN, -_WEAR, "Vans")],
            )
        )
        moves.append(_spend(f"Rent {on:%Y-%m}", working(month_start(on)), _RENT, RENT))
    return made, moves


def _spend(text: str, on: date, amount: Decimal, account: str) -> CashMove:
    return CashMove(uid("bank", text), "SPEND", on, moment(on, 9, text), amount, account, text)


def tax_payments(journals: list[Journal]) -> list[CashMove]:
    """What the tax account holds at a quarter's end goes to the state (or comes back) in the next
    month but one."""
    made: list[CashMove] = []
    paid = ZERO
    for on in [end for end in month_ends() if end.month % 3 == 0]:
        owed = -balances(journals, on).get(VAT, ZERO) - paid
        pay_day = working(add_days(add_months(month_start(on), 2), 4))
        if owed and pay_day <= ENDS:
            kind, text = ("SPEND" if owed > 0 else "RECEIVE"), f"VAT {on:%Y-%m}"
            made.append(
                CashMove(
                    uid("bank", text), kind, pay_day, moment(pay_day, 9, text), abs(owed), VAT, text
                )
            )
            paid += owed
    return made


def move_journal(move: CashMove) -> Journal:
    amount = move.amount if move.kind == "RECEIVE" else -move.amount
    entries = [Entry(move.bank, amount, move.text), Entry(move.account, -amount, move.text)]
    kind = "CASHREC" if move.kind == "RECEIVE" else "CASHPAID"
    return Journal(
        uid("journal", move.ident), move.on, move.at, kind, move.ident, move.text, entries
    )


def year_close(journals: list[Journal]) -> Journal:
    """Closing 2025: revenue and expense to retained earnings. It stands on revenue accounts and is
    not revenue."""
    known = [journal for journal in journals if journal.at < moment(_YEAR_END, 23, "close")]
    sums = {
        account: amount
        for account, amount in balances(known, _YEAR_END).items()
        if account[0] in _PROFIT_AND_LOSS and amount
    }
    entries = [
        Entry(account, -amount, "Year end close 2025") for account, amount in sorted(sums.items())
    ]
    entries.append(Entry(RETAINED, sum(sums.values(), ZERO), "Year end close 2025"))
    return manual("Year end close 2025", _YEAR_END, 23, entries)
