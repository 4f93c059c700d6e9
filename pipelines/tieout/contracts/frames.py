"""The rows that a contract is held against, as data frames.

Great Expectations has no dialect for DuckDB, and looks at one frame at a time. So everything that
needs other rows (is the value unique, is the other record known, how many are there) is worked out
here in SQL, in decimals, and reaches it as a column that holds the offending value, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from great_expectations.expectations.core.expect_column_values_to_be_null import (
    ExpectColumnValuesToBeNull,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from tieout.contracts.rules import Reference, Rule, Unique
from tieout.errors import TieoutError
from tieout.sources.connectors import connectors

CHUNK = 200_000
"""Rows a data frame: a table of any size is examined in bounded memory."""

KEY = "_record_key"


@dataclass(frozen=True)
class Batch:
    """The loads of one source system that are not yet accepted; they are examined, and pass or
    fail, together."""

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
    """The frames of one batch, read from the raw log.

    Temporary tables of the connection are used and replaced, so one `Frames` at a time works on a
    connection.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
        self.connection = connection
        self.batch = batch
        ids = ", ".join(literal(load_id) for load_id in batch.load_ids)
        self.new = f"_load_id in ({ids})" if ids else "false"
        # Loads of the same source system only: folders of import files share a schema and nothing
        # else.
        accepted = f"select load_id from tieout_meta.loads where source_system = {literal(batch.source_system)}"
        self.known = f"({self.new} or _load_id in ({accepted} and status = 'accepted'))"
        self._columns: dict[str, set[str]] = {}
        for table, column in connection.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_catalog = current_database() and table_schema = ?",
            [batch.schema],
        ).fetchall():
            self._columns.setdefault(table, set()).add(column)

    def has(self, table: str, column: str) -> bool:
        """Whether the raw log has the column: one that an earlier version landed into has not all
        of them yet."""
        return column in self._columns.get(table, set())

    def check_columns(self, table: str, wanted: set[str]) -> None:
        """TieoutError if the raw log has no such table or columns: the contract and the source
        disagree."""
        if missing := wanted - self._columns.get(table, set()):
            named = ", ".join(sorted(missing))
            raise TieoutError(
                f"the contract of {self.batch.schema}.{table} names columns it does not have: {named}",
                "correct the rule in the connector's contract.py, or declare the column in the source's TABLES",
            )

    def records(self, table: str, rules: Sequence[Rule]) -> tuple[int, list[Expectation]]:
        """Prepares the newest version of each new record of a table, for `chunks`.

        Returns:
            how many records there are, and the expectations to hold them against; none where there are no records.
        """
        self.check_columns(table, {KEY}.union(*map(_columns_of, rules)))
        self._replace("batch_newest", self.newest(table, self.new))
        found = self.connection.execute("select count(*) from batch_newest").fetchone()
        if not found or not found[0]:
            return 0, []
        own = {KEY}.union(*(_columns_of(rule) for rule in rules if isinstance(rule, Expectation)))
        selected = [f"batch_newest.{quote(column)}" for column in sorted(own)]
        joins: list[str] = []
        expectations: list[Expectation] = []
        for rule in rules:
            if isinstance(rule, Expectation):
                expectations.append(rule)
            elif isinstance(rule, Unique | Reference):
                there = f"across_{len(joins)}"
                name, expression = self._across(table, rule, there)
                selected.append(f"{expression} as {quote(name)}")
                joins.append(f"left join {there} on {there}.value = {_here(rule)}")
                expectations.append(_nothing_in(name, rule))
        self._replace(
            "batch_frame", f"select {', '.join(selected)} from batch_newest {' '.join(joins)}"
        )
        return int(found[0]), expectations

    def chunks(self, count: int) -> Iterator[Any]:
        """The `count` prepared records as pandas data frames of at most `CHUNK` rows."""
        for start in range(0, count, CHUNK):
            yield self.connection.execute(
                "select * from batch_frame where rowid >= ? and rowid < ?", [start, start + CHUNK]
            ).df()

    def newest(self, table: str, loads: str) -> str:
        """SQL of the newest version of each record among some loads, as staging takes it
        (macros/raw_latest.sql)."""
        return f"""
            select * exclude (_ended, _untimed) from (
                select *,
                    max(case when _is_deleted then _version else 0 end) over (partition by _record_key) as _ended,
                    count(case when _updated_at is null then 1 end) over (partition by _record_key) as _untimed
                from {quote(self.batch.schema)}.{quote(table)} where {loads}
            ) qualify not _is_deleted and row_number() over (
                partition by _record_key
                order by case when _version > _ended then 0 when _version = _ended then 1 else 2 end,
                    case when _untimed = 0 then _updated_at end desc nulls last, _version desc
            ) = 1"""

    def _across(self, table: str, rule: Unique | Reference, there: str) -> tuple[str, str]:
        """For a rule that needs other records: writes what it needs to the table `there`; its
        column and expression."""
        here = _here(rule)
        if isinstance(rule, Unique):
            query = self._asked(table, rule.columns, here)
            self._replace(there, f"{query} having count(*) > 1")
            return (
                f"{', '.join(rule.columns)} twice",
                f"case when {there}.value is not null then {here} end",
            )
        queries = []
        for target in rule.targets:
            other, _, column = target.partition(".")
            self.check_columns(other, {column})
            queries.append(self._asked(other, (column,), here))
        queries += self._elsewhere(rule, here)
        self._replace(there, " union ".join(queries))
        judged = "true"
        if rule.if_held:
            raw = f"{quote(self.batch.schema)}.{quote(rule.to.partition('.')[0])}"
            judged = f"exists (select 1 from {raw} where {self.known})"
        return (
            f"{rule.column} not in {rule.to}",
            f"case when {there}.value is null and {judged} then {here} end",
        )

    def _elsewhere(self, rule: Reference, here: str) -> Iterator[str]:
        """SQL of the values that other systems have records of, among those asked for."""
        asked = f"select {here} from batch_newest"
        others = (
            "select load_id from tieout_meta.loads where status <> 'rejected'"
            f" and source_system <> {literal(self.batch.source_system)}"
        )
        for connector in connectors().values():
            schema = f"raw_{connector.name}"
            for table, key in connector.trace.get(rule.entity or "", ()):
                # A key of the imports begins with the system; the id alone is in its own column.
                column = rule.to.partition(".")[2] if key == KEY else key
                if not self._holds(schema, table, column):
                    continue
                value = _joined((column,))
                yield (
                    f"select {value} as value from {quote(schema)}.{quote(table)}"
                    f" where not _is_deleted and _load_id in ({others}) and {value} in ({asked}) group by 1"
                )

    def _holds(self, schema: str, table: str, column: str) -> bool:
        found = self.connection.execute(
            "select count(*) from information_schema.columns where table_catalog = current_database()"
            " and table_schema = ? and table_name = ? and column_name = ?",
            [schema, table, column],
        ).fetchone()
        return bool(found and found[0])

    def _asked(self, table: str, columns: Sequence[str], here: str) -> str:
        """SQL of the values that the new records ask for: a small batch costs little against a
        large table."""
        raw, value = f"{quote(self.batch.schema)}.{quote(table)}", _joined(columns)
        asked = f"{value} in (select {here} from batch_newest)"
        candidates = (
            f"_record_key in (select _record_key from {raw} where {self.known} and {asked})"
        )
        return f"select {value} as value from ({self.newest(table, f'{self.known} and {candidates}')}) group by 1"

    def _replace(self, name: str, query: str) -> None:
        self.connection.execute(f"create or replace temp table {name} as {query}")


