"""Who is who, and how sure that is: the links by rule, what waits for a person, and what hangs on it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb

from pipelines.pack.marts import has, rows
from pipelines.pack.names import Names

XREFS = {"customer": "xref_customer", "product": "xref_product", "job": "xref_job"}


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
    # What the scoring of links publishes beside the cross-references: the review queue, its sensitivity.
    scored = [
        row[0]
        for row in connection.execute("""
            select table_name from duckdb_tables()
            where schema_name = 'marts' and table_name like 'fct\\_match\\_%' escape '\\' order by 1
        """).fetchall()
    ]
    return {
        "links": links,
        "tables": [(name, _comment(connection, name)) for name in scored],
        "data": {
            "suggestions": [row for noun, table in XREFS.items() for row in _suggested(connection, noun, table, found)],
            "scored": {name: _generic(connection, name) for name in scored},
        },
    }


def _suggested(connection: duckdb.DuckDBPyConnection, noun: str, table: str, found: Names) -> list[list[Any]]:
    """[what, system, entity, record, name now, could be, rule, probability of the other] of what is not decided."""
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

    def name(key: str | None) -> str:
        place = found.places[noun].get(key or "", -1)
        return (key or "") if place < 0 else found.members[noun][place][0]

    return [
        [
            noun,
            row["source_system"],
            row["source_entity"],
            row["source_id"],
            name(row["own_key"]),
            " · ".join(
                name(key.strip()) for key in (row["candidates"] or row["runner_up_key"] or "").split(",") if key
            ),
            row["match_rule"],
            row["runner_up_probability"],
        ]
        for row in waiting
    ]


def _generic(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, Any]:
    """A mart as it is: its columns with their kinds, and all of its rows."""
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = 'marts' and table_name = ?"
        " order by column_index",
        [table],
    ).fetchall()
    shown = [(name, kind) for name, kind in columns if not name.endswith("_key")]
    names = ", ".join('"' + name.replace('"', '""') + '"' for name, _ in shown)
    found = connection.execute(f"select {names} from {table}").fetchall()
    return {
        "columns": [[name, _kind(name, kind)] for name, kind in shown],
        "rows": [[_told(value) for value in row] for row in found],
    }


def _kind(name: str, kind: str) -> str:
    if kind == "DATE":
        return "day"
    if name.endswith("_amount"):
        return "money"
    return "count" if kind in ("BIGINT", "INTEGER", "HUGEINT") else "number" if kind.startswith("DECIMAL") else "name"


def _told(value: Any) -> Any:
    return (
        value if value is None or isinstance(value, (str, int, Decimal)) or hasattr(value, "isoformat") else str(value)
    )


def _comment(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    (comment,) = connection.execute(
        "select comment from duckdb_tables() where schema_name = 'marts' and table_name = ?", [table]
    ).fetchall()[0]
    return str(comment or "").strip().split("\n")[0]
