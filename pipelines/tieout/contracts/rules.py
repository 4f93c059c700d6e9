"""The words in which a contract is written.

A connector's `contract.py` exposes `SUITE: Suite`: for each raw table, the rules that every record
of it must keep. `check.py` looks at the newest version of each record that is not yet accepted
(tombstones apart).

Severity `critical` keeps the whole of the system's new loads out of staging until the source is
mended; `warning` is reported and lets them in. So `critical` is for what would make the models
wrong (a key missing, a code that no model knows, a line without its document); what a business may
get wrong, and a control reports, is at most a `warning`.

    SUITE: Suite = {
        "invoices": [
            *present("invoice_id", "contact_id", "issued_on"),
            Unique(("invoice_id",)),
            one_of("status", "DRAFT", "AUTHORISED", "PAID", "VOIDED"),
            between("exchange_rate", low=0, severity="warning"),
            in_order("issued_on", "due_on", severity="warning"),
            Reference("contact_id", "contacts.contact_id"),
            Fresh("updated_at", within_days=7),
            Complete(),
        ],
        "invoice_lines": [*present("line_item_id"), Reference("invoice_id", "invoices.invoice_id")],
    }

Nulls pass every rule but `present`. Any expectation of Great Expectations that looks at one row of
one table can stand beside these. Decimals are floats inside Great Expectations, so no rule judges
cents there: `Complete` does its sums in decimals before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import duckdb
from great_expectations.expectations.core.expect_column_pair_values_a_to_be_greater_than_b import (
    ExpectColumnPairValuesAToBeGreaterThanB,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_in_set import (
    ExpectColumnValuesToBeInSet,
)
from great_expectations.expectations.core.expect_column_values_to_match_regex import (
    ExpectColumnValuesToMatchRegex,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

Severity: TypeAlias = Literal["critical", "warning"]


@dataclass(frozen=True)
class Unique:
    """No two records of the table (those in use and the new ones) share these columns.

    Null parts count as a value; a record with all of them null is left to `present`.
    """

    columns: tuple[str, ...]
    severity: Severity = "critical"


@dataclass(frozen=True)
class Reference:
    """The value of `column` is the value of `to` ("table.column", the same system) in a record in
    use or a new one.

    Tables with a column `source_system` are compared inside one source system. With `if_held`, a
    system that has no record of the other table at all is not judged: it is another system's
    business. A value may be that of `or_to` as well: what is given back may be a document or a
    receipt. With `entity`, a record of that entity in any other system will do: a price list of the
    CRM may name a product that only operations has.
    """

    column: str
    to: str
    severity: Severity = "critical"
    if_held: bool = False
    or_to: str | None = None
    entity: str | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """Each "table.column" where the value may be."""
        return (self.to,) if self.or_to is None else (self.to, self.or_to)


@dataclass(frozen=True)
class Fresh:
    """The newest value of `column` (a date or timestamp) is at most `within_days` before the day
    the run is for."""

    column: str
    within_days: int
    severity: Severity = "warning"


@dataclass(frozen=True)
class Complete:
    """The records in use and the new ones are as many, and sum to as much, as the source said
    (`load_log`).

    `amount` is the column that the source's sum is of. Where the source said nothing there is
    nothing to compare. A table without this rule is compared by count, as a warning.
    """

    amount: str | None = None
    severity: Severity = "critical"


@dataclass(frozen=True)
class Whole:
    """Something said of the table as a whole. `fault` is given the records in use and the new ones,
    and what is wrong with them is its answer, in words that say what to do; None where nothing is.
    """

    words: str
    fault: Callable[[duckdb.DuckDBPyConnection, str, str], str | None]
    severity: Severity = "warning"


Rule: TypeAlias = Expectation | Unique | Reference | Fresh | Complete | Whole
Suite: TypeAlias = Mapping[str, Sequence[Rule]]


def present(*columns: str, severity: Severity = "critical") -> list[Expectation]:
    """Each of these columns has a value in every record."""
    return [
        ExpectColumnValuesToNotBeNull(
            column=column, severity=FailureSeverity(severity), description=f"{column} is present"
        )
        for column in columns
    ]


def one_of(column: str, *values: str, severity: Severity = "critical") -> Expectation:
    """The column's value is one of the codes that the models know."""
    return ExpectColumnValuesToBeInSet(
        column=column,
        value_set=list(values),
        severity=FailureSeverity(severity),
        description=f"{column} is one of {', '.join(values)}",
    )


def between(
    column: str,
    low: float | None = None,
    high: float | None = None,
    severity: Severity = "critical",
) -> Expectation:
    """The column's value is inside the range, its ends included. For plausibility, never for
    cents."""
    limits = " and ".join(
        [
            *([f"at least {low:g}"] if low is not None else []),
            *([f"at most {high:g}"] if high is not None else []),
        ]
    )
    return ExpectColumnValuesToBeBetween(
        column=column,
        min_value=low,
        max_value=high,
        severity=FailureSeverity(severity),
        description=f"{column} is {limits}",
    )


def in_order(earlier: str, later: str, severity: Severity = "critical") -> Expectation:
    """The date `later` is not before the date `earlier`, where both are known."""
    return ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=later,
        column_B=earlier,
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        severity=FailureSeverity(severity),
        description=f"{later} is not before {earlier}",
    )


def matches(column: str, regex: str, form: str, severity: Severity = "critical") -> Expectation:
    """The column's text has a form, which `form` names for people ("three capital letters")."""
    return ExpectColumnValuesToMatchRegex(
        column=column,
        regex=regex,
        severity=FailureSeverity(severity),
        description=f"{column} is {form}",
    )
