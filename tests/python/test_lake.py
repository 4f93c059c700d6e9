"""The lake holds the log as it is, to the last cell, and a reader finds all of it or the one
before."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from tieout import warehouse
from tieout.errors import TieoutError
from tieout.lock import NAME
from tieout.run import build_step, publish_all
from tieout.settings import Settings, Spark
from tieout.spark import engine, lake
from tieout.spark.lake import CURRENT, export, place_of_build
from tieout.warehouse.build import BuildResult

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


@pytest.mark.parametrize("at", ["writing", "renaming", "pointing", "tidying"])
def test_an_export_that_is_killed_leaves_a_whole_log_and_the_next_one_leaves_one(
    at: str, settings: Settings
) -> None:
    to = settings.output / "lake"
    first = export(settings, to)
    with duckdb.connect(str(settings.raw)) as connection:
        connection.execute("insert into raw_imports.\"order\" values ('1', 2)")
    if (child := os.fork()) == 0:
        kill_at(at)
        export(settings, to)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    said = json.loads((to / CURRENT).read_text())["folder"]
    assert (to / said == first) is (at != "tidying")
    assert len(cells(to / said, "raw_imports/order")) == (at == "tidying")
    assert len(cells(to / said, "raw_imports/invoices")) == 2
    last = export(settings, to)
    assert len(cells(last, "raw_imports/order")) == 1
    assert [path.name for path in sorted(to.iterdir()) if path.is_dir()] == [last.name]


def kill_at(moment: str) -> None:
    """This process is gone when it comes to what is named."""
    places: dict[str, tuple[Any, str]] = {
        "writing": (lake, "_write"),
        "renaming": (Path, "rename"),
        "pointing": (Path, "replace"),
        "tidying": (lake, "_leave_only"),
    }
    setattr(*places[moment], lambda *_: os.kill(os.getpid(), signal.SIGKILL))


def test_a_lake_is_of_one_warehouse(settings: Settings, tmp_path: Path) -> None:
    shared = tmp_path / "lake"
    first = export(settings, shared)
    other = Settings(output=tmp_path / "other")
    shutil.copytree(settings.output, other.output)
    with pytest.raises(TieoutError, match=f"is the lake of {settings.output}") as refused:
        export(other, shared)
    assert "--lake" in refused.value.remedy and first.exists()
    # One that is gone has nothing to lose, and a copy of a warehouse has its own in it.
    shutil.copytree(shared, other.output / "lake")
    export(other, other.output / "lake")
    settings.output.rename(tmp_path / "elsewhere")
    export(other, shared)
    assert json.loads((shared / CURRENT).read_text())["warehouse"] == str(other.output)


def test_nothing_that_landed_is_said_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(TieoutError, match="nothing has landed") as refused:
        export(Settings(output=tmp_path), tmp_path / "lake")
    assert "tieout land" in refused.value.remedy


def test_a_build_writes_beside_nothing_and_under_a_name_of_its_own(tmp_path: Path) -> None:
    left = tmp_path / "build.20260101T000000000000Z" / "marts.db" / "fct_bridge"
    left.mkdir(parents=True)
    place = place_of_build(tmp_path)
    assert place.parent == tmp_path and place.name.startswith("build.") and not left.exists()


def test_spark_is_told_the_columns_as_they_are(settings: Settings) -> None:
    pytest.importorskip("pyspark")
    told: list[str] = []
    session: Any = SimpleNamespace(sql=told.append)
    lake.register(session, export(settings, settings.output / "it's" / "lake"))
    (invoices,) = (sql for sql in told if sql.startswith("create table raw_imports.`invoices`"))
    assert (
        "(`invoice_id` string, `net_amount` decimal(18,2), `issued_on` date, `_landed_at` timestamp_ntz,"
        " `_is_deleted` boolean) using parquet location '"
    ) in invoices
    assert invoices.endswith("/it\\'s/lake/" + invoices.partition("/lake/")[2])
    assert any(sql.startswith("create table raw_imports.`order` (`id` string") for sql in told)


class Built:
    """A session that answers what Spark does of the tables in a folder: one, and one in parts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sql(self, asked: str) -> SimpleNamespace:
        answers = {
            "show databases": [("marts",), ("raw_imports",)],
            "show tables in marts": [row(tableName=name) for name in ("one", "parts", "a_view")],
            "describe table extended marts.`one`": described(self.folder / "one", "x", "y"),
            "describe table extended marts.`parts`": described(
                self.folder / "parts", "n", "id", part="id"
            ),
            "describe table extended marts.`a_view`": [row(col_name="x", data_type="int")],
        }
        return SimpleNamespace(collect=lambda: answers[asked])


