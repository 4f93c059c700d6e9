"""Writes the folder of pages and the workbook, whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment

from tieout.errors import TieoutError
from tieout.findings.bridge import GAPS
from tieout.pack import names, scope
from tieout.pack.assets import write_assets
from tieout.pack.commentary import text as commentary
from tieout.pack.commentary.draft import drafted, endpoint
from tieout.pack.commentary.figures import Sentence
from tieout.pack.margin import company, drill, people
from tieout.pack.marts import Position
from tieout.pack.pages import (
    definitions,
    evidence,
    exceptions,
    identity,
    overview,
    receivables,
    reconciliation,
    register,
)
from tieout.pack.pages.pieces import write_pieces
from tieout.pack.pages.traces import write_traces
from tieout.pack.render import environment, words, write_data, write_page
from tieout.pack.workbook.book import file_name, write_workbook
from tieout.settings import Settings
from tieout.trace.raw import opened

Progress = Callable[[str, int, int], None]

MARK = "pack.json"
"""What a folder of ours holds: nothing else is ever replaced."""

PAGES = (
    ("index.html", "Overview"),
    ("commentary.html", "Commentary"),
    ("customers.html", "Reconciliation"),
    ("exceptions.html", "Exceptions"),
    ("controls.html", "Controls"),
    ("margin.html", "Margin"),
    ("representatives.html", "Representatives"),
    ("receivables.html", "Receivables"),
    ("trace.html", "Trace"),
    ("identity.html", "Identity"),
    ("definitions.html", "Definitions"),
    ("evidence.html", "Evidence"),
)
"""The pages that every page leads to, in order."""

WORDS = {"owner": "account owner"}


@dataclass(frozen=True)
class Target:
    """Where the pack will stand, and the folder beside it in which it is made."""

    folder: Path
    fresh: Path


def write_site(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    at: Position,
    folder: Path,
    progress: Progress,
) -> None:
    """Writes every page of the position into `folder`, which takes the place of the pack that stood
    there.

    Raises:
        TieoutError: the folder holds something that is not a pack.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise TieoutError(
            f"{folder} holds something that is not a pack", "give an empty folder with --output"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (
        folder.with_name(f".{folder.name}.partial"),
        folder.with_name(f".{folder.name}.old"),
    )
    if old.exists() and not folder.exists():
        old.rename(folder)  # a run was killed between the two renames below
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir()
        _write(settings, connection, at, Target(folder, fresh), progress)
        mark = {"period": at.period, "run_id": at.run_id, "as_of": at.as_of_on.isoformat()}
        (fresh / MARK).write_text(json.dumps(mark, indent=2) + "\n", encoding="utf-8")
        # Moved, not removed, to make room: half a folder without its mark would be taken for
        # somebody else's.
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _write(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    at: Position,
    target: Target,
    progress: Progress,
) -> None:
    made = environment()
    made.globals.update(at=at, pages=PAGES, workbook=file_name(at))
    scope.prepare(connection, at)
    write_assets(target.fresh)
    found = names.gather(connection)
    folder = target.fresh
    evidence.copy_beside(settings, target.folder, folder)
    steps: list[tuple[str, Callable[[], None]]] = [
        (
            "overview",
            lambda: _page(made, folder, "index.html", overview.gather(settings, connection, at)),
        ),
        (
            "commentary",
            lambda: _page(made, folder, "commentary.html", _commentary(settings, connection, at)),
        ),
        ("exceptions", lambda: _exceptions(made, connection, at, found, folder)),
        ("controls", lambda: _page(made, folder, "controls.html", register.gather(connection))),
        (
            "receivables",
            lambda: _page(made, folder, "receivables.html", receivables.gather(connection, found)),
        ),
        ("margin", lambda: _margin(made, connection, found, folder)),
        (
            "representatives",
            lambda: _page(
                made, folder, "representatives.html", people.gather(connection, at, found)
            ),
        ),
        (
            "identity",
            lambda: _page(made, folder, "identity.html", identity.gather(connection, found)),
        ),
        (
            "definitions",
            lambda: _page(made, folder, "definitions.html", definitions.gather(connection)),
        ),
        (
            "evidence",
            lambda: _page(
                made,
                folder,
                "evidence.html",
                evidence.gather(settings, connection, at, target.folder),
            ),
        ),
        ("workbook", lambda: write_workbook(connection, at, folder / file_name(at))),
        ("traces", lambda: _traces(settings, made, connection, found, folder)),
        ("reconciliation", lambda: _reconciliation(made, connection, at, found, folder)),
    ]
    for done, (name, step) in enumerate(steps):
        progress(name, done, len(steps))
        step()


def _commentary(
    settings: Settings, connection: duckdb.DuckDBPyConnection, at: Position
) -> dict[str, Any]:
    told, remarks = commentary.sentences(connection, at), list[str]()
    if where := endpoint(settings.config):
        told, remarks = drafted(told, where)
    topics: dict[str, list[Sentence]] = {}
    for sentence in told:
        topics.setdefault(
            sentence.topic.partition(" in the month")[0].partition(",")[0], []
        ).append(sentence)
    return {
        "topics": list(topics.items()),
        "remarks": remarks,
        "drafted": any(s.drafted for s in told),
    }


def _exceptions(
    made: Environment,
    connection: duckdb.DuckDBPyConnection,
    at: Position,
    found: names.Names,
    folder: Path,
) -> None:
    exceptions.write_exceptions(connection, found, folder)
    owners = {owner: exceptions.page_of(owner) for owner in exceptions.owners(connection)}
    summaries = exceptions.summaries(connection, at.as_of_on)
    _page(
        made,
        folder,
        "exceptions.html",
        {**summaries, "owner_pages": owners, "owner": None, "heading": "Exceptions"},
    )
    for owner, address in owners.items():
        shown = {"owner": owner, "heading": f"Exceptions of {owner}", "section": "exceptions.html"}
        write_page(made, folder, address, "exceptions.html.j2", **shown)


def _margin(
    made: Environment, connection: duckdb.DuckDBPyConnection, found: names.Names, folder: Path
) -> None:
    shown = company.gather(connection, found)
    shown["data"] = {"margins": drill.margins(connection, found)}
    _page(made, folder, "margin.html", shown)
    drill.write_records(connection, found, folder)


def _traces(
    settings: Settings,
    made: Environment,
    connection: duckdb.DuckDBPyConnection,
    found: names.Names,
    folder: Path,
) -> None:
    with opened(settings.raw) as raw:
        write_traces(connection, raw, found, folder, lambda done, total: None)
    write_page(made, folder, "trace.html", "trace.html.j2")


def _reconciliation(
    made: Environment,
    connection: duckdb.DuckDBPyConnection,
    at: Position,
    found: names.Names,
    folder: Path,
) -> None:
    classes = {row["reason"]: row["gap_class"] for row in names.vocabulary(connection)}
    write_data(folder, "shared", reconciliation.shared(at, found, classes))
    gaps = [f"{words(first)} to {words(last)}".capitalize() for first, last in GAPS]
    for noun, (address, title) in reconciliation.NOUNS.items():
        write_data(folder, f"by-{noun}", reconciliation.by(connection, noun, found, classes))
        shown: dict[str, Any] = {
            "noun": noun,
            "heading": title,
            "words_of_noun": WORDS.get(noun, noun),
            "gaps": gaps,
        }
        shown |= {"nouns": list(reconciliation.NOUNS.values()), "section": "customers.html"}
        write_page(made, folder, address, "reconciliation.html.j2", **shown)
    write_pieces(connection, at, found, classes, folder, lambda done, total: None)


def _page(made: Environment, folder: Path, name: str, content: dict[str, Any]) -> None:
    """A page of the menu, its template of the same name, and the data that its scripts read."""
    for key, data in content.pop("data", {}).items():
        write_data(folder, key, data)
    template = "overview.html.j2" if name == "index.html" else f"{name}.j2"
    write_page(made, folder, name, template, **content)
