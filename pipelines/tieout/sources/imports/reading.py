"""Reads import files as relations of text: DuckDB's reader in bulk, and slowly, row by row, to say
where a fault is."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, localcontext
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from python_calamine import CalamineWorkbook

from tieout.input_layer import Entity
from tieout.landing.column_types import DECIMALS, as_text, literal, literally, quoted
from tieout.sources.imports.faults import EXCEL_ERROR, Fault
from tieout.sources.imports.workbook import facts

DELIMITERS = ",;\t|"
CHUNK = 50_000
EXCEL_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's dates have no zone; they are taken as UTC
EXACT = 1e15
"""From here on a number has more than the 15 digits that Excel keeps."""
LAST_SERIAL = 2_958_465  # 9999-12-31
Row = tuple[int, list[str | None]]


def comments(path: Path) -> int:
    """How many lines at the top are comments, as in the templates that `tieout init` writes: `# `
    and a remark."""
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        return sum(1 for _ in takewhile(lambda line: line.startswith("# "), file))


def csv_header(path: Path, entity: Entity) -> tuple[str, list[str]]:
    """The delimiter (the one that yields the most known columns) and the header."""
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        first = next((line for line in islice(file, comments(path), None) if line.strip()), "")
    headers = {
        delimiter: next(csv.reader([first], delimiter=delimiter), []) for delimiter in DELIMITERS
    }
    best = max(
        DELIMITERS,
        key=lambda d: (sum(folded(name) in entity.columns for name in headers[d]), len(headers[d])),
    )
    return best, headers[best]


def folded(name: str) -> str:
    """A column's name as the input layer would write it."""
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def csv_relation(path: Path, delimiter: str, header: Sequence[str]) -> str:
    """DuckDB's reader, strict, all columns as text."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
    skipped = f" skip = {count}," if (count := comments(path)) else ""
    return (
        f"read_csv({literal(literally(path))}, auto_detect = false, hive_partitioning = false, header = true,{skipped}"
        f" delim = {literal(delimiter)},"
        f" quote = '\"', escape = '\"', strict_mode = true, columns = {{{columns}}})"
    )


def encoding_fault(path: Path, name: str) -> Fault | None:
    """Where a file is not UTF-8."""
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Fault(name, "is UTF-16", "save it as CSV UTF-8")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        lines = content.split(b"\n")
        row = content.count(b"\n", 0, error.start) + 1
        more = sum(
            b"\xef\xbf\xbd" in line.decode("utf-8", "replace").encode() for line in lines[row:]
        )
        problem = f"is not UTF-8 (byte 0x{content[error.start]:02x} at offset {error.start})"
        value = lines[row - 1].decode("cp1252", "replace").strip()
        return Fault(name, problem, "save the file as CSV UTF-8", row=row, value=value, more=more)
    return None


def csv_rows(path: Path, name: str, delimiter: str, faults: list[Fault]) -> Iterator[Row]:
    """Records with the line they begin at; what breaks RFC 4180 is added to `faults`."""
    csv.field_size_limit(2**31 - 1)
    # A byte that is no UTF-8 has its own fault; it must not hide the others.
    above = comments(path)
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        reader = csv.reader(islice(file, above, None), delimiter=delimiter, strict=True)
        line, width = above + 1, None
        try:
            for record in reader:
                begins, line = line, above + reader.line_num + 1
                if not record:
                    continue
                if width is None:
                    width = len(record)
                    continue
                if len(record) != width:
                    faults.append(_ragged(name, begins, len(record), width, delimiter))
                    continue  # its values are not below their columns
                yield begins, [value or None for value in record]
        except csv.Error as error:
            faults.append(_broken(name, line, above + reader.line_num, error))


def _ragged(name: str, row: int, found: int, width: int, delimiter: str) -> Fault:
    problem = f"has {found} fields, and the header has {width}"
    remedy = (
        f'put "quotes" round values that contain {delimiter!r}'
        if found > width
        else "add the fields that are missing"
    )
    return Fault(name, problem, remedy, row=row)


def _broken(name: str, row: int, at: int, error: csv.Error) -> Fault:
    if "unexpected end" in str(error):
        problem = "opens a quote that is never closed; nothing after it could be read"
    else:
        problem = f"breaks the quoting ({error}, line {at}); nothing after it could be read"
    return Fault(name, problem, 'double a quote inside a quoted value ("")', row=row)


def sheet_rows(path: Path, name: str, entity: Entity, faults: list[Fault]) -> Iterator[Row]:
    """The first sheet's rows with their numbers; the first that is not empty is the header, and
    comes first."""
    known = facts(path)  # first: nothing is unfolded that is not to be
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    errors = known.errors
    header: list[str] | None = None
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if all(cell == "" for cell in cells) and number not in errors:
            continue
        if header is None:
            header = [str(cell).strip() for cell in cells]
            while header and not header[-1]:
                header.pop()
            yield number, list(header)
            continue
        if any(cell != "" for cell in cells[len(header) :]):
            faults.append(
                Fault(name, "has a value to the right of the last column", "remove it", row=number)
            )
        kinds = [entity.columns[h].kind if h in entity.columns else "text" for h in header]
        left = (sheet.start or (0, 0))[1]
        row = []
        for place, (cell, kind) in enumerate(zip(cells, kinds, strict=False)):
            try:
                row.append(_cell(cell, kind, known.formats.get((number, place + left), "")))
            except _NotAsShown as odd:
                faults.append(
                    Fault(name, odd.problem, odd.remedy, number, header[place], str(cell))
                )
                # Some value, so that it is not called empty as well.
                row.append(str(cell) if kind == "text" else None if kind == "code" else "0")
        for column, error in errors.get(number, []):
            place = column - (sheet.start or (0, 0))[1]
            if 0 <= place < len(row):
                row[place] = error
                if kinds[place] == "text":
                    # No rule would mind it there.
                    faults.append(
                        Fault(name, *EXCEL_ERROR, row=number, column=header[place], value=error)
                    )
        yield number, row


class _NotAsShown(Exception):
    """A number that a cell shows otherwise than the file holds it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


