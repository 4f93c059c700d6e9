"""Checks what arrived before any model reads it: `tieout check`.

For each source system, the newest version of every record of all loads that are not yet accepted is
held against its connector's contract (`contract.py`). All critical rules hold: those loads are
accepted. Else they are rejected: they stay in raw, marked with the reason, out of staging, and what
was good before remains in use. The next run examines them again together with what has arrived
since, so a mended source lets all of them in.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timezone
from typing import Any

import duckdb
from great_expectations.core import ExpectationValidationResult
from great_expectations.core.batch_definition import BatchDefinition

from tieout.contracts import data_docs
from tieout.contracts.findings import Finding, SystemCheck, TableCheck
from tieout.contracts.frames import Batch, Frames
from tieout.contracts.rules import Suite
from tieout.contracts.totals import frame_of, questions
from tieout.contracts.validate import batches, column_of, told, validate
from tieout.errors import TieoutError
from tieout.landing.raw_database import open_raw
from tieout.settings import Settings, owner_only
from tieout.sources.connectors import connectors
from tieout.warehouse.build import Progress


def check(settings: Settings, progress: Progress) -> tuple[SystemCheck, ...]:
    """Examines the loads that are not yet accepted, marks them, and writes
    `<output>/data_docs/index.html`.

    Args:
        settings: where the raw log is; `as_of` is the day that freshness is judged for; `systems` empty means all.
        progress: told of each table.

    Returns:
        one outcome for each source system that ever landed anything, by connector and name.

    Raises:
        TieoutError: nothing has landed yet, or a contract names what the raw log does not have.
    """
    if not settings.raw.exists():
        raise TieoutError(
            f"there is nothing to check: {settings.raw} does not exist", "run `tieout land` first"
        )
    as_of = settings.as_of or datetime.now(timezone.utc).date()
    used = batches()
    with open_raw(settings.raw) as connection:
        examined = [batch for batch in _batches(connection) if _wanted(batch, settings.systems)]
        suites = {
            batch.schema: connectors()[batch.schema.removeprefix("raw_")].suite
            for batch in examined
        }
        total = sum(len(suites[batch.schema]) for batch in examined)
        outcomes: list[SystemCheck] = []
        for batch in examined:
            started = time.monotonic()
            tables = []
            for table, result in _examine(
                Frames(connection, batch), used, suites[batch.schema], as_of
            ):
                tables.append((table, result))
                progress(
                    f"{batch.source_system}.{table.name}", _done(outcomes) + len(tables), total
                )
            outcome = SystemCheck(
                batch.source_system, batch.load_ids, tuple(table for table, _ in tables), as_of
            )
            outcome = outcome.after(time.monotonic() - started)
            if batch.load_ids:
                data_docs.write_system(
                    settings.output / "data_docs", outcome, [result for _, result in tables]
                )
                with owner_only():  # DuckDB writes beside the log first
                    _mark(connection, outcome)
            outcomes.append(outcome)
    data_docs.write_index(settings.output / "data_docs")
    return tuple(outcomes)


def _done(outcomes: Sequence[SystemCheck]) -> int:
    return sum(len(outcome.tables) for outcome in outcomes)


def _wanted(batch: Batch, systems: Sequence[str]) -> bool:
    schema = batch.schema.removeprefix("raw_")
    return not systems or schema in systems or batch.source_system in systems


def _batches(connection: duckdb.DuckDBPyConnection) -> list[Batch]:
    """What is to be examined, for each source system that ever landed anything."""
    rows = connection.execute(
        """
        select connector, source_system, list(load_id order by load_id) filter (where status <> 'accepted')
        from tieout_meta.loads
        group by connector, source_system
        order by connector, source_system
        """
    ).fetchall()
    return [Batch(f"raw_{connector}", str(name), tuple(ids or ())) for connector, name, ids in rows]


def _examine(
    frames: Frames, used: BatchDefinition[Any], suite: Suite, as_of: date
) -> Iterator[tuple[TableCheck, list[ExpectationValidationResult]]]:
    system = frames.batch.source_system
    asked = questions(frames, suite, as_of)
    answers = validate(
        used, system, [frame_of(frames, asked)], [question.expectation for question in asked]
    )
    table_of = {question.column: question.table for question in asked}
    for table, rules in suite.items():
        count, results = 0, list[ExpectationValidationResult]()
        if frames.batch.load_ids:
            count, expectations = frames.records(table, rules)
            results += validate(used, f"{system}.{table}", frames.chunks(count), expectations)
        results += [answer for answer in answers if table_of[column_of(answer)] == table]
        yield TableCheck(table, count, len(results), tuple(_findings(table, results))), results


def _findings(table: str, results: Sequence[ExpectationValidationResult]) -> Iterator[Finding]:
    for result in results:
        if not result.success:
            yield Finding.of(table, told(result), result)


def _mark(connection: duckdb.DuckDBPyConnection, outcome: SystemCheck) -> None:
    """All loads of the batch in one statement: a run that dies here has marked all of them, or
    none."""
    connection.execute(
        "update tieout_meta.loads set status = ?, reason = ?, checked_at = ? where list_contains(?, load_id)",
        [
            outcome.status,
            outcome.reason,
            datetime.now(timezone.utc).replace(tzinfo=None),
            list(outcome.load_ids),
        ],
    )
