"""Trains the model on the customers at hand: by pairs that a number says are one, by likelihood,
and by answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from splink import Linker

from tieout.errors import TieoutError
from tieout.identity.answered import taught
from tieout.identity.comparisons import settings
from tieout.identity.scoring import linked, quiet_splink
from tieout.identity.unlabelled import ENOUGH, expected

ENOUGH_RECORDS = 1_000
PRIOR_PAIRS = 300
"""How many known pairs the model that came along counts for: with so many of your own, either says
half."""
SEED = 20261124
PAIRS = 1_000_000
"""Pairs drawn by chance, to see how often what differs agrees; what none of them shows is rarer
than one in so many."""
NUMBERS = {
    "the same tax or register number": 0.94,
    "one digit of a number differs": 0.03,
    "nothing of it agrees": 0.03,
}
"""How often numbers of one company agree. It cannot be learnt from pairs that were chosen because
they do."""

LEGAL_FORMS = {"the same legal form": 0.9, "nothing of it agrees": 0.1}
"""How often one company is written with one form: one in ten is a slip, or a form that was
changed."""
REAL = 0.5
"""So much of what pairs look like comes from labelled pairs of real records, where there are
some."""
SHOWN = ("name", "address", "phone")
"""What pairs of sites show: they carry little else."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""
STEPS = 4

Model = dict[str, Any]
"""What the file of a model holds: version, trained_on, customer_records, known_pairs, Splink's
trained settings (splink), and the shares among matches that it began with (prior)."""

Shares = dict[str, dict[str, float]]
"""By comparison and level: how often it is so among pairs of one company."""


def train(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    decisions: str | None = None,
    distinct: str | None = None,
    before: Model | None = None,
    progress: Progress = lambda *_: None,
) -> Model:
    """The model of the records in `records`, ready to be written.

    What a match looks like is learnt from pairs that are known without looking at names: those
    whose tax or register number joined them. Where they are few, from all pairs, each by how likely
    it is one. The model that came along counts for 300 such pairs, so that a few of your own move
    it a little, and many replace it. Last, the score is moved to what people answered, the same and
    different.

    Args:
        connection: a connection to a database of its own: Splink leaves tables in it.
        records: name of a relation as `scored_pairs` wants it.
        decisions: name of a relation with left_record_id, right_record_id and is_same of pairs that people judged.
        distinct: name of a relation with record_id of records that are different customers, as far as is known: from
            them is learnt how often what differs agrees. None: all records.
        before: the model to go on from; None: learn from the known pairs alone.
        progress: told before each step.

    Raises:
        TieoutError: there is too little to learn from.
    """
    sample = (
        f"(select * from {records} where record_id in (select record_id from {distinct}))"
        if distinct
        else records
    )
    count = _count(connection, sample)
    answers = _count(connection, decisions) if decisions else 0
    is_large = count >= ENOUGH_RECORDS
    if before is None and not is_large:
        raise _too_few(count)
    labels = _label(connection, records)
    if before is None and labels < PRIOR_PAIRS:
        raise TieoutError(
            f"{labels:,} known pairs are too few to learn from alone",
            "go on from a model that is there",
        )
    prior = _prior(before)
    with quiet_splink():
        progress("how often what differs agrees", 0, STEPS)
        unlike = _unlike(connection, sample) if is_large or before is None else before["splink"]
        progress("how often what is one agrees", 1, STEPS)
        alike = linked(connection, records, settings())
        if labels:
            alike.training.estimate_m_from_pairwise_labels("__splink__known_pairs")  # type: ignore[no-untyped-call]
        learnt = _weighed(alike, prior, _seen(connection, records), 0.5 / max(labels, PRIOR_PAIRS))
        _fill(
            learnt,
            "u_probability",
            _shares(unlike, "u_probability"),
            1 / PAIRS if is_large else 0.0,
        )
        learnt["probability_two_random_records_match"] = settings()[
            "probability_two_random_records_match"
        ]
        # Splink's own is another one each time, and says nothing.
        learnt["linker_uid"] = "tieout"
        progress("what is likely one", 2, STEPS)
        likely = expected(connection, records, learnt) if labels < PRIOR_PAIRS else {}
        if likely:
            _fill(learnt, "m_probability", {**likely, "numbers": NUMBERS}, 0.5 / PRIOR_PAIRS)
        elif not (is_large or answers):
            raise _too_few(count)
        progress("answers", 3, STEPS)
        if decisions:
            taught(connection, records, decisions, learnt)
    progress("answers", STEPS, STEPS)
    return {
        "version": (before or {}).get("version", 0) + 1,
        "trained_on": date.today().isoformat(),  # noqa: DTZ011 - the day on the trainer's wall
        "customer_records": _count(connection, records),
        "known_pairs": labels,
        "answers": answers,
        "splink": learnt,
        "prior": prior or _shares(learnt, "m_probability"),
    }


def _too_few(count: int) -> TieoutError:
    return TieoutError(
        f"{count:,} different customers are too few to learn from; {ENOUGH_RECORDS:,} would do, {ENOUGH:,} pairs that "
        "are likely one, or answers",
        "keep the model that came along, or answer questions of `tieout review`",
    )


