"""What the figures rest on: the run, its inputs, the versions of what made it, its checks, and
hashes of its files."""

from __future__ import annotations

import hashlib
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from tieout.pack.marts import Position, rows
from tieout.pack.pages.ties import tested
from tieout.settings import Settings

LIBRARIES = (
    "tieout",
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "dlt",
    "great-expectations",
    "splink",
    "plotly",
    "itables",
    "jinja2",
)

# Beside the pack in the same warehouse, or copied into it: where from, which folder, what it is.
BESIDE = (
    (
        "docs",
        "index.html",
        "dbt's docs: every mart, column and test, and the lineage from source to figure",
    ),
    (
        "data_docs",
        "index.html",
        "Great Expectations' Data Docs: what was checked when the data arrived",
    ),
)


def gather(
    settings: Settings, connection: duckdb.DuckDBPyConnection, at: Position, folder: Path
) -> dict[str, Any]:
    """What the page shows. `folder` is where the pack will stand: pages it leads to must be there
    with it."""
    marts = rows(
        connection,
        "select table_name, estimated_size, comment from duckdb_tables() where schema_name = 'marts' order by 1",
    )
    files = sorted((settings.published / "parquet").glob("*.parquet"))
    hashes = {path.stem: _hash(path) for path in files}
    return {
        "record": at.record,
        "versions": [
            ("python", platform.python_version()),
            *((name, _version(name)) for name in LIBRARIES),
        ],
        "marts": [
            {
                "name": row["table_name"],
                "rows": count(connection, row["table_name"]),
                "sha256": hashes.get(row["table_name"]),
            }
            for row in marts
        ],
        "inputs": rows(
            connection,
            """
            select source_system, source_entity, load_id, count(*) as events, min(event_on) as first_on,
                max(event_on) as last_on, sum(reporting_amount) as amount
            from fct_stage_events group by all order by source_system, source_entity, load_id
            """,
        ),
        "checks": rows(
            connection,
            """
            select status, count(*) as number, sum(exception_count)::bigint as exceptions, max(as_of_on) as as_of_on
            from fct_control_results where is_latest group by status order by status
            """,
        ),
        "control_runs": rows(
            connection,
            "select distinct run_id, as_of_on from fct_control_results order by as_of_on desc, run_id limit 12",
        ),
        "tested": tested(at),
        "links": links(settings, folder),
    }


def links(settings: Settings, folder: Path) -> list[tuple[str, str]]:
    """The pages beside this one: their address from the pack, and what they are."""
    up = "../" if _is_beside(settings, folder) else ""
    return [
        (f"{up}{name}/{page}", about)
        for name, page, about in BESIDE
        if (settings.output / name / page).exists()
    ]


def copy_beside(settings: Settings, folder: Path, fresh: Path) -> None:
    """Copies into `fresh` what the pack leads to, where it will not stand in the warehouse
    itself."""
    if _is_beside(settings, folder):
        return
    for name, page, _ in BESIDE:
        if (settings.output / name / page).exists():
            shutil.copytree(settings.output / name, fresh / name)


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """The rows of a published mart."""
    quoted = '"' + table.replace('"', '""') + '"'
    return int(connection.execute(f"select count(*) from {quoted}").fetchall()[0][0])


def _is_beside(settings: Settings, folder: Path) -> bool:
    return folder.resolve().parent == settings.output.resolve()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
