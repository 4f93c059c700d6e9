"""The ledger's own reports, summed from its journals alone, against a build: by month and account.

Where a report and the build differ, the documents that add up to the difference are named, and are
of a kind that the build is right to leave out: the supplier's side of the books, transfers, and
what stood there before they began.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from second_world.basics import CONVERSION, MONTH_ENDS, ZERO, Doc, month, q2
from second_world.chart import ACCOUNTS, RECEIVABLE, VAT
from second_world.rates import to_gbp

OF_CUSTOMERS = (
    "receivable",
    "revenue",
    "deferred_income",
    "customer_deposits",
    "retention",
    "withholding_tax",
    "bad_debt",
)


@dataclass(frozen=True)
class Leg:
    """A line of a journal: what moved on an account, on a day, for a document."""

    account: str
    on: date
    amount: Decimal
    document: str
    kind: str
    line: str


class Reports:
    """What the ledger would print, from `/Journals`."""

    def __init__(self, journals: list[Doc]) -> None:
        self.legs = [
            Leg(
                line["AccountCode"],
                journal["JournalDate"],
                line["NetAmount"],
                str(journal["SourceID"]),
                journal["SourceType"],
                line["JournalLineID"],
            )
            for journal in journals
            for line in journal["JournalLines"]
        ]

    @cached_property
    def cash(self) -> list[Leg]:
        return self._of("cash")

    @cached_property
    def cost(self) -> list[Leg]:
        return self._of("cost_of_sales")

    @cached_property
    def revenue(self) -> list[Leg]:
        return self._of("revenue")

    def is_of_others(self, document: str) -> bool:
        """Whether nothing of a document is a sale, a debt or a deposit of a customer."""
        return all(
            ACCOUNTS[leg.account].role not in OF_CUSTOMERS
            for leg in self.legs
            if leg.document == document
        )

    def opens(self, document: str) -> bool:
        """Whether it is the entry with which the books begin."""
        return all(leg.on <= CONVERSION for leg in self.legs if leg.document == document)

    def is_written_off(self, document: str) -> bool:
        """A credit note on bad debts: it takes its tax back, and is no credit for work."""
        roles = {ACCOUNTS[leg.account].role for leg in self.legs if leg.document == document}
        return roles <= {"bad_debt", "receivable", "tax"}

    def may_differ(self, document: str, end: date) -> bool:
        """Costs posted by hand, or dated by their paper: until then the work is ahead of it."""
        legs = [leg for leg in self.cost if leg.document == document]
        return all(leg.kind == "MANJOURNAL" for leg in legs) or min(leg.on for leg in legs) > end

    def _of(self, role: str) -> list[Leg]:
        return [leg for leg in self.legs if ACCOUNTS[leg.account].role == role]

    def balance(self, account: str, on: date) -> Decimal:
        """An account at the end of a day."""
        return sum(
            (leg.amount for leg in self.legs if leg.account == account and leg.on <= on), ZERO
        )


def differences(journals: list[Doc], build: Any) -> Iterator[str]:
    """Every month, account or document that differs without a name."""
    reports = Reports(journals)
    yield from _revenue(reports, build)
    yield from _cash(reports, build)
    yield from _tax(reports, build)
    yield from _receivables(reports, build)
    yield from _cost(reports, build)


def _revenue(reports: Reports, build: Any) -> Iterator[str]:
    """The profit and loss account: revenue of each account and month."""
    account = {leg.line: leg.account for leg in reports.revenue}
    said: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line, on, amount in build.execute(
        "select source_id, event_on, document_amount from marts.fct_stage_events where stage = 'recognised'"
    ).fetchall():
        said[account.get(line, f"no line of a journal: {line}"), month(on)] += amount
    right: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for leg in reports.revenue:
        right[leg.account, month(leg.on)] -= leg.amount
    yield from _unequal("revenue of", said, right)


def _cash(reports: Reports, build: Any) -> Iterator[str]:
    """The bank book, in pounds of each day: what moved by month is cash, or is named and of nobody
    who buys."""
    events: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for payment, on, amount in build.execute(
        "select source_id, event_on, reporting_amount from marts.fct_stage_events where stage = 'cash' "
        "and source_entity = 'payments' and valuation_rule in ('receipt_received', 'receipt_reversed')"
    ).fetchall():
        events[payment][month(on)] += amount
    moved: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for leg in reports.cash:
        moved[leg.document][month(leg.on)] += to_gbp(leg.amount, leg.on)
    opened = f"{CONVERSION:%Y-%m}"
    for document in sorted({*events, *moved}):
        if document not in events and (reports.is_of_others(document) or reports.opens(document)):
            continue
        got, right = events.get(document, {}), moved.get(document, {})
        for when in sorted({*got, *right}):
            # A receipt from before the books stands in the opening entry.
            stands = document not in moved and when <= opened
            if got.get(when, ZERO) != right.get(when, ZERO) and not stands:
                yield f"cash of {document} in {when}: {got.get(when, ZERO)}, the bank moved {right.get(when, ZERO)}"


def _tax(reports: Reports, build: Any) -> Iterator[str]:
    """The tax return: tax on sales of each month, by document."""
    said: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for document, on, amount in build.execute(
        """select lines.invoice_id, events.event_on, events.tax_amount from marts.fct_stage_events as events
        inner join conformed.cnf_invoice_lines as lines
            on events.source_system = lines.source_system and events.source_id = lines.invoice_line_id
        where events.stage in ('invoiced', 'credited')"""
    ).fetchall():
        said[document, month(on)] += amount
    # Sold over the counter: the receipt is the document.
    for document, on, amount in build.execute(
        "select source_id, event_on, tax_amount from marts.fct_stage_events where stage = 'cash' "
        "and valuation_rule in ('share_of_sale_sold', 'share_of_sale_reversed')"
    ).fetchall():
        said[document, month(on)] += amount
    right: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for leg in reports.legs:
        if (
            leg.account == VAT
            and leg.kind in ("ACCREC", "ACCRECCREDIT", "CASHREC")
            and not (reports.is_of_others(leg.document) or reports.is_written_off(leg.document))
        ):
            right[leg.document, month(leg.on)] -= leg.amount
    for key in [key for key in said if key[1] <= f"{CONVERSION:%Y-%m}"]:
        del said[key]
    yield from _unequal("tax of", said, right)


def _receivables(reports: Reports, build: Any) -> Iterator[str]:
    """The receivables account at every month end, from what is open of each document on that
    day."""
    moves = build.execute(
        """select moves.document_entity, moves.invoice_id, moves.moved_on, moves.amount, rates.base_rate
        from intermediate.int_receivable_movements as moves
        inner join intermediate.int_document_rates as rates
            on moves.source_system = rates.source_system and moves.invoice_id = rates.document_id
            and rates.document_kind = case moves.document_entity when 'invoices' then 'invoice' else 'receipt' end"""
    ).fetchall()
    for end in MONTH_ENDS:
        opened: dict[tuple[str, str, Decimal], Decimal] = defaultdict(Decimal)
        for entity, document, on, amount, rate in moves:
            if on <= end:
                opened[entity, document, rate] += amount
        said = sum((q2(amount * key[2]) for key, amount in opened.items()), ZERO)
        right = reports.balance(RECEIVABLE, end)
        if said != right:
            yield f"receivables on {end}: {said}, the ledger {right}"


def _cost(reports: Reports, build: Any) -> Iterator[str]:
    """Cost of sales of each account at each month end: the costs handed over, less what was sold on
    at cost. What differs is named: costs by hand, and bills of another month than their work."""
    account = {leg.document: leg.account for leg in reports.cost}
    said: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    # Loaded time costs a job before the ledger knows of it.
    for document, on, amount in build.execute(
        "select document_id, posted_on, our_amount from intermediate.int_cost_postings "
        "where document_type <> 'absorbed'"
    ).fetchall():
        said[account.get(document, f"no bill: {document}"), month(on)] += amount
    named: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for document, end, amount in build.execute(
        "select document_id, month_ends_on, difference_amount from intermediate.int_tie_out_documents "
        "where control_id = 'cost_of_sales_tie_out' and cause <> 'absorbed'"
    ).fetchall():
        named[account.get(document, f"no bill: {document}"), month(end)] += amount
        if not reports.may_differ(document, end):
            yield f"cost of {document} on {end} differs by {amount}"
    ends = [month(end) for end in MONTH_ENDS]
    right: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for leg in reports.cost:
        right[leg.account, month(leg.on)] += leg.amount
    codes = {leg.account for leg in reports.cost}
    for key in sorted({key for sums in (said, right) for key in sums}):
        if key[0] not in codes or key[1] not in ends:
            yield f"cost on {key[0]} in {key[1]}"
    for code in sorted(codes):
        for end in ends:
            got = sum((a for (c, on), a in said.items() if c == code and on <= end), ZERO)
            should = sum((a for (c, on), a in right.items() if c == code and on <= end), ZERO)
            if got + named[code, end] != should:
                yield f"cost on {code} to {end}: {got} and named {named[code, end]}, the ledger {should}"


def _unequal(
    what: str, said: dict[tuple[str, str], Decimal], right: dict[tuple[str, str], Decimal]
) -> Iterator[str]:
    for key in sorted({*said, *right}):
        got, should = said.get(key, ZERO), right.get(key, ZERO)
        if got != should:
            yield f"{what} {key[0]} in {key[1]}: {got}, the ledger {should}"
