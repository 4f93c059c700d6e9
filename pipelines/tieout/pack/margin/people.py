"""What each person is credited with, month by month, and the jobs of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb

from tieout.pack import trends
from tieout.pack.margin.company import named, percent
from tieout.pack.marts import Position, one, rows
from tieout.pack.names import Names


def gather(connection: duckdb.DuckDBPyConnection, at: Position, found: Names) -> dict[str, Any]:
    """The persons, the largest margin first, and as `data` the jobs of each."""
    prices = _prices(connection)
    persons = rows(
        connection,
        """
        select owner_key, sum(booked_amount) as booked, sum(realised_value_amount) as value,
            sum(realised_margin_amount) as realised, sum(concession_effect_amount) as concession,
            sum(discount_after_quote_effect_amount) as discount,
            sum(flexed_cost_amount) as flexed, sum(missed_cost_amount) as missed
        from fct_margin_by_rep group by owner_key order by realised desc, owner_key
        """,
    )
    return {
        "persons": [
            {
                **row,
                "name": named(found, "owner", row["owner_key"]),
                "about": found.members["owner"][found.place("owner", row["owner_key"])][1],
                "place": found.place("owner", row["owner_key"]),
                "percent": percent(row["realised"], row["value"]),
                "price_percent": percent(*prices.get(row["owner_key"], (None, None))),
                "accuracy": percent(row["flexed"] - row["missed"], row["flexed"]),
                "bars": _bars(connection, at, row["owner_key"]),
            }
            for row in persons
        ],
        "nobody": _nobody(connection),
        "data": {
            "by-person": {
                "jobs": _jobs(connection, found),
                "accuracy": _accuracy(connection, found),
            }
        },
    }


def _prices(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Decimal, Decimal]]:
    """What reached the pocket, and the list value, of each person: of a job and product what is the
    person's share of the work delivered."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for owner, pocket, listed, own, whole in connection.execute(
        """
        with credited as (
            select job_key, product_key, owner_key, sum(reporting_amount) as own
            from fct_attribution where stage = 'delivered' group by all
        )
        select credited.owner_key, pocket_value_amount, list_value_amount, own,
            sum(own) over (partition by job_key, product_key) as whole
        from fct_price_realisation inner join credited using (job_key, product_key)
        where list_value_amount is not null
        qualify whole <> 0
        order by 1, job_key, product_key
        """
    ).fetchall():
        share = own / whole
        before = found.get(owner, (Decimal(0), Decimal(0)))
        found[owner] = (before[0] + pocket * share, before[1] + listed * share)
    return found


def _nobody(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What nobody is credited with of what was booked and spent, by why; and what that is of all."""
    causes = rows(
        connection,
        """
        with found as (
            select job_key, min(cause) as cause from fct_exceptions
            where control_id = 'rep_unattributed' and job_key <> 'unknown' group by job_key
        )
        select case when credited.job_key = 'unknown' then 'no_job' else coalesce(found.cause, 'nobody') end as cause,
            count(distinct event_key) as records,
            coalesce(sum(reporting_amount) filter (stage in ('booked', 'change_order')), 0) as booked,
            coalesce(sum(reporting_amount) filter (stage = 'cost'), 0) as cost
        from fct_attribution as credited left join found using (job_key)
        where credited.owner_key = 'unknown' and stage in ('booked', 'change_order', 'cost')
        group by 1 order by abs(booked) + abs(cost) desc, 1
        """,
    )
    booked, cost = one(
        connection,
        """
        select sum(reporting_amount) filter (stage in ('booked', 'change_order')),
            sum(reporting_amount) filter (stage = 'cost')
        from fct_attribution
        """,
    )
    zero = Decimal("0.00")
    return {
        "causes": causes,
        "booked_percent": percent(sum((row["booked"] for row in causes), zero), booked),
        "cost_percent": percent(sum((row["cost"] for row in causes), zero), cost),
    }


def _bars(connection: duckdb.DuckDBPyConnection, at: Position, owner: str) -> list[trends.Bar]:
    return trends.recent(
        connection,
        """
        select month, sum(realised_margin_amount) from fct_margin_by_rep
        where owner_key = ? group by month
        """,
        at.as_of_on,
        [owner],
    )


def _jobs(connection: duckdb.DuckDBPyConnection, found: Names) -> list[list[Any]]:
    """[person, job, customer, what of it the person is credited with: booked, delivered, cost; and
    the whole job's realised value and margin]; what has no job stands under the unknown one."""
    credited = connection.execute(
        """
        with credited as (
            select owner_key, job_key,
                coalesce(sum(reporting_amount) filter (stage in ('booked', 'change_order')), 0) as contracted,
                coalesce(sum(reporting_amount) filter (stage = 'delivered'), 0) as delivered,
                coalesce(sum(reporting_amount) filter (stage = 'cost'), 0) as cost
            from fct_attribution group by owner_key, job_key
        ),
        margins as (
            select job_key, sum(realised_value_amount) as value, sum(realised_margin_amount) as realised
            from fct_job_margin group by job_key
        )
        select owner_key, job_key, contracted, delivered, cost, coalesce(value, 0), coalesce(realised, 0)
        from credited left join margins using (job_key)
        where contracted <> 0 or delivered <> 0 or cost <> 0
        order by owner_key, job_key
        """
    ).fetchall()
    return [
        [found.place("owner", row[0]), found.place("job", row[1]), named(found, "job", row[1]),
         found.members["job"][found.place("job", row[1])][1], *row[2:]]
        for row in credited
    ]  # fmt: skip


def _accuracy(connection: duckdb.DuckDBPyConnection, found: Names) -> list[list[Any]]:
    """[person, month, type of the jobs, category, what the jobs that became final in the month
    should have cost, by how much that was missed, accuracy]; null where nothing was planned."""
    told = connection.execute(
        """
        select owner_key, month, job_type, product_category, flexed_cost_amount, missed_cost_amount
        from fct_margin_by_rep where flexed_cost_amount <> 0 or missed_cost_amount <> 0
        order by owner_key, month desc, job_type, product_category
        """
    ).fetchall()
    return [
        [found.place("owner", row[0]), *row[1:6], percent(row[4] - row[5], row[4])] for row in told
    ]
