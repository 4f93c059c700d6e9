"""What is said about a table as a whole: how fresh it is, and whether all of it is here.

Each is a frame with a row a source system; sums are compared in decimals before Great Expectations sees the outcome.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_null import ExpectColumnValuesToBeNull
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from pipelines.contracts.frames import KEY, SYSTEM, Frames, literal, quote
from pipelines.contracts.rules import Complete, Fresh


def freshness(frames: Frames, table: str, rule: Fresh, as_of: date) -> tuple[Any, list[Expectation]]:
    """The days between the newest value of everything known and `as_of`; a table without values is not judged."""
    name = f"days since {rule.column}"
    frame = frames.connection.execute(
        f"select cast(? as varchar) as {KEY}, date_diff('day', cast(max({quote(rule.column)}) as date), ?)"
        f" as {quote(name)} from ({frames.newest(table, frames.known)})",
        [frames.batch.source_system, as_of],
    ).df()
    said = f"the newest {rule.column} is at most {rule.within_days} days before {as_of}"
    severity = FailureSeverity(rule.severity)
    return frame, [
        ExpectColumnValuesToBeBetween(column=name, max_value=rule.within_days, severity=severity, description=said)
    ]


def completeness(frames: Frames, table: str, rule: Complete) -> tuple[Any, list[Expectation]]:
    """What is missing, or too much, against what the source said it holds.

    The batch's last word counts: what was said earlier was compared then.
    """
    amount = f"sum({quote(rule.amount)})" if rule.amount else "null"
    system = SYSTEM if SYSTEM in frames.columns(table) else literal(frames.batch.source_system)
    said_new = frames.new.replace("_load_id", "load_id")
    frame = frames.connection.execute(
        f"""
        with said as (
            select source_system, said_count, said_amount
            from {quote(frames.batch.schema)}.load_log
            where {said_new} and entity = ? and said_count is not null
            qualify row_number() over (partition by source_system order by load_id desc) = 1
        ),
        held as (
            select {system} as source_system, count(*) as row_count, {amount} as amount
            from ({frames.newest(table, frames.known)})
            group by all
        ),
        compared as (
            select
                said.*,
                coalesce(held.row_count, 0) as row_count,
                {"coalesce(held.amount, 0)" if rule.amount else "said.said_amount"} as amount
            from said
            left join held on said.source_system = held.source_system
        )
        select
            source_system as {KEY},
            case when said_count <> row_count then 'said ' || said_count || ', landed ' || row_count end as "row count",
            case when said_amount <> amount then 'said ' || said_amount || ', landed ' || amount end as "sum"
        from compared
        """,
        [table],
    ).df()
    told = {"row count": "there are as many records as the source said"}
    if rule.amount:
        told["sum"] = f"{rule.amount} adds up to what the source said"
    severity = FailureSeverity(rule.severity)
    return frame, [
        ExpectColumnValuesToBeNull(column=name, severity=severity, description=said) for name, said in told.items()
    ]
