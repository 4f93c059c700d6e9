"""What a publication writes about itself: `run.json`, beside the marts that it is about."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from tieout.company.home import home
from tieout.settings import PROJECT, Settings


def write_record(settings: Settings, path: Path, run_id: str, rows: dict[str, int]) -> None:
    """Writes the run's id, its position, the version and commit, the rows of each mart, and what
    tested the build."""
    record = {
        "run_id": run_id,
        "as_of": settings.as_of.isoformat() if settings.as_of else None,
        "known_at": settings.known_at.isoformat() if settings.known_at else None,
        "tieout_version": version("tieout"),
        "git_revision": _git_revision(),
        "reporting_currency": reporting_currency(),
        "rows": rows,
        **_tested(settings),
    }
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def reporting_currency() -> str:
    """The currency of every reporting amount, as the company says, else the product."""
    if said := home().said.get("reporting_currency"):
        return str(said)
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return str(project["vars"]["reporting_currency"])


def _tested(settings: Settings) -> dict[str, Any]:
    """How dbt's tests ended in the run that allowed this publication; nothing where it left no
    results.

    `laws` gives each test of that tag by name, `tests` how many ended in which way.
    """
    paths = (settings.target / "run_results.json", settings.target / "manifest.json")
    if not all(path.exists() for path in paths):
        return {}
    answered, manifest = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    laws: dict[str, str] = {}
    tests: dict[str, int] = {}
    for result in answered["results"]:
        node = manifest["nodes"].get(result["unique_id"], {})
        if node.get("resource_type") != "test":
            continue
        tests[result["status"]] = tests.get(result["status"], 0) + 1
        if "law" in node["tags"]:
            laws[node["name"]] = result["status"]
    metadata = answered["metadata"]
    return {
        "dbt_version": metadata["dbt_version"],
        "tested_at": metadata["generated_at"],
        "tests": tests,
        "laws": laws,
    }


def _git_revision() -> str | None:
    """The commit of the company's folder; None where it has none or git is not installed."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(home().folder), "rev-parse", "HEAD"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return answer.stdout.strip() or None
