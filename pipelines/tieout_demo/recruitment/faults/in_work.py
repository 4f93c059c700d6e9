"""Faults before anything is billed: weeks that nobody wrote down, bills or pays; fees and rebates
forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.calendars import month_end
from tieout_demo.recruitment.books.payroll import PayItem, pay_date
from tieout_demo.recruitment.faults.planting import Planter
from tieout_demo.recruitment.model import Permanent, Placement, Work, cents

_FLOOR = Decimal("0.15")


def plant_in_placements(planter: Planter, placements: list[Placement]) -> None:
    """Before any record is written: people hired out for hardly more than they cost."""
    for thin in planter.pick(
        "margin_below_threshold", placements, lambda p: p.starts_on, lambda p: p.number, 3
    ):
        thin.rates = [
            replace(rate, pay=(rate.charge * Decimal("0.95")).quantize(Decimal("0.01")))
            for rate in thin.rates
        ]
        worth = thin.weekly * len(thin.weeks()) * thin.rates[0].charge
        value = worth * (_FLOOR - Decimal("0.05"))
        planted = thin.starts_on + timedelta(days=14)
        note = "paid 95 % of what is charged"
        planter.label(
            "margin_below_threshold", "jobs", thin.job_id, value, thin.currency, planted, note
        )


def plant_in_work(planter: Planter, work: list[Work], permanents: list[Permanent]) -> list[Work]:
    """Mark the weeks that go wrong; returns those that remain, without the weeks that nobody wrote
    down."""
    # Where one line bills one week and expenses don't stand in for it, a missing line is a missing
    # period.
    plain = [
        done
        for done in work
        if done.placement.client.style != "split" and not done.placement.expense_budget
    ]
    weeks = [done for done in plain if done.kind == "time"]
    _not_invoiced_placements(planter, weeks)
    weekly = [done for done in weeks if done.placement.client.billing_period == "week"]
    missing = planter.pick("timesheet_missing", weekly, _sunday, _name, 6)
    for done in missing:
        note = f"no timesheet for the week of {done.monday}"
        planted = done.sunday + timedelta(days=7)
        job_id = done.placement.job_id
        planter.label(
            "timesheet_missing", "jobs", job_id, done.worth, done.placement.currency, planted, note
        )
        _label_period(planter, done, "timesheet_missing")
    _not_billed_periods(planter, weeks)
    for done in planter.pick("timesheet_paid_not_billed", weeks, _sunday, _name, 6):
        _leave_unbilled(planter, done)
    for done in planter.pick("timesheet_billed_not_paid", weeks, _sunday, _name, 5):
        done.paid = False
        value = cents(done.quantity * done.rate.pay)
        planted = done.sunday + timedelta(days=25)
        note = "billed, in no pay run"
        _label(planter, "timesheet_billed_not_paid", done, value, planted, note)
    claims = [done for done in work if done.kind == "expense"]
    for claim in planter.pick("delivered_not_invoiced", claims, _sunday, _name, 4):
        claim.billed = False
        planted = _window_ends(claim)
        _label(
            planter,
            "delivered_not_invoiced",
            claim,
            claim.worth,
            planted,
            "expense claim never recharged",
        )
    _forgotten_fees(planter, permanents)
    _wrong_rates(planter, weeks)
    gone = {id(done) for done in missing}
    return [done for done in work if id(done) not in gone]


def unworked_pay(
    planter: Planter, paid: Sequence[PayItem], ended: list[Placement]
) -> list[PayItem]:
    """Pay for a week after the placement had ended."""
    extra = []
    for placement in planter.pick(
        "pay_without_timesheet", ended, lambda p: p.last_day, lambda p: f"pay {p.number}", 4
    ):
        monday = placement.last_day + timedelta(days=1)
        rate = placement.rates[-1].pay
        done = Work(
            "", placement, "time", monday, placement.weekly, None, placement.rates[0].agreed_at
        )
        item = PayItem(
            f"PI-{placement.number}-X",
            placement,
            monday,
            pay_date(done),
            placement.weekly,
            rate,
            None,
        )
        note = f"paid for the week of {monday}, after the placement ended"
        planter.label(
            "pay_without_timesheet",
            "pay_items",
            item.pay_item_id,
            item.amount,
            placement.currency,
            item.paid_on,
            note,
        )
        extra.append(item)
    return [*paid, *extra]


def _sunday(done: Work) -> date:
    return done.sunday


def _name(done: Work) -> object:
    return done.delivery_id


def _window_ends(done: Work) -> date:
    """When the contract's billing window for the work has passed."""
    if done.placement.client.billing_period == "month":
        return month_end(done.sunday) + timedelta(days=11)
    return done.sunday + timedelta(days=15)


def _label(
    planter: Planter, control_id: str, done: Work, value: Decimal, planted: date, note: str
) -> None:
    planter.label(
        control_id, "deliveries", done.delivery_id, value, done.placement.currency, planted, note
    )


def _label_period(planter: Planter, done: Work, root: str) -> None:
    """A weekly contract with a week unbilled lacks that period's invoice, whatever the reason."""
    placement = done.placement
    planted = done.sunday + timedelta(days=11)
    note = f"follows from {root}: the week of {done.monday}"
    planter.label(
        "contract_period_not_billed",
        "contracts",
        placement.contract_id,
        done.worth,
        placement.currency,
        planted,
        note,
    )


