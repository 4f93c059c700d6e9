"""python -m plants.score MARTS.duckdb LABELS.csv [--before] [--list N]: findings against the
labels.

An exception belongs to a fault when its record begins with the fault's code, or when its texts name
what the label's `match` says. It is found (the control, or one that may own the fault), a symptom
(allowed), or a false alarm. Controls that are not in controls.md are counted apart.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import duckdb

CONTROLS = set(
    """won_deal_without_job delivered_not_invoiced work_order_not_invoiced
contract_period_not_billed timesheet_missing timesheet_paid_not_billed timesheet_billed_not_paid
placement_not_invoiced permanent_fee_not_invoiced rebate_not_credited change_order_not_billed
invoice_not_posted landed_incomplete invoice_number_gap shipment_without_stock_move
invoice_without_delivery invoice_without_job job_without_deal revenue_journal_without_document
pay_without_timesheet cash_unapplied charge_rate_variance pay_rate_variance quantity_variance
invoiced_above_contract quote_scope_variance deal_amount_mismatch amendment_not_repriced
invoice_header_mismatch tax_mismatch currency_mismatch fx_rate_missing application_exceeds_receipt
duplicate_invoice delivery_billed_twice payment_duplicated possible_duplicate_customer revenue_cut_off
posted_to_closed_period backdated_entry future_dated_entry journal_unbalanced receivables_tie_out
deferred_income_tie_out accrued_income_tie_out retention_tie_out cost_of_sales_tie_out cash_tie_out
trial_balance_tie_out margin_below_threshold discount_above_authority unapproved_edit
preparer_is_approver owner_missing customer_unmatched product_unmapped invoice_job_ambiguous
receivable_overdue short_paid retention_due milestone_not_accepted capacity_exceeded source_stale
recognised_above_delivered accrued_income_unsupported""".split()
)
GONE = {"resolved", "closed_by_rule", "out_of_scope", "not_tested"}
CENT = Decimal("0.005")
RECEIVABLES = {"receivable_overdue", "short_paid"}


@dataclass
class Found:
    """An exception of the mart."""

    control: str
    entity: str
    id: str
    value: Decimal
    counted: Decimal
    words: str
    evidence: str

    @property
    def codes(self) -> set[str]:
        """The situations whose records it names."""
        return set(re.findall(r"(?<![A-Z0-9])K\d{4}(?=-|$|\b)", self.id))


@dataclass
class Fault:
    """A row of the labels, and what was found of it."""

    row: dict[str, str]
    found: list[Found] = field(default_factory=list)
    symptoms: list[Found] = field(default_factory=list)

    @property
    def control(self) -> str:
        """The control that should speak."""
        return self.row["control_id"]

    @property
    def scope(self) -> set[str]:
        """The codes of its records."""
        return set(self.row["scope"].split())

    def many(self, column: str) -> list[str]:
        """A column that holds a list."""
        return [x for x in self.row[column].split(";") if x]

    @property
    def value(self) -> Decimal | None:
        """What is at stake, where the design fixes it."""
        text = self.row["value_at_risk_amount"]
        return Decimal(text) if text and self.row["value_sure"] == "yes" else None

    def named_by(self, one: Found) -> bool:
        """Whether the exception is about this fault's records."""
        if one.codes:
            return bool(self.scope & one.codes)
        owns = one.control == self.control or one.control in self.many("either")
        marks = self.many("match")
        if self.control.endswith("_tie_out"):
            last = marks[-1]
            return owns and last in (
                f"{one.id} {one.words}"
                if len(marks) == 1
                else f"{one.id} {one.words} {one.evidence}"
            )
        if any(
            re.search(rf"(?<![\w]){re.escape(mark)}(?![\w])", f"{one.id} {one.words}")
            for mark in marks
        ):
            return True
        if owns and marks and any(f'"{mark}"' in one.evidence for mark in marks):
            return True
        return any(code in one.evidence for code in self.scope) and (owns or self.allows(one))

    def allows(self, one: Found) -> bool:
        """Whether the exception is a legitimate symptom."""
        for pattern in self.many("allowed"):
            control, entity, record = pattern.split(":", 2)
            if (
                control == one.control
                and entity in ("*", one.entity)
                and (
                    fnmatch(one.id, record)
                    or fnmatch(one.id, f"*{record}")
                    or record.rstrip("*") in one.evidence
                )
            ):
                return True
        return False


