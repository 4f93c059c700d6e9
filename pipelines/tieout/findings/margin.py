"""The walk from the planned margin to the realised one, or from one month's margin to another's,
read from the published marts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.errors import TieoutError
from tieout.findings.bridge import Asked, conditions, opened
from tieout.settings import Settings

EFFECTS = {
    "scope_change": "change orders: their value and planned cost",
    "volume": "more or less was delivered than was sold",
    "price": "delivered at another price than was agreed",
    "discount_after_quote": "given up on the price after the quote",
    "concession": "given up by a credit, or taken off at paying",
    "currency": "the rates of the days, against the booking's",
    "identity": "delivered as another product, job or customer than was sold",
    "not_yet_delivered": "sold, and still to come",
    "cost_rate": "an hour or unit cost more or less than planned",
    "cost_efficiency": "more or fewer hours or units than planned",
    "cost_unplanned": "cost of a kind that nobody planned",
}
"""The effects on the margin of a job, in the walk's order, and what each says."""

PERIOD_EFFECTS = {
    "quantity": "more or fewer units, at the first month's average margin a unit",
    "mix": "a larger share of products with more or less margin a unit",
    "price": "another value a unit",
    "cost": "another cost a unit",
    "other": "work without a quantity, and products that nothing came of",
}
"""The effects between two months, in the walk's order."""


ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Effect:
    """What one effect adds to the margin."""

    effect: str
    amount: Decimal
    sentence: str


@dataclass(frozen=True)
class MarginWalk:
    """Where a margin starts, what was added to it, and where it ends."""

    first: str
    last: str
    from_amount: Decimal
    to_amount: Decimal
    effects: tuple[Effect, ...]

    @property
    def residual_amount(self) -> Decimal:
        """What the effects leave open: 0.00, or the figures are wrong."""
        return (
            self.to_amount
            - self.from_amount
            - sum((effect.amount for effect in self.effects), Decimal(0))
        )


def margin_walk(settings: Settings, asked: Asked) -> MarginWalk:
    """From the planned margin, or what was booked where nothing was planned, to the realised one; a
    person's as far as he is credited for it.

    Raises:
        TieoutError: nothing is published, or nobody or several are meant.
    """
    if asked.owner is not None:
        return _credited(settings, asked)
    with opened(settings, None, "fct_margin_walk") as marts:
        where, values = conditions(marts, asked)
        [(planned, realised)] = marts.execute(
            f"""
            select sum(coalesce(planned_margin_amount, booked_amount)), sum(realised_margin_amount)
            from marts.fct_job_margin where {where}
            """,
            values,
        ).fetchall()
        rows = marts.execute(
            f"select effect, sum(effect_amount) from marts.fct_margin_walk where {where} group by effect",
            values,
        ).fetchall()
    return MarginWalk(
        "planned", "realised", planned or ZERO, realised or ZERO, _told(rows, EFFECTS)
    )


def period_walk(settings: Settings, asked: Asked, first: date, last: date) -> MarginWalk:
    """From the margin of one month to that of a later one, month by month in between; of everybody,
    a customer or a person who is credited.

    Raises:
        TieoutError: the months are not in order, a job or product is asked for, nothing is
            published, or nobody or several are meant.
    """
    if first >= last:
        raise TieoutError(
            f"{first:%Y-%m} is not before {last:%Y-%m}", "give the earlier month first: A..B"
        )
    if asked.job is not None or asked.product is not None:
        raise TieoutError(
            "two months are compared over products: that is no walk of one job or product",
            "leave --job and --product out, or --period",
        )
    grouped_by = "customer" if asked.owner is None else "owner"
    margins = "fct_job_margin_monthly" if asked.owner is None else "fct_margin_by_rep"
    with opened(settings, None, "fct_margin_period_walk") as marts:
        where, values = conditions(marts, asked)
        start, end = (
            marts.execute(
                f"select sum(realised_margin_amount) from marts.{margins} where month = ? and {where}",
                [month, *values],
            ).fetchall()[0][0]
            or ZERO
            for month in (first, last)
        )
        rows = marts.execute(
            f"""
            select effect, sum(effect_amount) from marts.fct_margin_period_walk
            where grouped_by = ? and from_month >= ? and to_month <= ? and {where}
            group by effect
            """,
            [grouped_by, first, last, *values],
        ).fetchall()
    return MarginWalk(f"{first:%Y-%m}", f"{last:%Y-%m}", start, end, _told(rows, PERIOD_EFFECTS))


def months_of(period: str) -> tuple[date, date]:
    """The first days of the two months of `2026-01..2026-03`.

    Raises:
        TieoutError: it is not two months with two dots between.
    """
    try:
        first, last = (date.fromisoformat(f"{part}-01") for part in period.split(".."))
    except ValueError as error:
        raise TieoutError(
            f"{period!r} is no period", "give two months, such as 2026-01..2026-03"
        ) from error
    return first, last


def _credited(settings: Settings, asked: Asked) -> MarginWalk:
    """What a person is credited with. His plan is in no mart, because others deliver what he sold:
    the walk starts where the effects leave off."""
    if asked.customer is not None or asked.job is not None or asked.product is not None:
        raise TieoutError(
            "what a person is credited with stands by month, not by job, customer or product",
            "leave --owner out, or the others",
        )
    with opened(settings, None, "fct_margin_by_rep") as marts:
        where, values = conditions(marts, asked)
        sums = ", ".join(f"coalesce(sum({effect}_effect_amount), 0.00)" for effect in EFFECTS)
        [(realised, *amounts)] = marts.execute(
            f"select coalesce(sum(realised_margin_amount), 0.00), {sums} from marts.fct_margin_by_rep where {where}",
            values,
        ).fetchall()
    effects = _told(list(zip(EFFECTS, amounts, strict=True)), EFFECTS)
    start = realised - sum((effect.amount for effect in effects), ZERO)
    return MarginWalk("without these effects", "realised", start, realised, effects)


def _told(rows: Sequence[Sequence[Any]], sentences: Mapping[str, str]) -> tuple[Effect, ...]:
    """The effects that there are, in the walk's order."""
    amounts: dict[str, Decimal] = {row[0]: row[1] for row in rows}
    return tuple(
        Effect(effect, amounts[effect], sentence)
        for effect, sentence in sentences.items()
        if amounts.get(effect)
    )
