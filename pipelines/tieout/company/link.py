"""Links the product into a company's folder, as a dbt package: `dbt_packages/tieout`, and the
profile beside it.

Both are made by `tieout init` and made anew by each command, so that they follow an upgrade, a
change of `tieout.toml` and a clone. Git ignores them. The company's seeds belong to the package:
their columns, types and tests are the product's, and what a newer product asks for that the company
has no file of is there without rows.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tieout.company.home import VARIABLES, Home, rows_of
from tieout.errors import TieoutError
from tieout.settings import PROJECT

PACKAGE = Path("dbt_packages") / "tieout"
PARTS = ("models", "macros", "tests", "seeds/standard", ".dbtignore")
"""What of the product stands in the package as it is."""
MARK = "# Written by tieout from tieout.toml; git ignores it, and changes to it are lost.\n"


def link(home: Home) -> None:
    """Makes the package and the profile what the product and `tieout.toml` say; nothing in the
    checkout.

    Raises:
        TieoutError: the folder cannot be written to, or something else stands in the package's place;
            or the company's project would build with dbt's own macros where Tieout's are meant; or a
            seed lacks a column.
    """
    if not home.is_own:
        return
    _look_at_dispatch(home.folder / "dbt_project.yml")
    package = home.folder / PACKAGE
    if package.is_symlink():
        raise TieoutError(f"{package} is a link", "remove it: Tieout makes a folder of that name")
    for part in PARTS:
        if (PROJECT / part).exists():
            _point(package / part, PROJECT / part)
    _point(package / "seeds" / "company", Path("..") / ".." / ".." / "seeds")
    _write(package / "dbt_project.yml", _project(home))
    _supply(package / "seeds" / "missing", home)
    for name, columns in company_seeds().items():
        # Refused here, by name: dbt would stop at it with words of its own.
        rows_of(home.seed(name), columns)
    profile = home.folder / "profiles.yml"
    # A company that has written its own keeps it.
    if not profile.exists() or profile.read_text(encoding="utf-8").startswith(MARK):
        _write(profile, MARK + _profile(home))


def company_seeds() -> Mapping[str, tuple[str, ...]]:
    """The seeds that are a company's to fill, by name, with their columns."""
    folder = PROJECT / "seeds" / "standard"
    return {
        name: tuple(seed["config"]["column_types"])
        for name, seed in descriptions().items()
        if not (folder / f"{name}.csv").exists()
    }


@cache
def descriptions() -> Mapping[str, Mapping[str, Any]]:
    """What the product says of each seed."""
    files = sorted((PROJECT / "seeds" / "standard").glob("*.yml"))
    return {
        seed["name"]: seed
        for file in files
        for seed in yaml.safe_load(file.read_text(encoding="utf-8"))["seeds"]
    }


def header(columns: tuple[str, ...]) -> str:
    """A file of these columns without a row."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(columns)
    return out.getvalue()


def _look_at_dispatch(path: Path) -> None:
    """Only the root project can put Tieout's forms of dbt's macros before dbt's own."""
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise TieoutError(f"there is no {path}", "`tieout init .` writes it") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise TieoutError(f"{path} is not YAML: {error}", "correct the line it names") from error
    said = said if isinstance(said, dict) else {}
    for entry in said.get("dispatch") or []:
        order = entry.get("search_order") or []
        before = order[: order.index("dbt")] if "dbt" in order else order
        if entry.get("macro_namespace") == "dbt" and "tieout" in before:
            return
    name = said.get("name", "your_project")
    raise TieoutError(
        f"{path} does not put Tieout's macros before dbt's own, and values would be read otherwise",
        f"write into it: dispatch: [{{macro_namespace: dbt, search_order: [{name}, tieout, dbt]}}]",
    )


def _project(home: Home) -> str:
    """The product's `dbt_project.yml` with the company's settings in it."""
    text = (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    text = _replaced(
        text, r"^seed-paths: .*$", "seed-paths: [seeds/standard, seeds/company, seeds/missing]"
    )
    for name in VARIABLES:
        if name in home.said:
            text = _replaced(text, rf"^  {name}: .*$", f"  {name}: {home.said[name]}")
    return MARK + text


def _profile(home: Home) -> str:
    text = (PROJECT / "profiles.yml").read_text(encoding="utf-8")
    for name in ("threads", "memory"):
        if name in home.said:
            variable = f"TIEOUT_{name.upper()}"
            text = _replaced(
                text,
                rf"env_var\('{variable}', '[^']*'\)",
                f"env_var('{variable}', '{home.said[name]}')",
            )
    return text


def _replaced(text: str, pattern: str, by: str) -> str:
    changed, count = re.subn(pattern, lambda _: by, text, flags=re.MULTILINE)
    if not count:
        raise ValueError(f"nothing in the product is like {pattern}")
    return changed


def _supply(folder: Path, home: Home) -> None:
    """Files without rows for the seeds that the company has none of, and for no others."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {path.stem for path in home.seeds.rglob("*.csv")}
    wanted = {name: columns for name, columns in company_seeds().items() if name not in own}
    for name, columns in wanted.items():
        _write(folder / f"{name}.csv", header(columns))
    for path in folder.iterdir():
        # One with a dot is being written by another command, which may take a file away first.
        if path.stem not in wanted and not path.name.startswith("."):
            path.unlink(missing_ok=True)


def _point(place: Path, target: Path) -> None:
    """A link at `place`, changed in one step where it leads elsewhere."""
    if place.is_symlink() and place.readlink() == target:
        return
    if place.exists() and not place.is_symlink():
        raise TieoutError(
            f"{place} is in the way", "move it elsewhere: Tieout makes a link of that name"
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{os.getpid()}")
    fresh.symlink_to(target)
    fresh.replace(place)


def _write(path: Path, text: str) -> None:
    """The file with this text, written in one step where it is another."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
