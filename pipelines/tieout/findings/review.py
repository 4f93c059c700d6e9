"""The queue of customers that may be one, and what a person answers: a row of
`seeds/customer_links.csv`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tieout.errors import TieoutError
from tieout.findings.seed_files import put
from tieout.identity.answers import Answer, contradictions, read_answers
from tieout.settings import Settings

SEED = "customer_links"
COLUMNS = (
    "left_system",
    "left_id",
    "right_system",
    "right_id",
    "decision",
    "reason",
    "decided_by",
    "decided_on",
)
DECISIONS = ("same", "different")

Record = tuple[str, str]
"""System and id."""


QUESTION_COLUMNS = (
    "key", "left_system", "left_id", "left_name", "right_system", "right_id", "right_name", "probability",
    "evidence_for", "evidence_against", "revenue",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """Two customers that may be one, by the records that speak most for it."""

    key: str
    left: Record
    left_name: str
    right: Record
    right_name: str
    probability: Decimal
    evidence_for: str | None
    evidence_against: str | None
    revenue: Decimal

    def flat(self) -> dict[str, object]:
        """One value a column, as a spreadsheet has it."""
        values = (
            self.key,
            *self.left,
            self.left_name,
            *self.right,
            self.right_name,
            self.probability,
        )
        return dict(
            zip(
                QUESTION_COLUMNS,
                (*values, self.evidence_for, self.evidence_against, self.revenue),
                strict=True,
            )
        )


@dataclass(frozen=True)
class Link:
    """One row of the seed, in its order."""

    left_system: str
    left_id: str
    right_system: str
    right_id: str
    decision: str
    reason: str
    decided_by: str
    decided_on: date


def questions(settings: Settings, limit: int | None, key: str = "") -> tuple[list[Question], int]:
    """The queue, the answer that is worth most first; only keys that begin with `key`. And how many
    there are.

    Raises:
        TieoutError: nothing is published.
    """
    with opened_marts(settings) as marts:
        rows = marts.execute(
            """
            select match_review_key, left_system, left_id, left_name, right_system, right_id, right_name,
                match_probability, evidence_for, evidence_against, revenue_at_stake_amount, count(*) over ()
            from marts.fct_match_review
            where starts_with(match_review_key, ?)
            order by answer_worth_amount desc, uncertainty * settled_count desc, match_review_key
            limit ?
            """,
            [key, limit],
        ).fetchall()
    found = [Question(r[0], (r[1], r[2]), r[3], (r[4], r[5]), r[6], *r[7:11]) for r in rows]
    return found, rows[0][11] if rows else 0


def question(settings: Settings, key: str) -> tuple[Question, list[tuple[str, Any, Any]]]:
    """One question by its key or how that begins, and both records column by column.

    Raises:
        TieoutError: nothing is published, no question begins so, or more than one does.
    """
    found, total = questions(settings, 2, key)
    if total != 1:
        cause = "no question has" if not total else f"{total} questions have"
        raise TieoutError(f"{cause} a key that begins with {key}", "copy it from `tieout review`")
    with opened_marts(settings) as marts:
        cursor = marts.execute(
            "select * from marts.fct_match_review where match_review_key = ?", [found[0].key]
        )
        names = [column[0] for column in cursor.description or ()]
        row = dict(zip(names, cursor.fetchone() or (), strict=True))
    sides = [name.removeprefix("left_") for name in names if name.startswith("left_")]
    return found[0], [(side, row[f"left_{side}"], row[f"right_{side}"]) for side in sides]


def record(settings: Settings, named: str) -> Record:
    """The record that `SYSTEM:ID` names.

    Raises:
        TieoutError: it is not of that form, or no system has it.
    """
    system, colon, ident = named.partition(":")
    with opened_marts(settings) as marts:
        known = marts.execute(
            "select 1 from marts.xref_customer"
            " where source_system = ? and source_id = ? and source_entity = 'customers'",
            [system, ident],
        ).fetchone()
    if not colon or known is None:
        raise TieoutError(
            f"no customer record is {named}", "name it SYSTEM:ID, as in marts.xref_customer"
        )
    return system, ident


def write(link: Link, seed: Path) -> None:
    """Adds the row, or replaces what was decided about the same two records; the file is in the
    order of its records.

    Raises:
        TieoutError: it is no decision, has no reason or author, is about one record only, contradicts what others
            answered, or the file is not the seed.
    """
    _check(link)
    _check_beside_others(link, seed)
    put(seed, COLUMNS, astuple(link), _pair)


def _check(link: Link) -> None:
    if link.decision not in DECISIONS:
        raise TieoutError(
            f"{link.decision} is no decision", f"decide one of {', '.join(DECISIONS)}"
        )
    if not link.reason.strip():
        raise TieoutError("a decision needs a reason", "say why: --reason …")
    if not link.decided_by.strip():
        raise TieoutError("a decision needs an author", "say who decides: --by NAME")
    if (link.left_system, link.left_id) == (link.right_system, link.right_id):
        raise TieoutError("that is one record, not two", "name two records")


def _check_beside_others(link: Link, seed: Path) -> None:
    pair = frozenset({(link.left_system, link.left_id), (link.right_system, link.right_id)})
    others = [
        answer for answer in read_answers(seed) if frozenset({answer.left, answer.right}) != pair
    ]
    fresh = Answer(
        (link.left_system, link.left_id),
        (link.right_system, link.right_id),
        link.decision == "same",
        link.decided_by,
        link.decided_on.isoformat(),
    )
    known = set(contradictions(others))
    if found := [one for one in contradictions([*others, fresh]) if one not in known]:
        raise TieoutError(
            f"that contradicts an answer that is there: {found[0]}",
            "answer the other one again first, with `tieout review link`, or take it out of the seed",
        )


def _pair(row: list[str]) -> frozenset[Record]:
    return frozenset({(row[0], row[1]), (row[2], row[3])})


@contextmanager
def opened_marts(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """What is published, to read from.

    Raises:
        TieoutError: nothing is.
    """
    if not settings.marts.exists():
        raise TieoutError(f"nothing is published in {settings.output}", "run `tieout run` first")
    with duckdb.connect(str(settings.marts), read_only=True) as marts:
        yield marts
