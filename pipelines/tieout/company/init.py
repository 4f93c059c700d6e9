"""Writes a company's own folder: `tieout init DIR`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Template

from tieout.company.home import SETTINGS, home
from tieout.company.link import company_seeds, descriptions, header, link
from tieout.errors import TieoutError
from tieout.input_layer import Entity, entities
from tieout.settings import PRIVATE, PROJECT
from tieout.sources.connectors import connectors

TEMPLATES = Path(__file__).parent / "templates"
SOURCES = TEMPLATES.parents[1] / "sources"
HIDDEN = {"gitignore": ".gitignore"}
NEW_REPOSITORY = {".git", ".gitignore", ".gitattributes", "README.md", "LICENSE"}
TAKEN = {
    *("tieout", "dbt", "dbt_duckdb", "dbt_spark"),
    *("y", "yes", "on", "true", "n", "no", "off", "false", "null"),
}
_INSTALLED = Path(__file__).parent / "sample"
SAMPLE = _INSTALLED if _INSTALLED.is_dir() else PROJECT / "tests" / "fixtures" / "small_company"
"""The smallest company, whose folders of files come along; in a checkout it is the tests'."""
SAMPLE_SYSTEMS = "".join(
    f"{system},Sample Ltd,GBP,Europe/London\n" for system in ("office", "ledger", "treasury")
)


def write_folder(folder: Path) -> list[Path]:
    """Writes what is missing in a company's folder and links the product into it; what is there
    stays as it is.

    Returns:
        the files that were written, relative to the folder.

    Raises:
        TieoutError: the folder holds something else.
    """
    is_new = not (folder / SETTINGS).exists()
    if is_new and folder.exists() and (not folder.is_dir() or _others(folder)):
        raise TieoutError(
            f"{folder} holds something else", f"give a new folder, or one with a {SETTINGS}"
        )
    texts = dict(_texts(folder.resolve()))
    if is_new:
        texts[Path("seeds/source_systems.csv")] += SAMPLE_SYSTEMS
    written = [path for path, text in sorted(texts.items()) if _write(folder / path, text)]
    ignored = Path(HIDDEN["gitignore"])
    if ignored not in written and _ignore(folder / ignored, texts[ignored]):
        written.append(ignored)
    (folder / ".dlt" / "secrets.toml").chmod(PRIVATE)
    if is_new:
        for system in sorted(path for path in SAMPLE.iterdir() if path.is_dir()):
            shutil.copytree(system, folder / "imports" / system.name)
    link(home(folder.resolve()))
    return written


def write_templates(folder: Path) -> list[Path]:
    """Writes a commented file without rows for each entity of the input layer; what is there stays
    as it is."""
    written = []
    for name, entity in entities().items():
        comments = [f"# {line}" for line in _comments(entity)]
        text = "\n".join([*comments, ",".join(entity.columns)]) + "\n"
        if _write(folder / f"{name}.csv", text):
            written.append(folder / f"{name}.csv")
    return written


def _comments(entity: Entity) -> list[str]:
    """What each column takes."""
    told = [
        f"{entity.name}: one row per {', '.join(entity.key)}. Take these lines out, or leave them in."
    ]
    for column in entity.columns.values():
        kind = f"one of {', '.join(column.codes)}" if column.codes else column.kind
        told.append(f"{column.name}: {kind}{', required' if column.required else ''}")
    return told


def _texts(folder: Path) -> Iterator[tuple[Path, str]]:
    words = {"name": _name(folder.name)}
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file():
            place = path.relative_to(TEMPLATES)
            yield place.with_name(HIDDEN.get(place.name, place.name)), _filled(path, words)
    for name, columns in company_seeds().items():
        yield Path("seeds") / f"{name}.csv", header(columns)
    yield Path("seeds") / "README.md", _seeds_page()
    for file in ("config.toml", "secrets.toml"):
        yield Path(".dlt") / file, _settings(file)
    for connector in connectors().values():
        for path in sorted((SOURCES / connector.folder).glob("*.yml")):
            yield Path("examples") / path.name, path.read_text(encoding="utf-8")


def _filled(path: Path, words: dict[str, str]) -> str:
    return Template(path.read_text(encoding="utf-8")).safe_substitute(words)


def _others(folder: Path) -> set[str]:
    """What a new repository does not hold before anybody has written into it."""
    return {path.name for path in folder.iterdir()} - NEW_REPOSITORY


def _ignore(path: Path, text: str) -> bool:
    """Adds what git is to ignore to a file that does not say it; what it takes back with ! stays so."""
    there = path.read_text(encoding="utf-8")
    said = {line.strip().removeprefix("!") for line in there.splitlines()}
    missing = [line for line in text.splitlines() if line not in said and not line.startswith("#")]
    if not missing:
        return False
    before = there if there.endswith("\n") or not there else f"{there}\n"
    path.write_text(before + "\n".join(missing) + "\n", encoding="utf-8")
    return True


def _name(folder: str) -> str:
    """The folder's name as dbt takes one: no other package's, no word of dbt's own, and none that
    YAML reads as a value."""
    # Slow to import, and of use here alone.
    from dbt.contracts.project import BANNED_PROJECT_NAMES  # noqa: PLC0415

    taken = TAKEN | BANNED_PROJECT_NAMES
    name = re.sub(r"\W+", "_", folder.lower(), flags=re.ASCII).strip("_") or "company"
    return f"company_{name}" if name[0].isdigit() or name in taken else name


def _settings(file: str) -> str:
    """The samples of every connector, commented out but for what needs no account."""
    parts = [(SOURCES / one.folder / f"sample_{file}") for one in connectors().values()]
    head = {
        "config.toml": "# Where your systems are. A system runs once it has settings here or in secrets.toml.\n",
        "secrets.toml": "# What nobody else may read: git ignores this file. The environment wins over it, as in\n"
        "# SOURCES__HUBSPOT__ACCESS_TOKEN=…\n",
    }[file]
    return "\n".join([head, *(part.read_text(encoding="utf-8") for part in parts if part.exists())])


def _seeds_page() -> str:
    """What each seed says, column by column."""
    told = descriptions()
    lines = [
        "What people decided, as data. A row says who decided it, when and why; its pull request is the approval.",
        "",
        "A file `own_<name>.csv` adds to what comes with Tieout, or puts a row in the place of one of Tieout's.",
        "`tieout doctor` lists what is in another's place.",
        "",
    ]
    for name in sorted(company_seeds()):
        seed = told[name]
        lines += [f"## {name}.csv", "", " ".join(str(seed["description"]).split()), ""]
        columns = seed.get("columns", [])
        if columns:
            lines += ["| column | what it says |", "|---|---|"]
            lines += [f"| `{column['name']}` | {column['description']} |" for column in columns]
        else:
            lines += [f"Columns: {', '.join(f'`{column}`' for column in company_seeds()[name])}."]
        lines.append("")
    return "\n".join(lines)


def _write(path: Path, text: str) -> bool:
    """Writes a file that is not there yet."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name == "secrets.toml":
        path.touch(PRIVATE)
    path.write_text(text, encoding="utf-8")
    return True
