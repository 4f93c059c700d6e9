"""Trains the model on the customers at hand: by pairs that a number or a person says are one; where few, by none."""

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
ENOUGH_LABELS = 300
SEED = 20261124
BLOCKS = (
    "l.phone = r.phone",
    "l.domain = r.domain",
    "l.name_key = r.name_key",
    "l.postal_code = r.postal_code and l.core_word = r.core_word",
)
"""Pairs that share one of these are matches often enough to learn from, and each leaves the other comparisons free."""
PAIRS = 1_000_000
"""Pairs drawn by chance, to see how often what differs agrees; what none of them shows is rarer than one in so many."""
NUMBERS = {"the same tax or register number": 0.94, "one digit of a number differs": 0.03, "nothing of it agrees": 0.03}
"""How often numbers of one company agree. It cannot be learnt from pairs that were chosen because they do."""


def train(connection: duckdb.DuckDBPyConnection, records: str, decisions: str | None, model: Path) -> dict[str, Any]:
    """Writes the model of the records in `records`.

    What a match looks like is learnt from pairs that are known without looking at names: those whose tax or register
    number joined them, and those that people called the same. Where they are fewer than 300, it is estimated from pairs
    that share a telephone, a domain, a name or a door (expectation maximisation).

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
    labels = _label(connection, records, decisions)
    with quiet_splink():
        linker = linked(connection, records, settings())
        linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=SEED, min_count_per_level=None)
        if labels >= ENOUGH_LABELS:
            linker.training.estimate_m_from_pairwise_labels("__splink__known_pairs")  # type: ignore[no-untyped-call]
        else:
            for block in BLOCKS:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block, estimate_without_term_frequencies=True, fix_probability_two_random_records_match=False
                )
        learnt = _completed(linker, 0.5 / max(labels, ENOUGH_LABELS))
    learnt["probability_two_random_records_match"] = settings()["probability_two_random_records_match"]
    written = {
        "trained_on": date.today().isoformat(),  # noqa: DTZ011 - the day on the trainer's wall
        "customer_records": count,
        "known_pairs": labels if labels >= ENOUGH_LABELS else 0,
        "splink": learnt,
    }
    model.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return learnt


def _label(connection: duckdb.DuckDBPyConnection, records: str, decisions: str | None) -> int:
    """Makes the table of pairs that are known to be one, and counts them."""
    connection.execute(f"""
        create or replace temp table __splink__known_pairs as
        select l.record_id as record_id_l, r.record_id as record_id_r
        from {records} as l
        inner join {records} as r on l.tax_number = r.tax_number and l.tax_country = r.tax_country
        where l.cluster_id = r.cluster_id and l.record_id < r.record_id
        union
        select l.record_id, r.record_id
        from {records} as l
        inner join {records} as r on l.registration_number = r.registration_number and l.country = r.country
        where l.cluster_id = r.cluster_id and l.record_id < r.record_id
        {f"union select left_record_id, right_record_id from {decisions}" if decisions else ""}
    """)
    return _count(connection, "__splink__known_pairs")


def _completed(linker: Linker, least_m: float) -> dict[str, Any]:
    """The trained settings; a level that was never seen gets the least share that it could have."""
    learnt: dict[str, Any] = linker.misc.save_model_to_json()
    for comparison in learnt["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level.get("is_null_level"):
                continue
            for share, least in (("m_probability", least_m), ("u_probability", 1 / PAIRS)):
                value = level.get(share)
                level[share] = float(f"{max(value if isinstance(value, float) else 0.0, least):.6g}")
            if comparison["output_column_name"] == "numbers":
                level["m_probability"] = NUMBERS[level["label_for_charts"]]
    return learnt


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0
