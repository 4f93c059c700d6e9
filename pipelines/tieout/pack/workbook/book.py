"""The workbook of a period: every figure a number, every total a live formula, every name only
text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from tieout.pack import scope
from tieout.pack.marts import Position
from tieout.pack.workbook import margin_sheets, sheets
from tieout.pack.workbook.chart import columns_of_chart, draw
from tieout.pack.workbook.style import FIGURES, LINE, ROWS, Book, Sheet, open_book
from tieout.pack.workbook.summary import write_summary
from tieout.pack.workbook.table import Column, Table
from tieout.pack.workbook.words import DEFINITIONS, EVIDENCE, definitions, evidence

FETCHED = 10_000
"""Rows that are in memory at a time."""

TABLES = (
    sheets.BY_CUSTOMER,
    sheets.BY_JOB,
    sheets.MATCHED,
    margin_sheets.BY_JOB,
    margin_sheets.WALK,
    margin_sheets.BY_PERSON,
    margin_sheets.PRICES,
    sheets.EXCEPTIONS,
    sheets.BY_CATEGORY,
    sheets.BY_OWNER,
    sheets.ROLL_FORWARD,
    sheets.AGEING,
    sheets.RECEIVABLES,
    sheets.CONTROLS,
)


def file_name(position: Position) -> str:
    """What the workbook of a position is called."""
    return f"tieout-{position.period}.xlsx"


def write_workbook(connection: duckdb.DuckDBPyConnection, position: Position, path: Path) -> None:
    """Writes the workbook to `path`, whole or not at all.

    Rows are read and written some thousands at a time. Amounts are numbers where Excel keeps every
    digit of them, else exact text; totals are formulas whose stored results are the marts' sums.
    """
    scope.prepare(connection, position)
    fresh = path.with_name(f".{path.name}.partial")
    book = open_book(fresh, f"Tieout, {position.title}")
    try:
        write_summary(book, connection, position)
        for table in TABLES:
            write_table(book, connection, table, position)
        _write_given(
            book,
            "Definitions",
            "What each word in this workbook means.",
            DEFINITIONS,
            definitions(connection),
        )
        protected = _write_given(
            book,
            "Evidence",
            "Which run these figures are of. The sheet is protected; its filters work.",
            EVIDENCE,
            evidence(connection, position),
        )
        protected.protect("", {"autofilter": True, "sort": True, "format_columns": True})
        book.file.close()
        fresh.replace(path)
    finally:
        book.file.fileclosed = (
            True  # of a workbook that failed, nothing is to be written when it is collected
        )
        fresh.unlink(missing_ok=True)


def write_table(
    book: Book, connection: duckdb.DuckDBPyConnection, table: Table, at: Position
) -> None:
    """Writes one table, on as many sheets as its rows need; each has the totals of all of them
    above its header."""
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
        sheet.page(
            header,
            last,
            max(_printed(columns), 0 if table.chart is None else columns_of_chart(columns)),
            sum(column.width for column in columns if column.printed),
        )


def _measured(
    connection: duckdb.DuckDBPyConnection, table: Table, source: str, values: dict[str, Any]
) -> tuple[int, tuple[Column, ...]]:
    """How many rows there are, and the columns wide enough for their largest amounts: Excel shows
    ##### for others."""
    places = [place for place, column in enumerate(table.columns) if column.style == "money"]
    largest = "".join(f", max(abs(c{place})), abs(sum(c{place}))" for place in places)
    ((count, *amounts),) = connection.execute(
        f"select count(*){largest} from {source}", values
    ).fetchall()
    columns = list(table.columns)
    for place, one_amount, together in zip(places, amounts[::2], amounts[1::2], strict=True):
        size = max(one_amount or 0, (together or 0) if columns[place].total else 0)
        columns[place] = replace(
            columns[place], width=max(columns[place].width, len(f"{size:,.2f}") + 3)
        )
    return count, tuple(columns)