def exceptions(path: str) -> list[Found]:
    """The open exceptions of a published file."""
    cursor = duckdb.connect(path, read_only=True).execute("select * from marts.fct_exceptions")
    names = [column[0] for column in cursor.description]
    out = []
    for values in cursor.fetchall():
        row: dict[str, Any] = dict(zip(names, values, strict=True))
        if str(row.get("status")) in GONE:
            continue
        words = " ".join(str(row.get(c) or "") for c in ("entity_label", "cause", "occurred_on"))
        out.append(
            Found(
                str(row["control_id"]),
                str(row.get("entity") or ""),
                str(row.get("entity_id") or ""),
                Decimal(str(row.get("value_at_risk_amount") or 0)),
                Decimal(str(row.get("counted_amount") or 0)),
                words,
                str(row.get("evidence") or ""),
            )
        )
    return sorted(out, key=lambda x: (x.control, x.id))


def assign(faults: list[Fault], found: list[Found]) -> tuple[list[tuple[Found, str]], list[Found]]:
    """Give each exception to its fault; returns false alarms with a reason, and what is not
    judged."""
    alarms, apart = [], []
    for one in found:
        mine = [fault for fault in faults if fault.named_by(one)]
        own = [f for f in mine if f.control == one.control] or [
            f for f in mine if one.control in f.many("either")
        ]
        if own:
            for fault in own:
                fault.found.append(one)
            continue
        symptom = [f for f in mine if f.allows(one)] or [
            f for f in faults if any(p == f"{one.control}:*:*" for p in f.many("allowed"))
        ]
        if symptom:
            symptom[0].symptoms.append(one)
        elif one.control not in CONTROLS:
            apart.append(one)
        else:
            alarms.append(
                (
                    one,
                    f"beside {mine[0].row['fault_id']} {mine[0].control}"
                    if mine
                    else "nothing was planted here",
                )
            )
    return alarms, apart


def right(fault: Fault, faults: list[Fault]) -> bool:
    """Whether one exception, or all of them, say what is at stake to the cent.

    A tie-out may also say what stands by then: the faults of its months so far.
    """
    value = fault.value or Decimal(0)
    wanted = {value}
    if fault.control.endswith("_tie_out") and len(fault.many("match")) > 1:
        wanted.add(
            sum(
                (
                    f.value or Decimal(0)
                    for f in faults
                    if f.control == fault.control and f.many("match")[-1] <= fault.many("match")[-1]
                ),
                Decimal(0),
            )
        )
    return any(abs(x.value - want) < CENT for x in fault.found for want in wanted) or (
        abs(sum((x.value for x in fault.found), Decimal(0)) - value) < CENT
    )


def once(fault: Fault) -> bool:
    """Whether what is counted over all its exceptions is what is at stake.

    Of a receivable it is that less its tax, which lies outside the stages (decision 0017).
    """
    beside = [x for x in fault.symptoms if not x.control.endswith("_tie_out")]
    counted = sum(
        (x.counted for x in {id(x): x for x in (*fault.found, *beside)}.values()), Decimal(0)
    )
    value = fault.value or Decimal(0)
    net = value / Decimal("1.2")
    return abs(counted - value) < CENT or (
        fault.control in RECEIVABLES and abs(counted - net) < 2 * CENT
    )


def percent(part: int, whole: int) -> str:
    """A share for the table."""
    return f"{100 * part / whole:6.1f}" if whole else "     -"


def table(faults: list[Fault], alarms: list[tuple[Found, str]]) -> None:
    """One line a control."""
    by: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        by[fault.control].append(fault)
    false: dict[str, int] = defaultdict(int)
    for one, _ in alarms:
        false[one.control] += 1
    print(
        f"{'control':34}{'plant':>6}{'found':>6}{'miss':>5}{'false':>6}{'prec':>7}{'recall':>7}"
        f"{'named':>7}{'value':>9}{'once':>9}"
    )
    sums = [0] * 9
    for control in sorted({*by, *false}):
        mine = by[control]
        got = [f for f in mine if f.found]
        sure = [f for f in got if f.value is not None]
        named = sum(any(x.id.endswith(f.row["entity_id"]) for x in f.found) for f in got)
        exact = sum(right(f, faults) for f in sure)
        row = [
            len(mine),
            len(got),
            len(mine) - len(got),
            false[control],
            named,
            exact,
            len(sure),
            sum(map(once, sure)),
            len(sure),
        ]
        sums = [a + b for a, b in zip(sums, row, strict=True)]
        show(control, row)
    show("all", sums)


