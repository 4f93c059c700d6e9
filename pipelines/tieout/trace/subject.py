"""What is meant: a job, a deal, an invoice, a payment, an exception or any other record, by the
words people use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import duckdb
from rapidfuzz import process

from tieout.errors import TieoutError
from tieout.trace.raw import RawLog, Record

KINDS = ("job", "deal", "invoice", "payment", "exception", "record")
SHORTEST_KEY = 6
"""An exception may be named by the beginning of its key; with fewer letters a number could be meant
as well."""


@dataclass(frozen=True)
class Subject:
    """What a trace is about.

    `job_keys` are the jobs whose chains are told; `records` the subject's own records among them,
    and all there is to tell of a subject whose lines found no job. `exception_key` is the exception
    that was asked for, if one was.
    """

    kind: str
    text: str
    label: str
    job_keys: tuple[str, ...] = ()
    records: frozenset[Record] = field(default_factory=frozenset)
    exception_key: str | None = None


def find(marts: duckdb.DuckDBPyConnection, text: str, raw: RawLog | None = None) -> Subject:
    """The one thing that `text` names; `kind:text` says which kind is meant.

    Without `raw`, a document is found by what the receivables say of it.

    Raises:
        TieoutError: nothing has that name, or several have it; the message lists what it could be.
    """
    head, colon, tail = text.partition(":")
    kind, said = (
        (head.strip().lower(), tail.strip())
        if colon and head.strip().lower() in KINDS
        else ("", text.strip())
    )
    search = _Search(marts, raw, said)
    finders: dict[str, Callable[[], Iterable[Subject]]] = {
        "job": search.jobs,
        "deal": search.deals,
        "invoice": search.invoices,
        "payment": search.payments,
        "exception": search.exceptions,
    }
    found = [
        subject for name, finder in finders.items() if kind in ("", name) for subject in finder()
    ]
    if not found and kind in ("", "record"):
        found = list(search.records())
    if not found:
        near = "; ".join(search.near())
        raise TieoutError(
            f"no {kind or ', '.join(KINDS[:-1])} or record is called {said!r}",
            f"the nearest are: {near}" if near else "nothing that is published is called like that",
        )
    if len(found) > 1:
        named = "; ".join(f"{subject.kind}: {subject.label}" for subject in found[:8])
        raise TieoutError(
            f"{said!r} can be {len(found)} things: {named}{' …' if len(found) > 8 else ''}",
            f"say which kind, as in `tieout trace {found[0].kind}:{said}`, or give the record's own id",
        )
    return found[0]


class _Search:
    def __init__(self, marts: duckdb.DuckDBPyConnection, raw: RawLog | None, said: str) -> None:
        self.marts, self.raw, self.said = marts, raw, said

    def jobs(self) -> Iterable[Subject]:
        rows = self.marts.execute(
            """select job_key, source_system, job_id, job_ref from marts.dim_job
               where not is_unknown and lower(?) in (job_key, lower(job_id), lower(job_ref)) order by 1""",
            [self.said],
        ).fetchall()
        for key, system, ident, reference in rows:
            label = f"{system} {ident}" + (f" ({reference})" if reference else "")
            yield self._subject("job", label, [key], [Record(system, "jobs", ident)])

    def deals(self) -> Iterable[Subject]:
        rows = self.marts.execute(
            """select deal_key, source_system, deal_id, deal_name from marts.dim_deal
               where not is_unknown and lower(?) in (deal_key, lower(deal_id), lower(deal_name)) order by 1""",
            [self.said],
        ).fetchall()
        for key, system, ident, name in rows:
            jobs = self.marts.execute(
                """select job_key from marts.dim_job where deal_key = ?
                   union select job_key from marts.fct_stage_events where deal_key = ? order by 1""",
                [key, key],
            ).fetchall()
            label = f"{system} {ident}" + (f" ({name})" if name else "")
            yield self._subject(
                "deal", label, [job for (job,) in jobs], [Record(system, "deals", ident)]
            )

    def invoices(self) -> Iterable[Subject]:
        rows = self.marts.execute(
            """select source_system, invoice_id, invoice_number, job_key from marts.fct_receivables
               where document_kind in ('invoice', 'credit_note')
                   and lower(?) in (invoice_key, lower(invoice_id), lower(invoice_number)) order by 1, 2""",
            [self.said],
        ).fetchall()
        known = {
            (str(system), str(ident)): (str(number or ident), str(job))
            for system, ident, number, job in rows
        }
        for system in self.raw.connectors if self.raw else ():
            for column in ("invoice_number", "credit_note_number", "invoice_id", "credit_note_id"):
                for ident in (
                    self.raw.idents_of(system, "invoices", column, self.said) if self.raw else ()
                ):
                    known.setdefault((system, ident), (self.said, "unknown"))
        for (system, ident), (number, job) in known.items():
            records = [Record(system, "invoices", ident), *self._of_invoice(system, ident)]
            yield self._subject(
                "invoice", f"{system} {number}", [job, *self._jobs_of(records)], records
            )

    def payments(self) -> Iterable[Subject]:
        rows = self.marts.execute(
            """select distinct source_system, source_id from marts.fct_stage_events
               where source_entity = 'payments' and lower(source_id) = lower(?) order by 1""",
            [self.said],
        ).fetchall()
        for system, ident in rows:
            records = [
                Record(system, "payments", ident),
                Record(system, "payment_applications", ident),
            ]
            if self.raw:
                for column in ("payment_id", "overpayment_id", "prepayment_id"):
                    found = self.raw.idents_of(system, "payment_applications", column, ident)
                    records += [
                        Record(system, "payment_applications", application) for application in found
                    ]
            yield self._subject("payment", f"{system} {ident}", self._jobs_of(records), records)

    def exceptions(self) -> Iterable[Subject]:
        if len(self.said) < SHORTEST_KEY:
            return
        rows = self.marts.execute(
            """select exception_key, control_id, source_system, entity, entity_id, job_key from marts.fct_exceptions
               where starts_with(exception_key, lower(?)) order by 1""",
            [self.said],
        ).fetchall()
        for key, control, system, entity, ident, job in rows:
            records = [Record(system, entity, ident)]
            if entity == "invoices":
                records += self._of_invoice(system, ident)
            label = f"{key[:8]} {control}: {system} {entity} {ident}"
            yield self._subject("exception", label, [job, *self._jobs_of(records)], records, key)

    def records(self) -> Iterable[Subject]:
        rows = self.marts.execute(
            """select distinct source_system, source_entity, source_id from marts.fct_stage_events
               where lower(source_id) = lower(?) order by all""",
            [self.said],
        ).fetchall()
        for row in rows:
            record = Record(*row)
            yield self._subject("record", " ".join(record), self._jobs_of([record]), [record])

    def near(self) -> list[str]:
        """What is called nearly so."""
        rows = self.marts.execute(
            """select 'job:' || name from (select unnest([job_id, job_ref]) as name from marts.dim_job)
               where name is not null
               union select 'deal:' || name from (select unnest([deal_id, deal_name]) as name from marts.dim_deal)
               where name is not null
               union select 'invoice:' || invoice_number from marts.fct_receivables
               where document_kind in ('invoice', 'credit_note')
               order by 1"""
        ).fetchall()
        names = {str(name): str(name).partition(":")[2].lower() for (name,) in rows}
        close = process.extract(self.said.lower(), names, limit=5, score_cutoff=70)
        return [name for _, _, name in close]

    def _of_invoice(self, system: str, ident: str) -> list[Record]:
        """The lines of a document and what was applied to it."""
        if self.raw is None:
            return []
        named = [("invoice_lines", "invoice_id"), ("invoice_lines", "credit_note_id")]
        named += [
            ("payment_applications", "invoice_id"),
            ("payment_applications", "credit_note_id"),
        ]
        return [
            Record(system, entity, found)
            for entity, column in named
            for found in self.raw.idents_of(system, entity, column, ident)
        ]

    def _jobs_of(self, records: list[Record]) -> list[str]:
        rows = self.marts.execute(
            """select distinct events.job_key from marts.fct_stage_events as events
               inner join
                   (select unnest(?) as source_system, unnest(?) as source_entity, unnest(?) as source_id) as wanted
                   using (source_system, source_entity, source_id)
               order by 1""",
            [[record[place] for record in records] for place in range(3)],
        ).fetchall()
        return [str(job) for (job,) in rows]

    def _subject(
        self,
        kind: str,
        label: str,
        jobs: Iterable[str],
        records: Iterable[Record],
        exception: str | None = None,
    ) -> Subject:
        keys = tuple(dict.fromkeys(job for job in jobs if job != "unknown"))
        return Subject(kind, self.said, label, keys, frozenset(records), exception)