def _headers(book: Book, columns: tuple[Column, ...]) -> list[tuple[str, Format]]:
    names = [
        "header_right" if c.style in FIGURES else f"header{after}" for c, after in _after(columns)
    ]
    return [
        (column.header, book.formats[name]) for column, name in zip(columns, names, strict=True)
    ]


def _styles(book: Book, columns: tuple[Column, ...]) -> list[Format]:
    return [book.formats[column.style + after] for column, after in _after(columns)]


def _after(columns: tuple[Column, ...]) -> Iterator[tuple[Column, str]]:
    """Each column, and the end of its format's name: words right of a figure keep a little
    distance."""
    for left, column in zip((None, *columns), columns, strict=False):
        touches = left is not None and left.style in FIGURES and column.style not in FIGURES
        yield column, "_after" if touches else ""


def _colour(book: Book, sheet: Sheet, columns: tuple[Column, ...], first: int, last: int) -> None:
    """Statuses that mean that somebody has to act stand out, and those that mean that nobody
    has."""
    for place, column in enumerate(columns):
        if column.header == "Status":
            for words, style in (
                ("failed", "bad"),
                ("not run", "bad"),
                ("reopened", "bad"),
                ("passed", "good"),
            ):
                rule = {
                    "type": "cell",
                    "criteria": "==",
                    "value": f'"{words}"',
                    "format": book.formats[style],
                }
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
    """One row of totals, or one for each value of the column that they are kept apart by: its
    value, then each sum and the largest amount in it.
    """
    places = [place for place, column in enumerate(table.columns) if column.total]
    if not places:
        return []
    sums = ", ".join(
        f"coalesce(sum(c{place}), 0), coalesce(max(abs(c{place})), 0)" for place in places
    )
    key = "null" if table.per is None else f"c{table.per}"
    grouped = "" if table.per is None else f"group by {key} order by {key}"
    return connection.execute(f"select {key}, {sums} from {source} {grouped}", values).fetchall()


def _write_totals(
    book: Book, sheet: Sheet, table: Table, totals: list[tuple[Any, ...]], parts: list[str]
) -> int:
    """Writes the totals from the third row on; says which row comes next."""
    row = 2
    places = [place for place, column in enumerate(table.columns) if column.total]
    for key, *figures in totals:
        for place in range(_printed(table.columns) + 1):
            sheet.put(row, place, None, book.formats["total_text"])
        sheet.put(
            row,
            0,
            "Total of the rows shown" if table.per is None else "Total",
            book.formats["total_text"],
        )
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
                sums = [
                    f"SUMPRODUCT(--({part}[{kept}]={own}),{cell})"
                    for part, cell in zip(parts, cells, strict=True)
                ]
            # Cents are added in binary: the sum is rounded to cents once more.
            sheet.total(
                row, place, f"=ROUND({'+'.join(sums)},2)", Decimal(figure), style, Decimal(largest)
            )
        row += 1
    return row


def _begin(book: Book, title: str, columns: tuple[Column, ...]) -> Sheet:
    sheet = book.sheet(title)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    sheet.put(0, 0, title, book.formats["title"])
    return sheet


def _write_given(
    book: Book,
    title: str,
    note: str,
    columns: tuple[Column, ...],
    given: Iterator[tuple[object, ...]],
) -> Sheet:
    """Writes a table of rows that no query gives."""
    found = list(given)
    sheet = _begin(book, title, columns)
    sheet.put(1, 0, note, book.formats["note"])
    header = 3
    sheet.begin_table(header, len(found), _headers(book, columns), title)
    styles = _styles(book, columns)
    for row, values in enumerate(found, header + 1):
        wrapped = [
            len(str(value)) // column.width
            for value, column in zip(values, columns, strict=True)
            if column.style == "wrapped" and value is not None
        ]
        # Said, since not every spreadsheet finds the height of a wrapped text by itself.
        sheet.set_row(row, LINE * (1 + max(wrapped, default=0)))
        for place, value in enumerate(values):
            sheet.put(row, place, value, styles[place])
    sheet.freeze_panes(header + 1, 1)
    sheet.page(header, header + max(len(found), 1), len(columns) - 1)
    return sheet
