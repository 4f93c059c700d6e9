"""What each person is credited with, month by month, and the jobs of it."""

from __future__ import annotations

from typing import Any

import duckdb

from tieout.pack import trends
from tieout.pack.margin.company import named, percent
from tieout.pack.marts import Position, has_column, rows
from tieout.pack.names import Names


def gather(connection: duckdb.DuckDBPyConnection, at: Position, found: Names) -> dict[str, Any]:
    """The persons, the largest margin first, and as `data` the jobs of each."""
    prices = {
        row["owner_key"]: row
        for row in rows(
            connection,
            """
            select owner_key, sum(list_value_amount) as listed, sum(pocket_value_amount) as pocket
            from fct_price_realisation where list_value_amount is not null group by owner_key
            """,
        )
    }
    persons = rows(
        connection,
        """
        select owner_key, sum(booked_amount) as booked, sum(realised_value_amount) as value,
            sum(realised_margin_amount) as realised, sum(concession_effect_amount) as concession,
            sum(discount_after_quote_effect_amount) as discount
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
                "price_percent": percent(
                    *(prices.get(row["owner_key"], {}).get(side) for side in ("pocket", "listed"))
                ),
                "bars": _bars(connection, at, row["owner_key"]),
            }
            for row in persons
        ],
        "data": {
            "by-person": {
                "jobs": _jobs(connection, found),
                "accuracy": _accuracy(connection, found),
            }
        },
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
    """[person, month, type of the jobs, category, accuracy]: how near the cost of jobs that became
    final in the month came to what was planned. A ratio has no sum, so each row is told."""
    if not has_column(connection, "fct_margin_by_rep", "quote_accuracy"):
        return []
    told = connection.execute(
        """
        select owner_key, month, job_type, product_category, quote_accuracy from fct_margin_by_rep
        where quote_accuracy is not null order by owner_key, month desc, job_type, product_category
        """
    ).fetchall()
    return [[found.place("owner", row[0]), *row[1:4], percent(row[4], 1)] for row in told]
