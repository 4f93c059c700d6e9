"""How well customers are found again, and how fast, on labelled records (see benchmarks/companies).

    python benchmarks/identity.py                        20,000 records, 30 % with a partner: the table of the README
    python benchmarks/identity.py --half 0 --seed 11     the set that thresholds were looked at with
    python benchmarks/identity.py --pace 100000          100,000 × 100,000 records: seconds and memory only
    python benchmarks/identity.py --labelled FOLDER      labelled organisations beside it, with Splink and token sets
    python benchmarks/identity.py --train --labelled FOLDER      learn the model anew, and write its file

The model learns from a third set of the generator, and from half of the labelled sites
(benchmarks/organisations.py).

The reported set is made of the half of the words that neither training nor thresholds have seen.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations, product
from pathlib import Path

import duckdb
import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "pipelines"))

from benchmarks import organisations
from benchmarks.companies.records import Labelled, labelled, write

from tieout.identity.scoring import MODEL
from tieout.identity.training import shown, train, write_model
from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import build

SEEN_SEED, REPORTED_SEED, TRAINING_SEED = 11, 42, 7
SEEN_HALF, REPORTED_HALF = 0, 1
LOWEST = 70
"""Token-set scores below this are nobody's best threshold."""

QUEUE = ("+xref_customer", "+int_customer_questions")

Record = tuple[str, str]
Pairs = set[frozenset[Record]]
Questions = list[Pairs]
"""Each question of the queue, as the pairs of records that it answers: all of the one customer with
all of the other."""


