"""The workbook of a period: every figure a number, every total a live formula, every name only text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from pipelines.bridge import reasons
from pipelines.pack import scope
from pipelines.pack import workbook_sheets as sheets
from pipelines.pack.marts import Position, one
from pipelines.pack.workbook_chart import columns_of_chart, draw
from pipelines.pack.workbook_style import FIGURES, ROWS, Book, Sheet, open_book
from pipelines.pack.workbook_summary import write_summary
from pipelines.pack.workbook_table import Column, Table
from pipelines.settings import PROJECT

FETCHED = 10_000
"""Rows that are in memory at a time."""

TABLES = (
    sheets.BY_CUSTOMER,
    sheets.BY_JOB,
    sheets.MATCHED,
    sheets.EXCEPTIONS,
    sheets.BY_CATEGORY,
    sheets.BY_OWNER,
    sheets.ROLL_FORWARD,
    sheets.AGEING,
    sheets.RECEIVABLES,
    sheets.CONTROLS,
)

_DEFINITIONS = (Column("Kind", "top", 14), Column("Word", "top", 34), Column("Meaning", "wrapped", 120))
_EVIDENCE = (
    *(Column("Kind", "top", 14), Column("Name", "top", 34)),
    *(Column("Value", "wrapped", 80), Column("Rows", "count", 14)),
)
_BLOCK = re.compile(r"\{% docs (\w+) %\}\s*(.*?)\s*\{% enddocs %\}", re.DOTALL)


def file_name(position: Position) -> str:
    """What the workbook of a position is called."""
    return f"tieout-{position.period}.xlsx"


def write_workbook(connection: duckdb.DuckDBPyConnection, position: Position, path: Path) -> None:
    """Writes the workbook to `path`, whole or not at all.

    Rows are read and written some thousands at a time. Amounts are numbers where Excel keeps every digit of them,
    else exact text; totals are formulas whose stored results are the marts' sums.
    """
    scope.prepare(connection, position)
    fresh = path.with_name(f".{path.name}.partial")
    book = open_book(fresh, f"Tieout, {position.title}")
    try:
        write_summary(book, connection, position)
        for table in TABLES:
            write_table(book, connection, table, position)
        _write_given(
            book, "Definitions", "What each word in this workbook means.", _DEFINITIONS, _definitions(connection)
        )
        evidence = _write_given(
            book,
            "Evidence",
            "Which run these figures are of. The sheet is protected; its filters work.",
            _EVIDENCE,
            _evidence(connection, position),
        )
        evidence.protect("", {"autofilter": True, "sort": True, "format_columns": True})
        book.file.close()
        fresh.replace(path)
    finally:
        book.file.fileclosed = True  # of a workbook that failed, nothing is to be written when it is collected
        fresh.unlink(missing_ok=True)


def write_table(book: Book, connection: duckdb.DuckDBPyConnection, table: Table, at: Position) -> None:
    """Writes one table, on as many sheets as its rows need; each has the totals of all of them above its header."""
    values = {"starts_on": at.starts_on, "ends_on": at.ends_on}
    used = {name: value for name, value in values.items() if f"${name}" in table.sql}
    names = [f"c{place}" for place in range(len(table.columns))]
    source = f"({table.sql}) as rows_of ({', '.join(names)})"
    count, columns = _measured(connection, table, source, used)
    totals = _totals(connection, table, source, used)
    parts = max(1, -(-count // ROWS))
    cursor = connection.execute(table.sql, used)
    for part in range(parts):
        size = min(ROWS, count - part * ROWS)
        title = table.title if part == 0 else f"{table.title} {part + 1}"
        sheet = _begin(book, title, columns)
        _write_note(book, sheet, table, at)
        named = [_part_name(table, place) for place in range(parts)]
        row = _write_totals(book, sheet, table, totals, named)
        header = row
        sheet.begin_table(header, size, _headers(book, columns), named[part])
        styles = _styles(book, columns)
        words = [column.style == "word" for column in columns]
        drawn = []
        for line, found in enumerate(_taken(cursor, size), header + 1):
            for place, value in enumerate(found):
                told = value.replace("_", " ") if words[place] and isinstance(value, str) else value
                sheet.put(line, place, told, styles[place])
            if table.chart is not None:
                drawn.append((found[0], found[table.chart]))
        _colour(book, sheet, columns, header + 1, header + max(size, 1))
        sheet.freeze_panes(header + 1, 1)
        last = header + max(size, 1)
        if table.chart is not None and size:
            last = draw(book, sheet, table, table.chart, header, drawn)
        sheet.page(header, last, max(_printed(columns), 0 if table.chart is None else columns_of_chart(columns)))


def _measured(
    connection: duckdb.DuckDBPyConnection, table: Table, source: str, values: dict[str, Any]
) -> tuple[int, tuple[Column, ...]]:
    """How many rows there are, and the columns wide enough for their largest amounts: Excel shows ##### for others."""
    places = [place for place, column in enumerate(table.columns) if column.style == "money"]
    largest = "".join(f", max(abs(c{place})), abs(sum(c{place}))" for place in places)
    ((count, *amounts),) = connection.execute(f"select count(*){largest} from {source}", values).fetchall()
    columns = list(table.columns)
    for place, one_amount, together in zip(places, amounts[::2], amounts[1::2], strict=True):
        size = max(one_amount or 0, (together or 0) if columns[place].total else 0)
        columns[place] = replace(columns[place], width=max(columns[place].width, len(f"{size:,.2f}") + 3))
    return count, tuple(columns)


