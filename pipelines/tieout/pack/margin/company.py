"""What the company earned and why it is not what was planned: the walk, where margins are low, and
what fixed prices in progress are expected to earn."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb

from tieout.findings.margin import EFFECTS
from tieout.pack.margin import waterfall
from tieout.pack.marts import one, rows
from tieout.pack.names import Names

SHOWN = 50
"""So many jobs fit a page; the workbook has them all."""
CLUSTERS = 15
"""So many clusters of a kind."""

SUMS = """
    sum(coalesce(planned_margin_amount, booked_amount)) as planned, sum(realised_value_amount) as value,
    sum(cost_amount - wip_amount) as cost, sum(realised_margin_amount) as realised
"""
ZERO = Decimal("0.00")

# Where margins may be low: what is said of it, and each member's key, name, value and margin.
_KINDS = {
    "owner": (
        "By representative",
        "Representative",
        "select owner_key, null, {sums} from fct_margin_by_rep group by owner_key",
    ),
    "category": (
        "By product category",
        "Category",
        "select product_category, product_category, {sums} from fct_margin_by_rep group by product_category",
    ),
    "region": (
        "By region of the customer",
        "Region",
        """
        select coalesce(region, 'unknown'), coalesce(region, 'unknown'), {sums}
        from fct_job_margin left join dim_customer using (customer_key) group by all
        """,
    ),
}
_VALUE_AND_MARGIN = "sum(realised_value_amount) as value, sum(realised_margin_amount) as realised"


def gather(connection: duckdb.DuckDBPyConnection, found: Names) -> dict[str, Any]:
    """The walk of the company, and where its margins are low."""
    together = {
        name: amount if amount is not None else ZERO
        for name, amount in rows(connection, f"select {SUMS} from fct_job_margin")[0].items()
    }
    amounts = dict(
        connection.execute(
            "select effect, sum(effect_amount) from fct_margin_walk group by effect"
        ).fetchall()
    )
    steps = [
        (effect, sentence, amounts[effect])
        for effect, sentence in EFFECTS.items()
        if amounts.get(effect)
    ]
    return {
        "together": {**together, "percent": percent(together["realised"], together["value"])},
        "walk": waterfall.drawn(
            ("planned", together["planned"]), steps, ("realised", together["realised"])
        ),
        "jobs": _jobs(connection, found),
        "kinds": _kinds(connection, found),
        "clusters": _clusters(connection, found),
        "open_jobs": _open_jobs(connection, found),
    }


def percent(part: Any, whole: Any) -> Any:
    """Of a hundred, to a tenth; None where there is nothing to be a part of."""
    return None if not whole or whole <= 0 or part is None else round(100 * part / whole, 1)


def named(found: Names, noun: str, key: str) -> str:
    """What people call a member."""
    return found.members[noun][found.place(noun, key)][0]


def _jobs(connection: duckdb.DuckDBPyConnection, found: Names) -> list[dict[str, Any]]:
    """Those that earned least against their plan."""
    sums = rows(
        connection,
        f"""
        select job_key, {SUMS} from fct_job_margin group by job_key
        having planned > realised order by realised - planned, job_key limit {SHOWN}
        """,
    )
    return [_placed(row, found) for row in sums]


def _kinds(connection: duckdb.DuckDBPyConnection, found: Names) -> list[dict[str, Any]]:
    """For each kind its members below the company's percentage, what they are short of it first."""
    value, realised = _company(connection)
    kinds = []
    for kind, (title, noun, sql) in _KINDS.items():
        sums = rows(
            connection,
            f"""
            select * from ({sql.format(sums=_VALUE_AND_MARGIN)}) as members (key, name, value, realised)
            where value > 0
            """,
        )
        low = [_short(row, value, realised) for row in sums] if value > 0 else []
        low = sorted((row for row in low if row["short"] < 0), key=lambda row: row["short"])
        for row in low:
            row["name"] = named(found, "owner", row["key"]) if kind == "owner" else row["name"]
        kinds.append({"title": title, "noun": noun, "rows": low[:CLUSTERS], "number": len(low)})
    return kinds


def _clusters(connection: duckdb.DuckDBPyConnection, found: Names) -> list[dict[str, Any]]:
    """Two jobs or more of a person, a product category and a region, below the company's
    percentage. A job is of whoever is credited for most of what was booked and delivered."""
    value, realised = _company(connection)
    if value <= 0:
        return []
    sums = rows(
        connection,
        f"""
        with credited as (
            select job_key, owner_key from fct_attribution
            where stage in ('booked', 'delivered')
            group by job_key, owner_key
            qualify row_number() over (
                partition by job_key order by coalesce(sum(abs(reporting_amount)), 0) desc, owner_key
            ) = 1
        )
        select coalesce(credited.owner_key, 'unknown') as owner_key,
            coalesce(products.product_category, 'unknown') as category,
            coalesce(customers.region, 'unknown') as region, count(distinct job_key) as jobs, {SUMS},
            list(distinct job_key order by job_key) as job_keys
        from fct_job_margin as margins
        left join credited using (job_key)
        left join dim_product as products using (product_key)
        left join dim_customer as customers using (customer_key)
        group by all having value > 0 and jobs > 1
        """,
    )
    low = [_short(row, value, realised) for row in sums]
    low = sorted(
        (row for row in low if row["short"] < 0),
        key=lambda row: (row["short"], row["owner_key"], row["category"], row["region"]),
    )[:CLUSTERS]
    return [
        {
            **row,
            "name": named(found, "owner", row["owner_key"]),
            "worst": _worst(connection, found, row),
        }
        for row in low
    ]


def _worst(
    connection: duckdb.DuckDBPyConnection, found: Names, cluster: dict[str, Any]
) -> list[dict[str, Any]]:
    """The jobs of a cluster that earned least."""
    keys = connection.execute(
        """
        select job_key from fct_job_margin
        where job_key in (select unnest(?)) and job_key <> 'unknown'
        group by job_key order by sum(realised_margin_amount), job_key limit 3
        """,
        [cluster["job_keys"]],
    ).fetchall()
    return [{"place": found.place("job", key), "name": named(found, "job", key)} for (key,) in keys]


def _company(connection: duckdb.DuckDBPyConnection) -> tuple[Decimal, Decimal]:
    value, realised = one(connection, f"select {_VALUE_AND_MARGIN} from fct_job_margin")
    return value or ZERO, realised or ZERO


def _short(row: dict[str, Any], value: Decimal, realised: Decimal) -> dict[str, Any]:
    """A row with its percentage, and what it earned less than at the company's own."""
    fair = (row["value"] * realised / value).quantize(Decimal("0.01"))
    return {
        **row,
        "percent": percent(row["realised"], row["value"]),
        "short": row["realised"] - fair,
    }


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
    return [
        {
            **row,
            "name": named(found, "job", row["job_key"]),
            "place": found.place("job", row["job_key"]),
            "percent": percent(row["expected_margin_amount"], row["expected_value_amount"]),
        }
        for row in jobs
    ]


def _placed(row: dict[str, Any], found: Names) -> dict[str, Any]:
    return {
        **row,
        "name": named(found, "job", row["job_key"]),
        "place": found.place("job", row["job_key"]),
        "percent": percent(row["realised"], row["value"]),
    }
