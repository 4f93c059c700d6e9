"""The exact rules of identity: records that share a value become one, as far as the chain
reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

COLUMNS = pa.schema(
    [
        ("record_id", pa.string()),
        ("cluster_id", pa.string()),
        ("match_rule", pa.string()),
        ("joins", pa.list_(pa.struct([("match_rule", pa.string()), ("cluster_id", pa.string())]))),
    ]
)

Constraints = dict[str, list[tuple[str, str, str]]]
"""By record, the kind, scope and value of each of its constraints: two values of one scope cannot be
one."""


@dataclass(frozen=True)
class Rule:
    """One rule: records with the same value of its evidence are one, unless constraints of these kinds
    speak against it."""

    name: str
    respects: tuple[str, ...]


@dataclass
class Clusters:
    """Records as they come together; a cluster has the name of its first record."""

    home: dict[str, str]
    members: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.members = {record: [record] for record in self.home}

    def join(self, parts: Iterable[str]) -> list[str]:
        """Makes one cluster of several, and gives back its records."""
        first, *others = sorted(parts)
        for other in others:
            for record in self.members[other]:
                self.home[record] = first
            self.members[first] += self.members.pop(other)
        return self.members[first]


def rule_clusters(
    records: duckdb.DuckDBPyRelation,
    evidence: duckdb.DuckDBPyRelation,
    constraints: duckdb.DuckDBPyRelation,
    rules: list[Rule],
) -> pa.Table:
    """One row per record: its cluster, the rule that first joined it to others, and each that did
    with what it made.

    The rules are applied in order, each to the clusters of those before. Where a chain of values
    would make a cluster hold two values of one scope that none of its parts held before, the rule
    joins only those of its parts that say the same of everything that is in dispute (all that are
    an NV, whatever else is an SA). A contradiction is never resolved silently: the others become
    suggestions.

    Args:
        records: record_id.
        evidence: record_id, match_rule, evidence_value and is_loose; what is loose joins nobody.
        constraints: record_id, constraint_kind, constraint_scope and constraint_value.
        rules: the strongest first.
    """
    names: list[str] = sorted(row[0] for row in records.project("record_id").fetchall())
    clusters = Clusters({record: record for record in names})
    values = _shared(evidence)
    held = _held(constraints, {record for pairs in values.values() for record, _ in pairs})
    joins: dict[str, list[dict[str, str]]] = {record: [] for record in names}
    for rule in rules:
        values_of: dict[str, set[str]] = defaultdict(set)
        for record, value in values[rule.name]:
            if record in clusters.home:
                values_of[clusters.home[record]].add(value)
        for chain in _chains(
            (part, value) for part, shared in values_of.items() for value in shared
        ):
            said = {part: _said(clusters.members[part], held, rule.respects) for part in chain}
            for side in _sides(chain, said, values_of):
                joined = {"match_rule": rule.name, "cluster_id": min(side)}
                for record in clusters.join(side):
                    joins[record].append(joined)
    rows = [
        names,
        [clusters.home[record] for record in names],
        [joins[record][0]["match_rule"] if joins[record] else None for record in names],
        [joins[record] for record in names],
    ]
    return pa.table(rows, schema=COLUMNS)


def _shared(evidence: duckdb.DuckDBPyRelation) -> dict[str, list[tuple[str, str]]]:
    """By rule, record and value of the evidence that more than one record has."""
    counted = evidence.filter("not is_loose").project(
        "match_rule, record_id, evidence_value, count(*) over (partition by match_rule, evidence_value) as record_count"
    )
    values: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for rule, record, value, _ in counted.filter("record_count > 1").fetchall():
        values[rule].append((record, value))
    return values


def _held(constraints: duckdb.DuckDBPyRelation, joining: set[str]) -> Constraints:
    held: Constraints = defaultdict(list)
    reader = constraints.project("record_id, constraint_kind, constraint_scope, constraint_value")
    while rows := reader.fetchmany(100_000):
        for record, *constraint in rows:
            if record in joining:
                held[record].append((constraint[0], constraint[1], constraint[2]))
    return held


def _chains(ties: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """Connected components of parts that share values, of more than one part, in order."""
    root: dict[str, str] = {}

    def find(part: str) -> str:
        while root[part] != part:
            root[part] = root[root[part]]
            part = root[part]
        return part

    first_with: dict[str, str] = {}
    for part, value in ties:
        root.setdefault(part, part)
        ours, theirs = find(part), find(first_with.setdefault(value, part))
        root[max(ours, theirs)] = min(ours, theirs)
    found: dict[str, list[str]] = defaultdict(list)
    for part in sorted(root):
        found[find(part)].append(part)
    return (parts for parts in found.values() if len(parts) > 1)


def _said(records: list[str], held: Constraints, kinds: tuple[str, ...]) -> dict[str, set[str]]:
    said: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for kind, scope, value in held.get(record, ()):
            if kind in kinds:
                said[scope].add(value)
    return said


def _sides(
    chain: list[str], said: dict[str, dict[str, set[str]]], values_of: dict[str, set[str]]
) -> Iterable[list[str]]:
    """The chain, or where it contradicts itself, its parts that share a value and agree in what is
    disputed."""
    together: dict[str, set[str]] = defaultdict(set)
    most: dict[str, int] = defaultdict(int)
    for scopes in said.values():
        for scope, values in scopes.items():
            together[scope] |= values
            most[scope] = max(most[scope], len(values))
    disputed = sorted(scope for scope, values in together.items() if len(values) > most[scope])
    if not disputed:
        return [chain]
    # Who says nothing of it is of one side too; who contradicts itself already is on none.
    sides = {
        part: " ".join(
            f"{scope} {value}" for scope in disputed for value in said[part].get(scope, ())
        )
        for part in chain
        if all(len(said[part].get(scope, ())) <= 1 for scope in disputed)
    }
    return _chains(
        (part, f"{value} {side}") for part, side in sides.items() for value in values_of[part]
    )
