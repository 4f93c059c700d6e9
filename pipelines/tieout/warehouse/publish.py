"""Publishes a build whose laws hold: a DuckDB file and a folder of Parquet, switched in by one
atomic rename of a link.

Readers never wait for a build and never see half of one: who has the old file open goes on with it,
who opens after the switch reads the new one.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb

from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout.warehouse.publish_record import write_record

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Published:
    """What was published: the rows of each mart, by name."""

    run_id: str
    folder: Path
    rows: dict[str, int]
    seconds: float


@dataclass(frozen=True)
class Mart:
    """A public model of the manifest, with the texts that go along as comments, and the columns
    that its contract promises to be filled."""

    name: str
    relation: str
    description: str
    columns: dict[str, str]
    filled: frozenset[str]


def publish(settings: Settings, progress: Progress) -> Published:
    """Writes the public models of the build to a folder of their own, audits the copy, and switches
    the link to it.

    The caller has seen the laws hold over this build.

    Raises:
        TieoutError: nothing is built, a public model is missing from the build, the copy differs from the build, or
            something that is not a link stands where the link belongs. What was published before stays published.
    """
    started = time.monotonic()
    link = settings.published
    if link.exists() and not link.is_symlink():
        raise TieoutError(
            f"{link} is not a link made by publish",
            f"move {link} away and run `tieout publish` again",
        )
    marts = public_models(settings)
    run_id = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%fZ")
    partial = settings.output / f".published.{run_id}.partial"
    try:
        (partial / "parquet").mkdir(parents=True)
        rows = _copy(settings, marts, partial, progress)
        write_record(settings, partial / "run.json", run_id, rows)
        _read_only_files(partial)
        folder = settings.output / f"published.{run_id}"
        partial.rename(folder)
        _read_only_folders(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    before = link.resolve()
    _switch(link, folder)
    _forget_other_runs(settings.output, {folder.name, before.name})
    return Published(run_id=run_id, folder=folder, rows=rows, seconds=time.monotonic() - started)


def guard_position(settings: Settings) -> None:
    """A folder that people read daily gets no other day's position unawares.

    Raises:
        TieoutError: what is published is of a later day, or of all that is known, and this run is not; or this run is
            of a day to come; and nobody said that this is meant.
    """
    path = settings.published / "run.json"
    if settings.i_know:
        return
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    today = datetime.now(timezone.utc).date()
    shown = (
        date.fromisoformat(record["as_of"])
        if record.get("as_of")
        else _day_of(record.get("run_id", ""))
    )
    wanted = settings.as_of or today
    if wanted > today + timedelta(days=1):
        cause = (
            f"this would publish the position of {wanted}, a day to come, in {settings.published}"
        )
    # One that was published for a day to come is put right by any run of the present.
    elif shown is not None and wanted < min(shown, today):
        cause = f"{settings.published} shows the position of {shown}, and this would replace it with that of {wanted}"
    elif record and settings.known_at is not None and not record.get("known_at"):
        cause = (
            f"{settings.published} shows what is known, and this would replace it with what was known at"
            f" {settings.known_at}"
        )
    else:
        return
    raise TieoutError(
        cause,
        "copy raw.duckdb to another folder and give --output; or, if it is meant, say --i-know",
    )


def _day_of(run_id: str) -> date | None:
    try:
        return datetime.strptime(run_id[:8], "%Y%m%d").replace(tzinfo=timezone.utc).date()
    except ValueError:
        return None


def _read_only_files(folder: Path) -> None:
    """Who opens a file to write to it fails at once, instead of taking DuckDB's lock from every
    reader."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)


def _read_only_folders(folder: Path) -> None:
    for path in (folder / "parquet", folder):
        path.chmod(0o555)


