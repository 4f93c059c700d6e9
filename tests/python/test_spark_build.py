"""A part of the small company, through all layers, is built on Spark in one chained run, and every
cell is DuckDB's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tieout.settings import Settings, Spark
from tieout.spark.lake import clear_build
from tieout.warehouse.build import build

pytest.importorskip("pyspark", reason="the extra `spark` is not installed")

SAMPLE = ("+dim_customer", "+dim_calendar", "+ctl_invoice_number_gap", "+int_tax_rates")
SCHEMAS = ("conformed", "intermediate", "marts", "controls", "seeds")


@pytest.fixture(scope="module")
def on_spark(small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    output = tmp_path_factory.mktemp("spark") / "warehouse"
    output.mkdir()
    for path in (small_warehouse.raw, small_warehouse.history):
        shutil.copyfile(path, output / path.name)
    lake = output / "lake"
    settings = replace(small_warehouse, output=output, spark=Spark(lake))
    settings.prepare()
    build(settings, lambda *_: None, SAMPLE)
    yield settings.build
    clear_build(lake)


def test_every_cell_is_what_duckdb_makes_of_it(on_spark: Path, small_warehouse: Settings) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{small_warehouse.build}' as one (read_only)")
        connection.execute(f"attach '{on_spark}' as other (read_only)")
        built = connection.execute(
            "select schema_name, view_name from duckdb_views()"
            " where database_name = 'other' and schema_name in ? order by all",
            [list(SCHEMAS)],
        ).fetchall()
        assert len(built) >= 60
        differing = {}
        for schema, name in built:
            columns = connection.execute(f'describe one.{schema}."{name}"').fetchall()
            kept = [column for column in columns if column[0] != "run_id"]
            # Inside, how wide a number is is each engine's own; what is published has a contract.
            as_one = ", ".join(
                f'cast("{column}" as {kind}) as "{column}"' for column, kind, *_ in kept
            )
            rows = [f'select {as_one} from {side}.{schema}."{name}"' for side in ("one", "other")]
            ((count,),) = connection.execute(
                f"select count(*) from (({rows[0]} except all {rows[1]})"
                f" union all ({rows[1]} except all {rows[0]}))"
            ).fetchall()
            if count:
                differing[f"{schema}.{name}"] = count
        assert differing == {}
