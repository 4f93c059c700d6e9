"""Readers of the published marts are never blocked, never see half of a build, and never see one
that breaks a law."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest

from tieout.errors import TieoutError
from tieout.run import publish_all, rebuild_step, retest_step
from tieout.settings import Settings
from tieout.warehouse.build import as_built
from tieout.warehouse.publish import (
    Mart,
    _copy_one,
    guard_position,
    publish,
    remove_published,
)
from tieout.warehouse.publish_record import write_record

PUBLISH = """
import sys
from pathlib import Path
from tieout.warehouse.publish import guard_position, publish, remove_published
from tieout.warehouse.publish_record import write_record
from tieout.settings import Settings

publish(Settings(output=Path(sys.argv[1])), lambda *_: None)
"""


@pytest.fixture
def warehouse(small_warehouse: Settings, copy_of: Callable[[Settings], Settings]) -> Settings:
    """A published small company that this test may change."""
    return copy_of(small_warehouse)


def test_what_a_contract_fills_is_declared_where_the_build_cannot_say_it(tmp_path: Path) -> None:
    """A build of another engine is views on Parquet."""
    with duckdb.connect(str(tmp_path / "build.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create view marts.fct as select 1 as id, 2 as other")
    mart = Mart("fct", '"marts"."fct"', "", {}, frozenset({"id"}))
    with duckdb.connect(str(tmp_path / "marts.duckdb")) as connection:
        connection.execute(f"attach '{tmp_path / 'build.duckdb'}' as build (read_only)")
        connection.execute("create schema marts")
        assert _copy_one(connection, mart, tmp_path / "fct.parquet") == 1
        described = connection.execute("describe marts.marts.fct").fetchall()
    assert [(name, null) for name, _, null, *_ in described] == [("id", "NO"), ("other", "YES")]


def silent(text: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


def published_rows(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(settings.marts), read_only=True) as connection:
        names = [
            name
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
        ]
        return {
            name: connection.execute(f'from marts."{name}"').fetchall() for name in sorted(names)
        }


def test_the_record_says_which_version_published(tmp_path: Path) -> None:
    write_record(Settings(output=tmp_path), tmp_path / "run.json", "20260228T050000Z", {})
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert record["tieout_version"] == version("tieout")


def test_the_published_file_holds_the_marts_and_nothing_else(small_warehouse: Settings) -> None:
    record = json.loads((small_warehouse.published / "run.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
        views = connection.execute(
            "select count(*) from duckdb_views() where not internal"
        ).fetchone()
    assert {schema for schema, _ in tables} == {"marts"}
    assert views == (0,)
    names = {name for _, name in tables}
    assert {
        "fct_stage_events",
        "fct_quote_to_cash",
        "fct_receivables",
        "dim_customer",
        "xref_job",
    } <= names
    assert not [name for name in names if name.startswith(("stg_", "cnf_", "int_"))]
    assert set(record["rows"]) == names
    assert {path.stem for path in (small_warehouse.published / "parquet").iterdir()} == names


def test_contracts_and_texts_go_along_to_the_reader(small_warehouse: Settings) -> None:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        nullable = connection.execute(
            "select is_nullable from duckdb_columns()"
            " where table_name = 'fct_stage_events' and column_name = 'event_key'"
        ).fetchone()
        silent_columns = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and comment is null"
        ).fetchall()
    assert nullable == (False,)
    assert silent_columns == []


def test_a_build_that_breaks_a_law_is_not_published(warehouse: Settings) -> None:
    before, link = published_rows(warehouse), warehouse.published.readlink()
    with duckdb.connect(str(warehouse.build)) as connection:
        connection.execute(
            "insert into marts.fct_stage_events select * replace (md5(event_key) as event_key)"
            " from marts.fct_stage_events where stage = 'invoiced' limit 1"
        )
    with pytest.raises(TieoutError) as raised:
        retest_step(warehouse)
    assert "law" in raised.value.cause
    assert (published_rows(warehouse), warehouse.published.readlink()) == (before, link)


def test_a_publication_killed_half_way_leaves_the_old_one_and_is_cleaned_up(
    warehouse: Settings,
) -> None:
    before, link = published_rows(warehouse), warehouse.published.readlink()
    command = [sys.executable, "-c", PUBLISH, str(warehouse.output)]
    for _ in range(3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in waiting(240):
            if list(warehouse.output.glob(".published.*.partial")):
                break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        if list(warehouse.output.glob(".published.*.partial")):
            break
    assert list(warehouse.output.glob(".published.*.partial")), (
        "never caught a publication half way"
    )
    assert (published_rows(warehouse), warehouse.published.readlink()) == (before, link)
    # As a kill between the making of the new link and its renaming would leave it.
    (warehouse.output / "published.99990101T000000000000Z").mkdir()
    (warehouse.output / ".published.published.99990101T000000000000Z").symlink_to(
        "published.99990101T000000000000Z"
    )
    published = publish(warehouse, silent)
    assert list(warehouse.output.glob(".published.*")) == []
    kept = {path.name for path in warehouse.output.glob("published.*") if path.is_dir()}
    assert kept == {link.name, published.folder.name}, (
        "what was never published is not what was before"
    )
    assert published_rows(warehouse) == before


def test_what_is_published_is_read_only_on_disk(warehouse: Settings) -> None:
    """A reader that forgets `read_only` fails at once, and takes the lock from nobody."""
    publish(warehouse, silent)
    folder = warehouse.published.resolve()
    modes = {
        path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir() if path.is_file()
    }
    assert set(modes.values()) == {"0o444"}, modes
    assert {oct(path.stat().st_mode & 0o777) for path in (folder, folder / "parquet")} == {"0o555"}
    assert _opened_to_write(folder) == "Permission denied"
    sealed = {"enable_external_access": "false", "lock_configuration": "true"}
    with duckdb.connect(str(warehouse.marts), read_only=True, config=sealed) as connection:
        assert connection.execute("select count(*) > 0 from marts.fct_stage_events").fetchall() == [
            (True,)
        ]
        with pytest.raises(duckdb.Error):
            connection.execute("from read_csv('/etc/passwd')")


def _opened_to_write(folder: Path) -> str:
    """What DuckDB says to an ordinary user who opens a copy of the file without `read_only`:
    permissions go along."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        copy = Path(shutil.copytree(folder, Path(place) / "published"))
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            try:
                duckdb.connect(str(copy / "tieout.duckdb"))
                said = "opened"
            except duckdb.IOException as error:
                said = "Permission denied" if "Permission denied" in str(error) else str(error)
            os.write(writing, said.encode())
            os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
        remove_published(copy)
        return os.read(reading, 1000).decode()