def remove_published(folder: Path) -> None:
    """Removes a folder that was published, read-only as it is."""
    for path in (folder, folder / "parquet"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


def public_models(settings: Settings) -> list[Mart]:
    """The models with `access: public`, by name, as dbt's manifest of this output has them.

    Raises:
        TieoutError: the build has no manifest, or half of one.
    """
    path = settings.target / "manifest.json"
    if not path.exists() or not settings.build.exists():
        raise TieoutError(f"there is no build in {settings.output}", "run `tieout build` first")
    try:
        nodes: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["nodes"]
    except (ValueError, KeyError) as error:
        # dbt writes it in place: a command that was killed meanwhile leaves half of it.
        raise TieoutError(f"{path} is damaged: {error}", "run `tieout build` again") from error
    return sorted(
        (
            Mart(
                name=node["name"],
                relation=f"{_quoted(node['schema'])}.{_quoted(node['alias'])}",
                description=node["description"],
                columns={name: column["description"] for name, column in node["columns"].items()},
                filled=frozenset(
                    name
                    for name, column in node["columns"].items()
                    if node["config"]["contract"]["enforced"]
                    and any(said["type"] == "not_null" for said in column["constraints"])
                ),
            )
            for node in nodes.values()
            if node["resource_type"] == "model" and node["access"] == "public"
        ),
        key=lambda mart: mart.name,
    )


def _copy(
    settings: Settings, marts: list[Mart], folder: Path, progress: Progress
) -> dict[str, int]:
    rows: dict[str, int] = {}
    connection = duckdb.connect(str(folder / "marts.duckdb"))
    try:
        connection.execute(f"attach {_text(str(settings.build))} as build (read_only)")
        connection.execute("create schema marts")
        for done, mart in enumerate(marts):
            progress(mart.name, done, len(marts))
            rows[mart.name] = _copy_one(
                connection, mart, folder / "parquet" / f"{mart.name}.parquet"
            )
        progress("the switch", len(marts), len(marts))
        connection.execute("detach build")
    finally:
        connection.close()
    # A second name of the same file, not a symbolic link: DuckDB would follow that to the first
    # name.
    (folder / "tieout.duckdb").hardlink_to(folder / "marts.duckdb")
    return rows


def _copy_one(connection: duckdb.DuckDBPyConnection, mart: Mart, parquet: Path) -> int:
    source = f"build.{mart.relation}"
    # In full: DuckDB calls a file by its stem, and `marts.x` could then be of the file or of the
    # schema.
    target = f"marts.marts.{_quoted(mart.name)}"
    try:
        columns = connection.execute(f"describe {source}").fetchall()
    except duckdb.CatalogException as error:
        raise TieoutError(
            f"{mart.name} is not in the build", "run `tieout build` with no selection first"
        ) from error
    # The contract's not-null goes along: a reader's tool plans joins by it. What another engine
    # built is Parquet, which cannot say it.
    declared = ", ".join(
        f"{_quoted(name)} {kind}{' not null' if name in mart.filled else ''}"
        for name, kind, *_ in columns
    )
    order = ", ".join(str(position) for position in range(1, min(len(columns), 3) + 1))
    connection.execute(f"create table {target} ({declared})")
    connection.execute(f"insert into {target} select * from {source} order by {order}")
    _comment(connection, mart, target, [str(column[0]) for column in columns])
    count = _audited_count(connection, source, target, columns)
    connection.execute(f"copy {target} to {_text(str(parquet))} (format parquet, compression zstd)")
    return count


def _comment(
    connection: duckdb.DuckDBPyConnection, mart: Mart, target: str, columns: list[str]
) -> None:
    connection.execute(f"comment on table {target} is {_text(mart.description)}")
    for column in columns:
        if text := mart.columns.get(column):
            connection.execute(f"comment on column {target}.{_quoted(column)} is {_text(text)}")


def _audited_count(
    connection: duckdb.DuckDBPyConnection, source: str, target: str, columns: list[Any]
) -> int:
    sums = [
        f"sum({_quoted(column[0])})" for column in columns if str(column[1]).startswith("DECIMAL")
    ]
    measured = ", ".join(["count(*)", *sums])
    copied, built = (
        connection.execute(f"select {measured} from {table}").fetchone()
        for table in (target, source)
    )
    if copied is None or copied != built:
        raise TieoutError(
            f"the copy of {target} is {copied}, the build {built}", "run `tieout publish` again"
        )
    return int(copied[0])


def _switch(link: Path, folder: Path) -> None:
    """Renaming a link over a link is the one step that is seen either not at all or wholly."""
    fresh = link.with_name(f".{link.name}.{folder.name}")
    fresh.symlink_to(folder.name, target_is_directory=True)
    fresh.replace(link)


def _forget_other_runs(output: Path, kept: set[str]) -> None:
    """Keeps what is published and what was before it, so that a reader on its way through the old
    link still arrives.

    By name, not by number: a publication killed just before its switch leaves a whole folder that
    was never published, and the link that it was about to rename.
    """
    for path in [*output.glob("published.*"), *output.glob(".published.*.partial")]:
        if path.is_dir() and not path.is_symlink() and path.name not in kept:
            remove_published(path)
    for path in output.glob(".published.published.*"):
        path.unlink()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
