"""Import folders: files in the input layer's shape, a folder a system. A folder is landed whole or
refused whole.

A file that fits is read once, by DuckDB, in bulk. One that does not is read again, slowly, to list
every fault by row, column and value.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
import duckdb
from dlt.common.configuration.exceptions import ConfigFieldMissingException

from tieout.errors import LandingError
from tieout.input_layer import entities
from tieout.landing.column_types import literal, parquet
from tieout.landing.resource import group
from tieout.landing.table_types import CURRENT_LANDING, Extract, Ready, Rows, Table
from tieout.sources.connectors import connectors
from tieout.sources.imports import SYSTEM
from tieout.sources.imports.faults import Fault, nearest, refusal
from tieout.sources.imports.file import read_file

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLES: tuple[Table, ...] = tuple(entity.table() for entity in entities().values())
TYPED_KEYS = True
FORMATS = (".csv", ".parquet", ".xlsx")
# An entity by its name, in what is not read: left alone, it would be missing without a word.
OTHER_FORMATS = (
    *(
        ".xls",
        ".xlsm",
        ".xlsb",
        ".ods",
        ".numbers",
        ".tsv",
        ".txt",
        ".dat",
        ".json",
        ".jsonl",
        ".xml",
        ".html",
    ),
    *(".gz", ".zip", ".7z", ".rar", ".bz2", ".xz", ".zst", ".parq", ".feather", ""),
)
OTHERWISE = "save it as .csv, .parquet or .xlsx"
SETTINGS = "imports.toml"


def folders(directory: Path | None = None) -> list[Path]:
    """The folders to land, by name; `directory` or else the setting `sources.imports.directory`
    holds them."""
    if directory is None:
        try:
            directory = Path(dlt.config["sources.imports.directory"])
        except (KeyError, ConfigFieldMissingException) as error:
            raise LandingError(
                "imports: no folder of import files was given",
                "Give --imports DIR, or set sources.imports.directory in config.toml.",
            ) from error
    if not directory.is_dir():
        raise LandingError(
            f"imports: {directory} is not a folder",
            "Give the folder that holds one folder per system.",
        )
    strays = sorted(
        path.name
        for path in directory.iterdir()
        if path.suffix.lower() in FORMATS and path.is_file()
    )
    if strays:
        raise LandingError(
            f"imports: {strays[0]} lies directly in {directory}",
            "Move it to a folder named after the system it comes from.",
        )
    # A link that leads nowhere is refused by name: it would else be a system that is missing
    # without a word.
    found = (path for path in directory.iterdir() if not path.name.startswith((".", "_")))
    return sorted(
        path for path in found if path.is_dir() or (path.is_symlink() and not path.exists())
    )


@dlt.source(name=SYSTEM, section=SYSTEM)
def source(folder: Path) -> Any:
    """One folder, as one group: everything in it moves together."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", folder.name):
        problem, remedy = (
            "is not a name for a system",
            "name the folder with letters, digits, _ and - only",
        )
        raise refusal(folder.name, [Fault(folder.name, problem, remedy)])
    faults: list[Fault] = []
    if found := _name_fault(folder):
        raise refusal(folder.name, [found])
    files = _files(folder, faults)
    full = _settings(folder, files, faults)
    tables = [table for table in TABLES if table.name in files]

    def extract(said: Extract) -> Iterator[tuple[str, Rows]]:
        spool = CURRENT_LANDING.get().spool_dir
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            con.execute(f"set temp_directory = {literal(str(spool / 'tmp'))}")
            copies = {name: _copy(path, spool / "arrived", faults) for name, path in files.items()}
            read = {
                name: read_file(con, path, entities()[name], spool, faults)
                for name, path in copies.items()
                if path
            }
            if faults:
                raise refusal(folder.name, faults)
            ready = {name: file for name, file in read.items() if file is not None}
            if "extract_totals" in ready:
                _say_totals(con, ready["extract_totals"], said)
        for name, file in ready.items():
            if name in full:
                said.full(name)
            yield name, file

    return [group(SYSTEM, "files", tables, extract)] if tables or faults else []


