"""Who and what the figures are of: every customer, job, product and owner, by its place in one list
each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from tieout.pack.marts import rows

# The noun, its column on facts, and its members: key, name, and what tells two of one name apart.
_MEMBERS = {
    "customer": "select customer_key, customer_name, concat_ws(', ', city, country) from dim_customer",
    "owner": "select person_key, full_name, concat_ws(', ', team, region) from dim_person",
    "product": "select product_key, product_name, concat_ws(', ', product_code, product_category) from dim_product",
    "job": """
        select jobs.job_key, coalesce(jobs.job_ref, jobs.job_id), 
            concat_ws(', ', customers.customer_name, replace(jobs.job_type, '_', ' '))
        from dim_job as jobs left join dim_customer as customers on jobs.customer_key = customers.customer_key
    """,
}
COLUMNS = {noun: f"{noun}_key" for noun in _MEMBERS}


@dataclass(frozen=True)
class Names:
    """The members of each noun, and the place of each key."""

    members: dict[str, list[tuple[str, str]]]
    places: dict[str, dict[str, int]]

    def place(self, noun: str, key: str) -> int:
        """Where a member stands in its list."""
        return self.places[noun][key]


def gather(connection: duckdb.DuckDBPyConnection) -> Names:
    """All of them, in the order of their keys, so that a member keeps its place as long as nobody
    is new."""
    members: dict[str, list[tuple[str, str]]] = {}
    places: dict[str, dict[str, int]] = {}
    for noun, sql in _MEMBERS.items():
        found = connection.execute(f"select * from ({sql}) order by 1").fetchall()
        members[noun] = [
            (_name(noun, key, name), "" if key == "unknown" else about or "")
            for key, name, about in found
        ]
        places[noun] = {row[0]: place for place, row in enumerate(found)}
    return Names(members, places)


def vocabulary(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every reason that stands in the bridge, with its class."""
    return rows(
        connection, "select distinct reason, gap_class from fct_bridge order by gap_class, reason"
    )


def _name(noun: str, key: str, name: str | None) -> str:
    return f"Unknown {noun}" if key == "unknown" else name or key
