"""The period, and everything up to its end: the two scopes in which each figure of the walk is
told.

An event is of the month that it happened in. A piece of the bridge adds what it takes from the
stage before to that event's month, and what it gives to the stage after to that one's, as
`fct_bridge_monthly` does. Both are read by who is credited for them, whose shares add up to the
event and to the piece.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from tieout.findings.bridge import GAPS, Leg, Step, reasons
from tieout.pack.marts import Position

SCOPES = {"period": "In the period", "to_date": "To date"}
STAGES = ("booked", "contracted", "delivered", "invoiced", "recognised", "cash")
CLASSES = ("timing", "definition", "data_quality", "leakage")

_IN = {"period": "in_period", "to_date": "true"}


@dataclass(frozen=True)
class Stage:
    """What one stage amounts to, in the reporting currency."""

    name: str
    period: Decimal
    to_date: Decimal


def prepare(connection: duckdb.DuckDBPyConnection, position: Position) -> None:
    """Makes the two temporary tables that every figure of the walk is read from, cut at the end of
    the period.

    `pack_stages` has one row per event, stage that it counts in, and person who is credited;
    `pack_sides` one per side of a piece, and person, whose amount is not nothing.
    """
    connection.execute(
        """
        create or replace temp table pack_stages as
        with counted as (
            select unnest(case stage
                when 'booked' then ['booked', 'contracted']
                when 'change_order' then ['contracted']
                when 'credited' then ['invoiced']
                else [stage]
            end) as stage, * exclude (stage)
            from fct_attribution
        )
        select
            stage, customer_key, owner_key, product_key, job_key, date_trunc('month', event_on)::date as month,
            event_on >= ? as in_period, reporting_amount as amount
        from counted
        where event_on <= ? and reporting_amount is not null and stage <> 'cost'
        """,
        [position.starts_on, position.ends_on],
    )
    side = """
        select
            bridge_item_key, gap, gap_class, reason, customer_key, owner_key, product_key, job_key,
            date_trunc('month', {side}_on)::date as month, {side}_on >= $starts_on as in_period,
            {from_amount} as from_amount, {to_amount} as to_amount
        from fct_bridge_attribution
        where {side}_amount <> 0 and {side}_on <= $ends_on
    """
    connection.execute(
        "create or replace temp table pack_sides as "
        + side.format(side="from", from_amount="from_amount", to_amount="0::decimal(18, 2)")
        + " union all "
        + side.format(side="to", from_amount="0::decimal(18, 2)", to_amount="to_amount"),
        {"starts_on": position.starts_on, "ends_on": position.ends_on},
    )


def stages(connection: duckdb.DuckDBPyConnection) -> list[Stage]:
    """The six stages, in their order."""
    found = {
        name: (period, to_date)
        for name, period, to_date in connection.execute("""
            select stage, coalesce(sum(amount) filter (in_period), 0), coalesce(sum(amount), 0)
            from pack_stages group by stage
        """).fetchall()
    }
    nothing = (Decimal("0.00"), Decimal("0.00"))
    return [Stage(name, *found.get(name, nothing)) for name in STAGES]


def legs(connection: duckdb.DuckDBPyConnection, scope: str) -> list[Leg]:
    """The walk of everybody, gap by gap; timing first, leakage last, the largest reason of a class
    first."""
    found = connection.execute(f"""
        select gap, reason, gap_class, count(distinct bridge_item_key), sum(from_amount), sum(to_amount)
        from pack_sides
        where {_IN[scope]}
        group by gap, reason, gap_class
        order by list_position({list(CLASSES)}, gap_class), abs(sum(from_amount) - sum(to_amount)) desc, reason
    """).fetchall()
    texts = reasons()
    zero = Decimal("0.00")
    walk = []
    for (first, last), gap in GAPS.items():
        own = [row for row in found if row[0] == gap]
        steps = [
            Step(reason, gap_class, count, given - taken, *texts.get(reason, ("", "")))
            for _, reason, gap_class, count, given, taken in own
        ]
        total = (sum((row[4] for row in own), zero), sum((row[5] for row in own), zero))
        walk.append(
            Leg(gap, first, last, *total, tuple(step for step in steps if step.difference_amount))
        )
    return walk
