"""Learns from the customers of a build what records of one company look like: the model's next
version."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb

from tieout import console
from tieout.errors import TieoutError
from tieout.identity.scoring import read_model
from tieout.identity.training import Model, train, write_model
from tieout.lock import writing
from tieout.settings import Settings

NEEDED = (
    "int_customer_compared",
    "int_customer_keys",
    "int_customer_questions",
    "int_identity_decisions",
    "int_customer_negative_evidence",
)


def train_step(settings: Settings, path: Path) -> Model:
    """Trains on the build of `settings`, going on from the model in `path`, and writes it there;
    shows what moved.

    No build runs meanwhile: it would read the model while it is written, and hold the file that
    this reads.

    Raises:
        TieoutError: there is no build, it has too few customers, or `path` is no model of this version.
        InUse: another command writes into the output.
    """
    before = read_model(path)
    held = writing(settings.output, "train", wait=settings.wait, say=console.aside)
    with held, console.working("training") as report, duckdb.connect(":memory:") as connection:
        _read(settings, connection)
        model = train(connection, "records", "decisions", "distinct_records", before, report)
        write_model(model, path)
    console.table(
        f"version {model['version']}: {model['customer_records']:,} records, {model['known_pairs']:,} known pairs, "
        f"{model['answers']:,} answers",
        ["compared", "level", "bits before", "bits now"],
        moved(before, model),
    )
    return model


def moved(before: Model, now: Model) -> list[list[object]]:
    """By comparison and level: how much it said for (or, negative, against) one company, and says
    now, in bits."""
    rows: list[list[object]] = []
    for was, comparison in zip(
        before["splink"]["comparisons"], now["splink"]["comparisons"], strict=True
    ):
        for old, new in zip(was["comparison_levels"], comparison["comparison_levels"], strict=True):
            if not new.get("is_null_level"):
                name = comparison["output_column_name"].replace("_", " ")
                label = (
                    "nothing of it agrees"
                    if new["sql_condition"] == "ELSE"
                    else new["label_for_charts"]
                )
                rows.append([name, label, f"{_bits(old):+.1f}", f"{_bits(new):+.1f}"])
    return rows


def _bits(level: dict[str, Any]) -> float:
    return math.log2(level["m_probability"] / level["u_probability"])


def _read(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    """Copies what is learnt from, in an order of its own, so that the same records give the same
    model."""
    if not settings.build.exists():
        raise TieoutError(
            f"there is no build in {settings.output}", "run `tieout build` first, or `tieout run`"
        )
    with duckdb.connect(str(settings.build), read_only=True) as build:
        there = {
            row[0]
            for row in build.execute("select table_name from information_schema.tables").fetchall()
        }
        if missing := [name for name in NEEDED if name not in there]:
            raise TieoutError(
                f"the build in {settings.output} has no {missing[0]}",
                "run `tieout build` again, with this version",
            )
        tables = {
            "records": "select * from intermediate.int_customer_compared order by record_id",
            # What an objection holds apart is apart whatever the score: that it is two says nothing
            # of the score.
            "decisions": """
                select decisions.left_record_id, decisions.right_record_id, decisions.decision = 'same' as is_same
                from intermediate.int_identity_decisions as decisions
                left join intermediate.int_customer_negative_evidence as held
                    on least(decisions.left_record_id, decisions.right_record_id) = held.left_record_id
                    and greatest(decisions.left_record_id, decisions.right_record_id) = held.right_record_id
                where decisions.entity = 'customer' and (decisions.decision = 'same' or held.objection is null)
                order by 1, 2
            """,
            # One record of each customer, and none of those that may be another's.
            "distinct_records": """
                select record_id from intermediate.int_customer_keys
                where position = 1
                    and record_id not in (select left_record_id from intermediate.int_customer_questions)
                    and record_id not in (select right_record_id from intermediate.int_customer_questions)
                order by 1
            """,
        }
        for name, query in tables.items():
            rows = build.execute(query).to_arrow_table()
            connection.register("arrived", rows)
            connection.execute(f"create table {name} as select * from arrived")
            connection.unregister("arrived")
