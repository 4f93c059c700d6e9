"""Compares two builds of the same data cell by cell: before and after a change, or one engine
beside another.

python tests/compare_marts.py ONE OTHER             each a DuckDB file, or a folder of Parquet files,
one a mart
python tests/compare_marts.py --inside ONE OTHER    every table of a build, not only its marts
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

OF_THE_RUN = frozenset({"run_id", "first_seen_at", "last_seen_at", "resolved_at"})
"""Columns that say which run wrote a row, and when: they differ between any two runs."""

FLOATING = ("FLOAT", "DOUBLE")
"""However wide a number may be, one of these is no decimal."""


def differences(
    one: Path, other: Path, inside: bool = False, only: frozenset[str] | None = None
) -> Iterator[str]:
    """What differs, a line for each mart that is not equal.

    Args:
        one: a DuckDB file, or a folder of Parquet files.
        other: another.
        inside: compare every table. How wide a number is inside is each engine's own; what is published has a
            contract.
        only: compare these alone.
    """
    with duckdb.connect() as connection:
        sides = [
            {
                table: relation
                for table, relation in _marts(connection, path, name, inside).items()
                if only is None or table in only
            }
            for path, name in ((one, "one"), (other, "other"))
        ]
        # What is a view of DuckDB's on one side reads tables that are compared themselves.
        views = (
            {view for name in ("one", "other") for view in _views(connection, name)}
            if inside
            else set()
        )
        for mart in sorted((sides[0].keys() | sides[1].keys()) - views):
            missing = [
                str(path)
                for path, marts in zip((one, other), sides, strict=True)
                if mart not in marts
            ]
            if missing:
                yield f"{mart} is missing in {missing[0]}"
            else:
                yield from _differing(connection, mart, sides[0][mart], sides[1][mart], inside)


def compared(path: Path, inside: bool = False, only: frozenset[str] | None = None) -> str:
    """How much a comparison that found nothing has looked at."""
    with duckdb.connect() as connection:
        marts = {
            table: relation
            for table, relation in _marts(connection, path, "one", inside).items()
            if only is None or table in only
        }
        rows = cells = 0
        for relation in marts.values():
            ((count,),) = connection.execute(f"select count(*) from {relation}").fetchall()
            rows += count
            cells += count * sum(
                name not in OF_THE_RUN for name, _ in _columns(connection, relation)
            )
    return f"{len(marts)} {'tables' if inside else 'marts'}, {rows:,} rows, {cells:,} cells: equal, cell by cell"


def _marts(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, inside: bool
) -> dict[str, str]:
    """Every mart, or every table with its schema, and what to read it from."""
    if path.is_dir():
        files = sorted(path.glob("*.parquet"))
        return {file.stem: f"read_parquet({_literal(file)})" for file in files}
    connection.execute(f"attach {_literal(path)} as {name} (read_only)")
    # What Spark built is shown by views on its Parquet.
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = $1"
        " union all select schema_name, view_name from duckdb_views()"
        " where database_name = $1 and (schema_name = 'marts' or sql like '%read_parquet(%')",
        [name],
    ).fetchall()
    return {
        f"{schema}.{table}" if inside else table: f'{name}.{schema}."{table}"'
        for schema, table in tables
        if inside or schema == "marts"
    }


def _views(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    """The views that are no Parquet of Spark's."""
    found = connection.execute(
        "select schema_name || '.' || view_name from duckdb_views()"
        " where database_name = $1 and not internal and sql not like '%read_parquet(%'",
        [name],
    ).fetchall()
    return {view for (view,) in found if not view.startswith("marts.")}


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _differing(
    connection: duckdb.DuckDBPyConnection, mart: str, one: str, other: str, inside: bool
) -> Iterator[str]:
    columns = [dict(_columns(connection, relation)) for relation in (one, other)]
    floating = [{name for name, kind in side.items() if kind in FLOATING} for side in columns]
    if inside and columns[0].keys() == columns[1].keys() and floating[0] == floating[1]:
        as_one = ", ".join(
            f'cast("{name}" as {kind}) as "{name}"' for name, kind in columns[0].items()
        )
        other = f"(select {as_one} from {other})"
    elif columns[0] != columns[1]:
        named = sorted(name for name, _ in columns[0].items() ^ columns[1].items())
        yield f"{mart}: columns that are missing on one side or have another type: {', '.join(dict.fromkeys(named))}"
        return
    compared = ", ".join(f'"{column}"' for column in columns[0] if column not in OF_THE_RUN)
    rows = [f"select {compared} from {relation}" for relation in (one, other)]
    counts = []
    for left, right in (rows, reversed(rows)):
        ((count,),) = connection.execute(
            f"select count(*) from (({left}) except all ({right}))"
        ).fetchall()
        counts.append(count)
    if any(counts):
        # Columns that differ by themselves say where to look.
        told = [
            f"{column} ({count})"
            for column, count in _by_column(connection, columns[0], one, other)
        ]
        yield (
            f"{mart}: {counts[0]} rows only on the first side, {counts[1]} only on the other"
            f"; columns: {', '.join(told) or 'equal one by one'}"
        )


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> Iterator[tuple[str, str]]:
    for name, kind, *_ in connection.execute(f"describe select * from {relation}").fetchall():
        yield name, kind


def _by_column(
    connection: duckdb.DuckDBPyConnection, columns: dict[str, str], one: str, other: str
) -> Iterator[tuple[str, int]]:
    for column in columns:
        if column in OF_THE_RUN:
            continue
        ((count,),) = connection.execute(
            f'select count(*) from ((select "{column}" from {one}) except all (select "{column}" from {other}))'
        ).fetchall()
        if count:
            yield column, count


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("one", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--inside", action="store_true")
    asked = parser.parse_args()
    found = list(differences(asked.one, asked.other, asked.inside))
    print("\n".join(found) or compared(asked.one, asked.inside))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
