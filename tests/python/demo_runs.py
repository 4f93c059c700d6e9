"""Runs `tieout demo` as a person would, stops it in the middle of a step, and reads what it
left."""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

# What a run prints when a step is done, in order; the last step ends with the run.
DONE = {
    "records": "✓ Northgate",
    "land": "✓ Land",
    "check": "✓ Check",
    "build": "✓ Build",
    "publish": "✓ Publish",
}
STEPS = (*DONE, "docs")
SMALLEST = "0.02"


@dataclass
class Answer:
    """What a run said, how it ended, and how long each of its steps took."""

    returncode: int
    output: str
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def was_killed(self) -> bool:
        return self.returncode == -signal.SIGKILL


def demo(output: Path, *options: str, kill_in: str | None = None, after: float = 0.0) -> Answer:
    """One run; with `kill_in`, its whole process group is killed that many seconds after that step
    begins."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tieout",
            "demo",
            "--scale",
            SMALLEST,
            "--output",
            str(output),
            *options,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
        start_new_session=True,
    )
    killer = threading.Timer(after, os.killpg, (process.pid, signal.SIGKILL))
    try:
        return _followed(process, killer, kill_in)
    finally:
        killer.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _followed(
    process: subprocess.Popen[str], killer: threading.Timer, kill_in: str | None
) -> Answer:
    assert process.stdout is not None
    answer, step, began = Answer(0, ""), STEPS[0], time.monotonic()
    if step == kill_in:
        killer.start()
    for line in process.stdout:
        answer.output += line
        if step in DONE and line.startswith(DONE[step]):
            answer.seconds[step] = time.monotonic() - began
            step, began = STEPS[STEPS.index(step) + 1], time.monotonic()
            if step == kill_in:
                killer.start()
    answer.returncode = process.wait()
    answer.seconds[step] = time.monotonic() - began
    return answer


def plan(kills: int, seed: int) -> list[tuple[str, float]]:
    """The steps to be killed in, and which part of the step's time is over by then.

    Landing comes first and most often: each kill meets what the one before it left undone.
    """
    rounds = (
        "land",
        "check",
        "build",
        "publish",
        "land",
        "records",
        "land",
        "docs",
        "land",
        "check",
    )
    steps = sorted((rounds[kill % len(rounds)] for kill in range(kills)), key=STEPS.index)
    moments = random.Random(seed)  # noqa: S311 - to be drawn again
    return [(step, moments.random()) for step in steps]


LOAD_ID = re.compile(rb"[0-9]{8}T[0-9]{6}[.][0-9]{6}Z-[a-z_]+")


def exported(marts: Path, folder: Path) -> dict[str, bytes]:
    """Every published mart as CSV in key order, without the ids of loads and runs."""
    folder.mkdir(parents=True)
    with duckdb.connect(str(marts), read_only=True) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() order by 1"
            ).fetchall()
        ]
        for name in names:
            columns = "columns(c -> c not in ('load_id', 'run_id'))"
            path = folder / f"{name}.csv"
            connection.execute(
                f"copy (select {columns} from marts.\"{name}\" order by all) to '{path}' (format csv)"
            )
    # An exception's evidence may name the load that its record came with.
    return {name: LOAD_ID.sub(b"a load", (folder / f"{name}.csv").read_bytes()) for name in names}


def raw_rows(raw: Path) -> dict[str, int]:
    """The rows of every raw table; not of what the loader keeps about itself, nor of the log of
    loads."""
    with duckdb.connect(str(raw), read_only=True) as connection:
        return {
            table: connection.execute(f"select count(*) from {table}").fetchall()[0][0]
            for table in _raw_tables(connection)
        }


def raw_content(raw: Path) -> dict[str, str]:
    """A digest of every raw table: each version of each record, and what it says."""
    with duckdb.connect(str(raw), read_only=True) as connection:
        return {
            table: hashlib.sha256(
                repr(
                    connection.execute(
                        f"select _record_key, _version, _record_hash, _is_deleted from {table} order by all"
                    ).fetchall()
                ).encode()
            ).hexdigest()
            for table in _raw_tables(connection)
        }


def doubled_rows(raw: Path) -> dict[str, int]:
    """Raw tables that hold a version of a record, or the same content twice running, more than
    once."""
    found = {}
    with duckdb.connect(str(raw), read_only=True) as connection:
        for table in _raw_tables(connection):
            versions = "partition by _record_key order by _version"
            rows = connection.execute(
                f"from {table} qualify count(*) over (partition by _record_key, _version) > 1"
                f" or (_record_hash, _is_deleted) = (lag(_record_hash) over ({versions}),"
                f" lag(_is_deleted) over ({versions}))"
            ).fetchall()
            if rows:
                found[table] = len(rows)
    return found


def leftovers(output: Path) -> list[str]:
    """Whatever has the name of something half done."""
    return sorted(
        str(path.relative_to(output))
        for pattern in ("**/*.partial", "**/.*.part", "**/.published*", "dlt/*/")
        for path in output.glob(pattern)
    )


def _raw_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name like 'raw\\_%' escape '\\'"
        " and table_name <> 'load_log' and table_name not like '\\_dlt%' escape '\\' order by all"
    ).fetchall()
    return [f'"{schema}"."{table}"' for schema, table in rows]
