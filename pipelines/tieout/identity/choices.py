"""Takes scored pairs of records through the clustering, and says of each what becomes of it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa

from tieout.identity.clustering import Pair, clustered


class Candidate(NamedTuple):
    """What of a candidate says what becomes of it."""

    left: str
    right: str
    weight: Decimal
    is_candidate: bool
    is_apart: bool
    is_unlike: bool
    held_back_by: str | None
    status_if_not_taken: str
    is_answered_by_a_system: bool


class Answer(NamedTuple):
    """What becomes of it."""

    link_status: str
    held_back_by: str | None
    joined_cluster_id: str | None
    is_open: bool


READ = ("left_cluster_id", "right_cluster_id", *Candidate._fields[2:])
DROPPED = (
    "held_back_by",
    "weight",
    "is_candidate",
    "is_unlike",
    "status_if_not_taken",
    "is_answered_by_a_system",
)
KINDS = (pa.string(), pa.string(), pa.string(), pa.bool_())


def chosen_links(
    pairs: pa.Table,
    clusters: pa.Table,
    constraints: pa.Table,
    seldom_forms: pa.Table,
    rivals_within: float,
) -> pa.Table:
    """The pairs with their link_status and held_back_by, the joined_cluster_id of those that are
    taken, and is_open.

    Open is what a person can answer: two customers still, unless a system that has both beside each
    other has answered.

    Args:
        pairs: the columns of int_customer_candidates.
        clusters: record_id and the cluster_id that the exact rules put it in.
        constraints: record_id, constraint_kind, constraint_scope and constraint_value; two values of one
            scope are two customers.
        seldom_forms: record_id of the records whose legal form says nothing.
        rivals_within: how many times as likely one of two that cannot both be meant must be.
    """
    rows = [
        Candidate(*row) for row in zip(*(pairs[name].to_pylist() for name in READ), strict=True)
    ]
    compared = {cluster for row in rows for cluster in (row.left, row.right)}
    part = {
        record: cluster
        for record, cluster in zip(
            clusters["record_id"].to_pylist(), clusters["cluster_id"].to_pylist(), strict=True
        )
        if cluster in compared
    }
    systems: dict[str, set[str]] = defaultdict(set)
    for record, cluster in part.items():
        systems[cluster].add(record.partition("|")[0])
    label, reasons = clustered(
        (
            Pair(
                row.left,
                row.right,
                float(row.weight),
                row.is_candidate,
                row.is_apart,
                row.is_unlike,
            )
            for row in rows
        ),
        Counter(part.values()),
        {cluster: frozenset(names) for cluster, names in systems.items()},
        _held(constraints, part, set(seldom_forms["record_id"].to_pylist())),
        round(math.log2(rivals_within), 3),
    )
    joined_systems: dict[str, set[str]] = defaultdict(set)
    for cluster in compared:
        joined_systems[label.get(cluster, cluster)] |= systems[cluster]
    answers = [_answer(row, label, reasons, joined_systems) for row in rows]
    links = pairs.drop_columns(list(DROPPED))
    for place, (name, kind) in enumerate(zip(Answer._fields, KINDS, strict=True)):
        links = links.append_column(name, pa.array([answer[place] for answer in answers], kind))
    return links.sort_by("pair_id")


def _answer(
    row: Candidate,
    label: dict[str, str],
    reasons: dict[tuple[str, str], str],
    systems: dict[str, set[str]],
) -> Answer:
    ours, theirs = label.get(row.left, row.left), label.get(row.right, row.right)
    if row.is_candidate and ours == theirs:
        return Answer("automatic", None, ours, is_open=False)
    are_beside = not systems[ours].isdisjoint(systems[theirs])
    return Answer(
        row.status_if_not_taken,
        reasons[min(row.left, row.right), max(row.left, row.right)]
        if row.is_candidate
        else row.held_back_by,
        None,
        row.status_if_not_taken == "review"
        and ours != theirs
        and not (row.is_answered_by_a_system and are_beside),
    )


def _held(
    constraints: pa.Table, part: dict[str, str], seldom_forms: set[str]
) -> dict[str, dict[str, frozenset[str]]]:
    """By cluster and scope, the values that it holds."""
    held: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    columns = (
        constraints[name].to_pylist()
        for name in ("record_id", "constraint_kind", "constraint_scope", "constraint_value")
    )
    for record, kind, scope, value in zip(*columns, strict=True):
        if record in part and not (kind == "legal_form" and record in seldom_forms):
            held[part[record]][scope].add(value)
    return {
        cluster: {scope: frozenset(values) for scope, values in own.items()}
        for cluster, own in held.items()
    }
