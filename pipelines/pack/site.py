"""Writes the folder of pages, whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment

from pipelines.bridge import GAPS
from pipelines.errors import TieoutError
from pipelines.pack import names, overview, reconciliation, scope
from pipelines.pack.assets import write_assets
from pipelines.pack.marts import Position
from pipelines.pack.pieces import write_pieces
from pipelines.pack.render import environment, words, write_data, write_page
from pipelines.settings import Settings

Progress = Callable[[str, int, int], None]

MARK = "pack.json"
"""What a folder of ours holds: nothing else is ever replaced."""

PAGES = (("index.html", "Overview"), ("customers.html", "Reconciliation"))
"""The pages that every page leads to, in order."""

STEPS = 2
WORDS = {"owner": "account owner"}


def write_site(
    settings: Settings, connection: duckdb.DuckDBPyConnection, at: Position, folder: Path, progress: Progress
) -> None:
    """Writes every page of the position into `folder`, which takes the place of the pack that stood there.

    Raises:
        TieoutError: the folder holds something that is not a pack.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise TieoutError(f"{folder} holds something that is not a pack", "give an empty folder with --output")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir()
        _write(settings, connection, at, fresh, progress)
        mark = {"period": at.period, "run_id": at.run_id, "as_of": at.as_of_on.isoformat()}
        (fresh / MARK).write_text(json.dumps(mark, indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _write(
    settings: Settings, connection: duckdb.DuckDBPyConnection, at: Position, folder: Path, progress: Progress
) -> None:
    made = environment()
    made.globals.update(at=at, pages=PAGES)
    scope.prepare(connection, at)
    write_assets(folder)
    found = names.gather(connection)
    progress("overview", 0, STEPS)
    _page(made, folder, "index.html", "overview.html.j2", overview.gather(settings, connection, at))
    progress("reconciliation", 1, STEPS)
    _reconciliation(made, connection, at, found, folder)


def _reconciliation(
    made: Environment, connection: duckdb.DuckDBPyConnection, at: Position, found: names.Names, folder: Path
) -> None:
    classes = {row["reason"]: row["gap_class"] for row in names.vocabulary(connection)}
    write_data(folder, "shared", reconciliation.shared(at, found, classes))
    gaps = [f"{words(first)} to {words(last)}".capitalize() for first, last in GAPS]
    for noun, (address, title) in reconciliation.NOUNS.items():
        write_data(folder, f"by-{noun}", reconciliation.by(connection, noun, found, classes))
        shown = {"noun": noun, "heading": title, "words_of_noun": WORDS.get(noun, noun), "gaps": gaps}
        write_page(
            made,
            folder,
            address,
            "reconciliation.html.j2",
            **shown,
            nouns=reconciliation.NOUNS.values(),
            section="customers.html",
        )
    write_pieces(connection, at, found, classes, folder, lambda done, total: None)


def _page(made: Environment, folder: Path, name: str, template: str, content: dict[str, Any]) -> None:
    for key, data in content.pop("data", {}).items():
        write_data(folder, key, data)
    write_page(made, folder, name, template, **content)
