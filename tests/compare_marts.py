"""Compares two builds of the same data cell by cell: before and after a change, or one engine
beside another.

python tests/compare_marts.py ONE OTHER      each a DuckDB file, or a folder of Parquet files, one a
mart
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

OF_THE_RUN = frozenset({"run_id", "first_seen_at", "last_seen_at", "resolved_at"})
"""Columns that say which run wrote a row, and when: they differ between any two runs."""


def differences(one: Path, other: Path) -> Iterator[str]:
    """What differs, a line for each mart that is not equal."""
    with duckdb.connect() as connection:
        sides = [_marts(connection, path, name) for path, name in ((one, "one"), (other, "other"))]
        for mart in sorted(sides[0].keys() | sides[1].keys()):
            missing = [
                str(path)
                for path, marts in zip((one, other), sides, strict=True)
                if mart not in marts
            ]
            if missing:
                yield f"{mart} is missing in {missing[0]}"
            else:
                yield from _differing(connection, mart, sides[0][mart], sides[1][mart])


def compared(path: Path) -> str:
    """How much a comparison that found nothing has looked at."""
    with duckdb.connect() as connection:
        marts = _marts(connection, path, "one")
        rows = cells = 0
        for relation in marts.values():
            ((count,),) = connection.execute(f"select count(*) from {relation}").fetchall()
            rows += count
            cells += count * sum(
                name not in OF_THE_RUN for name, _ in _columns(connection, relation)
            )
    return f"{len(marts)} marts, {rows:,} rows, {cells:,} cells: equal, cell by cell"


def _marts(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> dict[str, str]:
    """Every mart, and what to read it from."""
    if path.is_dir():
        files = sorted(path.glob("*.parquet"))
        return {file.stem: f"read_parquet({_literal(file)})" for file in files}
    connection.execute(f"attach {_literal(path)} as {name} (read_only)")
    # What Spark built is shown by views on its Parquet.
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = $1 and schema_name = 'marts'"
        " union all select view_name from duckdb_views() where database_name = $1 and schema_name = 'marts'",
        [name],
    ).fetchall()
    return {table: f'{name}.marts."{table}"' for (table,) in tables}


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _differing(
    connection: duckdb.DuckDBPyConnection, mart: str, one: str, other: str
) -> Iterator[str]:
    columns = [dict(_columns(connection, relation)) for relation in (one, other)]
    if columns[0] != columns[1]:
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
    arguments = parser.parse_args()
    found = list(differences(arguments.one, arguments.other))
    print("\n".join(found) or compared(arguments.one))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
