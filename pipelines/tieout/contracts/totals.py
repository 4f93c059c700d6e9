"""What is said about tables as a whole: how fresh they are, and whether all of them is here.

Each question is a column of one frame with one row; sums are compared in decimals before Great
Expectations sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_null import (
    ExpectColumnValuesToBeNull,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from tieout.contracts.frames import KEY, Frames, quote
from tieout.contracts.rules import Complete, Fresh, Rule, Severity, Suite, Whole


@dataclass(frozen=True)
class Question:
    """One thing said of a table: the column of the frame, its value, and what it is held
    against."""

    table: str
    column: str
    value: str | int | None
    expectation: Expectation


def questions(frames: Frames, suite: Suite, as_of: date) -> list[Question]:
    """What is to be asked of each table of a system, and the answers that the raw log gives.

    Completeness is judged against the batch's last word (what was said earlier was compared then),
    freshness against everything in use and new; a table without dates, or of which nothing was
    said, is not judged.
    """
    said, refused = _said(frames), _refused(frames)
    asked: list[Question] = []
    for table, rules in suite.items():
        if table in refused:
            asked.append(
                _nothing(
                    f"{table}: refused",
                    table,
                    "the source lets us read it",
                    "warning",
                    refused[table],
                )
            )
        asked += _of_the_whole(frames, table, rules)
        fresh = [rule for rule in rules if isinstance(rule, Fresh)]
        complete = next(
            (rule for rule in rules if isinstance(rule, Complete)), Complete(severity="warning")
        )
        if not fresh and table not in said:
            continue
        newest = [f"date_diff('day', cast(max({quote(rule.column)}) as date), ?)" for rule in fresh]
        amount = f"sum({quote(complete.amount)})" if complete.amount else "null"
        count, total, *ages = frames.connection.execute(
            f"select {', '.join(['count(*)', amount, *newest])} from ({frames.newest(table, frames.known)})",
            [as_of] * len(fresh),
        ).fetchone() or (0, None)
        asked += [_age(table, rule, age, as_of) for rule, age in zip(fresh, ages, strict=True)]
        if table in said:
            asked += _complete(table, complete, said[table], (count, total))
    return asked


def frame_of(frames: Frames, asked: Sequence[Question]) -> Any:
    """The answers as a data frame of one row."""
    columns: dict[str, pa.Array] = {KEY: pa.array([frames.batch.source_system])}
    for question in asked:
        kind = (
            pa.int64()
            if isinstance(question.expectation, ExpectColumnValuesToBeBetween)
            else pa.string()
        )
        columns[question.column] = pa.array([question.value], kind)
    return pa.table(columns).to_pandas()


def _said(frames: Frames) -> dict[str, tuple[int, Decimal | None]]:
    """What the source said in the batch, at last, of each table: count and sum."""
    rows = frames.connection.execute(
        f"""
        select entity, said_count, said_amount
        from {quote(frames.batch.schema)}.load_log
        where {frames.new.replace("_load_id", "load_id")} and said_count is not null
        qualify row_number() over (partition by entity order by load_id desc) = 1
        """
    ).fetchall()
    return {entity: (count, amount) for entity, count, amount in rows}


def _refused(frames: Frames) -> dict[str, str]:
    """The tables that the source did not let us read at the last landing of the batch, and its
    words."""
    if not frames.has("load_log", "refused"):
        return {}
    rows = frames.connection.execute(
        f"""
        select entity, refused
        from {quote(frames.batch.schema)}.load_log
        where {frames.new.replace("_load_id", "load_id")}
        qualify row_number() over (partition by entity order by load_id desc) = 1 and refused is not null
        """
    ).fetchall()
    return {entity: f"{why} What hangs on it is not available" for entity, why in rows}


def _of_the_whole(frames: Frames, table: str, rules: Sequence[Rule]) -> list[Question]:
    """What the rules about a table as a whole say of the records in use and the new ones, where any
    are new."""
    asked = []
    for place, rule in enumerate(rule for rule in rules if isinstance(rule, Whole)):
        records = frames.newest(table, frames.known)
        fault = (
            rule.fault(frames.connection, records, frames.batch.source_system)
            if frames.batch.load_ids
            else None
        )
        asked.append(_nothing(f"{table}: whole {place}", table, rule.words, rule.severity, fault))
    return asked


def _nothing(
    column: str, table: str, words: str, severity: Severity, fault: str | None
) -> Question:
    """A question that is answered well by nothing."""
    expectation = ExpectColumnValuesToBeNull(
        column=column, severity=FailureSeverity(severity), description=words
    )
    return Question(table, column, fault, expectation)


def _age(table: str, rule: Fresh, age: int | None, as_of: date) -> Question:
    said = f"the newest {rule.column} is at most {rule.within_days} days before {as_of}"
    column = f"{table}: days since {rule.column}"
    expectation = ExpectColumnValuesToBeBetween(
        column=column,
        max_value=rule.within_days,
        severity=FailureSeverity(rule.severity),
        description=said,
    )
    return Question(table, column, age, expectation)


def _complete(
    table: str, rule: Complete, said: tuple[int, Decimal | None], held: tuple[int, Decimal | None]
) -> list[Question]:
    told: list[tuple[str, str, int | Decimal, int | Decimal]] = [
        ("row count", "there are as many records as the source said", said[0], held[0])
    ]
    if rule.amount and said[1] is not None:
        told.append(
            (
                "sum",
                f"{rule.amount} adds up to what the source said",
                said[1],
                held[1] or Decimal(0),
            )
        )
    asked = []
    for name, words, theirs, ours in told:
        column = f"{table}: {name}"
        expectation = ExpectColumnValuesToBeNull(
            column=column, severity=FailureSeverity(rule.severity), description=words
        )
        value = None if theirs == ours else f"said {theirs}, landed {ours}"
        asked.append(Question(table, column, value, expectation))
    return asked
