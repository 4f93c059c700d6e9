"""Labelled organisations that nothing here was made from: Tieout, Splink set up by hand, and token
sets, in one call.

A folder holds `sites_portal.csv`, `sites_directories.csv` and `sites_truth.csv` (sites of
organisations, two systems), `names.csv` and `names_truth.csv` (company names in many spellings, one
system) and `group_pairs.csv` (companies of one group, which are not one). Each may be missing.
"""

from __future__ import annotations

import csv
import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb
import splink.comparison_library as cl
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tieout.identity.scoring import quiet_splink
from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import build

PAIRS_OF_AN_ENTITY = 6
"""So many pairs of one entity at most teach the model: a site that is written twenty times is one
site."""
QUEUE = ("+xref_customer", "+int_customer_questions")

Record = tuple[str, str]
Row = dict[str, str]
Pairs = set[frozenset[Record]]


@dataclass(frozen=True)
class Organisations:
    """A set: rows by system, and which entity each record is."""

    name: str
    systems: dict[str, list[Row]]
    truth: dict[Record, str]

    @property
    def pairs(self) -> Pairs:
        """All pairs that are one."""
        return together((entity, record) for record, entity in self.truth.items())

    def held_out(self, pairs: Pairs) -> Pairs:
        """Those of the pairs that have a record of an entity that the model did not learn from."""
        return {pair for pair in pairs if any(not is_taught(self.truth[record]) for record in pair)}


@dataclass(frozen=True)
class Answered:
    """What came of a queue that is answered rightly, the likeliest first."""

    pairs: Pairs
    questions: int


def is_taught(entity: str) -> bool:
    """Whether the model that comes along learns from this entity: from half of them, whatever their
    order."""
    return hashlib.sha256(entity.encode()).digest()[0] % 2 == 0


def taught_pairs(organisations: Organisations) -> list[tuple[str, str]]:
    """Pairs of record ids that are one, of the entities that the model learns from."""
    members: dict[str, list[str]] = defaultdict(list)
    for (system, record), entity in organisations.truth.items():
        if is_taught(entity):
            members[entity].append(f"{system}|{record}")
    drawn = random.Random(17)  # noqa: S311 - a sample, not a secret
    pairs: list[tuple[str, str]] = []
    for entity in sorted(members):
        own = list(combinations(sorted(members[entity]), 2))
        pairs += drawn.sample(own, min(len(own), PAIRS_OF_AN_ENTITY))
    return pairs


def report(folder: Path, scratch: Path) -> None:
    """Prints the table of each set that the folder has: of all entities, and of those that nothing
    was learnt from."""
    for organisations in sets(folder):
        settings = built(organisations.systems, scratch / organisations.name)
        automatic, answered = found(settings, organisations.truth)
        true = organisations.pairs
        print(
            f"\n### {organisations.name}: {len(organisations.truth):,} records, {len(true):,} pairs\n"
        )
        print(
            "| | precision | recall | precision, not learnt from | recall, not learnt from |\n|---|---|---|---|---|"
        )
        ways: list[tuple[str, Pairs]] = [
            ("automatic", automatic),
            ("queue answered", answered.pairs),
        ]
        ways += [
            ("Splink by hand, without labels", by_splink(organisations)),
            ("token set", by_token_set(organisations)),
        ]
        for name, pairs in ways:
            cells = [
                f"{share:.3f}"
                for one, other in (
                    (pairs, true),
                    (organisations.held_out(pairs), organisations.held_out(true)),
                )
                for share in (
                    len(one & other) / max(len(one), 1),
                    len(one & other) / max(len(other), 1),
                )
            ]
            print(f"| {name} | {' | '.join(cells)} |")
        gained = len(answered.pairs & true) - len(automatic & true)
        print(
            f"\n{answered.questions} questions, {answered.questions / max(gained, 1):.2f} for each pair that they gain"
        )
        for name, pairs in ways[:2]:
            precision, recall = by_record(organisations, pairs)
            print(
                f"of a record's cluster, on average, {name}: precision {precision:.3f}, recall {recall:.3f}"
            )
    if (folder / "group_pairs.csv").exists():
        groups(folder, scratch / "groups")