def row(**values: str) -> SimpleNamespace:
    return SimpleNamespace(**values)


def described(folder: Path, *columns: str, part: str | None = None) -> list[SimpleNamespace]:
    names = [*columns, *(["# Partition Information", "# col_name", part] if part else [])]
    names += ["", "# Detailed Table Information", "Catalog"]
    told = [row(col_name=name, data_type="") for name in names]
    return [*told, row(col_name="Location", data_type=f"file:{folder}")]


def test_a_build_shows_what_spark_built_whatever_its_folders_are_called(tmp_path: Path) -> None:
    made = Settings(output=tmp_path / "of=2026 [new]")
    place = made.output / "lake"
    (place / "one").mkdir(parents=True)
    (place / "parts" / "id=007").mkdir(parents=True)
    duckdb.sql("select 'b' as y, 1 as x").write_parquet(str(place / "one" / "part-0.parquet"))
    duckdb.sql("select 2 as n").write_parquet(str(place / "parts" / "id=007" / "part-0.parquet"))
    session: Any = Built(place)
    lake.collect(session, made)
    with duckdb.connect(str(made.build), read_only=True) as connection:
        one = connection.sql("from marts.one")
        assert (one.columns, one.fetchall()) == (["x", "y"], [(1, "b")])
        assert connection.sql("select * from marts.parts").fetchall() == [(2, "007")]
        assert [name for (name,) in connection.sql("show all tables").project("name").fetchall()] == [
            "one", "parts",
        ]  # fmt: skip


@pytest.mark.parametrize("fails", [True, False])
def test_only_a_run_that_ends_well_leaves_a_build(
    fails: bool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a law that does not hold, or a worker that is gone for good, comes to."""
    collected: list[Settings] = []
    without_spark(monkeypatch)
    monkeypatch.setattr(engine, "collect", lambda _, of: collected.append(of))
    spark = Spark(settings.output / "lake")
    with (
        pytest.raises(TieoutError) if fails else nullcontext(),
        engine.engine(settings, spark, lambda: None),
    ):
        # Nobody else writes there meanwhile.
        with (spark.lake / NAME).open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if fails:
            raise TieoutError("law_bridge_closes", "")
    assert collected == ([] if fails else [settings])
    assert engine.METHOD not in os.environ


def without_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build on Spark that comes to everything but Spark."""
    monkeypatch.setattr(engine, "ready", lambda _: None)
    monkeypatch.setattr(engine, "spark_session", lambda *_: nullcontext(SimpleNamespace()))
    monkeypatch.setattr(engine, "installed", lambda _: nullcontext())
    monkeypatch.setattr(engine, "register", lambda *_: None)


def test_a_build_that_is_killed_leaves_nothing_to_publish_and_no_lock(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(settings, spark=Spark(settings.output / "lake"))
    settings.build.touch()
    without_spark(monkeypatch)
    if (child := os.fork()) == 0:
        warehouse.build._run = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, return-value]
        build_step(settings)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert not settings.build.exists()
    with pytest.raises(TieoutError, match="there is no build"):
        publish_all(settings)
    # The next one finds no lock, neither the warehouse's nor the lake's.
    monkeypatch.setattr(warehouse.build, "_run", lambda *_: BuildResult(1, 0, 0, (), 0.0))
    monkeypatch.setattr(engine, "collect", lambda _, of: of.build.touch())
    build_step(settings)
    assert settings.build.exists()
