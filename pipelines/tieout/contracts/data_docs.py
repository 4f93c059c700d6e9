"""Great Expectations' Data Docs of the checks, as pages that open from disk and fetch nothing.

Its own site loads styles and scripts from half a dozen public addresses, and shows an empty index
without them. So its renderers write what was expected and found of each table, and the page around
that, and the index, are ours (`templates/`). A system keeps the pages of its last examination until
there is another.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict
from datetime import datetime, timezone
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from great_expectations.core import ExpectationValidationResult
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tieout.contracts.findings import SystemCheck
from tieout.contracts.validate import SAMPLES, suite_result

TEMPLATES = Path(__file__).parent / "templates"


class _Page(DefaultJinjaPageView):
    """The results of one table, in our page."""

    _template = "table_page.j2"


def write_system(
    folder: Path, outcome: SystemCheck, results: Sequence[Sequence[ExpectationValidationResult]]
) -> None:
    """Replaces the pages of one source system.

    Args:
        folder: `<output>/data_docs`.
        outcome: of the system, with new loads.
        results: for each table of the outcome, in its order.
    """
    final = folder / outcome.source_system
    made = folder / f".{outcome.source_system}.new"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    checked_at = datetime.now(timezone.utc)
    run = {"run_name": outcome.load_ids[-1], "run_time": checked_at.isoformat()}
    view, renderer = _Page(custom_views_directory=str(TEMPLATES)), ValidationResultsPageRenderer()
    for table, found in zip(outcome.tables, results, strict=True):
        harmless = [_harmless(result) for result in found]
        examined = f"{table.record_count:,} new records"
        document = renderer.render(
            suite_result(f"{outcome.source_system} {table.name}", harmless, examined, run)
        )
        page = str(view.render(document))  # type: ignore[no-untyped-call]
        (made / f"{table.name}.html").write_text(page, encoding="utf-8")
    summary = {
        "source_system": outcome.source_system,
        "status": outcome.status,
        "as_of": outcome.as_of.isoformat(),
        "checked_at": checked_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "load_ids": outcome.load_ids,
        "tables": [asdict(table) for table in outcome.tables],
    }
    (made / "summary.json").write_text(json.dumps(summary, indent=2), encoding="utf-8")
    shutil.rmtree(final, ignore_errors=True)
    made.rename(final)


def _harmless(result: ExpectationValidationResult) -> ExpectationValidationResult:
    """The result with its sample escaped: the renderers write what the data says into the page as
    it is."""
    made = deepcopy(result)
    for kept in SAMPLES:
        made.result[kept] = [_escaped(entry) for entry in made.result.get(kept) or []]
    return made


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {escape(str(name)): _escaped(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(inner) for inner in value]
    return escape(value) if isinstance(value, str) else value


def write_index(folder: Path) -> Path:
    """Writes `index.html` over the systems whose pages are in the folder, and returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    systems: list[dict[str, Any]] = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("[!.]*/summary.json"))
    ]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["address"] = lambda part: quote(str(part), safe="")
    page = environment.get_template("index.html.j2").render(systems=systems)
    made = folder / ".index.html.new"
    made.write_text(page, encoding="utf-8")
    return made.replace(folder / "index.html")
