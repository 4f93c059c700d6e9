"""Reconciliation by customer, month, owner, product and job: the stages and the walk of each
member."""

from __future__ import annotations

from typing import Any

import duckdb

from tieout.findings.bridge import GAPS, reasons
from tieout.pack.marts import Position
from tieout.pack.names import COLUMNS, Names
from tieout.pack.scope import STAGES

NOUNS = {
    "customer": ("customers.html", "Customers"),
    "month": ("months.html", "Months"),
    "owner": ("owners.html", "Account owners"),
    "product": ("products.html", "Products"),
    "job": ("jobs.html", "Jobs"),
}


def shared(at: Position, found: Names, reason_classes: dict[str, str]) -> dict[str, Any]:
    """What all pages of the reconciliation look things up in; a reason, gap or member is named by
    its place."""
    texts = reasons()
    return {
        "stages": STAGES,
        "gaps": [[gap, first, last] for (first, last), gap in GAPS.items()],
        "reasons": [
            [name, gap_class, *texts.get(name, ("", ""))]
            for name, gap_class in reason_classes.items()
        ],
        "names": found.members,
        "starts_on": at.starts_on,
        "ends_on": at.ends_on,
    }


def by(
    connection: duckdb.DuckDBPyConnection, noun: str, found: Names, reason_classes: dict[str, str]
) -> dict[str, Any]:
    """One page's figures: of each member its six stages and the steps of its walk, in the period
    and to date.

    A step is [member, gap, reason, from, to, pieces in the period, from, to, pieces to date, places
    of the customers whose pieces these are]. The months have no period of their own: there both
    scopes are the month.
    """
    column = COLUMNS.get(noun, "month")
    in_period = "true" if noun == "month" else "in_period"
    gaps = {gap: place for place, gap in enumerate(GAPS.values())}
    places = {name: place for place, name in enumerate(reason_classes)}

    def member(key: Any) -> Any:
        return key if noun == "month" else found.place(noun, key)

    stages = connection.execute(f"""
        pivot (
            select {column}, stage, coalesce(sum(amount) filter ({in_period}), 0) as period, sum(amount) as to_date
            from pack_stages group by all
        ) on stage in {STAGES} using sum(period) as period, sum(to_date) as to_date group by {column} order by {column}
    """).fetchall()
    customers = "[]" if noun == "customer" else "list(distinct customer_key order by customer_key)"
    steps = connection.execute(f"""
        select {column}, gap, reason,
            coalesce(sum(from_amount) filter ({in_period}), 0), coalesce(sum(to_amount) filter ({in_period}), 0),
            count(distinct bridge_item_key) filter ({in_period}),
            sum(from_amount), sum(to_amount), count(distinct bridge_item_key), {customers}
        from pack_sides group by {column}, gap, reason order by {column}, gap, reason
    """).fetchall()
    return {
        "noun": noun,
        "stages": [[member(row[0]), _amounts(row[1::2]), _amounts(row[2::2])] for row in stages],
        "steps": [
            [
                member(row[0]),
                gaps[row[1]],
                places[row[2]],
                *row[3:9],
                [found.place("customer", key) for key in row[9]],
            ]
            for row in steps
        ],
    }


def _amounts(sums: tuple[Any, ...]) -> list[Any]:
    return ["0.00" if amount is None else amount for amount in sums]
