"""Lands systems into the raw log: each on its own, killed at any moment and run again without
losing or doubling."""

from __future__ import annotations

import datetime as dt
import shutil
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import ModuleType

import dlt

from tieout import failures
from tieout.errors import LandingError
from tieout.landing.column_types import MEMORY_LIMIT, literal, quoted
from tieout.landing.context import (
    as_landing_error,
    configured,
    own_environment,
    percent_signs,
    private,
)
from tieout.landing.destination import raw_log, spool_dir
from tieout.landing.raw_database import admit_loads, ensure_tables, open_raw
from tieout.landing.table_types import CURRENT_LANDING, Landing, Table
from tieout.lock import writing
from tieout.safe_text import learn_settings
from tieout.sources.connectors import connectors
from tieout.warehouse.history import prepare_history

Progress = Callable[[str, str], None]


@dataclass(frozen=True)
class EntityCount:
    """What one load brought for one entity, beside what the source said it has."""

    entity: str
    said_count: int | None
    said_amount: Decimal | None
    received_count: int
    new_count: int
    changed_count: int
    deleted_count: int
    new_columns: tuple[str, ...]
    refused: str | None = None


@dataclass(frozen=True)
class Landed:
    """The outcome for one system (for one folder, of `imports`). `error` is set when it was not
    landed."""

    connector: str
    source_system: str
    load_id: str | None
    seconds: float
    entities: tuple[EntityCount, ...] = ()
    error: LandingError | None = None
    # Keys that differ by case, blanks or Unicode form alone: one record, most likely, and two to
    # every join.
    alike: tuple[str, ...] = ()
    # A load that an earlier, killed run had begun, and that this run completed.
    resumed: bool = False

    @property
    def row_count(self) -> int:
        """Rows that were new to the log: new and changed records, and tombstones."""
        return sum(
            entity.new_count + entity.changed_count + entity.deleted_count
            for entity in self.entities
        )

    @property
    def drift(self) -> Mapping[str, tuple[str, ...]]:
        """New columns by table."""
        return {entity.entity: entity.new_columns for entity in self.entities if entity.new_columns}

    @property
    def refused(self) -> Mapping[str, str]:
        """Tables that the source does not let us read, and its words."""
        return {entity.entity: entity.refused for entity in self.entities if entity.refused}


def land(
    systems: Sequence[str],
    imports_dir: Path | None,
    config_dir: Path,
    output: Path,
    progress: Progress | None = None,
) -> list[Landed]:
    """Lands each system, one after the other; a system that fails is reported in its result and
    stops no other.

    `systems` are connectors; `imports_dir` overrides `sources.imports.directory`. LandingError is
    raised only for what concerns all of them: a name that is no connector, another landing in
    progress, a raw database in use.
    """
    known = connectors()
    unknown = sorted(set(systems) - set(known))
    if unknown:
        raise LandingError(f"There is no system {unknown[0]!r}", f"Choose from {', '.join(known)}.")
    report = progress or (lambda system, step: None)
    output = output.absolute()
    results: list[Landed] = []
    failures.keep_in(output)
    learn_settings(config_dir)
    lock = writing(output, "land --systems " + ",".join(systems))
    with lock, private(output), own_environment(), percent_signs(), configured(config_dir, output):
        raw_path = output / "raw.duckdb"
        # A build reads both, whoever starts it: there is always a history, if an empty one.
        prepare_history(output / "history.duckdb")
        ensure_tables(raw_path, {name: connector.tables for name, connector in known.items()})
        with open_raw(raw_path) as held:
            held.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
            held.execute("set preserve_insertion_order = false")
            for system in systems:
                run = _Run(system, known[system].source, raw_path, output / "dlt", report)
                results += run.resume()
                if run.has_folders:
                    results += run.folders(imports_dir)
                else:
                    results.append(run.load(system, run.source.source))
    return results