def _headers(book: Book, columns: tuple[Column, ...]) -> list[tuple[str, Format]]:
    return [(c.header, book.formats["header_right" if c.style in FIGURES else "header"]) for c in columns]


def _styles(book: Book, columns: tuple[Column, ...]) -> list[Format]:
    """Each column's format; words right of a figure keep a little distance."""
    lefts = ["", *(column.style for column in columns[:-1])]
    names = [
        f"{column.style}_after" if left in FIGURES and column.style not in FIGURES else column.style
        for left, column in zip(lefts, columns, strict=True)
    ]
    return [book.formats[name] for name in names]


def _colour(book: Book, sheet: Sheet, columns: tuple[Column, ...], first: int, last: int) -> None:
    """Statuses that mean that somebody has to act stand out, and those that mean that nobody has."""
    for place, column in enumerate(columns):
        if column.header == "Status":
            for words, style in (("failed", "bad"), ("not run", "bad"), ("reopened", "bad"), ("passed", "good")):
                rule = {"type": "cell", "criteria": "==", "value": f'"{words}"', "format": book.formats[style]}
                sheet.conditional_format(first, place, last, place, rule)


def _printed(columns: tuple[Column, ...]) -> int:
    """The last column that is printed."""
    return max(place for place, column in enumerate(columns) if column.printed)


def _write_note(book: Book, sheet: Sheet, table: Table, at: Position) -> None:
    """What the sheet is about; where it is of another day than the period's end, that first."""
    if not table.of_position:
        sheet.put(1, 0, table.note, book.formats["note"])
    elif at.is_later:
        said = f"As of {at.as_of_on:%Y-%m-%d}, the day of the position, not of {at.title}. {table.note}"
        sheet.put(1, 0, said, book.formats["other_day"])
    else:
        sheet.put(1, 0, f"As of {at.as_of_on:%Y-%m-%d}. {table.note}", book.formats["note"])


def _taken(cursor: duckdb.DuckDBPyConnection, count: int) -> Iterator[tuple[Any, ...]]:
    """The next `count` rows."""
    for start in range(0, count, FETCHED):
        yield from cursor.fetchmany(min(FETCHED, count - start))


def _part_name(table: Table, part: int) -> str:
    return table.name if part == 0 else f"{table.name}_{part + 1}"


