"""PostgreSQL, read in one repeatable-read transaction."""

from __future__ import annotations

import os

import duckdb
import pyarrow as pa

from tieout.errors import DriftError
from tieout.landing.column_types import literal, quoted
from tieout.sources.sql.scanner import SOURCE, Scanned, load_extension
from tieout.sources.sql.schema import SourceTable, unreachable


class PostgresSnapshot(Scanned):
    """A PostgreSQL database in one repeatable-read transaction."""

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        load_extension(connection, "postgres_scanner")
        url = self.engine.url.set(drivername="postgresql")
        if url.password:
            # Not in the address: DuckDB repeats that in its messages.
            os.environ["PGPASSWORD"] = str(url.password)
        # libpq knows no + for a blank; one that is meant is written as %2B.
        address = url.set(password=None).render_as_string(hide_password=False).replace("+", "%20")
        try:
            connection.execute("begin")
            connection.execute(f"attach {literal(address)} as {SOURCE} (type postgres, read_only)")
        except duckdb.Error as error:
            raise unreachable(self.system, self.engine, error) from None

    def relation(self, table: SourceTable) -> str:
        used = self._used(table)
        if not table.alike and all(table.columns[name].exact for name in used):
            return super().relation(table)
        # A numeric without precision would arrive as floating point, and DuckDB takes Jobs for
        # jobs: PostgreSQL itself reads these, and writes such numbers as text.
        picks = [
            quoted(name)
            + ("" if table.columns[name].exact else "::text")
            + f" as {self.name(table, name)}"
            for name in used
        ]
        return self._query(f"select {', '.join(picks)} from {self._there(table)}")

    def name(self, table: SourceTable, column: str) -> str:
        return quoted(f"c{self._used(table).index(column)}") if table.alike else quoted(column)

    def check(self, table: SourceTable) -> None:
        """NaN becomes 0.00 in the scanner, and infinity and years before Christ a day that is
        none."""
        mapped = table.mapped
        odd: dict[str, str] = {}
        for name in self._used(table):
            column, here = table.columns[name], quoted(name)
            if column.family in ("number", "float") and not (
                column.family == "number" and not column.fractional
            ):
                odd[name] = f"{here}::text in ('NaN', 'Infinity', '-Infinity')"
            elif column.family in ("date", "timestamp"):
                odd[name] = (
                    f"(not isfinite({here}) or {here} < '0001-01-01' or {here} >= '10000-01-01')"
                )
        if not odd:
            return
        key = ", ".join(f"{quoted(mapped.columns[ours])}::text" for ours in mapped.table.key)
        cases = " ".join(
            f"when {condition} then {literal(name)} || chr(31) || {quoted(name)}::text"
            for name, condition in odd.items()
        )
        query = (
            f"select concat_ws('|', {key}) as record, case {cases} end as found from {self._there(table)}"
            f" where ({' or '.join(odd.values())}) and {self._theirs(table)} limit 1"
        )
        try:
            found = (
                self._connected()
                .execute(f"select record, found from {self._query(query)}")
                .fetchone()
            )
        except duckdb.Error as error:
            raise self._unreadable(table, error) from error
        if found:
            name, _, value = str(found[1]).partition(chr(31))
            raise DriftError(
                f"{self.system}: {mapped.source}.{name} of record {found[0]} is {value}, which is no value of ours",
                f"Correct it in the database, or name {name} under `ignore` of {mapped.name} if nothing is to be read"
                " from it. Nothing of this system was landed.",
            )

    def missed(self, table: SourceTable, known: pa.Table) -> bool:
        return self._counts_differ(table) or super().missed(table, known)

    def _counts_differ(self, table: SourceTable) -> bool:
        """Whether PostgreSQL counts other changed rows than the scan finds: the two read the
        condition differently."""
        changed, mapped = self.asked[table.mapped.name], table.mapped
        if not mapped.updated_at:
            return False
        count = f"select count(*) as n from {self._there(table)} where {self._theirs(table)}"
        try:
            row = (
                self._connected()
                .execute(
                    f"select (select n from {self._query(count)}),"
                    f" (select count(*) from {self.relation(table)} where {changed})"
                )
                .fetchone()
            )
        except duckdb.Error as error:
            raise self._unreadable(table, error) from error
        return row is not None and row[0] != row[1]

    def _theirs(self, table: SourceTable) -> str:
        """Which rows are read, as PostgreSQL itself calls the column."""
        changed, column = self.asked[table.mapped.name], table.mapped.updated_at
        return changed.replace(self.name(table, column), quoted(column)) if column else changed

    def _used(self, table: SourceTable) -> list[str]:
        return sorted({*table.mapped.columns.values(), *table.mapped.extra})

    @staticmethod
    def _there(table: SourceTable) -> str:
        return ".".join(quoted(part) for part in table.place if part)

    @staticmethod
    def _query(query: str) -> str:
        return f"postgres_query({literal(SOURCE)}, {literal(query)})"
