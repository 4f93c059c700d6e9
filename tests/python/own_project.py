"""The product as a company has it: a copy of its files with the company's own seeds, run in
processes of its own."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = (
    "models",
    "macros",
    "seeds",
    "pipelines",
    "tests/generic",
    "tests/singular",
    "dbt_project.yml",
    "profiles.yml",
)


def copied(folder: Path, seeds: Mapping[str, Sequence[Mapping[str, str]]]) -> Path:
    """The project in `folder`, with the rows of some seeds replaced; a column that a row does not
    name is blank."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    for name, rows in seeds.items():
        path = folder / "seeds" / "company" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def tieout(project: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """One `tieout` command of the copy."""
    environment = {**os.environ, "PYTHONPATH": str(project / "pipelines")}
    return subprocess.run(
        [sys.executable, "-m", "tieout", *map(str, words)],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