def _leave_unbilled(planter: Planter, done: Work, root: str = "") -> None:
    """Nobody bills the week; it is paid all the same. `root` is the fault that this one is a part
    of, if it is."""
    done.billed = False
    planter.take(done.delivery_id)
    note = f"follows from {root}" if root else "the week was left out of the billing run"
    _label(
        planter,
        "timesheet_paid_not_billed",
        done,
        done.worth,
        done.sunday + timedelta(days=25),
        note,
    )
    root = root or "timesheet_paid_not_billed"
    _label(
        planter,
        "delivered_not_invoiced",
        done,
        done.worth,
        _window_ends(done),
        f"follows from {root}",
    )
    if done.placement.client.billing_period == "week":
        _label_period(planter, done, root)


def _not_invoiced_placements(planter: Planter, weeks: list[Work]) -> None:
    by_placement: dict[int, list[Work]] = {}
    for done in weeks:
        by_placement.setdefault(done.placement.number, []).append(done)
    short = [
        group
        for group in by_placement.values()
        if 3 <= len(group) <= 10 and group[0].placement.client.billing_period == "week"
    ]
    for group in planter.pick(
        "placement_not_invoiced", short, lambda g: g[-1].sunday, lambda g: g[0].placement.number, 3
    ):
        placement = group[0].placement
        worth = sum((done.worth for done in group), Decimal(0))
        planted = placement.starts_on + timedelta(days=30)
        note = f"{len(group)} weeks worked and paid, nothing billed"
        planter.label(
            "placement_not_invoiced",
            "jobs",
            placement.job_id,
            worth,
            placement.currency,
            planted,
            note,
        )
        for done in group:
            _leave_unbilled(planter, done, "placement_not_invoiced")


def _not_billed_periods(planter: Planter, weeks: list[Work]) -> None:
    months: dict[tuple[int, date], list[Work]] = {}
    for done in weeks:
        if done.placement.client.billing_period == "month":
            months.setdefault((done.placement.number, month_end(done.sunday)), []).append(done)
    whole = [
        group
        for group in months.values()
        if len(group) >= 3 and planter.all_free(done.delivery_id for done in group)
    ]
    for group in planter.pick(
        "contract_period_not_billed", whole, lambda g: g[-1].sunday, lambda g: g[0].delivery_id, 3
    ):
        placement = group[0].placement
        worth = sum((done.worth for done in group), Decimal(0))
        ends_on = month_end(group[0].sunday)
        note = f"no invoice for {ends_on:%B %Y}"
        planted = ends_on + timedelta(days=11)
        planter.label(
            "contract_period_not_billed",
            "contracts",
            placement.contract_id,
            worth,
            placement.currency,
            planted,
            note,
        )
        for done in group:
            _leave_unbilled(planter, done, "contract_period_not_billed")


def _forgotten_fees(planter: Planter, permanents: list[Permanent]) -> None:
    staying = [permanent for permanent in permanents if permanent.left_on is None]
    for permanent in planter.pick(
        "permanent_fee_not_invoiced", staying, lambda p: p.starts_on, lambda p: p.number, 3
    ):
        permanent.invoiced = False
        planted = permanent.starts_on + timedelta(days=15)
        value, currency = permanent.fee, permanent.client.currency
        note = "the fee was never billed"
        planter.label(
            "permanent_fee_not_invoiced", "jobs", permanent.job_id, value, currency, planted, note
        )
        note = "follows from permanent_fee_not_invoiced"
        planter.label(
            "delivered_not_invoiced",
            "deliveries",
            permanent.start_id,
            value,
            currency,
            planted,
            note,
        )
    left = [
        (permanent.left_on, permanent)
        for permanent in permanents
        if permanent.left_on and permanent.rebate
    ]
    for left_on, permanent in planter.pick(
        "rebate_not_credited", left, lambda p: p[0], lambda p: p[1].number, 3
    ):
        permanent.rebated = False
        planted = left_on + timedelta(days=15)
        note = f"left on {left_on}, {permanent.rebate_pct} % to be given back"
        currency = permanent.client.currency
        planter.label(
            "rebate_not_credited",
            "jobs",
            permanent.job_id,
            permanent.rebate,
            currency,
            planted,
            note,
        )


def _wrong_rates(planter: Planter, weeks: list[Work]) -> None:
    raised = [done for done in weeks if done.rate is not done.placement.rates[0]]
    for done in planter.pick("charge_rate_variance", raised, _sunday, _name, 6):
        done.billed_rate = done.placement.rates[0].charge
    for done in planter.pick("pay_rate_variance", weeks, _sunday, _name, 5):
        done.paid_rate = done.rate.pay + max(
            Decimal("0.50"), (done.rate.pay * Decimal("0.03")).quantize(Decimal("0.01"))
        )
        value = cents(done.quantity * (done.paid_rate - done.rate.pay))
        note = f"paid {done.paid_rate} an {done.placement.product.unit}, agreed {done.rate.pay}"
        name = f"PI-{done.delivery_id[3:]}"
        planter.label(
            "pay_rate_variance",
            "pay_items",
            name,
            value,
            done.placement.currency,
            pay_date(done),
            note,
        )
    for done in planter.pick("quantity_variance", weeks, _sunday, _name, 4):
        done.billed_quantity = done.quantity + 2
