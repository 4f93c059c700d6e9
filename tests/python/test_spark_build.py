"""About sixty models of all layers are built on Spark, in one session, and every cell is DuckDB's; a
law that does not hold stops a build there as it does here.

`make spark` builds and compares everything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psutil
import pytest
from benchmarks.beside import beside
from benchmarks.spark import costs, logged
from spark_sample import CHOSEN, differences, have_spark

from tieout.errors import TieoutError
from tieout.lock import writing
from tieout.run import publish_all
from tieout.settings import Settings
from tieout.spark.lake import place_of_build
from tieout.warehouse.build import build

LAW = "law_bridge_closes"


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where Spark keeps its event log, for as long as its Java lives: while this process does."""
    folder = tmp_path_factory.mktemp("spark") / "events"
    with logged(folder):
        yield folder


def test_every_cell_of_a_sample_of_all_layers_is_what_duckdb_makes_of_it(
    small_warehouse: Settings, tmp_path: Path, events: Path
) -> None:
    have_spark()
    settings = beside(small_warehouse, tmp_path / "a warehouse", CHOSEN)
    built = build(settings, lambda *_: None, CHOSEN)
    assert built.models + built.seeds == len(CHOSEN) and built.models >= 60 and built.tests >= 60
    assert list(differences(small_warehouse, settings)) == []
    # What the benchmark tells of each model.
    bridge = costs(events)["fct_bridge"]
    assert bridge.tasks and bridge.shuffled and bridge.memory and not bridge.spilled


def test_a_law_that_does_not_hold_stops_the_build_and_leaves_nothing_to_publish(
    small_warehouse: Settings, tmp_path: Path, events: Path
) -> None:
    have_spark()
    settings = beside(small_warehouse, tmp_path / "warehouse", [LAW])
    (bridge,) = (settings.output / "lake").glob("log.*/marts/fct_bridge/part.parquet")
    wrong = bridge.with_name("wrong")
    duckdb.execute(
        "copy (select * replace (cast(from_amount + case when row_number() over () = 1 then 0.01 else 0 end"
        f" as decimal(18, 2)) as from_amount) from '{bridge}') to '{wrong}' (format parquet)"
    )
    wrong.replace(bridge)
    with pytest.raises(TieoutError, match=LAW):
        build(settings, lambda *_: None, [LAW])
    assert not settings.build.exists()


@pytest.mark.skipif(
    not os.environ.get("TIEOUT_ALL_FAULTS"), reason="`make faults` kills a build on Spark"
)
def test_a_build_that_is_killed_leaves_what_was_published_and_nothing_that_works_on(
    small_warehouse: Settings, copy_of: Callable[[Settings], Settings]
) -> None:
    have_spark()
    settings = copy_of(small_warehouse)
    before = settings.published.readlink()
    command = [
        sys.executable,
        "-m",
        "tieout",
        "build",
        "--engine",
        "spark",
        "--as-of",
        "2026-02-28",
    ]
    process = subprocess.Popen([*command, "--output", str(settings.output)])
    try:
        while not list(settings.output.glob("lake/build.*/*.db/*/*.parquet")):
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.2)
        (java,) = (
            child for child in psutil.Process(process.pid).children() if child.name() == "java"
        )
        process.kill()
        process.wait()
        java.wait(timeout=60)  # else psutil raises: Spark works on without who started it
    finally:
        process.kill()
    assert settings.published.readlink() == before and not settings.build.exists()
    with pytest.raises(TieoutError, match="there is no build"):
        publish_all(settings)
    # The next build finds no lock, and takes away what was begun.
    with writing(settings.output, "build"), writing(settings.output / "lake", "build on Spark"):
        place_of_build(settings.output / "lake")
    assert not list(settings.output.glob("lake/build.*"))
