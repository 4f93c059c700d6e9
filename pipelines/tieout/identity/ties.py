"""Which link by likeness holds a record in its customer: the weakest on the strongest way to who speaks for it."""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa

COLUMNS = pa.schema([("record_id", pa.string()), ("pair_id", pa.string()), ("probability", pa.decimal128(9, 6))])


def ties(links: pa.Table, clusters: pa.Table, keys: pa.Table) -> pa.Table:
    """One row per record that no exact rule ties to the record that speaks for its customer.

    Args:
        links: the links that were taken: pair_id, left_record_id, right_record_id, probability, match_weight.
        clusters: record_id and the cluster_id that the exact rules put it in.
        keys: record_id, customer_key, position; 1 speaks.
    """
    part = dict(zip(clusters["record_id"].to_pylist(), clusters["cluster_id"].to_pylist(), strict=True))
    strongest = sorted(links.to_pylist(), key=lambda link: (-link["match_weight"], link["pair_id"]))
    near = _strongest_ways(strongest, part)
    held: dict[str, dict[str, object]] = {}
    for speaker in sorted(row["record_id"] for row in keys.to_pylist() if row["position"] == 1):
        held |= _held(part[speaker], near)
    rows = [
        {"record_id": record, "pair_id": held[cluster]["pair_id"], "probability": held[cluster]["probability"]}
        for record, cluster in sorted(part.items())
        if cluster in held
    ]
    return pa.Table.from_pylist(rows, COLUMNS)


def _strongest_ways(
    links: list[dict[str, object]], part: dict[str, str]
) -> dict[str, list[tuple[str, dict[str, object]]]]:
    """A tree of links in which every way is the strongest: each link that joins what no stronger one has joined."""
    root = {cluster: cluster for cluster in part.values()}

    def find(cluster: str) -> str:
        while root[cluster] != cluster:
            root[cluster] = root[root[cluster]]
            cluster = root[cluster]
        return cluster

    near: dict[str, list[tuple[str, dict[str, object]]]] = defaultdict(list)
    for link in links:
        left, right = part[str(link["left_record_id"])], part[str(link["right_record_id"])]
        ours, theirs = find(left), find(right)
        if ours != theirs:
            root[max(ours, theirs)] = min(ours, theirs)
            near[left].append((right, link))
            near[right].append((left, link))
    return near


def _held(speaker: str, near: dict[str, list[tuple[str, dict[str, object]]]]) -> dict[str, dict[str, object]]:
    """By cluster that can be reached from who speaks, the weakest link on the way."""
    held: dict[str, dict[str, object]] = {}
    open_ends: list[tuple[str, dict[str, object] | None]] = [(speaker, None)]
    seen = {speaker}
    while open_ends:
        cluster, weakest = open_ends.pop()
        for other, link in near.get(cluster, ()):
            if other not in seen:
                seen.add(other)
                held[other] = link if weakest is None or link["match_weight"] < weakest["match_weight"] else weakest  # type: ignore[operator]
                open_ends.append((other, held[other]))
    # Who speaks is held by the strongest of the links to it.
    if speaker in near and held:
        held[speaker] = max(
            (link for _, link in near[speaker]), key=lambda link: (link["match_weight"], link["pair_id"])
        )
    return held
