"""What ties a record to its customer: the strongest rule by which a way to the record that speaks
for it exists."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa

COLUMNS = pa.schema(
    [
        ("record_id", pa.string()),
        ("customer_key", pa.string()),
        ("match_rule", pa.string()),
        ("pair_id", pa.string()),
        ("probability", pa.decimal128(9, 6)),
    ]
)

Link = dict[str, Any]


def ties(links: pa.Table, clusters: pa.Table, keys: pa.Table) -> pa.Table:
    """One row per record that is with others. By similarity the link is the weakest on the strongest
    way to who speaks.

    The record that speaks is tied to its customer by the strongest that ties any other to it.

    Args:
        links: the links that were taken: pair_id, left_record_id, right_record_id, probability, match_weight.
        clusters: record_id, the cluster_id that the exact rules put it in, and the joins by which they did.
        keys: record_id, customer_key, position; 1 speaks.
    """
    part = dict(
        zip(clusters["record_id"].to_pylist(), clusters["cluster_id"].to_pylist(), strict=True)
    )
    joins = dict(zip(clusters["record_id"].to_pylist(), clusters["joins"].to_pylist(), strict=True))
    strongest = sorted(links.to_pylist(), key=lambda link: (-link["match_weight"], link["pair_id"]))
    near = _strongest_ways(strongest, part)
    customers: dict[str, list[str]] = defaultdict(list)
    for row in sorted(keys.to_pylist(), key=lambda row: (row["customer_key"], row["position"])):
        customers[row["customer_key"]].append(row["record_id"])
    rows: list[dict[str, Any]] = []
    for key, (speaker, *others) in customers.items():
        held = _held(part[speaker], near) if others else {}
        for record in (speaker, *others) if others else ():
            rule = _rule(joins[record], joins[speaker])
            link = {} if rule else held[part[record]]
            rows.append(
                {
                    "record_id": record,
                    "customer_key": key,
                    "match_rule": rule or "probability",
                    "pair_id": link.get("pair_id"),
                    "probability": link.get("probability"),
                }
            )
    return pa.Table.from_pylist(sorted(rows, key=lambda row: row["record_id"]), COLUMNS)


def _rule(ours: list[dict[str, str]], speakers: list[dict[str, str]]) -> str | None:
    """The first rule that put both into one cluster; who speaks came to others by the first that
    joined it."""
    return next((join["match_rule"] for join in ours if join in speakers), None)


def _strongest_ways(links: list[Link], part: dict[str, str]) -> dict[str, list[tuple[str, Link]]]:
    """A tree of links in which every way is the strongest: each link that joins what no stronger
    one has joined."""
    root = {cluster: cluster for cluster in part.values()}

    def find(cluster: str) -> str:
        while root[cluster] != cluster:
            root[cluster] = root[root[cluster]]
            cluster = root[cluster]
        return cluster

    near: dict[str, list[tuple[str, Link]]] = defaultdict(list)
    for link in links:
        left, right = part[str(link["left_record_id"])], part[str(link["right_record_id"])]
        ours, theirs = find(left), find(right)
        if ours != theirs:
            root[max(ours, theirs)] = min(ours, theirs)
            near[left].append((right, link))
            near[right].append((left, link))
    return near


def _held(speaker: str, near: dict[str, list[tuple[str, Link]]]) -> dict[str, Link]:
    """By cluster that can be reached from who speaks, the weakest link on the way."""
    held: dict[str, Link] = {}
    open_ends: list[tuple[str, Link | None]] = [(speaker, None)]
    seen = {speaker}
    while open_ends:
        cluster, weakest = open_ends.pop()
        for other, link in near.get(cluster, ()):
            if other not in seen:
                seen.add(other)
                held[other] = (
                    link
                    if weakest is None or link["match_weight"] < weakest["match_weight"]
                    else weakest
                )
                open_ends.append((other, held[other]))
    # Who speaks is held by the strongest of the links to it.
    if speaker in near and held:
        held[speaker] = max(
            (link for _, link in near[speaker]),
            key=lambda link: (link["match_weight"], link["pair_id"]),
        )
    return held