def show(name: str, row: list[int]) -> None:
    """A line of the table."""
    planted, got, missed, false, named, exact, sure, single, of = row
    print(
        f"{name:34}{planted:6}{got:6}{missed:5}{false:6}{percent(got, got + false):>7}"
        f"{percent(got, planted):>7}{named:7}{exact:5}/{sure:<3}{single:5}/{of:<3}"
    )


def read_labels(path: Path, before: bool) -> list[Fault]:
    """The planted faults; without the earlier landing, those that can be found."""
    with path.open(encoding="utf-8", newline="") as handle:
        faults = [Fault(row) for row in csv.DictReader(handle)]
    return [f for f in faults if before or f.row["needs"] != "before"]


def still_open(faults: list[Fault], alarms: list[tuple[Found, str]]) -> list[str]:
    """Each miss, wrong value, amount that is not counted once, and false alarm, a line each."""
    lines = []
    for fault in faults:
        name = f"{fault.control} {fault.row['entity_id']}"
        if not fault.found:
            lines.append(f"MISS  {name} {fault.row['value_at_risk_amount']}".rstrip())
        elif fault.value is not None and not right(fault, faults):
            said = ", ".join(f"{x.id} {x.value}" for x in fault.found)
            lines.append(f"VALUE {name} {fault.value}: {said}")
        elif fault.value is not None and not once(fault):
            parts = sorted(
                f"{x.control} {x.id} {x.counted}"
                for x in (*fault.found, *fault.symptoms)
                if x.counted
            )
            lines.append(f"ONCE  {name} {fault.value}: {', '.join(parts)}")
    return [
        *lines,
        *(f"FALSE {one.control} {one.entity} {one.id} {one.value}" for one, _ in alarms),
    ]


def report(
    faults: list[Fault], alarms: list[tuple[Found, str]], apart: list[Found], limit: int
) -> None:
    """The table, then each miss, false alarm and wrong value with its record."""
    table(faults, alarms)
    for fault in faults:
        r = fault.row
        if not fault.found:
            beside = ", ".join(sorted({x.control for x in fault.symptoms}))
            print(
                f"MISS   {r['fault_id']} {fault.control} {r['entity']} {r['entity_id']} "
                f"{r['value_at_risk_amount']} {r['note']}" + (f" (only {beside})" if beside else "")
            )
        elif fault.value is not None and not right(fault, faults):
            said = ", ".join(f"{x.id} {x.value}" for x in fault.found[:3])
            print(
                f"VALUE  {r['fault_id']} {fault.control} {r['entity_id']} should be {fault.value}: {said}"
            )
    for fault in faults:
        if fault.found and fault.value is not None and not once(fault):
            parts = ", ".join(
                f"{x.control} {x.id} {x.counted}"
                for x in (*fault.found, *fault.symptoms)
                if x.counted
            )
            print(
                f"ONCE   {fault.row['fault_id']} {fault.control} {fault.value} is counted as: {parts or 'nothing'}"
            )
    for one, why in alarms[:limit]:
        print(
            f"FALSE  {one.control} {one.entity} {one.id} {one.value} (counted {one.counted}): {why} {one.words}"
        )
    if len(alarms) > limit:
        print(f"       … {len(alarms) - limit} more false alarms; --list to see them")
    others: dict[str, int] = defaultdict(int)
    for one in apart:
        others[one.control] += 1
    if others:
        print("not in controls.md:", ", ".join(f"{k} {v}" for k, v in sorted(others.items())))


def main() -> int:
    """Exit status 1 when something is missed or falsely alarmed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("marts")
    parser.add_argument("labels", type=Path)
    parser.add_argument(
        "--before", action="store_true", help="the folder `before` was landed first"
    )
    parser.add_argument("--list", type=int, default=200)
    given = parser.parse_args()
    faults = read_labels(given.labels, given.before)
    alarms, apart = assign(faults, exceptions(given.marts))
    report(faults, alarms, apart, given.list)
    return 1 if alarms or any(not f.found for f in faults) else 0


if __name__ == "__main__":
    sys.exit(main())
