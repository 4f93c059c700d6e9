"""The worked examples of docs/guides/bridge_examples.md: their files as companies, and the tables
that the page shows.

The page and the files beside it are the only source: what a reader follows by hand is what the
tests compare.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from bridge_companies import Company, Row

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
PAGE, FILES = GUIDES / "bridge_examples.md", GUIDES / "bridge_examples"
EXAMPLES = ("time_and_materials", "fixed_price", "placement")
_ID = re.compile(r"^([A-Z]+)(\d+(?:/\d+)?)$")


@dataclass(frozen=True)
class Table:
    """A table of the page, under what it is about: `events`, or two stages; cells are texts as they
    are printed."""

    about: str
    rows: tuple[tuple[str, ...], ...]


def example(name: str, files: Path = FILES) -> Company:
    """An example's files as a company: `V1` becomes `V@-1`, so that it can be stacked with
    others."""
    company = Company(kind=name)
    for file in sorted((files / name).glob("*.csv")):
        for row in _rows(file):
            company.add(
                file.stem, **{column: _stacked(column, value) for column, value in row.items()}
            )
    return company


def example_rates() -> list[Row]:
    """The rates that the examples need."""
    return _rows(FILES / "treasury" / "fx_rates.csv")


def written_id(source_id: str) -> str:
    """The id as the page has it, of a stacked one: `V203-1` is `V1`."""
    return re.sub(r"^([A-Z]+)\d{3,}-", r"\1", source_id)


def tables(name: str, page: Path = PAGE) -> list[Table]:
    """Every table of an example's part of the page, in order."""
    part = page.read_text(encoding="utf-8").partition(f"<!-- {name} -->")[2].partition("\n## ")[0]
    found: list[Table] = []
    about, rows = "", []
    for line in [*part.splitlines(), ""]:
        if line.startswith("|"):
            rows.append(tuple(cell.strip() for cell in line.strip().strip("|").split("|")))
        elif rows:
            found.append(Table(about, tuple(rows[2:])))
            rows = []
        if line.startswith("**"):
            about = line.strip("*")
    return found


def _rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def _stacked(column: str, value: str) -> str:
    return _ID.sub(r"\1@-\2", value) if column.endswith("_id") else value
