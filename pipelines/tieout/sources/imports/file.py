"""Brings one import file to a typed parquet file, or lists what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from python_calamine import CalamineError

from tieout import failures
from tieout.input_layer import Column, Entity
from tieout.landing.column_types import DECIMALS, FLOATING, SQL_TYPES, literal, parquet, quoted
from tieout.landing.table_types import Ready
from tieout.sources.imports import reading
from tieout.sources.imports.faults import SHOWN, Fault, nearest, shortened
from tieout.sources.imports.rules import bulk_check_sql, bulk_value_sql, find_faults, value_sql
from tieout.sources.imports.workbook import Unreadable

_BROKEN = (
    duckdb.Error,
    pa.ArrowException,
    ValueError,
    ArithmeticError,
    LookupError,
    EOFError,
    RecursionError,
)
EMPTY = ("is empty", "write at least the header, or take the file away")


def read_file(
    con: duckdb.DuckDBPyConnection, path: Path, entity: Entity, spool: Path, faults: list[Fault]
) -> Ready | None:
    """The file, typed and checked, or None after adding what is wrong with it to `faults`."""
    if path.stat().st_size == 0:
        faults.append(Fault(path.name, *EMPTY))
        return None
    read = {".csv": _read_csv, ".xlsx": _read_sheet, ".parquet": _read_parquet}[path.suffix.lower()]
    try:
        return read(con, path, entity, spool / f"{entity.name}.parquet", faults)
    except BaseException as error:
        # A panic of calamine is no Exception; what the machine lacks, or a person stopped, is no
        # fault of the file.
        panic = type(error).__name__ == "PanicException"
        if not (panic or isinstance(error, _BROKEN)) or failures.explained(error):
            raise
        said = " ".join(str(error).split())[:200]
        faults.append(
            Fault(
                path.name, f"cannot be read ({said})", "write it again, and look at what it holds"
            )
        )
        return None


def _read_csv(
    con: duckdb.DuckDBPyConnection, path: Path, entity: Entity, target: Path, faults: list[Fault]
) -> Ready | None:
    delimiter, header = reading.csv_header(path, entity)
    if not _header_faults(path.name, header, entity):
        try:
            ready = _write(
                con,
                entity,
                reading.csv_relation(path, delimiter, header),
                {name: quoted(name) for name in header},
                target,
                bulk=True,
            )
            if _keys_are_unique(con, entity, target):
                return ready
        except duckdb.Error:
            pass  # read again below, to say what is wrong and where
    encoding = reading.encoding_fault(path, path.name)
    if encoding is not None and encoding.row is None:
        faults.append(encoding)
        return None
    found = [encoding] if encoding is not None else []
    rows = reading.csv_rows(path, path.name, delimiter, found)
    return _from_text(con, path.name, entity, header, rows, target, faults, found)


def _read_sheet(
    con: duckdb.DuckDBPyConnection, path: Path, entity: Entity, target: Path, faults: list[Fault]
) -> Ready | None:
    found: list[Fault] = []
    try:
        rows = reading.sheet_rows(path, path.name, entity, found)
        _, header = next(rows, (0, []))
        return _from_text(
            con, path.name, entity, [name or "" for name in header], rows, target, faults, found
        )
    except Unreadable as error:
        faults.append(Fault(path.name, error.problem, error.remedy))
        return None
    except (CalamineError, KeyError) as error:
        faults.append(
            Fault(path.name, f"is not a workbook that can be read ({error})", "save it as .xlsx")
        )
        return None


def _from_text(
    con: duckdb.DuckDBPyConnection,
    name: str,
    entity: Entity,
    header: Sequence[str],
    rows: Iterable[reading.Row],
    target: Path,
    faults: list[Fault],
    found: list[Fault],
) -> Ready | None:
    """Rows of text with their numbers: every fault is found, by the rules that the bulk path keeps
    too."""
    found += _header_faults(name, header, entity)
    if not any(column in entity.columns for column in header):
        faults += found
        return None
    unique = [
        column if header.index(column) == place else f"_again_{place}"
        for place, column in enumerate(header)
    ]
    unique = [column or f"_unnamed_{place}" for place, column in enumerate(unique)]
    reading.text_table(con, "rows", unique, rows)
    found += find_faults(con, name, entity, "rows", unique)
    if found:
        faults += found
        return None
    return _write(
        con, entity, "rows", {column: quoted(column) for column in header}, target, bulk=False
    )


def _read_parquet(
    con: duckdb.DuckDBPyConnection, path: Path, entity: Entity, target: Path, faults: list[Fault]
) -> Ready | None:
    relation = parquet(path, "file_row_number = true")
    try:
        types = dict(
            con.execute(
                f"select column_name, column_type from (describe from {relation})"
            ).fetchall()
        )
    except duckdb.Error as error:
        faults.append(
            Fault(
                path.name, f"is not a parquet file ({str(error).splitlines()[0]})", "write it again"
            )
        )
        return None
    types.pop("file_row_number")
    found = _header_faults(path.name, list(types), entity) + _type_faults(path.name, types, entity)
    texts = {
        name: _as_text(name, kind, entity.columns[name])
        for name, kind in types.items()
        if name in entity.columns
    }
    exact = {c.name: SQL_TYPES[c.raw_kind] for c in entity.columns.values()}
    typed = {name for name, kind in types.items() if kind == exact.get(name) != "VARCHAR"}
    if not found:
        try:
            bulk = {**texts, **{name: quoted(name) for name in typed}}
            if list(types.items()) == list(exact.items()):
                ready = _take_as_it_is(con, path, entity, relation, bulk, typed, target)
            else:
                ready = _write(con, entity, relation, bulk, target, bulk=True, typed=typed)
            if _keys_are_unique(con, entity, target):
                return ready
        except duckdb.Error:
            pass  # read again below, to say what is wrong and where
    picks = "".join(f", {text} as {quoted(name)}" for name, text in texts.items())
    con.execute(
        f"create or replace temp table rows as select file_row_number + 1 as _row{picks} from {relation}"
    )
    found += find_faults(con, path.name, entity, "rows", list(texts))
    if found:
        faults += found
        return None
    return _write(con, entity, "rows", {name: quoted(name) for name in texts}, target, bulk=False)


def _take_as_it_is(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    entity: Entity,
    relation: str,
    texts: Mapping[str, str],
    typed: Container[str],
    target: Path,
) -> Ready:
    """Copies a file that has exactly our columns and types. duckdb.Error at the first row that may
    not fit."""
    fits = bulk_check_sql(entity, texts, typed)
    count = con.execute(f"select count(*) from {relation} where {fits}").fetchone()
    # A second name: the file is our own copy.
    target.unlink(missing_ok=True)
    target.hardlink_to(path)
    return Ready(target, int(count[0]) if count else 0)


def _as_text(name: str, kind: str, column: Column) -> str:
    if kind.startswith("TIMESTAMP") and column.kind == "date":
        # What pandas writes for a day: a timestamp at midnight.
        return f"regexp_replace({quoted(name)}::varchar, ' 00:00:00(\\.0+)?(\\+00)?$', '')"
    return quoted(name) if kind == "VARCHAR" else f"{quoted(name)}::varchar"


def _write(
    con: duckdb.DuckDBPyConnection,
    entity: Entity,
    relation: str,
    texts: Mapping[str, str],
    target: Path,
    *,
    bulk: bool,
    typed: Container[str] = (),
) -> Ready:
    """Writes the typed file; in bulk, duckdb.Error at the first row that may not fit."""
    picks = []
    for column in entity.columns.values():
        if column.name not in texts:
            value = f"cast(null as {SQL_TYPES[column.raw_kind]})"
        elif column.name in typed:
            value = texts[column.name]
        else:
            value = (bulk_value_sql if bulk else value_sql)(column, texts[column.name])
        picks.append(f"{value} as {quoted(column.name)}")
    rows = f"{relation} where {bulk_check_sql(entity, texts, typed)}" if bulk else relation
    written = con.execute(
        f"copy (select {', '.join(picks)} from {rows}) to {literal(str(target))} (format parquet)"
    )
    row = written.fetchone()
    return Ready(target, int(row[0]) if row else 0)


def _keys_are_unique(con: duckdb.DuckDBPyConnection, entity: Entity, file: Path) -> bool:
    key, rows = ", ".join(map(quoted, entity.key)), parquet(file)
    # As many hashes as rows: no two keys are the same. Cheaper than the keys, which decide where
    # hashes meet.
    hashes = con.execute(f"select count(distinct hash({key})) = count(*) from {rows}").fetchone()
    if hashes and hashes[0]:
        return True
    return (
        con.execute(f"select 1 from {rows} group by {key} having count(*) > 1 limit 1").fetchone()
        is None
    )


def _header_faults(name: str, header: Sequence[str], entity: Entity) -> list[Fault]:
    known = list(entity.columns)
    meant = {column: reading.folded(column) for column in header if column not in entity.columns}
    if not any(column.strip() for column in header):
        return [Fault(name, *EMPTY)]
    if not any(meant.get(column, column) in entity.columns for column in header):
        found = ", ".join(column[:60] for column in header[:5]) + (", …" if len(header) > 5 else "")
        return [
            Fault(
                name,
                f"has no header: its first row is {found}",
                f"begin with the columns of {entity.name}: {', '.join(known)}",
            )
        ]
    faults = [
        Fault(name, f"has no name for column {place + 1}", "name the column, or remove it")
        for place, column in enumerate(header)
        if not column.strip()
    ]
    odd = [
        column
        for column in dict.fromkeys(header)
        if column.strip() and column not in entity.columns
    ]
    if len(odd) > SHOWN:
        shown = ", ".join(shortened(column) for column in odd[:SHOWN])
        problem = f"has {len(odd):,} columns that are not of {entity.name}: {shown}, …"
        faults.append(Fault(name, problem, f"keep to its columns: {', '.join(known)}"))
    else:
        faults += [_odd_column(name, column, meant[column], entity) for column in odd]
    faults += [
        Fault(name, f"comes {times} times", "leave one of them", column=column)
        for column, times in Counter(filter(None, header)).items()
        if times > 1 and column in entity.columns
    ]
    faults += [
        Fault(name, "is required, and there is no such column", "add it", column=column.name)
        for column in entity.columns.values()
        if column.required and column.name not in header and column.name not in meant.values()
    ]
    return faults


def _odd_column(name: str, column: str, meant: str, entity: Entity) -> Fault:
    if meant in entity.columns:
        return Fault(name, "is written in another form", f"write {meant}", column=column)
    return Fault(
        name, "is not a column of " + entity.name, nearest(column, entity.columns), column=column
    )


def _type_faults(name: str, types: Mapping[str, str], entity: Entity) -> list[Fault]:
    """Columns that cannot be right whatever they hold: floating point where exact values are
    wanted."""
    faults = []
    for column, kind in types.items():
        ours = entity.columns.get(column)
        if (
            ours is not None
            and kind in FLOATING
            and (ours.raw_kind in DECIMALS or ours.raw_kind == "text")
        ):
            wanted = (
                SQL_TYPES[ours.raw_kind].lower().replace(",", ", ")
                if ours.raw_kind in DECIMALS
                else "text"
            )
            problem = f"is floating point ({kind}), which does not hold such values exactly"
            faults.append(Fault(name, problem, f"write it as {wanted}", column=column))
    return faults
