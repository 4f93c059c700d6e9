"""Who is who, and how sure that is: the links by rule, what waits for a person, and what hangs on
it."""

from __future__ import annotations

from typing import Any

import duckdb

from tieout.pack.marts import has, rows
from tieout.pack.names import Names

_SIDES = (
    "name", "legal_name", "address_line", "postal_code", "city", "country", "tax_number", "registration_number",
    "website", "email", "phone",
)  # fmt: skip
XREFS = {
    "customer": "xref_customer",
    "product": "xref_product",
    "person": "xref_person",
    "job": "xref_job",
}
# The pack lists people as owners.
_LISTED_AS = {"person": "owner"}


def gather(connection: duckdb.DuckDBPyConnection, found: Names) -> dict[str, Any]:
    """What the page shows; its `data` is the queues."""
    links = [
        {"noun": noun, **row}
        for noun, table in XREFS.items()
        if has(connection, table)
        for row in rows(
            connection,
            f"""
            select source_entity, match_status, match_rule, count(*) as number,
                min(match_probability) as least_probability
            from {table} group by source_entity, match_status, match_rule
            order by list_position(['suggested', 'rejected', 'confirmed', 'automatic'], match_status), number desc,
                source_entity, match_rule
            """,
        )
    ]
    asked, changes = _asked(connection), _changes(connection, found)
    return {
        "links": links,
        "asked": len(asked),
        "changes": len(changes),
        "data": {
            "suggestions": [
                row
                for noun, table in XREFS.items()
                for row in _suggested(connection, noun, table, found)
            ],
            "review": {"sides": _SIDES, "rows": [_told(row) for row in asked]},
            "sensitivity": _sensitivity(connection),
            "customer-changes": changes,
        },
    }


def _asked(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The questions that only a person can answer, the answer that is worth most first."""
    if not has(connection, "fct_match_review"):
        return []
    return rows(
        connection,
        """
        select * from fct_match_review
        order by answer_worth_amount desc nulls last, uncertainty * settled_count desc, match_review_key
        """,
    )


def _told(row: dict[str, Any]) -> list[Any]:
    """[left name, right name, left record, right record, probability, rule, for, against, held back
    by, at stake, left revenue, right revenue, in one system, what the left says of itself, what the
    right says], both as `sides`.
    """
    return [
        row["left_name"],
        row["right_name"],
        [row["left_system"], row["left_id"]],
        [row["right_system"], row["right_id"]],
        row["match_probability"],
        row["match_rule"],
        row["evidence_for"],
        row["evidence_against"],
        row["held_back_by"],
        row["revenue_at_stake_amount"],
        row["left_revenue_amount"],
        row["right_revenue_amount"],
        1 if row["is_within_system"] else 0,
        *([row[f"{side}_{name}"] for name in _SIDES] for side in ("left", "right")),
    ]


def _sensitivity(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """(measure, rule, how sure, customers, amount, all of the measure, what would stay) of the
    links' kinds."""
    if not has(connection, "fct_match_sensitivity"):
        return []
    return connection.execute("""
        select measure, match_rule, probability_band, subject_count, amount, total_amount, amount_if_cut
        from fct_match_sensitivity where entity = 'customer' order by measure, probability_band, match_rule
    """).fetchall()


def _changes(connection: duckdb.DuckDBPyConnection, found: Names) -> list[list[Any]]:
    """[day, merged or split, system, record, customer before, customer now, why] of records that
    changed hands."""
    if not has(connection, "fct_customer_changes"):
        return []
    moved = connection.execute("""
        select happened_on, change, source_system, customer_id, from_customer_key, to_customer_key, reason
        from fct_customer_changes order by happened_on desc, source_system, customer_id
    """).fetchall()
    return [
        [*row[:4], _name(found, "customer", row[4]), _name(found, "customer", row[5]), row[6]]
        for row in moved
    ]


def _name(found: Names, noun: str, key: str | None) -> str:
    listed = _LISTED_AS.get(noun, noun)
    place = found.places[listed].get(key or "", -1)
    return (key or "") if place < 0 else found.members[listed][place][0]


def _suggested(
    connection: duckdb.DuckDBPyConnection, noun: str, table: str, found: Names
) -> list[list[Any]]:
    """[what, system, entity, record, name now, could be, rule, probability of the other] of what is
    not decided."""
    if not has(connection, table):
        return []
    candidates = "candidates" if noun == "job" else "null"
    waiting = rows(
        connection,
        f"""
        select source_system, source_entity, source_id, {noun}_key as own_key, match_rule, runner_up_key,
            runner_up_probability, {candidates} as candidates
        from {table} where match_status = 'suggested' order by source_system, source_entity, source_id
        """,
    )

    return [
        [
            noun,
            row["source_system"],
            row["source_entity"],
            row["source_id"],
            _name(found, noun, row["own_key"]),
            " · ".join(
                _name(found, noun, key.strip())
                for key in (row["candidates"] or row["runner_up_key"] or "").split(",")
                if key
            ),
            row["match_rule"],
            row["runner_up_probability"],
        ]
        for row in waiting
    ]
