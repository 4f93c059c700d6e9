"""Whose judgement a run uses: the company's folder, found by its `tieout.toml`, or the checkout
that it runs from."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tieout.errors import TieoutError
from tieout.settings import MEMORY, PROJECT
from tieout.sources.connectors import connectors

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SETTINGS = "tieout.toml"
VARIABLES = ("reporting_currency", "fiscal_year_starts_in_month", "time_zone")
"""Settings that are variables of the dbt project."""
AS_CSV = "save it as CSV with commas, UTF-8"


@dataclass(frozen=True)
class Home:
    """The folder that dbt runs in, and what its `tieout.toml` says; the checkout says nothing."""

    folder: Path
    said: Mapping[str, Any]
    is_own: bool

    @property
    def seeds(self) -> Path:
        """Where the company's judgement lies."""
        return self.folder / "seeds" if self.is_own else self.folder / "seeds" / "company"

    def seed(self, name: str) -> Path:
        """A seed of the company: dbt finds it in any folder of the seeds."""
        found = sorted(self.seeds.rglob(f"{name}.csv"))
        return found[0] if found else self.seeds / f"{name}.csv"

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems that a run lands; none is named where every configured one is meant."""
        return tuple(self.said.get("systems", ()))


def home(folder: Path | None = None) -> Home:
    """The company whose folder this is, or the one that is given.

    Raises:
        TieoutError: this is no company's folder, and the product was installed without one; it lies inside
            a company's folder; or its settings are wrong.
    """
    here = folder or Path.cwd()
    if (here / SETTINGS).exists():
        return Home(here, _read(here / SETTINGS), is_own=True)
    if (company := _around(here.resolve())) is not None:
        raise TieoutError(f"{here} lies inside a company's folder", f"run it in {company}")
    if (PROJECT / "seeds" / "company").is_dir():
        return Home(PROJECT, {}, is_own=False)
    raise TieoutError(
        f"there is no {SETTINGS} in {here}", "run `tieout init DIR`, and Tieout from inside DIR"
    )


def _around(here: Path) -> Path | None:
    """The company's folder that this one lies in; a checkout inside one is on its own."""
    for folder in (here, *here.parents):
        if (folder / SETTINGS).exists():
            return folder
        if folder == PROJECT:
            return None
    return None


def rows_of(path: Path, columns: Sequence[str] = ()) -> list[dict[str, str]]:
    """The rows of a seed, which has these columns at least; none where there is no such file.

    Raises:
        TieoutError: a spreadsheet saved it with other separators, or in another encoding; a column
            is missing or misspelt; or a row has more cells than there are columns, or fewer.
    """
    if not path.exists():
        return []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TieoutError(f"{path} is not UTF-8: {error.reason}", AS_CSV) from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    said = list(rows.fieldnames or ())
    for separator, called in ((";", "semicolons"), ("\t", "tabs")):
        if any(separator in name for name in said):
            raise TieoutError(f"{path} has {called} between its columns", AS_CSV)
    _look_at_columns(path, said, columns)
    found = []
    for row in rows:
        # DictReader keeps what is too much under no name, and gives nothing for what is too little.
        if None in row or None in row.values():
            absent = list(row.values()).count(None)
            cells = len(said) - absent + sum(len(row[name]) for name in row if name is None)
            raise TieoutError(
                f"{path}, line {rows.line_num}: {cells} cells under {len(said)} columns",
                'give each column a cell, and put a text that has a comma into quotes: "a, b"',
            )
        found.append(row)
    return found


def _look_at_columns(path: Path, said: Sequence[str], columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in said]
    if not missing:
        return
    others = [name for name in said if name not in columns]
    meant = {name: get_close_matches(name, others, 1, 0.7) for name in missing}
    told = [f"call {near[0]!r} {name}" for name, near in meant.items() if near]
    if added := [name for name, near in meant.items() if not near]:
        told.append(f"add {', '.join(added)}")
    raise TieoutError(
        f"{path} has no column {', '.join(missing)}",
        f"in its first line, {' and '.join(told)}; all of them: {','.join(columns)}",
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TieoutError(f"{path} is not TOML: {error}", "correct the line it names") from error
    for name, value in said.items():
        if (fault := _fault(name, value)) is not None:
            raise TieoutError(f"{path}: {name} {fault}", "correct it there")
    return said


def _fault(name: str, value: object) -> str | None:
    """What is wrong with a setting."""
    if name not in _RULES:
        return f"is no setting; choose from {', '.join(_RULES)}"
    is_right, wanted = _RULES[name]
    return None if is_right(value) else f"is {value!r}: {wanted}"


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_from(low: int, high: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _is_zone(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    # A folder of zones, such as Europe, is no zone either.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _are_systems(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(one in connectors() for one in value)


_RULES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "reporting_currency": (
        _matches(re.compile("[A-Z]{3}")),
        "give a currency in three capitals, such as EUR",
    ),
    "fiscal_year_starts_in_month": (_is_from(1, 12), "give a month from 1 to 12"),
    "time_zone": (
        _is_zone,
        "give an IANA name, such as Europe/London",
    ),
    "systems": (_are_systems, f"give a list of {', '.join(connectors())}"),
    "threads": (_is_from(1, 1024), "give a number of threads"),
    "memory": (_matches(MEMORY), "give a number and a unit, such as 3GB"),
}
