"""What a person decides about an exception: a row of `seeds/exception_decisions.csv`, approved by
its pull request."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

from tieout.errors import TieoutError
from tieout.findings.seed_files import put

SEED = "exception_decisions"
COLUMNS = (
    "exception_key",
    "decision",
    "reason",
    "decided_by",
    "approved_by",
    "decided_on",
    "expires_on",
)


@dataclass(frozen=True)
class Decision:
    """One row of the seed, in its order."""

    exception_key: str
    decision: str
    reason: str
    decided_by: str
    approved_by: str | None
    decided_on: date
    expires_on: date | None


def check(decision: Decision) -> None:
    """Whether it can be decided so.

    Raises:
        TieoutError: no reason, no author; or a waiver without an end, without another's approval, or already over.
    """
    if not decision.reason.strip():
        raise TieoutError("a decision needs a reason", "say why: --reason …")
    if not decision.decided_by.strip():
        raise TieoutError(
            "a decision needs an author",
            "say who decides: --by NAME (default: the user of this machine)",
        )
    if decision.decision == "acknowledged":
        return
    if decision.expires_on is None:
        raise TieoutError("a waiver needs an end", "say until when it holds: --until YYYY-MM-DD")
    if decision.expires_on <= decision.decided_on:
        raise TieoutError(
            f"a waiver until {decision.expires_on} is over already", "give a later --until"
        )
    if not (decision.approved_by or "").strip():
        raise TieoutError(
            "a waiver needs somebody's approval", "say who approved it: --approved-by NAME"
        )
    if (decision.approved_by or "").strip().lower() == decision.decided_by.strip().lower():
        raise TieoutError(
            f"{decision.decided_by} cannot approve their own waiver",
            "have somebody else approve it: --approved-by NAME",
        )


def write(decision: Decision, seed: Path) -> None:
    """Adds the row, or replaces the one of the same exception, decision and day; the file is in the
    order of its keys.

    Raises:
        TieoutError: as `check`, or the file is not the seed.
    """
    check(decision)
    put(seed, COLUMNS, astuple(decision), lambda row: (row[0], row[1], row[5]), _in_order)


def _in_order(row: list[str]) -> tuple[str, str, str]:
    return row[0], row[5], row[1]
