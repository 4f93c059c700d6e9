"""Takes scored pairs of records through the clustering, and says of each candidate whether it was taken."""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa

from tieout.identity.clustering import Pair, clustered

COLUMNS = pa.schema([("pair_id", pa.string()), ("is_taken", pa.bool_()), ("held_back_by", pa.string())])


def link_choices(pairs: pa.Table, marks: pa.Table) -> pa.Table:
    """One row per candidate: whether its two records are one customer now, and if not, what kept them apart.

    Args:
        pairs: the columns of int_customer_candidates.
        marks: by cluster of the exact rules (cluster_id), mark_scope and mark_value.
    """
    rows = pairs.to_pylist()
    systems: dict[str, set[str]] = defaultdict(set)
    sizes: dict[str, int] = {}
    for row in rows:
        for side in ("left", "right"):
            systems[row[f"{side}_cluster_id"]].update(row[f"{side}_systems"])
            sizes[row[f"{side}_cluster_id"]] = row[f"{side}_size"]
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in marks.to_pylist():
        values[row["cluster_id"]][row["mark_scope"]].add(row["mark_value"])
    label, reasons = clustered(
        (
            Pair(
                row["left_cluster_id"],
                row["right_cluster_id"],
                float(row["weight"]),
                row["is_candidate"],
                row["is_apart"],
                row["is_unlike"],
            )
            for row in rows
        ),
        sizes,
        {part: frozenset(names) for part, names in systems.items()},
        {part: {scope: frozenset(held) for scope, held in scopes.items()} for part, scopes in values.items()},
        float(rows[0]["rival_bits"]) if rows else 0.0,
    )
    chosen = []
    for row in rows:
        if row["is_candidate"]:
            left, right = row["left_cluster_id"], row["right_cluster_id"]
            is_taken = label[left] == label[right]
            chosen.append(
                {
                    "pair_id": row["pair_id"],
                    "is_taken": is_taken,
                    "held_back_by": None if is_taken else reasons[min(left, right), max(left, right)],
                }
            )
    return pa.Table.from_pylist(sorted(chosen, key=lambda one: one["pair_id"]), COLUMNS)