def test_a_folder_that_people_read_gets_no_other_position_unawares(warehouse: Settings) -> None:
    publish(warehouse, silent)  # of 2026-02-28
    for asked in (
        replace(warehouse, as_of=date(2026, 1, 31)),
        replace(warehouse, known_at=datetime(2026, 1, 1)),  # noqa: DTZ001
    ):
        with pytest.raises(TieoutError, match="this would replace it") as raised:
            guard_position(asked)
        assert "--i-know" in raised.value.remedy
        guard_position(replace(asked, i_know=True))
    for asked in (
        warehouse,
        replace(warehouse, as_of=None),
        replace(warehouse, as_of=date(2026, 3, 31)),
    ):
        guard_position(asked)
    guard_position(replace(warehouse, output=warehouse.output / "fresh", as_of=date(2020, 1, 1)))
    # One of a day to come is put right by any run of the present.
    record = warehouse.published.resolve() / "run.json"
    record.chmod(0o644)
    record.write_text(json.dumps({**json.loads(record.read_text()), "as_of": "2099-01-31"}))
    guard_position(replace(warehouse, as_of=None))
    for output in (warehouse.output, warehouse.output / "fresh"):
        with pytest.raises(TieoutError, match="a day to come"):
            guard_position(replace(warehouse, output=output, as_of=date(2099, 1, 31)))


def test_a_build_is_published_as_what_it_is(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Built for a past day, and published without naming it: the guard and the record are of that
    day all the same."""
    asked = replace(warehouse, as_of=None)
    warehouse.position.unlink(missing_ok=True)
    assert as_built(asked) == asked, "built by dbt itself: what is asked for is taken at its word"
    warehouse.position.write_text('{"as_of": "2026-02-28", "known_at": null}')
    assert as_built(asked).as_of == warehouse.as_of
    for other in (
        replace(warehouse, as_of=date(2026, 1, 31)),
        replace(warehouse, known_at=datetime(2026, 1, 1)),  # noqa: DTZ001
    ):
        for command in (publish_all, rebuild_step):
            with pytest.raises(TieoutError, match="and this asks for the p") as raised:
                command(other)
            assert "tieout build" in raised.value.remedy
    warehouse.position.write_text('{"as_of": "2026-01-31", "known_at": null}')
    with pytest.raises(TieoutError, match="replace it with that of 2026-01-31"):
        publish_all(asked)
    seen: list[Settings] = []
    monkeypatch.setattr("tieout.run.retest_step", seen.append)
    publish_all(replace(asked, i_know=True))
    assert [settings.as_of for settings in seen] == [date(2026, 1, 31)]
    assert json.loads((warehouse.published / "run.json").read_text())["as_of"] == "2026-01-31"


def test_something_that_is_not_our_link_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    with pytest.raises(TieoutError, match="not a link made by publish"):
        publish(Settings(output=tmp_path), silent)


def test_half_a_manifest_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "dbt").mkdir()
    (tmp_path / "build.duckdb").touch()
    (tmp_path / "dbt" / "manifest.json").write_text('{"nodes": {"model.a"')
    with pytest.raises(TieoutError, match="is damaged") as raised:
        publish(Settings(output=tmp_path), silent)
    assert "tieout build" in raised.value.remedy


def test_nothing_built_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(TieoutError) as raised:
        publish(Settings(output=tmp_path), silent)
    assert "there is no build" in raised.value.cause
    assert raised.value.remedy == "run `tieout build` first"


def waiting(seconds: float) -> Iterator[None]:
    """Polls until the deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.005)
