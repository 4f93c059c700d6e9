"""What the reference of the bridge reads from a build: events with their evidence, and the terms
they are judged by.

Nothing of `intermediate/matching/` or of the bridge is read: what answers what is decided anew,
from docs/decisions/0008-how-a-difference-gets-its-cause.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import duckdb

Row = dict[str, Any]
KEYS = (
    "deal_key",
    "contract_key",
    "job_key",
    "work_order_key",
    "product_key",
    "customer_key",
    "owner_key",
    "person_key",
)
UNKNOWN = "unknown"

# The tables that say which record of a source is behind an event.
EVIDENCE = (
    "int_booked_values",
    "int_placement_bookings",
    "int_change_order_values",
    "int_delivery_values",
    "int_derived_delivery_values",
    "int_invoice_values",
    "int_recognised_values",
    "int_edited_values",
    "int_receipt_values",
    "int_applied_cash_values",
    "int_cash_sale_values",
)


@dataclass(frozen=True, eq=False)
class Event:
    """One event, its worth in its own currency and in the reporting one, and what its record says
    besides."""

    key: str
    stage: str
    day: date
    document: Decimal
    reporting: Decimal | None
    currency: str
    keys: dict[str, str]
    rule: str
    system: str
    company: str
    facts: Row

    @property
    def job(self) -> str:
        return self.keys["job_key"]

    @property
    def product(self) -> str:
        return self.keys["product_key"]

    @property
    def has_job(self) -> bool:
        return self.job != UNKNOWN


@dataclass
class Evidence:
    """A whole build, as plain rows."""

    as_of: date
    events: list[Event]
    jobs: dict[str, Row]
    contracts: dict[str, Row]
    deals: dict[str, Row]
    units: dict[str, tuple[str, Decimal]]
    # Hours of a day, week and month where a working time is in force, by company, contract, person
    # and day.
    working_days: dict[tuple[str, str, str, date], Row]
    companies: dict[str, str]
    # By job, product (`any`: all of the job) and currency: what was ordered, and what was
    # delivered.
    orders: dict[tuple[str, str, str], tuple[Decimal, Decimal]]
    billing_policy: dict[str, Row]
    policy: dict[str, Decimal]
    invoices: dict[tuple[str, str], Row]
    invoice_dues: dict[tuple[str, str], date]
    applications: list[Row]
    # Applications whose money can be placed on the lines of a document.
    placed: set[tuple[str, str]]
    # What each line of a document shares in what is paid of it, and what other lines take off it.
    shares: dict[tuple[str, str], list[Row]]
    deductions: list[Row]
    # What a receipt was posted against, the receivable first; and which receipt another payment
    # gives back.
    sources: dict[tuple[str, str], list[Row]]
    given_back: dict[tuple[str, str], str]
    # What is from before the books: work by event, bills by system and id.
    old_work: set[str]
    old_bills: dict[tuple[str, str], date]
    # Earlier versions of documents: they take part in nothing.
    edits: list[Event]
    lines: dict[tuple[str, str], Row]
    # At which rate a ledger keeps an invoice or credit note.
    base_rates: dict[tuple[str, str], Decimal]
    # From a system's foreign currencies to the reporting currency, by day.
    reporting_rates: dict[tuple[str, str, date], Decimal]
    # Systems that keep deliveries, and the companies' deliveries by id.
    delivery_systems: set[str]
    # Companies of which any journal is landed.
    ledgers: set[str]
    deliveries: dict[tuple[str, str], Event] = field(default_factory=dict)
    deliveries_of_company: dict[tuple[str, str], list[Event]] = field(
        default_factory=lambda: defaultdict(list)
    )
    # Of each job, the numbers of its deliveries and work orders as a text may give them, and their
    # keys.
    delivery_codes: dict[str, list[tuple[str, tuple[str, str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    work_order_codes: dict[str, list[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def of(self, *stages: str) -> list[Event]:
        return [event for event in self.events if event.stage in stages]

    def takes_part(self, event: Event) -> bool:
        """Whether an event is matched: also without a rate, unless it takes something back or was
        voided."""
        return event.reporting is not None or (
            event.document > 0 and self._line_of(event) not in self._voided
        )

    @staticmethod
    def _line_of(event: Event) -> tuple[str, str] | None:
        return (
            (event.system, event.facts["source_id"])
            if event.stage in ("invoiced", "credited")
            else None
        )

    @cached_property
    def _voided(self) -> set[tuple[str, str] | None]:
        return {
            self._line_of(event)
            for event in self.of("invoiced", "credited")
            if event.rule == "voided"
        }


def read(con: duckdb.DuckDBPyConnection, as_of: date) -> Evidence:
    """Reads a build."""

    def rows(table: str) -> list[Row]:
        asked = con.execute(f"select * from {table}")
        names = [column[0] for column in asked.description or []]
        return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]

    def by(table: str, *columns: str) -> dict[Any, Row]:
        return {
            tuple(row[c] for c in columns) if len(columns) > 1 else row[columns[0]]: row
            for row in rows(table)
        }

    facts = {row["event_key"]: row for table in EVIDENCE for row in rows(f"intermediate.{table}")}
    lines = by("conformed.cnf_invoice_lines", "source_system", "invoice_line_id")
    journals = by("conformed.cnf_journal_lines", "source_system", "journal_line_id")
    roles = by("intermediate.int_line_roles", "source_system", "invoice_line_id")
    account_types = {key: row["account_type"] for key, row in roles.items()}
    events = [
        _event(row, facts, lines, journals, account_types) for row in rows("marts.fct_stage_events")
    ]
    evidence = Evidence(
        as_of=as_of,
        events=[event for event in events if not event.rule.startswith("edited_")],
        edits=[event for event in events if event.rule.startswith("edited_")],
        jobs=_jobs(rows),
        contracts=_keyed(con, "cnf_contracts", "contract_id"),
        deals=_keyed(con, "cnf_deals", "deal_id"),
        units={
            row["unit"]: (row["base_unit"], Decimal(row["base_quantity"]))
            for row in rows("seeds.unit_conversions")
        },
        working_days=by(
            "intermediate.int_working_days",
            "legal_entity",
            "contract_key",
            "person_key",
            "worked_on",
        ),
        companies={
            row["source_system"]: row["legal_entity"]
            for row in rows("intermediate.int_source_systems")
        },
        orders=_orders(rows),
        billing_policy=by("seeds.billing_policy", "job_type"),
        policy={row["setting"]: Decimal(row["value"]) for row in rows("seeds.matching_policy")},
        invoices=by("conformed.cnf_invoices", "source_system", "invoice_id"),
        invoice_dues={
            (row["source_system"], row["invoice_id"]): row["due_on"]
            for row in rows("intermediate.int_receivable_invoices")
        },
        applications=rows("intermediate.int_application_parts"),
        placed={
            (row["source_system"], row["application_id"])
            for row in rows("intermediate.int_applied_cash")
            if row["left_out_reason"] is None
        },
        shares=_grouped(rows("intermediate.int_document_lines"), "invoice_id"),
        deductions=rows("intermediate.int_line_deductions"),
        sources=_grouped(rows("intermediate.int_payment_sources"), "payment_id"),
        given_back={
            (row["source_system"], row["payment_id"]): row["invoice_id"]
            for row in rows("intermediate.int_applied_cash")
            if row["left_out_reason"] == "receipt_given_back"
        },
        old_work={row["event_key"] for row in rows("intermediate.int_work_before_the_books")},
        old_bills={
            (row["source_system"], row["document_id"]): row["books_begin_on"]
            for row in rows("intermediate.int_before_the_books")
            if row["document_kind"] == "invoice"
        },
        lines=lines,
        base_rates={
            (row["source_system"], row["document_id"]): Decimal(row["base_rate"])
            for row in rows("intermediate.int_document_rates")
            if row["document_kind"] == "invoice" and row["base_rate"] is not None
        },
        reporting_rates={
            (row["source_system"], row["currency"], row["rate_on"]): Decimal(row["rate"])
            for row in rows("intermediate.int_reporting_rates")
        },
        delivery_systems={row["source_system"] for row in rows("conformed.cnf_deliveries")},
        ledgers={
            row["legal_entity"]
            for row in rows("intermediate.int_source_systems")
            if row["source_system"] in {system for system, _ in journals}
        },
    )
    for row in rows("intermediate.int_delivery_terms"):
        key = (row["source_system"], row["delivery_id"])
        evidence.delivery_codes[row["job_key"]].append((cleaned(row["delivery_id"]), key))
    for row in rows("intermediate.int_work_order_codes"):
        if row["job_key"] is not None and not row["code"].startswith("JOB"):
            evidence.work_order_codes[row["job_key"]].append((row["code"], row["work_order_key"]))
    for event in evidence.of("delivered"):
        if event.facts["source_entity"] == "deliveries" and event.rule != "rebate":
            evidence.deliveries[event.system, event.facts["delivery_id"]] = event
            evidence.deliveries_of_company[event.company, event.facts["delivery_id"]].append(event)
    return evidence


def _event(
    row: Row,
    facts: dict[str, Row],
    lines: dict[Any, Row],
    journals: dict[Any, Row],
    account_types: dict[Any, str],
) -> Event:
    known = {**facts.get(row["event_key"], {})}
    known["source_id"] = row["source_id"]
    known["unit"] = row["unit"]
    known["quantity"] = row["quantity"]
    if row["source_entity"] == "invoice_lines":
        known["account_type"] = account_types[row["source_system"], row["source_id"]]
        line = lines[row["source_system"], row["source_id"]]
        names = ("description", "discount_amount", "unit_price", "delivery_id", "work_order_ref")
        known |= {name: line[name] for name in names}
    document, currency = row["document_amount"], row["currency"]
    if row["stage"] == "recognised":
        known["reverses_journal_id"] = journals[row["source_system"], row["source_id"]][
            "reverses_journal_id"
        ]
        posted = known["posted_currency_amount"]
        if (
            known["posted_currency"] is not None
            and posted is not None
            and _sign(posted) == _sign(document)
        ):
            document, currency = posted, known["posted_currency"]
    return Event(
        key=row["event_key"],
        stage=row["stage"],
        day=row["event_on"],
        document=document,
        reporting=row["reporting_amount"],
        currency=currency,
        keys={name: row[name] for name in KEYS},
        rule=row["valuation_rule"],
        system=row["source_system"],
        company=row["legal_entity"],
        facts=known,
    )


def cleaned(text: str) -> str:
    """A number as it is compared: its letters, then its digits without leading zeros; a bare one
    reads as JOB."""
    code = re.sub(r"[^A-Z0-9]+", "", text.upper())
    return re.sub(r"^([A-Z]+)0+([0-9])", r"\1\2", re.sub(r"^0*([0-9])", r"JOB\1", code))


def _sign(amount: Decimal) -> int:
    return (amount > 0) - (amount < 0)


def _jobs(rows: Any) -> dict[str, Row]:
    ends = {row["job_key"]: row["planned_end_on"] for row in rows("intermediate.int_jobs")}
    return {
        row["job_key"]: {**row, "planned_end_on": ends[row["job_key"]]}
        for row in rows("intermediate.int_job_terms")
    }


def _orders(rows: Any) -> dict[tuple[str, str, str], tuple[Decimal, Decimal]]:
    """Order lines of known jobs, and the deliveries of these jobs, summed by product and over all
    of them."""
    ordered = rows("intermediate.int_order_lines")
    lines = [row for row in ordered if row["job_key"] != UNKNOWN and row["net_amount"] is not None]
    jobs = {row["job_key"] for row in lines}
    done = [
        row
        for row in rows("marts.fct_stage_events")
        if row["stage"] == "delivered" and row["job_key"] in jobs
    ]
    sums: dict[tuple[str, str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for side, found, amount in ((0, lines, "net_amount"), (1, done, "document_amount")):
        for row in found:
            for product in (row["product_key"], "any"):
                sums[row["job_key"], product, row["currency"]][side] += row[amount] or Decimal(0)
    return {key: (ordered, delivered) for key, (ordered, delivered) in sums.items()}


def _keyed(con: duckdb.DuckDBPyConnection, table: str, id_column: str) -> dict[str, Row]:
    asked = con.execute(
        f"select md5(source_system || '|' || {id_column}) as key, * from conformed.{table}"
    )
    names = [column[0] for column in asked.description or []]
    return {row[0]: dict(zip(names, row, strict=True)) for row in asked.fetchall()}


def _grouped(found: list[Row], column: str) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in found:
        groups[row["source_system"], row[column]].append(row)
    return groups