def _cell(cell: Any, kind: str, shown_as: str) -> str | None:
    """A cell as text. Excel keeps numbers as binary fractions and shows 15 digits: those digits are
    the value."""
    if cell == "":
        return None
    if isinstance(cell, float) and kind in {"date", "timestamp"} and 1 <= cell <= LAST_SERIAL:
        cell = EXCEL_EPOCH + dt.timedelta(days=cell)
    elif isinstance(cell, float | int) and not isinstance(cell, bool):
        return _number(cell, kind, shown_as)
    if isinstance(cell, dt.datetime) and kind != "timestamp" and cell.time() == dt.time():
        cell = cell.date()
    return as_text(cell)


def _number(cell: float, kind: str, shown_as: str) -> str:
    """A number's digits, as the cell shows them. Raises _NotAsShown where a double, or 15 digits,
    do not hold them."""
    held, shown = Decimal(str(cell)), Decimal(format(cell, ".15g"))
    if not held.is_finite():
        raise _NotAsShown("is not a number that can be read", "write its digits")
    if held != shown:
        # Beyond 15 digits: noise of the binary fraction, unless digits of this column are among
        # them.
        places = DECIMALS.get(kind)
        step = Decimal(1).scaleb(-places) if places is not None else None
        whole = kind == "text" and held == held.to_integral_value()
        with localcontext() as exact:
            exact.prec = 60
            lost = (
                whole
                or abs(cell) >= EXACT
                or (step and held.quantize(step) != shown.quantize(step))
            )
        if lost:
            raise _NotAsShown(
                "has more digits than Excel keeps (15): the last ones are gone already",
                "write it in a column formatted as text, or save the original as .csv",
            )
    elif abs(cell) >= EXACT and held == held.to_integral_value():
        raise _NotAsShown(
            "has more digits than Excel keeps (15): the last ones may be gone already",
            "write it in a column formatted as text, or save the original as .csv",
        )
    if kind == "text" and shown_as:
        if re.fullmatch("0+", shown_as) and shown == shown.to_integral_value() and shown >= 0:
            return format(shown.to_integral_value(), "f").zfill(len(shown_as))
        raise _NotAsShown(
            f"is shown in the form {shown_as}, and holds another text",
            "format the column as text, and write what it is to be",
        )
    return format(shown, "f")


def text_table(
    con: duckdb.DuckDBPyConnection, table: str, header: Sequence[str], rows: Iterable[Row]
) -> None:
    """Creates a table of text columns and `_row` from rows, in chunks."""
    columns = ", ".join(f"{quoted(name)} varchar" for name in header)
    con.execute(f"create or replace temp table {quoted(table)} (_row bigint, {columns})")
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        arrays = {"_row": pa.array([number for number, _ in chunk], pa.int64())}
        for place, name in enumerate(header):
            arrays[name] = pa.array(
                [row[place] if place < len(row) else None for _, row in chunk], pa.string()
            )
        con.register("chunk", pa.table(arrays))
        con.execute(f"insert into {quoted(table)} by name from chunk")
        con.unregister("chunk")