def shown(connection: duckdb.DuckDBPyConnection, records: str, pairs: str, before: Model) -> Model:
    """`before`, with what pairs that are one look like mostly from labelled pairs of other records.

    What the pairs cannot show (numbers, domains, countries, legal forms) stays as it is.

    Args:
        connection: a connection to a database of its own.
        records: name of a relation as `scored_pairs` wants it.
        pairs: name of a relation with left_record_id and right_record_id of pairs that are one.
        before: the model to go on from.
    """
    connection.execute(f"""
        create or replace temp table __splink__known_pairs as
        select least(left_record_id, right_record_id) as record_id_l,
            greatest(left_record_id, right_record_id) as record_id_r
        from {pairs}
        order by all
    """)
    with quiet_splink():
        alike = linked(connection, records, settings())
        alike.training.estimate_m_from_pairwise_labels("__splink__known_pairs")  # type: ignore[no-untyped-call]
        own = _shares(alike.misc.save_model_to_json(), "m_probability")
    prior = _shares(before["splink"], "m_probability")
    halved = {
        name: {
            label: (1 - REAL) * share + REAL * own.get(name, {}).get(label, 0.0)
            for label, share in levels.items()
        }
        for name, levels in prior.items()
        if name in SHOWN
    }
    model: Model = json.loads(json.dumps(before))
    _fill(model["splink"], "m_probability", {**prior, **halved, "legal_form": LEGAL_FORMS}, 1 / 500)
    return {
        **model,
        "known_pairs": before["known_pairs"] + _count(connection, pairs),
        "prior": _shares(model["splink"], "m_probability"),
    }


def write_model(model: Model, path: Path) -> None:
    """Writes the file whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(model, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


def _unlike(connection: duckdb.DuckDBPyConnection, sample: str) -> dict[str, Any]:
    """Splink's settings, with how often each level is so among pairs that were drawn by chance."""
    connection.execute(
        f"create or replace temp table __splink__sample as select * from {sample} order by record_id"
    )
    linker = linked(connection, "__splink__sample", settings())
    linker.training.estimate_u_using_random_sampling(
        max_pairs=PAIRS, seed=SEED, min_count_per_level=None
    )
    settled: dict[str, Any] = linker.misc.save_model_to_json()
    return settled


def _label(connection: duckdb.DuckDBPyConnection, records: str) -> int:
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
        order by all
    """)
    return _count(connection, "__splink__known_pairs")


def _seen(connection: duckdb.DuckDBPyConnection, records: str) -> dict[str, int]:
    """By comparison, how many known pairs have something to compare."""
    columns = [row[0] for row in connection.execute(f"describe select * from {records}").fetchall()]
    sides = ", ".join(f"{side}.{column} as {column}_{side}" for side in "lr" for column in columns)
    nothing = {
        str(comparison["output_column_name"]): comparison["comparison_levels"][0]["sql_condition"]
        for comparison in settings()["comparisons"]
    }
    counts = ", ".join(
        f"count(*) filter (where not coalesce({condition}, false))"
        for condition in nothing.values()
    )
    row = connection.execute(f"""
        select {counts}
        from (
            select {sides}
            from __splink__known_pairs as pairs
            inner join {records} as l on pairs.record_id_l = l.record_id
            inner join {records} as r on pairs.record_id_r = r.record_id
        ) as compared
    """).fetchone()
    return dict(zip(nothing, row or (), strict=True))


def _prior(before: Model | None) -> Shares:
    """What the file began with, so that the same pairs are not counted again each time it is
    trained."""
    if before is None:
        return {}
    kept: Shares = before.get("prior") or _shares(before["splink"], "m_probability")
    return kept


def _shares(trained: dict[str, Any], share: str) -> Shares:
    return {
        comparison["output_column_name"]: {
            level["label_for_charts"]: level[share]
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level") and isinstance(level.get(share), float)
        }
        for comparison in trained["comparisons"]
    }


def _weighed(linker: Linker, prior: Shares, seen: dict[str, int], least: float) -> dict[str, Any]:
    """The trained settings: each share among matches between what was seen and what the model said
    before."""
    learnt: dict[str, Any] = linker.misc.save_model_to_json()
    own = _shares(learnt, "m_probability")
    weighed: Shares = {}
    for name, count in seen.items():
        weight = count / (count + PRIOR_PAIRS) if name in prior else 1.0
        labels = {*own.get(name, {}), *prior.get(name, {})}
        weighed[name] = {
            label: weight * own.get(name, {}).get(label, 0.0)
            + (1 - weight) * prior.get(name, {}).get(label, 0.0)
            for label in labels
        }
    weighed["numbers"] = NUMBERS
    _fill(learnt, "m_probability", weighed, least)
    return learnt


def _fill(trained: dict[str, Any], share: str, shares: Shares, least: float) -> None:
    """Sets every level; one that was never seen gets the least share that it could have."""
    for comparison in trained["comparisons"]:
        known = shares.get(comparison["output_column_name"], {})
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                level[share] = float(f"{max(known.get(level['label_for_charts'], 0.0), least):.6g}")


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0
