"""The rows that a contract is held against, as data frames.

Great Expectations has no dialect for DuckDB, and looks at one frame at a time. So everything that needs other rows (is
the value unique, is the other record known, how many are there) is worked out here in SQL, in decimals, and reaches it
as a column that holds the offending value, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from great_expectations.expectations.core.expect_column_values_to_be_null import ExpectColumnValuesToBeNull
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from pipelines.contracts.rules import Reference, Rule, Unique
from pipelines.errors import TieoutError

CHUNK = 200_000
"""Rows a data frame: a table of any size is examined in bounded memory."""

KEY = "_record_key"
SYSTEM = "source_system"


@dataclass(frozen=True)
class Batch:
    """The loads of one source system that are not yet accepted; they are examined, and pass or fail, together."""

    schema: str
    source_system: str
    load_ids: tuple[str, ...]


def quote(name: str) -> str:
    """An identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string for SQL."""
    return "'" + text.replace("'", "''") + "'"


class Frames:
    """The frames of one batch, read from the raw log through `connection` (attached to nothing else).

    Temporary tables of the connection are used and replaced, so one `Frames` at a time works on a connection.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
        self.connection = connection
        self.batch = batch
        ids = ", ".join(literal(load_id) for load_id in batch.load_ids)
        self.new = f"_load_id in ({ids})" if ids else "false"
        accepted = f"select load_id from tieout_meta.loads where source_system = {literal(batch.source_system)}"
        self.known = f"({self.new} or _load_id in ({accepted} and status = 'accepted'))"

    def columns(self, table: str) -> frozenset[str]:
        """The columns of a raw table.

        Raises:
            TieoutError: there is no such table, so the contract and the source disagree.
        """
        rows = self.connection.execute(
            "select column_name from information_schema.columns"
            " where table_catalog = current_database() and table_schema = ? and table_name = ?",
            [self.batch.schema, table],
        ).fetchall()
        if not rows:
            raise TieoutError(
                f"the contract names {self.batch.schema}.{table}, which the raw log does not have",
                "correct the table's name in pipelines/contracts, or declare it in the source's TABLES",
            )
        return frozenset(str(row[0]) for row in rows)

    def records(self, table: str, rules: Sequence[Rule]) -> tuple[int, list[Expectation]]:
        """Prepares the newest version of each new record of a table, for `chunks`.

        Returns:
            how many records there are, and the expectations to hold them against.
        """
        self._replace("batch_newest", self.newest(table, self.new))
        found = self.connection.execute("select count(*) from batch_newest").fetchone()
        count = int(found[0]) if found else 0
        wanted, selected, joins, expectations = {KEY}, [], [], []
        for number, rule in enumerate(rules):
            if isinstance(rule, Unique | Reference):
                name, expression, join = self._across(table, rule, number, empty=not count)
                selected.append(f"{expression} as {quote(name)}")
                joins.append(join)
                expectations.append(_nothing_in(name, rule))
            elif isinstance(rule, Expectation):
                wanted |= _columns_of(rule)
                expectations.append(rule)
        if missing := wanted - self.columns(table):
            named = ", ".join(sorted(missing))
            raise TieoutError(f"the contract of {self.batch.schema}.{table} names columns it does not have: {named}")
        plain = [f"batch_newest.{quote(column)}" for column in sorted(wanted)]
        self._replace("batch_frame", f"select {', '.join([*plain, *selected])} from batch_newest {' '.join(joins)}")
        return count, expectations

    def chunks(self) -> Iterator[Any]:
        """The prepared records as pandas data frames of at most `CHUNK` rows."""
        found = self.connection.execute("select count(*) from batch_frame").fetchone()
        for start in range(0, int(found[0]) if found else 0, CHUNK):
            yield self.connection.execute(
                "select * from batch_frame where rowid >= ? and rowid < ?", [start, start + CHUNK]
            ).df()

    def newest(self, table: str, loads: str) -> str:
        """SQL of the newest version of each record among some loads, as staging would take it."""
        return f"""
            select * from (
                select * from {quote(self.batch.schema)}.{quote(table)} where {loads}
                qualify row_number() over (
                    partition by _record_key order by coalesce(_updated_at, _landed_at) desc, _version desc
                ) = 1
            ) where not _is_deleted"""

    def _across(self, table: str, rule: Unique | Reference, number: int, *, empty: bool) -> tuple[str, str, str]:
        """For a rule that needs other records: the name of its column, its expression, and the join it needs."""
        other, columns = (table, rule.columns) if isinstance(rule, Unique) else _target(rule)
        by_system = SYSTEM in self.columns(table) & self.columns(other)
        value, system = _joined(columns), f"{SYSTEM} as system" if by_system else "'' as system"
        # No new records means no questions, however large the table is.
        source = (
            "batch_newest" if empty and other == table else f"({self.newest(other, 'false' if empty else self.known)})"
        )
        grouping = "group by all having count(*) > 1" if isinstance(rule, Unique) else "group by all"
        there = f"across_{number}"
        self._replace(there, f"select {value} as value, {system} from {source} where {value} is not null {grouping}")
        here = _joined(rule.columns if isinstance(rule, Unique) else (rule.column,), "batch_newest.")
        same_system = f" and {there}.system = batch_newest.{SYSTEM}" if by_system else ""
        join = f"left join {there} on {there}.value = {here}{same_system}"
        if isinstance(rule, Unique):
            return f"{', '.join(columns)} twice", f"case when {there}.value is not null then {here} end", join
        judged = "true"
        if rule.if_held:
            judged = f"batch_newest.{SYSTEM} in (select system from {there})" if by_system else f"exists (from {there})"
        expression = f"case when {there}.value is null and {judged} then {here} end"
        return f"{rule.column} not in {rule.to}", expression, join

    def _replace(self, name: str, query: str) -> None:
        self.connection.execute(f"create or replace temp table {name} as {query}")


def _joined(columns: Sequence[str], prefix: str = "") -> str:
    """Several columns as one text; null where all of them are."""
    parts = [f"cast({prefix}{quote(column)} as varchar)" for column in columns]
    if len(parts) == 1:
        return parts[0]
    texts = [f"coalesce({part}, '')" for part in parts]
    return f"case when coalesce({', '.join(parts)}) is not null then concat_ws('|', {', '.join(texts)}) end"


def _target(rule: Reference) -> tuple[str, tuple[str, ...]]:
    table, _, column = rule.to.partition(".")
    return table, (column,)


def _nothing_in(name: str, rule: Unique | Reference) -> Expectation:
    said = f"{', '.join(rule.columns)} is unique" if isinstance(rule, Unique) else f"{rule.column} is in {rule.to}"
    return ExpectColumnValuesToBeNull(column=name, severity=FailureSeverity(rule.severity), description=said)


def _columns_of(expectation: Expectation) -> set[str]:
    names = (getattr(expectation, field, None) for field in ("column", "column_A", "column_B"))
    return {str(name) for name in names if name} | {
        str(name) for name in getattr(expectation, "column_list", None) or []
    }
