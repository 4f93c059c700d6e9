"""What was earned and why it is not what was planned: the walk, who is behind the lowest margins,
and what each person is credited with."""

from __future__ import annotations

from typing import Any

import duckdb

from tieout.findings.margin import EFFECTS
from tieout.pack.marts import one, rows
from tieout.pack.names import Names

SHOWN = 50
"""So many jobs and clusters fit a page; the workbook has them all."""

_SUMS = """
    sum(coalesce(planned_margin_amount, booked_amount)) as planned, sum(realised_value_amount) as value,
    sum(cost_amount - wip_amount) as cost, sum(realised_margin_amount) as realised
"""


def gather(connection: duckdb.DuckDBPyConnection, found: Names) -> dict[str, Any]:
    """The walk of the company, and its margin by customer, job and cluster."""
    together = rows(connection, f"select {_SUMS} from fct_job_margin")[0]
    amounts = dict(
        connection.execute(
            "select effect, sum(effect_amount) from fct_margin_walk group by effect"
        ).fetchall()
    )
    steps = [
        {"effect": effect, "sentence": sentence, "amount": amounts[effect]}
        for effect, sentence in EFFECTS.items()
        if amounts.get(effect)
    ]
    return {
        "together": together,
        "steps": steps,
        "customers": _by_key(connection, found, "customer"),
        "products": _by_key(connection, found, "product"),
        "jobs": _jobs(connection, found),
        "clusters": _clusters(connection, found),
        "open_jobs": _open_jobs(connection, found),
    }


def of_persons(connection: duckdb.DuckDBPyConnection, found: Names) -> dict[str, Any]:
    """What each person is credited with, and the jobs of his deals."""
    persons = rows(
        connection,
        """
        select owner_key, sum(booked_amount) as booked, sum(realised_value_amount) as value,
            sum(realised_margin_amount) as realised, sum(concession_effect_amount) as concession,
            sum(discount_after_quote_effect_amount) as discount
        from fct_margin_by_rep group by owner_key order by realised desc, owner_key
        """,
    )
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
    jobs: dict[str, list[str]] = {}
    for owner, job in connection.execute(
        """
        select distinct owner_key, job_key from fct_job_margin
        where job_key <> 'unknown' order by owner_key, job_key
        """
    ).fetchall():
        jobs.setdefault(owner, []).append(found.members["job"][found.place("job", job)][0])
    return {
        "persons": [
            {
                **row,
                "name": _name(found, "owner", row["owner_key"]),
                "percent": _percent(row["realised"], row["value"]),
                "price_percent": _percent(
                    *(prices.get(row["owner_key"], {}).get(side) for side in ("pocket", "listed"))
                ),
                "jobs": sorted(jobs.get(row["owner_key"], [])),
            }
            for row in persons
        ]
    }


def _by_key(connection: duckdb.DuckDBPyConnection, found: Names, noun: str) -> list[dict[str, Any]]:
    sums = rows(
        connection,
        f"""
        select {noun}_key, {_SUMS} from fct_job_margin group by {noun}_key
        order by realised desc, {noun}_key limit {SHOWN}
        """,
    )
    return [_told(row, _name(found, noun, row[f"{noun}_key"])) for row in sums]


def _jobs(connection: duckdb.DuckDBPyConnection, found: Names) -> list[dict[str, Any]]:
    """Those that earned least against their plan."""
    sums = rows(
        connection,
        f"""
        select job_key, {_SUMS} from fct_job_margin group by job_key
        having planned <> realised order by realised - planned, job_key limit {SHOWN}
        """,
    )
    return [_told(row, _name(found, "job", row["job_key"])) for row in sums]


def _clusters(connection: duckdb.DuckDBPyConnection, found: Names) -> list[dict[str, Any]]:
    """Person, product category and region whose jobs earn less a hundred than the company."""
    value, realised = one(
        connection,
        "select sum(realised_value_amount), sum(realised_margin_amount) from fct_job_margin",
    )
    if not value or value <= 0:
        return []
    sums = rows(
        connection,
        f"""
        select margins.owner_key, coalesce(products.product_category, 'unknown') as category,
            coalesce(customers.region, 'unknown') as region, count(distinct job_key) as jobs, {_SUMS}
        from fct_job_margin as margins
        left join dim_product as products using (product_key)
        left join dim_customer as customers using (customer_key)
        group by all having value > 0 and jobs > 1 and realised * $value < value * $realised
        order by realised - value * $realised / $value, owner_key, category, region limit {SHOWN}
        """.replace("$value", f"cast({value} as decimal(38, 2))").replace(
            "$realised", f"cast({realised} as decimal(38, 2))"
        ),
    )
    return [_told(row, _name(found, "owner", row["owner_key"])) for row in sums]


def _open_jobs(connection: duckdb.DuckDBPyConnection, found: Names) -> list[dict[str, Any]]:
    """Fixed prices in progress, the lowest expected margin first."""
    jobs = rows(
        connection,
        f"""
        select job_key, expected_value_amount, eac_amount, eac_rule, expected_margin_amount, loss_provision_amount
        from fct_job_outlook where job_type = 'fixed_price' and not is_finished
        order by expected_margin_amount, job_key limit {SHOWN}
        """,
    )
    return [{**row, "name": _name(found, "job", row["job_key"])} for row in jobs]


def _told(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {**row, "name": name, "percent": _percent(row["realised"], row["value"])}


def _name(found: Names, noun: str, key: str) -> str:
    return found.members[noun][found.place(noun, key)][0]


def _percent(part: Any, whole: Any) -> Any:
    """Of a hundred, to a tenth; None where there is nothing to be a part of."""
    return None if not whole or whole <= 0 or part is None else round(100 * part / whole, 1)
