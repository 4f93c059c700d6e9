"""What answers of people teach the pair score: how much each level of a comparison says for one
customer, or against.

A logistic regression on the pairs that were answered, which begins at the model's own bits and is
held near them: what nobody was asked about stays as it is, ten answers move a little, and fifty
what they are about.
"""

from __future__ import annotations

import math
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from tieout.identity.scoring import linked

SPREAD = 1.5
"""By so many bits what a level says may be off, before anybody has answered."""
LEAST = -6.6
"""Bits of one in a hundred: what the score calls less likely was asked for another reason, and is
no answer to it."""
MOST = 0.999
"""No level holds for more of the matches than this."""
STEPS = 25


def taught(
    connection: duckdb.DuckDBPyConnection, records: str, answers: str, trained: dict[str, Any]
) -> None:
    """Moves the shares among matches in `trained` so that they say what people answered.

    Args:
        connection: a connection to a database of its own.
        records: name of a relation as `scored_pairs` wants it.
        answers: name of a relation with left_record_id, right_record_id and is_same.
        trained: Splink's trained settings; changed in place.
    """
    names = [str(comparison["output_column_name"]) for comparison in trained["comparisons"]]
    rows = _scored(connection, records, answers, trained, names)
    if not rows:
        return
    columns = sorted(
        {(place, level) for row in rows for place, level in enumerate(row[2:]) if level >= 0}
    )
    features = np.array(
        [[float(row[2 + place] == level) for place, level in columns] for row in rows]
    )
    moved = _fitted(
        features,
        np.array([float(row[1]) for row in rows]),
        np.array([float(row[0]) for row in rows]),
    )
    for (place, number), bits in zip(columns, moved, strict=True):
        levels = [
            one
            for one in trained["comparisons"][place]["comparison_levels"]
            if not one.get("is_null_level")
        ]
        # Splink counts the levels of a comparison from the last.
        level = levels[len(levels) - 1 - number]
        level["m_probability"] = float(
            f"{min(level['m_probability'] * 2.0 ** float(bits), MOST):.6g}"
        )


def _scored(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    answers: str,
    trained: dict[str, Any],
    names: list[str],
) -> list[tuple[Any, ...]]:
    """By answered pair: whether it is one, the bits that the model gives it, and the level of each
    comparison."""
    connection.execute(f"""
        create or replace temp table __splink__answers as
        select least(left_record_id, right_record_id) || ' = ' || greatest(left_record_id, right_record_id) as pair_key,
            left_record_id, right_record_id, is_same
        from {answers}
        where left_record_id in (select record_id from {records})
            and right_record_id in (select record_id from {records})
    """)
    connection.execute(f"""
        create or replace temp table __splink__answered as
        select {records}.*, coalesce(told.pair_keys, []) as pair_keys
        from {records}
        left join (
            select record_id, list(pair_key order by pair_key) as pair_keys
            from (
                select left_record_id as record_id, pair_key from __splink__answers
                union select right_record_id, pair_key from __splink__answers
            ) as sides
            group by record_id
        ) as told on {records}.record_id = told.record_id
        order by {records}.record_id
    """)
    rule = {
        "blocking_rule": "l.pair_keys = r.pair_keys",
        "sql_dialect": "duckdb",
        "arrays_to_explode": ["pair_keys"],
    }
    wanted = {**trained, "blocking_rules_to_generate_predictions": [rule]}
    found = linked(connection, "__splink__answered", wanted).inference.predict()
    levels = ", ".join(f"gamma_{name}" for name in names)
    return connection.execute(f"""
        select answers.is_same, scored.match_weight, {levels}
        from {found.physical_name} as scored
        inner join __splink__answers as answers
            on answers.pair_key = least(record_id_l, record_id_r) || ' = ' || greatest(record_id_l, record_id_r)
        where scored.match_weight >= {LEAST}
        order by answers.pair_key
    """).fetchall()


def _fitted(
    features: npt.NDArray[np.float64], known: npt.NDArray[np.float64], same: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The bits by which each level moves: the likeliest, where each is off by SPREAD bits or so
    (Newton's method)."""
    moved = np.zeros(features.shape[1])
    held = np.eye(features.shape[1]) / SPREAD**2
    for _ in range(STEPS):
        likely = 1.0 / (1.0 + np.exp2(-np.clip(known + features @ moved, -60.0, 60.0)))
        slope = math.log(2.0) * features.T @ (same - likely) - moved / SPREAD**2
        bend = math.log(2.0) ** 2 * (features.T * (likely * (1.0 - likely))) @ features + held
        step = np.linalg.solve(bend, slope)
        # Newton may overshoot where all answers are alike.
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-9))
        moved += step
        if float(np.abs(step).max()) < 1e-9:
            break
    return moved
