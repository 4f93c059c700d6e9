"""Which of the likely links are taken: two become one by the average of what speaks for it, never
by a chain.

Two clusters become one where, over all pairs of their parts, more speaks for it than against, at
least one link says so by itself, and nothing forbids it. The strongest links come first, so that
what contradicts itself comes apart at its weakest. Where two that cannot be one could both be
meant, and neither is clearly ahead, none is taken.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

STRONGEST = 20.0
"""Bits beyond which a link counts no more: one telephone and one door do not outvote ten pairs that
say otherwise."""
UNKNOWN = -3.0
"""What a pair counts that was never compared, or came out too low to be kept."""
UNLIKE = -6.0
"""What a pair counts whose names say two companies at two doors."""

SEVERAL = "more than one record could be meant"
CONTRADICTS = "joined with others, it would contradict what a system or a person says"
TOO_LITTLE = "joined with others, too little speaks for it"


@dataclass(frozen=True)
class Pair:
    """Two clusters of the exact rules that a scored pair of records speaks of."""

    left: str
    right: str
    weight: float
    """Bits for it: the logarithm of the odds."""
    is_candidate: bool
    """Sure enough, and nothing speaks against it."""
    is_apart: bool
    """They are two, whatever else agrees."""
    is_unlike: bool = False
    """Their names say two, and no door or telephone says one."""


@dataclass
class Cluster:
    """What has come together so far."""

    parts: list[str]
    size: int
    """The number of its records."""
    systems: frozenset[str]
    constraints: dict[str, frozenset[str]]
    near: dict[str, _Sum] = field(default_factory=dict)
    """By cluster: what speaks for being one with it."""


@dataclass
class _Sum:
    weight: float = 0.0
    pairs: int = 0
    strongest: float = -math.inf
    """The strongest link that would be taken by itself."""
    is_apart: bool = False

    def add(self, other: _Sum) -> None:
        self.weight += other.weight
        self.pairs += other.pairs
        self.strongest = max(self.strongest, other.strongest)
        self.is_apart |= other.is_apart


def clustered(
    pairs: Iterable[Pair],
    sizes: dict[str, int],
    systems: dict[str, frozenset[str]],
    constraints: dict[str, dict[str, frozenset[str]]],
    margin: float,
) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """The cluster of each part that is in a candidate link, and by pair why it was not taken, if it
    was not.

    Args:
        pairs: all scored pairs, in whatever order.
        sizes: by part, the number of its records: fifty that are spelled alike outvote one.
        systems: by part, the systems that its records are of.
        constraints: by part and scope, the values that it holds: two of one scope are two customers.
        margin: by how many bits one of two rivals must be ahead.
    """
    known = sorted(pairs, key=lambda pair: (pair.left, pair.right, -pair.weight))
    clusters = _singles(known, sizes, systems, constraints)
    label = {part: part for part in clusters}
    refused: dict[tuple[str, str], str] = {}
    heap = [entry for left in clusters for right, entry in _entries(clusters, left) if left < right]
    heapq.heapify(heap)
    while heap:
        _, left, right = heapq.heappop(heap)
        if left not in clusters or right not in clusters or not _is_possible(clusters, left, right):
            continue
        reason = _reason(clusters, left, right, margin)
        if reason:
            for one, other in product(clusters[left].parts, clusters[right].parts):
                refused[min(one, other), max(one, other)] = reason
            continue
        for one, other in _losers(clusters, left, right):
            clusters[one].near[other].is_apart = True
            for here, there in product(clusters[one].parts, clusters[other].parts):
                refused[min(here, there), max(here, there)] = SEVERAL
        _merge(clusters, label, left, right)
        kept = min(left, right)
        for other, entry in _entries(clusters, kept):
            heapq.heappush(heap, entry)
            # What was held back beside this one may be free now that the two are one.
            for third, again in _entries(clusters, other):
                if third != kept:
                    heapq.heappush(heap, again)
    ends: dict[tuple[str, str], str] = {}
    for pair in known:
        if pair.is_candidate and label[pair.left] != label[pair.right]:
            key = (min(pair.left, pair.right), max(pair.left, pair.right))
            ends[key] = refused.get(key) or _why_not(clusters, label[pair.left], label[pair.right])
    return label, ends


def _singles(
    pairs: list[Pair],
    sizes: dict[str, int],
    systems: dict[str, frozenset[str]],
    constraints: dict[str, dict[str, frozenset[str]]],
) -> dict[str, Cluster]:
    linked = {part for pair in pairs if pair.is_candidate for part in (pair.left, pair.right)}
    clusters = {
        part: Cluster(
            [part],
            sizes.get(part, 1),
            systems.get(part, frozenset()),
            dict(constraints.get(part, {})),
        )
        for part in sorted(linked)
    }
    best: dict[tuple[str, str], _Sum] = {}
    for pair in pairs:
        if pair.left == pair.right or pair.left not in linked or pair.right not in linked:
            continue
        key = (min(pair.left, pair.right), max(pair.left, pair.right))
        weight = (
            min(pair.weight, STRONGEST)
            if pair.is_candidate
            else UNLIKE
            if pair.is_unlike
            else pair.weight
        )
        seen = best.get(key)
        if seen is None:
            best[key] = _Sum(
                weight, 1, pair.weight if pair.is_candidate else -math.inf, pair.is_apart
            )
            continue
        # Of several records of the two parts the two that are most alike speak; one that says two
        # says so for all.
        seen.weight = max(seen.weight, weight)
        seen.strongest = max(seen.strongest, pair.weight if pair.is_candidate else -math.inf)
        seen.is_apart |= pair.is_apart
    for (left, right), total in best.items():
        pairs_of_records = clusters[left].size * clusters[right].size
        total.weight *= pairs_of_records
        total.pairs *= pairs_of_records
        clusters[left].near[right] = total
        clusters[right].near[left] = total
    return clusters


def _score(clusters: dict[str, Cluster], left: str, right: str) -> float:
    """The average over all pairs of records, in thousandths: the same in whatever order it was
    added up."""
    total = clusters[left].near.get(right) or _Sum()
    count = clusters[left].size * clusters[right].size
    return round((total.weight + UNKNOWN * (count - total.pairs)) / count, 3)


def _meant(clusters: dict[str, Cluster], left: str, right: str) -> float:
    """How much speaks for it that the right one is meant by the left: the strongest link, and how
    often it is written.

    Of two that are as like, the one that is written fifty times so is likelier meant than the one
    that is once.
    """
    return round(clusters[left].near[right].strongest + math.log2(clusters[right].size), 3)


def _entries(
    clusters: dict[str, Cluster], one: str
) -> Iterator[tuple[str, tuple[float, str, str]]]:
    for other in sorted(clusters[one].near):
        if _is_possible(clusters, one, other):
            yield other, (-clusters[one].near[other].strongest, min(one, other), max(one, other))


def _is_possible(clusters: dict[str, Cluster], one: str, other: str) -> bool:
    near = clusters[one].near.get(other)
    return (
        near is not None
        and near.strongest > -math.inf
        and not near.is_apart
        and _score(clusters, one, other) > 0
        and not _contradict(clusters[one].constraints, clusters[other].constraints)
    )


def _contradict(ours: dict[str, frozenset[str]], theirs: dict[str, frozenset[str]]) -> bool:
    """Together they would hold two values of a scope that neither held before."""
    fewer, more = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
    return any(
        len(values | more[scope]) > max(len(values), len(more[scope]))
        for scope, values in fewer.items()
        if scope in more
    )


def _reason(clusters: dict[str, Cluster], left: str, right: str, margin: float) -> str:
    """Why these two, the strongest that is left, are not put together after all; empty if they
    are."""
    for one, other in ((left, right), (right, left)):
        score = _meant(clusters, one, other)
        for rival in sorted(clusters[one].near):
            if rival == other or not _is_possible(clusters, one, rival):
                continue
            if _meant(clusters, one, rival) > score - margin and _are_rivals(
                clusters, one, other, rival
            ):
                return SEVERAL
    return ""


def _losers(clusters: dict[str, Cluster], left: str, right: str) -> list[tuple[str, str]]:
    """What could have been meant instead and is not now, beside what is forbidden anyhow."""
    return [
        (one, rival)
        for one, other in ((left, right), (right, left))
        for rival in clusters[one].near
        if rival != other
        and _is_possible(clusters, one, rival)
        and not _contradict(clusters[other].constraints, clusters[rival].constraints)
        and _are_rivals(clusters, one, other, rival)
    ]


def _are_rivals(clusters: dict[str, Cluster], meant: str, one: str, other: str) -> bool:
    """Both cannot be meant: something says that they are two, or another system has both, and
    little says one.

    A system that has what is meant and one of them has it twice already: that it has the other too
    says nothing.
    """
    near = clusters[one].near.get(other)
    if (near is not None and near.is_apart) or _contradict(
        clusters[one].constraints, clusters[other].constraints
    ):
        return True
    return (
        bool((clusters[one].systems & clusters[other].systems) - clusters[meant].systems)
        and _score(clusters, one, other) < 0
    )


def _why_not(clusters: dict[str, Cluster], left: str, right: str) -> str:
    near = clusters[left].near.get(right)
    if (near is not None and near.is_apart) or _contradict(
        clusters[left].constraints, clusters[right].constraints
    ):
        return CONTRADICTS
    return TOO_LITTLE


def _merge(clusters: dict[str, Cluster], label: dict[str, str], left: str, right: str) -> None:
    kept, gone = min(left, right), max(left, right)
    one, other = clusters[kept], clusters.pop(gone)
    for part in other.parts:
        label[part] = kept
    one.parts += other.parts
    one.size += other.size
    one.systems |= other.systems
    for scope, values in other.constraints.items():
        one.constraints[scope] = one.constraints.get(scope, frozenset()) | values
    one.near.pop(gone)
    other.near.pop(kept)
    for third, total in other.near.items():
        clusters[third].near.pop(gone)
        if third in one.near:
            one.near[third].add(total)
        else:
            one.near[third] = total
            clusters[third].near[kept] = total