def main() -> None:
    """Parses the options, measures, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=REPORTED_SEED)
    parser.add_argument("--half", type=int, default=REPORTED_HALF, choices=[0, 1])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument(
        "--pace", type=int, metavar="RECORDS", help="so many records in each of two systems, timed"
    )
    parser.add_argument("--built", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--train", action="store_true", help="write the trained model")
    parser.add_argument("--labelled", type=Path, help="folder of labelled organisations")
    parser.add_argument("--only-labelled", action="store_true", help="those alone")
    parser.add_argument("--keep", type=Path, help="leave the warehouse in this folder")
    parser.add_argument("--fast", action="store_true", help="without the baselines")
    options = parser.parse_args()
    if options.built:
        built(options.built)
        return
    with tempfile.TemporaryDirectory(prefix="tieout-identity-") as scratch:
        folder = options.keep or Path(scratch)
        if options.train:
            train_model(folder, options.labelled)
        elif options.pace:
            pace(folder, options.pace)
        else:
            # First what nothing here was made from: nobody is to be pleased by a generator alone.
            if options.labelled:
                organisations.report(options.labelled, folder / "labelled")
            if options.only_labelled:
                return
            quality(
                folder, labelled(options.seed, options.count, half=options.half), fast=options.fast
            )


def warehouse(folder: Path, world: Labelled, *select: str) -> Settings:
    """Lands the records and builds as far as `select`."""
    write(world, folder / "imports")
    return built(folder, *select)


def built(folder: Path, *select: str) -> Settings:
    """Lands what `folder / "imports"` has, and builds as far as `select`, or as far as the
    queue."""
    settings = Settings(
        output=folder / "warehouse", systems=("imports",), imports=folder / "imports"
    )
    settings.prepare()
    for landed in land(settings.systems, settings.imports, settings.config, settings.output):
        if landed.error:
            raise SystemExit(str(landed.error))
    own_tests = ["--indirect-selection", "cautious"]
    build(settings, _told, [*(select or QUEUE), *own_tests])
    return settings


def train_model(folder: Path, labelled_folder: Path | None) -> None:
    """Learns from generated records without their labels, then from half of the labelled sites, if
    they are there."""
    settings = warehouse(
        folder, labelled(TRAINING_SEED, 20_000, half=SEEN_HALF), "+int_customer_compared"
    )
    with duckdb.connect(":memory:") as own:
        _copy_compared(settings, own)
        model = train(own, "records")
    if labelled_folder:
        (sites,) = (known for known in organisations.sets(labelled_folder) if known.name == "sites")
        settings = organisations.built(sites.systems, folder / "sites", ["+int_customer_compared"])
        with duckdb.connect(":memory:") as own:
            _copy_compared(settings, own)
            own.execute("create table pairs (left_record_id varchar, right_record_id varchar)")
            own.executemany("insert into pairs values (?, ?)", organisations.taught_pairs(sites))
            model = shown(own, "records", "pairs", model)
    write_model(model, MODEL)
    print(f"written: {MODEL}")


def _copy_compared(settings: Settings, own: duckdb.DuckDBPyConnection) -> None:
    with duckdb.connect(str(settings.build), read_only=True) as built:
        records = built.execute(
            "select * from intermediate.int_customer_compared order by record_id"
        ).to_arrow_table()
    own.register("arrived", records)
    own.execute("create table records as select * from arrived")


def pace(folder: Path, count: int) -> None:
    """Seconds and peak memory of two systems of so many records each, in a process that holds
    nothing else."""
    world = labelled(REPORTED_SEED, 2 * count)
    write(world, folder / "imports")
    started = time.monotonic()
    subprocess.run([sys.executable, __file__, "--built", str(folder)], check=True)
    seconds = time.monotonic() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    settings = Settings(
        output=folder / "warehouse", systems=("imports",), imports=folder / "imports"
    )
    automatic, questions = found(settings)
    queued: Pairs = set().union(*questions)
    true = {frozenset((pair.left, pair.right)) for pair in world.pairs}
    print(
        f"{sum(map(len, world.systems.values())):,} records: {seconds:.0f} s with landing,"
        f" {used.ru_utime + used.ru_stime:.0f} s of CPU, peak {used.ru_maxrss / 1024:,.0f} MiB"
    )
    print(
        f"precision {_share(len(automatic & true), len(automatic))}, recall {_share(len(automatic & true), len(true))}"
    )
    print(f"recall with review {_share(len((automatic | queued) & true), len(true))}")


def quality(folder: Path, world: Labelled, *, fast: bool) -> None:
    """The table: precision and recall by kind of corruption, beside two plain ways."""
    settings = warehouse(folder, world, *QUEUE)
    automatic, questions = found(settings)
    queued: Pairs = set().union(*questions)
    ways: dict[str, Pairs] = {"exact name": by_exact_name(settings)}
    if not fast:
        threshold, ways["token set"] = by_token_set(world)
        print(f"token set: best F1 at a score of {threshold}")
    kinds: dict[str, Pairs] = defaultdict(set)
    for pair in world.pairs:
        kinds[pair.kind].add(frozenset((pair.left, pair.right)))
        kinds["all"].add(frozenset((pair.left, pair.right)))
    print(
        f"{len(automatic):,} automatic, {len(questions):,} questions, {len(kinds['all']):,} true pairs\n"
    )
    names = ["automatic", "with review", *ways]
    print(f"| | pairs | {' | '.join(names)} |")
    print("|---|" + "---|" * (len(names) + 1))
    for kind in sorted(kinds, key=lambda kind: (kind == "all", kind)):
        true = kinds[kind]
        cells = [automatic, automatic | queued, *ways.values()]
        print(
            f"| recall: {kind.replace('_', ' ')} | {len(true):,} | {' | '.join(_share(len(way & true), len(true)) for way in cells)} |"
        )
    true = kinds["all"]
    right = sum(bool(pairs & true) for pairs in questions)
    shares = [
        _share(len(automatic & true), len(automatic)),
        _share(len(automatic & true) + right, len(automatic) + len(questions)),
        *(_share(len(way & true), len(way)) for way in ways.values()),
    ]
    print(f"| precision | | {' | '.join(shares)} |")
    explain(settings, world, automatic, queued, true)


def found(settings: Settings) -> tuple[Pairs, Questions]:
    """Pairs that are one customer now, and what the queue asks a person."""
    with duckdb.connect(str(settings.build), read_only=True) as built:
        customers: dict[str, list[Record]] = defaultdict(list)
        for system, record, key in built.execute(
            "select source_system, source_id, customer_key from marts.xref_customer where source_entity = 'customers'"
        ).fetchall():
            customers[key].append((system, record))
        asked = built.execute(
            "select left_customer_key, right_customer_key from intermediate.int_customer_questions"
        ).fetchall()
    one = {frozenset(pair) for records in customers.values() for pair in combinations(records, 2)}
    return one, [
        {frozenset(pair) for pair in product(customers[left], customers[right])}
        for left, right in asked
    ]


def by_exact_name(settings: Settings) -> Pairs:
    """Equal names without case, accents, punctuation and legal form: what most warehouses join
    on."""
    with duckdb.connect(str(settings.build), read_only=True) as built:
        rows = built.execute(
            "select record_id, name from intermediate.int_customer_names where is_main"
        ).fetchall()
    return _sharing((name, _record(record)) for record, name in rows)


def by_token_set(world: Labelled) -> tuple[int, Pairs]:
    """Every pair whose names score at least the threshold with the best F1, chosen on the reported
    set itself."""
    records = [
        ((system, row["customer_id"]), default_process(row["customer_name"]))
        for system, rows in world.systems.items()
        for row in rows
    ]
    texts = [text for _, text in records]
    numbers = {record: place for place, (record, _) in enumerate(records)}
    true = {tuple(sorted((numbers[pair.left], numbers[pair.right]))) for pair in world.pairs}
    hits: dict[int, list[tuple[int, int]]] = defaultdict(list)
    counts: Counter[int] = Counter()
    step = 500
    for first in range(0, len(texts), step):
        scores = process.cdist(
            texts[first : first + step],
            texts,
            scorer=fuzz.token_set_ratio,
            score_cutoff=LOWEST,
            dtype=np.uint8,
            workers=2,
        )
        rows, columns = np.nonzero(scores)
        later = columns > rows + first
        for row, column in zip(rows[later], columns[later], strict=True):
            score = int(scores[row, column])
            counts[score] += 1
            hits[score].append((int(row) + first, int(column)))
    kept: list[tuple[int, int]] = []
    best, best_f1, good = 100, -1.0, 0
    total = 0
    for score in range(100, LOWEST - 1, -1):
        total += counts[score]
        good += sum(pair in true for pair in hits[score])
        f1 = 2 * good / (total + len(true))
        if f1 > best_f1:
            best, best_f1 = score, f1
    for score in range(best, 101):
        kept += hits[score]
    return best, {frozenset((records[left][0], records[right][0])) for left, right in kept}


def explain(
    settings: Settings, world: Labelled, automatic: Pairs, queued: Pairs, true: Pairs
) -> None:
    """Where it went wrong, a few of each kind."""
    rows = {
        (system, row["customer_id"]): row
        for system, all_rows in world.systems.items()
        for row in all_rows
    }
    for title, pairs in (("wrong", automatic - true), ("missed", true - automatic - queued)):
        print(f"\n{title}: {len(pairs)}")
        for pair in sorted(map(sorted, pairs))[:12]:
            print(
                *(
                    "   " + " · ".join(value for value in rows[record].values() if value)
                    for record in pair
                ),
                sep="\n",
                end="\n\n",
            )


def _sharing(named: Iterable[tuple[str, Record]]) -> Pairs:
    groups: dict[str, set[Record]] = defaultdict(set)
    for name, record in named:
        groups[name].add(record)
    return {frozenset(pair) for records in groups.values() for pair in combinations(records, 2)}


def _record(record_id: str) -> Record:
    system, _, customer_id = record_id.partition("|")
    return system, customer_id


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def _told(name: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total} {name:<60}", end="", file=sys.stderr)


if __name__ == "__main__":
    main()