def by_record(organisations: Organisations, pairs: Pairs) -> tuple[float, float]:
    """B³: of the records that one stands with, how many are its own, and how many of its own stand
    with it; on average.

    Pairs weigh an entity by the square of its records; this weighs each record alike.
    """
    found: dict[Record, set[Record]] = {record: {record} for record in organisations.truth}
    own: dict[Record, set[Record]] = {record: {record} for record in organisations.truth}
    for beside, all_pairs in ((found, pairs), (own, organisations.pairs)):
        for one, other in map(tuple, all_pairs):
            beside[one].add(other)
            beside[other].add(one)
    right = {record: len(found[record] & own[record]) for record in organisations.truth}
    count = len(organisations.truth)
    return (
        sum(right[record] / len(found[record]) for record in right) / count,
        sum(right[record] / len(own[record]) for record in right) / count,
    )


def groups(folder: Path, scratch: Path) -> None:
    """How many companies of one group come out as one."""
    rows = _rows(folder / "group_pairs.csv")
    sides = {
        side: [
            {"customer_id": f"{place}", "customer_name": row[name]}
            for place, row in enumerate(rows)
        ]
        for side, name in (("left", "name_1"), ("right", "name_2"))
    }
    keys = _keys(built(sides, scratch))
    joined = sum(
        keys["left", f"{place}"] == keys["right", f"{place}"] for place in range(len(rows))
    )
    print(f"\n### companies of a group: {joined} of {len(rows)} joined ({joined / len(rows):.1%})")


def sets(folder: Path) -> Iterable[Organisations]:
    """The sets that the folder has."""
    if (folder / "sites_truth.csv").exists():
        entity = {row["customer_id"]: row["entity_id"] for row in _rows(folder / "sites_truth.csv")}
        systems = {name: _rows(folder / f"sites_{name}.csv") for name in ("portal", "directories")}
        yield _labelled("sites", systems, entity)
    if (folder / "names_truth.csv").exists():
        entity = {row["customer_id"]: row["entity_id"] for row in _rows(folder / "names_truth.csv")}
        yield _labelled("names", {"names": _rows(folder / "names.csv")}, entity)


def built(systems: dict[str, list[Row]], scratch: Path, select: Sequence[str] = QUEUE) -> Settings:
    """Lands the records and builds who is who, or what is asked for."""
    for system, rows in systems.items():
        (scratch / "imports" / system).mkdir(parents=True)
        with (scratch / "imports" / system / "customers.csv").open(
            "w", encoding="utf-8", newline=""
        ) as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    settings = Settings(
        output=scratch / "warehouse", systems=("imports",), imports=scratch / "imports"
    )
    settings.prepare()
    for landed in land(settings.systems, settings.imports, settings.config, settings.output):
        if landed.error:
            raise SystemExit(str(landed.error))
    build(settings, lambda *_: None, select)
    return settings


def found(settings: Settings, truth: dict[Record, str]) -> tuple[Pairs, Answered]:
    """Pairs that are one customer now, and those after a person who knows has answered the queue
    once."""
    keys = _keys(settings)
    with duckdb.connect(str(settings.build), read_only=True) as warehouse:
        asked = warehouse.execute(
            "select left_record_id, right_record_id from intermediate.int_customer_questions"
            " order by probability desc, left_record_id, right_record_id"
        ).fetchall()
    root = {key: key for key in keys.values()}

    def find(key: str) -> str:
        while root[key] != key:
            key = root[key]
        return key

    questions = 0
    for left, right in asked:
        ours, theirs = _record(left), _record(right)
        one, other = find(keys[ours]), find(keys[theirs])
        if one != other:
            questions += 1
            if truth[ours] == truth[theirs]:
                root[max(one, other)] = min(one, other)
    automatic = together((key, record) for record, key in keys.items())
    return automatic, Answered(
        together((find(key), record) for record, key in keys.items()), questions
    )


