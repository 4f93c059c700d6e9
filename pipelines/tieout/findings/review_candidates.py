"""Products, people and jobs that somebody has to say something about; the answers are rows of three
seeds."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tieout.errors import TieoutError
from tieout.findings.review import Record, opened_marts
from tieout.findings.seed_files import put
from tieout.settings import Settings

PRODUCT_SEED = "product_links"
PERSON_SEED = "person_links"
JOB_SEED = "job_links"
COLUMNS = (
    "source_system",
    "source_entity",
    "source_id",
    "job_system",
    "job_id",
    "reason",
    "decided_by",
    "decided_on",
)


@dataclass(frozen=True)
class Candidate:
    """A record, and one product, person or job that it could be; `seed_name` is what names that in
    the seed."""

    record: str
    record_name: str | None
    seed_name: str
    name: str | None
    rule: str
    evidence_for: str | None
    evidence_against: str | None
    amount: Decimal


@dataclass(frozen=True)
class Placement:
    """One row of `job_links`, in its order: without a job the record belongs to none."""

    source_system: str
    source_entity: str
    source_id: str
    job_system: str | None
    job_id: str | None
    reason: str
    decided_by: str
    decided_on: date


def candidates(settings: Settings, entity: str, limit: int | None) -> tuple[list[Candidate], int]:
    """The questions of `product`, `person` or `job`, what most hangs on first, and how many there
    are.

    Raises:
        TieoutError: nothing is published.
    """
    with opened_marts(settings) as marts:
        rows = marts.execute(
            """
            select
                concat_ws(':', source_system, case when entity = 'job' then source_entity end, source_id),
                record_name, candidate_system || ':' || candidate_id, candidate_name, match_rule,
                evidence_for, evidence_against, amount_at_stake, count(*) over ()
            from marts.fct_match_candidates
            where is_question and entity = ?
            order by abs(amount_at_stake) desc, source_system, source_entity, source_id, candidate_key
            limit ?
            """,
            [entity, limit],
        ).fetchall()
    return [Candidate(*row[:8]) for row in rows], rows[0][8] if rows else 0


def product(settings: Settings, named: str) -> Record:
    """The product record that `SYSTEM:ID` names.

    Raises:
        TieoutError: nothing is published, or no system has it.
    """
    return _record(settings, "product", "products", named)


def person(settings: Settings, named: str) -> Record:
    """The record of a person that `SYSTEM:ID` names.

    Raises:
        TieoutError: nothing is published, or no system has it.
    """
    return _record(settings, "person", "people", named)


def placed(settings: Settings, named: str) -> tuple[str, str, str]:
    """The record of a job that `SYSTEM:ENTITY:ID` names.

    Raises:
        TieoutError: nothing is published, or no system has it.
    """
    parts = named.split(":", 2)
    if len(parts) != 3 or not _knows(
        settings, "xref_job where source_system = ? and source_entity = ? and source_id = ?", *parts
    ):
        raise TieoutError(f"no record is {named}", "name it SYSTEM:ENTITY:ID, as in marts.xref_job")
    return parts[0], parts[1], parts[2]


def job(settings: Settings, named: str) -> Record:
    """The job that `SYSTEM:ID` names, by its id in its system.

    Raises:
        TieoutError: nothing is published, or there is no such job.
    """
    system, _, ident = named.partition(":")
    if not _knows(settings, "dim_job where source_system = ? and job_id = ?", system, ident):
        raise TieoutError(
            f"no job is {named}", "name it SYSTEM:ID, as source_system and job_id in marts.dim_job"
        )
    return system, ident


def place(placement: Placement, seed: Path) -> None:
    """Adds the row, or replaces what was decided about the same record; the file is in the order of
    its records.

    Raises:
        TieoutError: it has no reason or author, or the file is not the seed.
    """
    if not placement.reason.strip():
        raise TieoutError("a decision needs a reason", "say why: --reason …")
    if not placement.decided_by.strip():
        raise TieoutError("a decision needs an author", "say who decides: --by NAME")
    put(seed, COLUMNS, astuple(placement), lambda row: tuple(row[:3]))


def _record(settings: Settings, noun: str, entity: str, named: str) -> Record:
    system, _, ident = named.partition(":")
    where = f"xref_{noun} where source_system = ? and source_id = ? and source_entity = ?"
    if not _knows(settings, where, system, ident, entity):
        raise TieoutError(
            f"no {noun} record is {named}", f"name it SYSTEM:ID, as in marts.xref_{noun}"
        )
    return system, ident


def _knows(settings: Settings, where: str, *values: str) -> bool:
    with opened_marts(settings) as marts:
        return (
            marts.execute(f"select 1 from marts.{where} limit 1", list(values)).fetchone()
            is not None
        )
