"""What a check found, for the command line, the raw log and the Data Docs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from great_expectations.core import ExpectationValidationResult

from tieout.contracts.frames import KEY
from tieout.contracts.rules import Severity

NAMED = 3
"""Offending records that a line of text names; the Data Docs name more."""


@dataclass(frozen=True)
class Finding:
    """A rule of a contract that does not hold.

    `sample` names offending records by their key, with the offending values; `failed_count` says
    how many there are of the `record_count` that were examined.
    """

    table: str
    expectation: str
    severity: Severity
    failed_count: int
    record_count: int
    sample: tuple[str, ...]

    @staticmethod
    def of(table: str, expectation: str, result: ExpectationValidationResult) -> Finding:
        """The finding that a failed result of Great Expectations is."""
        offending = []
        for entry in result.result.get("partial_unexpected_index_list") or []:
            values = [_said(value) for name, value in entry.items() if name != KEY]
            offending.append(f"{entry.get(KEY)} ({', '.join(values)})")
        config = result.expectation_config
        critical = config is None or config.severity == "critical"
        return Finding(
            table,
            expectation,
            "critical" if critical else "warning",
            int(result.result["unexpected_count"]),
            int(result.result["element_count"]),
            tuple(offending),
        )

    def __str__(self) -> str:
        named = "; ".join(self.sample[:NAMED])
        more = f"; and {self.failed_count - NAMED:,} more" if self.failed_count > NAMED else ""
        share = f"{self.failed_count:,} of {self.record_count:,}"
        return f"{self.table}: {share} fail “{self.expectation}”: {named}{more}"


def _said(value: Any) -> str:
    """A value as text. A data frame has NaN or NaT, which equal nothing, where the source said
    nothing."""
    return "nothing" if value is None or value != value else str(value)  # noqa: PLR0124


@dataclass(frozen=True)
class TableCheck:
    """One raw table: its new records, the rules they were held against, and those that do not
    hold."""

    name: str
    record_count: int
    rule_count: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class SystemCheck:
    """The outcome for one source system. Without `load_ids` nothing was new, and only freshness was
    looked at."""

    source_system: str
    load_ids: tuple[str, ...]
    tables: tuple[TableCheck, ...]
    as_of: date
    seconds: float = 0.0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every rule that does not hold, the critical ones first."""
        found = [finding for table in self.tables for finding in table.findings]
        return tuple(sorted(found, key=lambda finding: finding.severity != "critical"))

    @property
    def status(self) -> Literal["accepted", "rejected", "nothing new"]:
        """What becomes of the new loads."""
        if not self.load_ids:
            return "nothing new"
        return (
            "rejected"
            if any(finding.severity == "critical" for finding in self.findings)
            else "accepted"
        )

    @property
    def reason(self) -> str | None:
        """Why the loads were rejected, a line a rule."""
        critical = [str(finding) for finding in self.findings if finding.severity == "critical"]
        return "\n".join(critical) if self.status == "rejected" else None

    @property
    def record_count(self) -> int:
        """The new records that were examined."""
        return sum(table.record_count for table in self.tables)

    def after(self, seconds: float) -> SystemCheck:
        """The same outcome, with the time it took."""
        return replace(self, seconds=seconds)