def by_token_set(organisations: Organisations) -> Pairs:
    """Every pair whose names score at least the threshold with the best F1, chosen with the
    labels."""
    records = [
        ((system, row["customer_id"]), default_process(row["customer_name"]))
        for system, rows in organisations.systems.items()
        for row in rows
    ]
    scores = process.cdist(
        [text for _, text in records], [text for _, text in records], scorer=fuzz.token_set_ratio
    )
    return _best(
        organisations.pairs,
        lambda least: {
            frozenset((records[left][0], records[right][0]))
            for left, right in zip(*(scores >= least).nonzero(), strict=True)
            if left < right
        },
        range(70, 101, 2),
    )


def by_splink(organisations: Organisations) -> Pairs:
    """As its tutorial has it: names by Jaro-Winkler, street, postal code and telephone, trained
    without labels."""
    columns = ("customer_name", "address_line", "postal_code", "phone")
    filled = [
        column
        for column in columns
        if any(row.get(column) for rows in organisations.systems.values() for row in rows)
    ]
    comparisons = {
        "customer_name": cl.JaroWinklerAtThresholds("customer_name", [0.92, 0.85, 0.75]),
        "address_line": cl.JaroWinklerAtThresholds("address_line", [0.92, 0.8]),
        "postal_code": cl.ExactMatch("postal_code").configure(term_frequency_adjustments=True),
        "phone": cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
    }
    with duckdb.connect(":memory:") as connection, quiet_splink():
        told = ", ".join(f"{column} varchar" for column in filled)
        connection.execute(f"create table records (unique_id varchar, beginning varchar, {told})")
        connection.executemany(
            f"insert into records values (?, ?{', ?' * len(filled)})",
            [
                (
                    f"{system}|{row['customer_id']}",
                    row["customer_name"].strip().lower()[:5],
                    *(row[column].strip().lower() or None for column in filled),
                )
                for system, rows in organisations.systems.items()
                for row in rows
            ],
        )
        blocks = [block_on(column) for column in filled if column != "postal_code"]
        # A column of its own: Splink does not train by what it blocks on, and some lists have
        # nothing but names.
        blocks += [block_on("beginning")]
        api = DuckDBAPI(connection)
        linker = Linker(
            api.register("records"),
            SettingsCreator(
                link_type="dedupe_only",
                comparisons=[comparisons[column] for column in filled],
                blocking_rules_to_generate_predictions=blocks,
            ),
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
        # Of names alone nothing else says which pairs are one: those that begin alike teach.
        for block in blocks[:2] if len(filled) > 1 else blocks[1:]:
            linker.training.estimate_parameters_using_expectation_maximisation(block)
        scored = linker.inference.predict(threshold_match_probability=0.5)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, 0.9)
        rows = connection.execute(
            f"select cluster_id, unique_id from {clusters.physical_name}"
        ).fetchall()
    return together((cluster, _record(record)) for cluster, record in rows)


def together(named: Iterable[tuple[str, Record]]) -> Pairs:
    """All pairs of records of one name."""
    members: dict[str, list[Record]] = defaultdict(list)
    for name, record in named:
        members[name].append(record)
    return {frozenset(pair) for records in members.values() for pair in combinations(records, 2)}


def _best(true: Pairs, pairs_from: Callable[[int], Pairs], thresholds: Iterable[int]) -> Pairs:
    return max(
        (pairs_from(least) for least in thresholds),
        key=lambda pairs: 2 * len(pairs & true) / (len(pairs) + len(true)),
    )


def _keys(settings: Settings) -> dict[Record, str]:
    with duckdb.connect(str(settings.build), read_only=True) as warehouse:
        rows = warehouse.execute(
            "select source_system, source_id, customer_key from marts.xref_customer where source_entity = 'customers'"
        ).fetchall()
    return {(system, record): key for system, record, key in rows}


def _labelled(name: str, systems: dict[str, list[Row]], entity: dict[str, str]) -> Organisations:
    truth = {
        (system, row["customer_id"]): entity[row["customer_id"]]
        for system, rows in systems.items()
        for row in rows
    }
    return Organisations(name, systems, truth)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _record(record_id: str) -> Record:
    system, _, customer_id = record_id.partition("|")
    return system, customer_id
