"""Charts of the workbook that are drawn from a table's own cells."""

from __future__ import annotations

from decimal import Decimal

from tieout.pack.workbook.style import Book, Sheet
from tieout.pack.workbook.table import Column, Table

WIDTH = 860
HEIGHT = 320
"""Pixels of a chart below a table; a row has twenty, a column seven a character, one without a
width 64."""


def columns_of_chart(columns: tuple[Column, ...]) -> int:
    """The last column that a chart below these covers."""
    rest = WIDTH - sum(7 * column.width + 5 for column in columns)
    return len(columns) - 1 + max(0, -(-rest // 64))


def draw(
    book: Book,
    sheet: Sheet,
    table: Table,
    place: int,
    header: int,
    drawn: list[tuple[object, Decimal | None]],
) -> int:
    """Draws the column at `place` below a table's rows, a bar a row; says the last row that the
    chart covers.

    `drawn` are the first column and that one: the chart keeps them, for what shows it without the
    cells.
    """
    last = header + len(drawn)
    column = table.columns[place]
    chart = book.file.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": column.header,
            "categories": [table.title, header + 1, 0, last, 0],
            "categories_data": [str(label) for label, _ in drawn],
            "values": [table.title, header + 1, place, last, place],
            "values_data": [float(amount or 0) for _, amount in drawn],
            "fill": {"color": "#1F3A4D"},
            "invert_if_negative": False,
            "gap": 60,
        }
    )
    chart.set_title(
        {"name": f"{column.header} by {table.columns[0].header.lower()}", "name_font": {"size": 12}}
    )
    chart.set_legend({"none": True})
    chart.set_y_axis(
        {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9DEE2"}}}
    )
    chart.set_x_axis({"label_position": "low"})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    sheet.insert_chart(
        last + 2,
        0,
        chart,
        {"description": f"{column.header}: the column of that name above, drawn"},
    )
    return last + 2 + HEIGHT // 20
