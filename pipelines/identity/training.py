"""Trains the model on the customers at hand: without labels, or with what people have decided where that is enough."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from splink import Linker

from pipelines.errors import TieoutError
from pipelines.identity.comparisons import settings
from pipelines.identity.scoring import linked, quiet_splink

ENOUGH_RECORDS = 1_000
ENOUGH_DECISIONS = 300
SEED = 20261124
BLOCKS = ("l.phone = r.phone", "l.domain = r.domain", "l.name_key = r.name_key", "l.postal_code = r.postal_code and l.core_word = r.core_word")
"""Pairs that share one of these are matches often enough to learn from, and each leaves the other comparisons free."""


def train(connection: duckdb.DuckDBPyConnection, records: str, decisions: str | None, model: Path) -> dict[str, Any]:
    """Writes the model of the records in `records`.

    Args:
        connection: a connection to a database of its own: Splink leaves tables in it.
        records: name of a relation as `scored_pairs` wants it.
        decisions: name of a relation with left_record_id and right_record_id of pairs that people called the same.
        model: the file to write.

    Returns:
        What was learnt, by comparison and level: m (share among matches) and u (share among others).

    Raises:
        TieoutError: there is too little to learn from.
    """
    count = _count(connection, records)
    if count < ENOUGH_RECORDS:
        raise TieoutError(
            f"{count:,} customer records are too few to learn from; {ENOUGH_RECORDS:,} would do",
            "keep the model that came along",
        )
    labels = _count(connection, decisions) if decisions else 0
    with quiet_splink():
        linker = linked(connection, records, settings())
        linker.training.estimate_u_using_random_sampling(max_pairs=4e5, seed=SEED, min_count_per_level=None)
        if labels >= ENOUGH_DECISIONS:
            connection.execute(
                f"create or replace temp table __splink__decisions as select left_record_id as record_id_l,"
                f" right_record_id as record_id_r from {decisions}"
            )
            linker.training.estimate_m_from_pairwise_labels("__splink__decisions")
        else:
            for block in BLOCKS:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block, estimate_without_term_frequencies=True, fix_probability_two_random_records_match=False
                )
        learnt = _completed(linker)
    learnt["probability_two_random_records_match"] = settings()["probability_two_random_records_match"]
    written = {
        "trained_on": date.today().isoformat(),  # noqa: DTZ011 - the day on the trainer's wall
        "customer_records": count,
        "decisions": labels if labels >= ENOUGH_DECISIONS else 0,
        "splink": learnt,
    }
    model.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return learnt


def _completed(linker: Linker) -> dict[str, Any]:
    """The trained settings; a level that was never seen among a kind of pairs gets the least share that could have been."""
    learnt: dict[str, Any] = linker.misc.save_model_to_json()
    for comparison in learnt["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level.get("is_null_level"):
                continue
            for share in ("m_probability", "u_probability"):
                value = level.get(share)
                if not isinstance(value, float):
                    level[share] = 1e-5
                level[share] = float(f"{max(level[share], 1e-5):.6g}")
    return learnt


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0