def _here(rule: Unique | Reference) -> str:
    return _joined(rule.columns if isinstance(rule, Unique) else (rule.column,), "batch_newest.")


def _joined(columns: Sequence[str], prefix: str = "") -> str:
    """Several columns as one text; null where all of them are."""
    parts = [f"cast({prefix}{quote(column)} as varchar)" for column in columns]
    if len(parts) == 1:
        # A reference of blanks refers to nothing.
        return f"nullif(trim({parts[0]}), '')"
    texts = [f"coalesce({part}, '')" for part in parts]
    return f"case when coalesce({', '.join(parts)}) is not null then concat_ws('|', {', '.join(texts)}) end"


def _nothing_in(name: str, rule: Unique | Reference) -> Expectation:
    if isinstance(rule, Unique):
        said = f"{', '.join(rule.columns)} is unique"
    else:
        said = f"{rule.column} is in {' or '.join(rule.targets)}"
    return ExpectColumnValuesToBeNull(
        column=name, severity=FailureSeverity(rule.severity), description=said
    )


def _columns_of(rule: Rule) -> set[str]:
    """The columns of the table itself that a rule is about."""
    if isinstance(rule, Unique):
        return set(rule.columns)
    names = [getattr(rule, field, None) for field in ("column", "column_A", "column_B", "amount")]
    return {str(name) for name in [*names, *(getattr(rule, "column_list", None) or [])] if name}
