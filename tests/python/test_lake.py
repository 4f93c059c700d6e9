"""The lake holds the log as it is, to the last cell, and a reader finds all of it or the one
before."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from tieout.errors import TieoutError
from tieout.lock import NAME
from tieout.settings import Settings, Spark
from tieout.spark import engine, lake
from tieout.spark.lake import CURRENT, export, place_of_build

pytestmark = pytest.mark.unit

ROWS = """
    create schema raw_imports; create schema tieout_meta;
    create table raw_imports.invoices as
        select * from (values
            ('A-1', 1234567890123456.78::decimal(18, 2), date '2026-02-28', timestamp '2026-02-28 23:59:59.000001',
                true),
            ('Ünïcode "x", ''y''', null, null, null, null)
        ) as t (invoice_id, net_amount, issued_on, _landed_at, _is_deleted);
    create table raw_imports."order" (id text, amount decimal(18, 6));
    create table tieout_meta.loads as select 'l1' as load_id, timestamptz '2026-03-01 01:00:00+02' as landed_at;
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(output=tmp_path / "warehouse")
    made.output.mkdir()
    with duckdb.connect(str(made.raw)) as connection:
        connection.execute(ROWS)
    return made


def cells(log: Path, table: str) -> list[tuple[object, ...]]:
    return duckdb.sql(f"select * from '{log}/{table}/part.parquet'").fetchall()


def test_every_cell_of_the_log_is_there_and_of_the_history(settings: Settings) -> None:
    log = export(settings, settings.output / "lake")
    with duckdb.connect(str(settings.raw), read_only=True) as connection:
        for table in ("raw_imports/invoices", "raw_imports/order"):
            schema, name = table.split("/")
            assert (
                cells(log, table)
                == connection.execute(f'select * from {schema}."{name}"').fetchall()
            )
    # A time of a zone is the time of UTC, in a column that has no zone.
    landed = duckdb.sql(f"select landed_at from '{log}/tieout_meta/loads/part.parquet'")
    assert str(landed.types[0]) == "TIMESTAMP"
    assert str(landed.fetchall()[0][0]) == "2026-02-28 23:00:00"
    assert (log / "history" / "exceptions" / "part.parquet").exists()


def test_what_is_there_already_is_not_written_again_and_what_landed_since_is(
    settings: Settings,
) -> None:
    to = settings.output / "lake"
    first = export(settings, to)
    assert export(settings, to) == first
    with duckdb.connect(str(settings.raw)) as connection:
        connection.execute("insert into raw_imports.\"order\" values ('1', 2)")
    second = export(settings, to)
    assert second != first and not first.exists()
    assert cells(second, "raw_imports/order")[0][0] == "1"


def test_an_export_that_ends_halfway_leaves_the_one_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = settings.output / "lake"
    first = export(settings, to)
    with duckdb.connect(str(settings.raw)) as connection:
        connection.execute("insert into raw_imports.\"order\" values ('1', 2)")

    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(lake, "_write", stops)
        with pytest.raises(KeyboardInterrupt):
            export(settings, to)
    said = json.loads((to / CURRENT).read_text())
    assert to / said["folder"] == first and cells(first, "raw_imports/order") == []
    # What a killed process leaves is taken away by the next.
    (to / ".log.20260101T000000000000Z.partial" / "raw_imports").mkdir(parents=True)
    export(settings, to)
    assert [path.name for path in to.glob(".*")] == []


def test_nothing_that_landed_is_said_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(TieoutError, match="nothing has landed") as refused:
        export(Settings(output=tmp_path), tmp_path / "lake")
    assert "tieout land" in refused.value.remedy


def test_a_build_writes_beside_nothing_and_under_a_name_of_its_own(tmp_path: Path) -> None:
    left = tmp_path / "build.20260101T000000000000Z" / "marts.db" / "fct_bridge"
    left.mkdir(parents=True)
    place = place_of_build(tmp_path)
    assert place.parent == tmp_path and place.name.startswith("build.") and not left.exists()


@pytest.mark.parametrize("fails", [True, False])
def test_only_a_run_that_ends_well_leaves_a_build(
    fails: bool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a law that does not hold, or a worker that is gone for good, comes to."""
    collected: list[Settings] = []
    monkeypatch.setattr(engine, "spark_session", lambda *_: nullcontext(SimpleNamespace()))
    monkeypatch.setattr(engine, "installed", lambda _: nullcontext())
    monkeypatch.setattr(engine, "register", lambda *_: None)
    monkeypatch.setattr(engine, "collect", lambda _, of: collected.append(of))
    spark = Spark(settings.output / "lake")
    with (
        pytest.raises(TieoutError) if fails else nullcontext(),
        engine.engine(settings, spark),
    ):
        # Nobody else writes there meanwhile.
        with (spark.lake / NAME).open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if fails:
            raise TieoutError("law_bridge_closes", "")
    assert collected == ([] if fails else [settings])
    assert engine.METHOD not in os.environ