def _name_fault(folder: Path) -> Fault | None:
    """What is wrong with a folder before anything in it is looked at."""
    name = folder.name
    if folder.is_symlink() and not folder.exists():
        return Fault(
            name,
            "is a link to a folder that is not there",
            "put the folder there, or remove the link",
        )
    if name.lower() in connectors():
        problem = f"is named like the connector {name.lower()}, whose records are another system's"
        return Fault(name, problem, f"name the folder otherwise, such as {name}_files")
    alike = sorted(
        other.name
        for other in folder.parent.iterdir()
        if other.is_dir() and other.name.lower() == name.lower()
    )
    if len(alike) > 1:
        other = next(one for one in alike if one != name)
        return Fault(
            name, f"and {other} differ by their case alone", "give each system a name of its own"
        )
    return None


def _copy(path: Path, folder: Path, faults: list[Fault]) -> Path | None:
    """A copy of the file: what is checked is what lands, whoever replaces the file meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / path.name
    before = path.stat()
    shutil.copyfile(path, copy)
    after = path.stat()
    if (before.st_size, before.st_mtime_ns, before.st_ino) != (
        after.st_size,
        after.st_mtime_ns,
        after.st_ino,
    ):
        faults.append(
            Fault(path.name, "is being written to", "wait until it is whole, and land again")
        )
        return None
    return copy


def _files(folder: Path, faults: list[Fault]) -> dict[str, Path]:
    """The file of each entity."""
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        name, suffix = path.stem, path.suffix.lower()
        if path.name.startswith((".", "~$")) or path.name == SETTINGS:
            continue
        if not path.is_file():
            if suffix in FORMATS:
                faults.append(Fault(path.name, *_no_file(path)))
            elif not path.name.startswith("_") and (below := _entity_below(path)):
                problem = f"is a folder that holds {below}, which is not read there"
                faults.append(
                    Fault(
                        path.name,
                        problem,
                        f"move the files up, or name it _{path.name} to leave it out",
                    )
                )
            continue
        if (
            suffix not in FORMATS
            and suffix.strip() in (*FORMATS, *OTHER_FORMATS)
            and name.split(".")[0] in entities()
        ):
            told = f"({suffix})" if suffix else "(its name has no ending)"
            faults.append(Fault(path.name, f"is of a format that is not read {told}", OTHERWISE))
        elif suffix not in FORMATS:
            continue
        elif name not in entities():
            faults.append(
                Fault(path.name, "is not named after an entity", nearest(name, entities()))
            )
        elif name in files:
            faults.append(
                Fault(path.name, f"and {files[name].name} are both {name}", "leave one of them")
            )
        else:
            files[name] = path
    return files


def _entity_below(folder: Path) -> str | None:
    """A file of an entity that lies a folder too deep."""
    if not folder.is_dir():
        return None
    names = sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix.lower() in FORMATS and path.stem in entities()
    )
    return f"{folder.name}/{names[0]}" if names else None


def _no_file(path: Path) -> tuple[str, str]:
    if path.is_symlink() and not path.exists():
        return "is a link to a file that is not there", "put the file there, or remove the link"
    if path.is_dir():
        return (
            "is a folder, though it is named like a file",
            "put the file itself here, or rename the folder",
        )
    return "is no file that can be read", "put a plain file there"


def _settings(folder: Path, files: dict[str, Path], faults: list[Fault]) -> set[str]:
    """The entities that are handed over whole."""
    path = folder / SETTINGS
    if not path.is_file():
        return set()
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(
            Fault(SETTINGS, f"cannot be read ({error})", 'write, for example, full = ["invoices"]')
        )
        return set()
    faults.extend(
        Fault(SETTINGS, f"has a setting {key}", "the only one is full")
        for key in settings
        if key != "full"
    )
    full = settings.get("full", [])
    if not isinstance(full, list) or not all(isinstance(name, str) for name in full):
        faults.append(
            Fault(
                SETTINGS,
                "full is not a list of entities",
                'write, for example, full = ["invoices"]',
            )
        )
        return set()
    for name in full:
        if name not in entities():
            faults.append(
                Fault(SETTINGS, f"{name} in full is not an entity", nearest(name, entities()))
            )
        elif name not in files:
            # Taken at its word, everything of the entity would be deleted because a file did not
            # come.
            remedy = "put the file there (with its header only, if it has no records), or take the name out"
            faults.append(
                Fault(SETTINGS, f"hands over {name} in full, and there is no file for it", remedy)
            )
    return set(full)


def _say_totals(con: duckdb.DuckDBPyConnection, file: Ready, said: Extract) -> None:
    rows = con.execute(
        f"select entity, row_count, amount_total from {parquet(file.path)}"
    ).fetchall()
    for entity, count, amount in rows:
        said.said(entity, count, amount)