@dataclass
class _Run:
    """One connector's part of a landing."""

    system: str
    source: ModuleType
    raw_path: Path
    dlt_dir: Path
    report: Progress
    tables: Sequence[Table] = field(init=False)
    # Whether each folder that it reads is a system of its own.
    has_folders: bool = field(init=False)

    def __post_init__(self) -> None:
        self.tables = self.source.TABLES
        self.has_folders = hasattr(self.source, "folders")
        self.working_dir = self.dlt_dir / self.system

    def resume(self) -> list[Landed]:
        """Completes what a killed run had begun to load, or removes it if that fails."""
        started = time.monotonic()
        # A run that ends leaves no working folder, so there is one only if the last was killed: at
        # any moment, so that its storage may be half made, too.
        if self.working_dir.exists():
            try:
                pipeline = self._pipeline()
                if pipeline.has_pending_data:
                    self.report(self.system, "completing the load of an interrupted run")
                    pipeline.run()
            except Exception as error:
                if failures.by_hand(error):
                    raise KeyboardInterrupt from error
                shutil.rmtree(self.working_dir)
                self.report(
                    self.system,
                    f"the interrupted load could not be completed and is made anew: {error}",
                )
        before = self._load_ids()
        admit_loads(self.raw_path, self.system, self.tables)
        seconds = time.monotonic() - started
        return [
            Landed(
                self.system, source_system, load_id, seconds, self._counts(load_id), resumed=True
            )
            for load_id, source_system in self._load_ids().items()
            if load_id not in before
        ]

    def folders(self, imports_dir: Path | None) -> list[Landed]:
        """Lands each import folder as a system of its own."""
        try:
            folders = self.source.folders(imports_dir)
        except LandingError as error:
            return [Landed(self.system, self.system, None, 0.0, error=error)]
        return [self.load(path.name, partial(self.source.source, path)) for path in folders]

    def load(self, source_system: str, source: Callable[[], object]) -> Landed:
        """Extracts and loads one package."""
        started = time.monotonic()
        self.report(source_system, "landing")
        # The state in the database is the only one that counts: it was written with the rows it
        # stands for.
        shutil.rmtree(self.working_dir, ignore_errors=True)
        pipeline = self._pipeline()
        landing = self._landing(source_system, spool_dir(self.working_dir))
        token = CURRENT_LANDING.set(landing)
        error: LandingError | None = None
        try:
            pipeline.run(source(), loader_file_format="parquet")
        except Exception as failure:
            # Not a system that failed: the next ones would be landed, and the rest published, for
            # somebody who left.
            if failures.by_hand(failure):
                raise KeyboardInterrupt from failure
            error = as_landing_error(source_system, failure)
        finally:
            CURRENT_LANDING.reset(token)
        admit_loads(self.raw_path, self.system, self.tables)
        shutil.rmtree(self.working_dir, ignore_errors=True)
        entities = self._counts(landing.load_id)
        load_id = landing.load_id if entities else None
        alike = self._alike(landing) if load_id else ()
        return Landed(
            self.system, source_system, load_id, time.monotonic() - started, entities, error, alike
        )

    def _landing(self, source_system: str, spool: Path) -> Landing:
        now = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
        with open_raw(self.raw_path) as con:
            (last,) = con.execute("select max(landed_at) from tieout_meta.loads").fetchone() or (
                None,
            )
        if last is not None and last >= now:
            now = last + dt.timedelta(
                microseconds=1
            )  # the clock was set back; the order of loads must hold
        load_id = f"{now:%Y%m%dT%H%M%S.%fZ}-{source_system}"
        constants = {"source_system": source_system} if self.has_folders else {}
        return Landing(self.system, source_system, load_id, now, self.raw_path, spool, constants)

    def _pipeline(self) -> dlt.Pipeline:
        return dlt.pipeline(
            pipeline_name=self.system,
            pipelines_dir=str(self.dlt_dir),
            destination=raw_log(credentials=str(self.raw_path)),
            dataset_name=f"raw_{self.system}",
        )

    def _load_ids(self) -> dict[str, str]:
        with open_raw(self.raw_path) as con:
            rows = con.execute(
                "select load_id, source_system from tieout_meta.loads where connector = ?",
                [self.system],
            )
            return dict(rows.fetchall())

    def _alike(self, landing: Landing) -> tuple[str, ...]:
        """Of the tables that got new records: keys that a person reads as one, with a new one among
        them."""
        if not getattr(self.source, "TYPED_KEYS", False):
            return ()  # an API's own ids
        found = []
        own = (
            " and ".join(
                f"{quoted(name)} = {literal(value)}" for name, value in landing.constants.items()
            )
            or "true"
        )
        shortened = r"regexp_replace(_record_key, '[\s\p{Z}]+', '', 'g')"
        plain = rf"case when regexp_matches(_record_key, '[^\x00-\x7F]') then folded({shortened})"
        plain += f" else lower({shortened}) end"
        with open_raw(self.raw_path) as con:
            # DuckDB knows no compatibility forms (１ for 1), nor that ß is ss.
            if not con.execute(
                "select 1 from duckdb_functions() where function_name = 'folded'"
            ).fetchone():
                con.create_function("folded", _folded, ["VARCHAR"], "VARCHAR")
            for table in self.tables:
                name = f"{quoted(f'raw_{self.system}')}.{quoted(table.name)}"
                keys = con.execute(
                    f"with fresh as (select {plain} as plain from {name} where {own} and _load_id = ? and _version = 1)"
                    f" select list(distinct _record_key order by _record_key)[:3], count(*) over ()"
                    f" from {name} where {own} and {plain} in (select plain from fresh)"
                    f" group by {plain} having count(distinct _record_key) > 1 order by 1 limit 1",
                    [landing.load_id],
                ).fetchone()
                if keys:
                    shown = ", ".join(
                        repr(key.rpartition("|")[2] if landing.constants else key)
                        for key in keys[0]
                    )
                    found.append(
                        f"{table.name}: {shown}"
                        + (f", and {keys[1] - 1} more" if keys[1] > 1 else "")
                    )
        return tuple(found)

    def _counts(self, load_id: str) -> tuple[EntityCount, ...]:
        with open_raw(self.raw_path) as con:
            rows = con.execute(
                "select entity, said_count, said_amount, received_count, new_count, changed_count, deleted_count,"
                f" new_columns, refused from {quoted(f'raw_{self.system}')}.load_log where load_id = ? order by entity",
                [load_id],
            ).fetchall()
        return tuple(
            EntityCount(*counts, tuple(new.split(", ")) if new else (), refused)  # type: ignore[call-arg]
            for *counts, new, refused in rows
        )


def _folded(key: str) -> str:
    return unicodedata.normalize("NFKC", key).casefold()