def _totals(
    connection: duckdb.DuckDBPyConnection, table: Table, source: str, values: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """One row of totals, or one for each value of the column that they are kept apart by: its value, then each
    sum and the largest amount in it.
    """
    places = [place for place, column in enumerate(table.columns) if column.total]
    if not places:
        return []
    sums = ", ".join(f"coalesce(sum(c{place}), 0), coalesce(max(abs(c{place})), 0)" for place in places)
    key = "null" if table.per is None else f"c{table.per}"
    grouped = "" if table.per is None else f"group by {key} order by {key}"
    return connection.execute(f"select {key}, {sums} from {source} {grouped}", values).fetchall()


def _write_totals(book: Book, sheet: Sheet, table: Table, totals: list[tuple[Any, ...]], parts: list[str]) -> int:
    """Writes the totals from the third row on; says which row comes next."""
    row = 2
    places = [place for place, column in enumerate(table.columns) if column.total]
    for key, *figures in totals:
        for place in range(_printed(table.columns) + 1):
            sheet.put(row, place, None, book.formats["total_text"])
        sheet.put(row, 0, "Total of the rows shown" if table.per is None else "Total", book.formats["total_text"])
        if table.per is not None:
            sheet.put(row, table.per, key, book.formats["total_text"])
        for place, figure, largest in zip(places, figures[::2], figures[1::2], strict=True):
            column = table.columns[place]
            style = book.formats[f"total_{column.style}"]
            cells = [f"{part}[{column.header}]" for part in parts]
            if table.per is None:
                sums = [f"SUBTOTAL(109,{cell})" for cell in cells]
            else:
                own = f"${xl_col_to_name(table.per)}${row + 1}"
                kept = table.columns[table.per].header
                sums = [f"SUMPRODUCT(--({part}[{kept}]={own}),{cell})" for part, cell in zip(parts, cells, strict=True)]
            # Cents are added in binary: the sum is rounded to cents once more.
            sheet.total(row, place, f"=ROUND({'+'.join(sums)},2)", Decimal(figure), style, Decimal(largest))
        row += 1
    return row


def _begin(book: Book, title: str, columns: tuple[Column, ...]) -> Sheet:
    sheet = book.sheet(title)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    sheet.put(0, 0, title, book.formats["title"])
    return sheet


def _write_given(
    book: Book, title: str, note: str, columns: tuple[Column, ...], given: Iterator[tuple[object, ...]]
) -> Sheet:
    """Writes a table of rows that no query gives."""
    found = list(given)
    sheet = _begin(book, title, columns)
    sheet.put(1, 0, note, book.formats["note"])
    header = 3
    sheet.begin_table(header, len(found), _headers(book, columns), title)
    styles = _styles(book, columns)
    for row, values in enumerate(found, header + 1):
        for place, value in enumerate(values):
            sheet.put(row, place, value, styles[place])
    sheet.freeze_panes(header + 1, 1)
    sheet.page(header, header + max(len(found), 1), len(columns) - 1)
    return sheet


def _definitions(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    """The vocabulary, the reasons of the bridge, the controls: in the words that the docs site has for them."""
    vocabulary = (PROJECT / "models" / "vocabulary.md").read_text(encoding="utf-8")
    for word, meaning in _BLOCK.findall(vocabulary):
        yield "Vocabulary", word.replace("_", " "), re.sub(r"[*`]", "", meaning)
    for reason, (sentence, who_acts) in reasons().items():
        yield "Reason", reason.replace("_", " "), f"{sentence}. Who acts: {who_acts}."
    for title, why, how in connection.execute("""
        select arg_max(title, version_number), arg_max(why_it_matters, version_number),
            arg_max(how_to_resolve, version_number)
        from dim_control group by control_id order by control_id
    """).fetchall():
        yield "Control", title, f"{why}. To resolve: {how}."


def _evidence(connection: duckdb.DuckDBPyConnection, position: Position) -> Iterator[tuple[object, ...]]:
    """The position, what the run wrote about itself, and how many rows each mart has."""
    yield "Position", "Period", position.period, None
    yield "Position", "First day", position.starts_on.isoformat(), None
    yield "Position", "Last day", position.ends_on.isoformat(), None
    yield "Position", "As of", position.as_of_on.isoformat(), None
    yield "Position", "Reporting currency", position.currency, None
    for name, value in position.record.items():
        if name != "rows":
            yield "Run", name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), None
    marts = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts' order by table_name"
    ).fetchall()
    for (mart,) in marts:
        quoted = '"' + mart.replace('"', '""') + '"'
        yield "Mart", mart, None, one(connection, f"select count(*) from {quoted}")[0]
