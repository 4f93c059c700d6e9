"""Pay runs, weekly on Friday and four-weekly on Wednesday, and what they cost the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.calendars import FRIDAY, at, weekday_after, working_day
from tieout_demo.history import History
from tieout_demo.recruitment.books.ledger import Entry, Ledger
from tieout_demo.recruitment.catalogue import BANKS, CONTRACTORS, WAGE_TAX, WAGES
from tieout_demo.recruitment.invoicing.cash_records import bank_line
from tieout_demo.recruitment.model import LAST_DAY, ZERO, Placement, Work, base_rate, cents, to_base

_WITHHELD = Decimal("0.32")
_CYCLE_STARTS = date(2025, 1, 29)  # the first four-weekly pay day, a Wednesday
_CYCLE = timedelta(weeks=4)


@dataclass
class PayItem:
    pay_item_id: str
    placement: Placement
    monday: date
    paid_on: date
    quantity: Decimal
    rate: Decimal
    delivery_id: str | None

    @property
    def amount(self) -> Decimal:
        return cents(self.quantity * self.rate)

    @property
    def run(self) -> tuple[date, int, str]:
        return self.paid_on, self.placement.pay_cycle, self.placement.currency

    @property
    def run_id(self) -> str:
        return f"{'W' if self.placement.pay_cycle == 1 else 'F'}{self.paid_on:%y%m%d}-{self.placement.currency}"


def pay_date(done: Work) -> date:
    """The first pay day after the week is approved."""
    if done.placement.pay_cycle == 1:
        friday = weekday_after(done.sunday, FRIDAY)
        while done.approved_at >= at(friday, 8):
            friday = weekday_after(friday, FRIDAY)
        return friday
    wednesday = _CYCLE_STARTS
    while wednesday <= done.sunday or done.approved_at >= at(working_day(wednesday), 8):
        wednesday += _CYCLE
    return working_day(wednesday)


def items(work: Iterable[Work]) -> list[PayItem]:
    made = []
    for done in work:
        if done.kind == "time" and done.paid:
            rate = done.paid_rate or done.rate.pay
            name = f"PI-{done.delivery_id[3:]}"
            made.append(
                PayItem(
                    name,
                    done.placement,
                    done.monday,
                    pay_date(done),
                    done.quantity,
                    rate,
                    done.delivery_id,
                )
            )
    return made


def record(paid: list[PayItem], history: History, ledger: Ledger) -> None:
    runs: dict[tuple[date, int, str], list[PayItem]] = {}
    for item in sorted(paid, key=lambda item: (item.run, item.pay_item_id)):
        if item.paid_on > LAST_DAY:
            continue
        runs.setdefault(item.run, []).append(item)
        history.add(
            "pay_items",
            at(item.paid_on, 11),
            {
                "pay_item_id": item.pay_item_id,
                "pay_run_id": item.run_id,
                "person_id": item.placement.worker.person_id,
                "delivery_id": item.delivery_id,
                "job_ref": item.placement.job_ref,
                "period_starts_on": item.monday,
                "period_ends_on": item.monday + timedelta(days=6),
                "paid_on": item.paid_on,
                "quantity": item.quantity,
                "unit": item.placement.product.unit,
                "pay_rate": item.rate,
                "amount": item.amount,
                "currency": item.placement.currency,
                "status": "paid",
            },
        )
    for (paid_on, _, currency), run in runs.items():
        _post(
            run[0].run_id,
            paid_on,
            currency,
            sum((item.amount for item in run), ZERO),
            history,
            ledger,
        )


def _post(
    run_id: str, paid_on: date, currency: str, amount: Decimal, history: History, ledger: Ledger
) -> None:
    rate = base_rate(currency, paid_on)
    net = amount - cents(amount * _WITHHELD)
    gross_base, net_base = to_base(amount, rate), to_base(net, rate)
    ledger.post(
        paid_on,
        at(paid_on, 11, 30),
        "other",
        f"Pay run {run_id}",
        [
            Entry(CONTRACTORS, gross_base, currency, amount),
            Entry(WAGES, -net_base, currency, -net),
            Entry(WAGE_TAX, net_base - gross_base, currency, net - amount),
        ],
        document_id=run_id,
    )
    ledger.post(
        paid_on,
        at(paid_on, 12),
        "payment",
        f"Net pay {run_id}",
        [Entry(WAGES, net_base, currency, net), Entry(BANKS[currency], -net_base, currency, -net)],
        document_id=run_id,
    )
    bank_line(history, f"B-{run_id}", paid_on, -net, currency, f"Net pay {run_id}")
