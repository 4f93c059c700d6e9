"""python -m plants.build DIR --seed N [--jobs 60] [--clean]: one company as of 2026-06-30."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from . import closing, faults_accuracy, faults_billing, faults_books, faults_records
from .audit import faults as audit
from .cash import settle, statuses
from .days import FIRST
from .habits import background
from .labels import write_labels
from .ledger import Books
from .plain import Plain
from .tables import PRODUCTS, Key, Row, write
from .world import World

PLANTS: tuple[Callable[[Books, int], None], ...] = (
    *faults_billing.FAULTS,
    *faults_records.FAULTS,
    *faults_accuracy.FAULTS,
    *faults_books.FAULTS,
)
COUNTED = (
    ("ledger", "invoices"),
    ("ledger", "payments"),
    ("office", "deliveries"),
    ("crm", "deals"),
    ("ledger", "journal_lines"),
    ("office", "jobs"),
    ("ledger", "invoice_lines"),
    ("crm", "contracts"),
)


def company(seed: int, jobs: int, clean: bool) -> World:
    """The whole company; faults are planted in a shuffled order among right situations."""
    world = World(seed, clean)
    books = Books(world)
    each = max(1, round(jobs / 12))
    if clean:
        background(books, jobs)
    else:
        background(books, jobs // 2)
        plan = [(plant, n) for plant in PLANTS for n in range(each)]
        world.rng.shuffle(plan)
        for plant, n in plan:
            plant(books, n)
        background(books, len(world.sits) + jobs - jobs // 2)
    close(books, 0 if clean else each)
    return world


def close(books: Books, each: int) -> None:
    """Receipts, month ends, the year end, balances, numbers, and what the sources say of
    themselves."""
    w = books.world
    settle(books)
    statuses(books)
    closing.costs(books)
    closing.accruals(books)
    closing.overheads(books)
    closing.year_end(books)
    closing.balances(books)
    closing.periods(books)
    for n in range(min(each, 8)):
        faults_books.trial_balance_tie_out(books, n)
    days = [date(2026, 2, 2 + n) if n < 20 else date(2026, 4, n - 19) for n in range(each)]
    step = max(1, 100 // max(each, 1))
    for doc, missing in closing.numbers(
        books,
        [date.fromordinal(days[0].toordinal() + step * n) for n in range(each)] if each else [],
    ):
        w.label(
            None,
            "invoice_number_gap",
            "invoice_number",
            missing,
            None,
            sure=False,
            match=(missing, doc.id, doc.row["invoice_number"]),
            note=f"before {doc.row['invoice_number']}",
        )
    for code, (pid, _, _, unit, _, standard, _) in PRODUCTS.items():
        if unit == "each" and standard:
            w.add(
                "office",
                "stock_moves",
                stock_move_id=f"SM-{code}",
                product_id=pid,
                quantity=20000,
                moved_on=FIRST,
                cost_amount=20000 * Decimal(standard),
            )
    for code, on, rate in w.rates.rows():
        w.add("treasury", "fx_rates", from_currency=code, to_currency="GBP", rate_on=on, rate=rate)
    for number, (system, entity) in enumerate(COUNTED):
        off = 2 + number if number < each else 0
        w.add(
            system,
            "extract_totals",
            entity=entity,
            row_count=len(w.tables[system, entity]) + off,
            extracted_at="2026-06-30T21:00:00",
        )
        if off:
            w.label(
                None,
                "landed_incomplete",
                "source_entity",
                f"{system}.{entity}",
                None,
                sure=False,
                match=(entity,),
                note=f"{off} rows fewer landed than the source counted",
            )


def first_landing(world: World) -> dict[Key, list[Row]]:
    """Deals and their lines as they were known on the day they were won."""
    out: dict[Key, list[Row]] = {}
    for key in (("crm", "deals"), ("crm", "deal_lines")):
        name = f"{key[1][:-1]}_id"
        old = {row[name]: row for row in world.earlier[key]}
        out[key] = [old.get(row[name], row) for row in world.tables[key]]
    return out


def written(folder: Path, seed: int, jobs: int, clean: bool) -> tuple[World, int, list[str]]:
    """The company in `folder`, its labels and what was landed first beside it; the audit's
    findings."""
    world = company(seed, jobs, clean)
    wrong = [*audit(world), *Plain(world).findings()]
    for system in ("office", "crm", "hr", "ledger", "treasury"):
        shutil.rmtree(folder / system, ignore_errors=True)
    rows = write(world.tables, folder)
    write_labels(world.labels, folder.parent / "labels.csv")
    if world.earlier:
        write(first_landing(world), folder.parent / "before")
    return world, rows, wrong


def main() -> int:
    """Write the folders and the labels; audit what was written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--jobs", type=int, default=60)
    parser.add_argument("--clean", action="store_true")
    given = parser.parse_args()
    world, rows, wrong = written(given.folder, given.seed, given.jobs, given.clean)
    counts = Counter(label.control for label in world.labels)
    print(
        f"{rows} rows, {len(world.sits)} situations, {len(world.labels)} faults of {len(counts)} controls"
    )
    for line in wrong:
        print("AUDIT", line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
