"""What matches look like, learnt from pairs that nobody has labelled: expectation and maximisation,
as Splink has it.

Of pairs that agree in one thing (a door, a telephone, a domain) most are one; what the others among
them look like is known from pairs drawn by chance. So each thing is learnt from pairs that agree in
another.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np

from tieout.identity.scoring import CHUNKS, linked

ENOUGH = 300
"""With fewer pairs that are likely one, there is too little to learn from."""
ROUNDS = 30
AGREED = {"address": 3, "phone": 2, "web": 2}
"""By comparison, Splink's number of the least level at which two records agree in it."""

Shares = dict[str, dict[str, float]]


def expected(
    connection: duckdb.DuckDBPyConnection, records: str, trained: dict[str, Any]
) -> Shares:
    """By comparison and level: how often it is so among pairs that are likely one; empty where
    there are too few.

    What the model says counts for as many pairs as are enough.
    """
    names = [str(comparison["output_column_name"]) for comparison in trained["comparisons"]]
    levels = [
        [level for level in comparison["comparison_levels"] if not level.get("is_null_level")][::-1]
        for comparison in trained["comparisons"]
    ]
    rows = _agreeing(connection, records, trained, names)
    if not rows:
        return {}
    seen = np.array([row[: len(names)] for row in rows])
    counts = np.array([float(row[-1]) for row in rows])
    first = [np.array([level["m_probability"] for level in comparison]) for comparison in levels]
    chance = [np.array([level["u_probability"] for level in comparison]) for comparison in levels]
    told = [np.zeros(len(comparison)) for comparison in levels]
    for name, least in AGREED.items():
        block = names.index(name)
        others = [place for place in range(len(names)) if place != block]
        inside = seen[:, block] >= least
        for place, found in _among(seen[inside], counts[inside], others, first, chance).items():
            told[place] += found
    if told[names.index("name")].sum() < ENOUGH:
        return {}
    return {
        name: {
            level["label_for_charts"]: float(
                (told[place] + ENOUGH * first[place])[number] / (told[place].sum() + ENOUGH)
            )
            for number, level in enumerate(levels[place])
        }
        for place, name in enumerate(names)
    }


def _among(
    seen: Any, counts: Any, others: list[int], first: list[Any], chance: list[Any]
) -> dict[int, Any]:
    """By comparison, how many of the pairs that are likely one are at each level."""
    shares = {place: first[place].copy() for place in others}
    part = 0.5
    told: dict[int, Any] = {}
    for _ in range(ROUNDS):
        bits = np.full(len(seen), np.log2(part / (1.0 - part)))
        for place in others:
            level = np.maximum(seen[:, place], 0)
            says = np.log2(np.maximum(shares[place], 1e-6) / chance[place])
            bits += np.where(seen[:, place] >= 0, says[level], 0.0)
        weights = counts / (1.0 + np.exp2(-np.clip(bits, -60.0, 60.0)))
        part = min(max(weights.sum() / max(counts.sum(), 1e-9), 1e-3), 1.0 - 1e-3)
        for place in others:
            told[place] = np.array(
                [weights[seen[:, place] == number].sum() for number in range(len(shares[place]))]
            )
            # As much of what the model says as of ten pairs: no share is nothing.
            shares[place] = (told[place] + 10.0 * first[place]) / (told[place].sum() + 10.0)
    return told


def _agreeing(
    connection: duckdb.DuckDBPyConnection, records: str, trained: dict[str, Any], names: list[str]
) -> list[tuple[Any, ...]]:
    """The levels of pairs that agree in a door, a telephone or a domain that few share, and how
    many pairs have them.

    Fifty spellings of one company beside forty of another are one pair, not two thousand.
    """
    gammas = ", ".join(f"gamma_{name}" for name in names)
    empty = ", ".join(f"cast(null as integer) as gamma_{name}" for name in names)
    connection.execute(
        f"create or replace temp table __splink__agreeing as select {empty}, 1.0::double as pairs where false"
    )
    linker = linked(connection, records, trained)
    for chunk in range(1, CHUNKS + 1):
        found = linker.inference.predict_chunk(left_chunk=(chunk, CHUNKS), right_chunk=(1, 1))
        connection.execute(f"""
            insert into __splink__agreeing
            select {gammas}, 1.0 / count(*) over (
                partition by least(l.cluster_id, r.cluster_id), greatest(l.cluster_id, r.cluster_id)
            )
            from {found.physical_name} as scored
            inner join {records} as l on scored.record_id_l = l.record_id
            inner join {records} as r on scored.record_id_r = r.record_id
            where (gamma_address >= {AGREED["address"]} and not l.is_shared_door)
                or (gamma_phone >= {AGREED["phone"]} and not l.is_shared_phone)
                or gamma_web >= {AGREED["web"]}
        """)
        found.drop_table_from_database_and_remove_from_cache()
    return connection.execute(
        f"select {gammas}, sum(pairs) from __splink__agreeing group by all order by all"
    ).fetchall()
