"""Reads any database that SQLAlchemy knows, row by row: for the engines that DuckDB has no scanner
for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

import pyarrow as pa
import sqlalchemy as sa

from tieout.errors import DriftError
from tieout.landing.column_types import DECIMALS
from tieout.landing.table_types import Rows
from tieout.sources.sql.scanner import Totals
from tieout.sources.sql.schema import SourceTable, unreachable

CHUNK = 20_000
"""Rows in memory at a time."""


class EngineSnapshot:
    """A database in one transaction, repeatable-read where the engine has that."""

    def __init__(self, system: str, engine: sa.Engine, time_zone: str) -> None:
        self.system, self.engine, self.zone = system, engine, ZoneInfo(time_zone)
        # Keys of the records that changed, by table.
        self.changed: dict[str, set[tuple[str | None, ...]]] = {}
        try:
            levels = engine.dialect.get_isolation_level_values(None)  # type: ignore[arg-type]
        except NotImplementedError:
            levels = []
        level = next(
            (level for level in ("REPEATABLE READ", "SERIALIZABLE") if level in levels), None
        )
        try:
            self.connection = engine.connect().execution_options(
                **({"isolation_level": level} if level else {})
            )
        except sa.exc.DBAPIError as error:
            raise unreachable(system, engine, error) from None

    def rows(self, table: SourceTable, since: datetime | None) -> Iterator[Rows]:
        mapped = table.mapped
        theirs = [*mapped.columns.values(), *mapped.extra]
        source = self._table(table)
        query = sa.select(*(source.c[name].label(f"c{i}") for i, name in enumerate(theirs)))
        if since is not None and mapped.updated_at is not None:
            changed = source.c[mapped.updated_at]
            query = query.where(sa.or_(changed >= since, changed.is_(None)))
        readers = [(ours, self._reader(table, ours)) for ours in mapped.columns]
        readers += [
            (extra, lambda value: None if value is None else str(value)) for extra in mapped.extra
        ]
        seen = self.changed[mapped.name] = set()
        for partition in self._run(query.execution_options(yield_per=CHUNK)).partitions(CHUNK):
            rows = [
                {ours: read(value) for (ours, read), value in zip(readers, row, strict=True)}
                for row in partition
            ]
            if since is not None:
                seen.update(
                    tuple(None if row[c] is None else str(row[c]) for c in mapped.table.key)
                    for row in rows
                )
            yield rows

    def rest(self, table: SourceTable) -> Iterator[Rows]:
        # Of a record that comes twice, the log takes one.
        yield from self.rows(table, None)

    def keys(self, table: SourceTable) -> Rows:
        source, key = self._table(table), table.mapped.table.key
        result = self._run(sa.select(*(source.c[table.mapped.columns[ours]] for ours in key)))
        return [dict(zip(key, row, strict=True)) for row in result]

    def missed(self, table: SourceTable, known: pa.Table) -> bool:
        """Whether a record is neither known nor among those that changed: the times of change do
        not tell of it."""
        ours = {tuple(row.values()) for row in known.to_pylist()}
        rows = cast("list[dict[str, Any]]", self.keys(table))
        found = {tuple(None if v is None else str(v) for v in row.values()) for row in rows}
        return bool(found - ours - self.changed.get(table.mapped.name, set()))

    def totals(self, table: SourceTable, amount: str | None) -> Totals:
        mapped, source = table.mapped, self._table(table)
        picks: list[Any] = [sa.func.count()]
        summable = amount is not None and amount in mapped.columns
        picks.append(sa.func.sum(source.c[mapped.columns[str(amount)]]) if summable else sa.null())
        picks.append(sa.func.max(source.c[mapped.updated_at]) if mapped.updated_at else sa.null())
        row: Any = self._run(sa.select(*picks).select_from(source)).one()
        count, summed, last = row
        total = Decimal(str(summed or 0)).quantize(Decimal("0.01")) if summable else None
        return Totals(
            int(count), total, datetime.fromisoformat(last) if isinstance(last, str) else last
        )

    def close(self) -> None:
        self.connection.close()
        self.engine.dispose()

    def _run(self, query: Any) -> sa.CursorResult[Any]:
        try:
            return self.connection.execute(query)
        except sa.exc.DBAPIError as error:
            raise unreachable(self.system, self.engine, error) from None

    def _table(self, table: SourceTable) -> Any:
        schema, name = table.place
        return sa.table(name, *(sa.column(column) for column in table.columns), schema=schema)

    def _reader(self, table: SourceTable, ours: str) -> Callable[[Any], Any]:
        codes, kind = table.mapped.codes.get(ours), table.mapped.table.columns[ours]

        def read(value: Any) -> Any:
            if isinstance(value, float) and kind in DECIMALS:
                named = f"{table.mapped.source}.{table.mapped.columns[ours]}"
                raise DriftError(
                    f"{self.system}: {named} holds floating point, which does not keep cents"
                )
            if isinstance(value, datetime):
                if value.tzinfo is None and kind == "timestamp":
                    value = value.replace(tzinfo=self.zone)
                return (
                    value.astimezone(self.zone).date() if kind == "date" and value.tzinfo else value
                )
            if isinstance(value, date) and kind == "timestamp":
                return datetime.combine(value, time(), self.zone).astimezone(timezone.utc)
            if isinstance(value, float | bytes | memoryview):
                return str(value)
            return codes.get(str(value), value) if codes and value is not None else value

        return read
