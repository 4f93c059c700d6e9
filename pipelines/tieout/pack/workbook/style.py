"""How a workbook is made: cells that lose no cent and obey no name, and tables that stream."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

ROWS = 1_048_000
"""Rows of data on one sheet; Excel holds 1,048,576, and the heading needs a few."""

READABLE = 190
"""Characters of columns on one page of paper: about eight and a half points each."""

LONGEST_TEXT = 32_767
"""UTF-16 units that Excel keeps in a cell."""

DIGITS = 15
"""Significant digits that Excel keeps and shows of a number."""

# What XML or Excel cannot hold, and what does not print; tab and line feed stay.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_MONEY, _COUNT = '#,##0.00;[Red]-#,##0.00;"–"', '#,##0;[Red]-#,##0;"–"'
_HEADER = {
    "bold": True,
    "bg_color": "#1F3A4D",
    "font_color": "#FFFFFF",
    "valign": "vcenter",
    "text_wrap": True,
}
_TOTAL = {"bold": True, "top": 1, "bg_color": "#EEF2F4"}
FORMATS: dict[str, dict[str, Any]] = {
    "text": {},
    "word": {},
    "key": {"font_color": "#5A6772", "font_size": 9},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "top": {"valign": "top"},
    "money": {"num_format": _MONEY},
    "count": {"num_format": _COUNT},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "title": {"bold": True, "font_size": 16, "font_color": "#1F3A4D"},
    "note": {"font_color": "#5A6772", "italic": True},
    "other_day": {"font_color": "#B3402E", "bold": True},
    "section": {"bold": True, "font_size": 12, "font_color": "#1F3A4D"},
    "header": _HEADER,
    "header_after": {**_HEADER, "indent": 1},
    "header_right": {**_HEADER, "align": "right"},
    "total_text": _TOTAL,
    "total_money": {**_TOTAL, "num_format": _MONEY},
    "total_count": {**_TOTAL, "num_format": _COUNT},
    "good": {"font_color": "#1E6B4A"},
    "bad": {"font_color": "#B3402E", "bold": True},
}
# Words right after a figure, which would touch it.
FORMATS |= {
    f"{name}_after": {**FORMATS[name], "indent": 1}
    for name in ("text", "word", "key", "date", "moment")
}

FIGURES = ("money", "count")
"""Styles of what stands on the right of its cell."""

LINE = 15
"""Points: one line of text."""

HEADER_HEIGHT = 2 * LINE + 2
"""Points: two lines of a header."""


def text_of(value: object) -> str:
    """A value as the text of a cell: without control characters, cut where Excel would cut it, the
    cut shown."""
    text = _CONTROL.sub("", str(value))
    if len(text) * 2 <= LONGEST_TEXT:  # no character takes more than two units
        return text
    units = text.encode("utf-16-le")
    if len(units) // 2 <= LONGEST_TEXT:
        return text
    return units[: (LONGEST_TEXT - 1) * 2].decode("utf-16-le", "ignore") + "…"


def is_exact(amount: Decimal) -> bool:
    """Whether Excel keeps and shows every digit of an amount that is held as a number."""
    if not amount.is_finite():
        return False
    digits = amount.normalize().as_tuple()
    return len(digits.digits) + max(int(digits.exponent), 0) <= DIGITS


class Sheet(Worksheet):  # type: ignore[misc]  # it has no types
    """A worksheet that is written row by row, from the top, and forgotten as it is written."""

    def put(self, row: int, column: int, value: object, style: Format | None = None) -> None:
        """Writes one cell by the type of its value.

        A number that Excel would round, a day before its calendar begins and everything else it has
        no type for become text: exact, and nothing that Excel could take for a formula or an
        address.
        """
        failed = 0
        if value is None or value == "":
            failed = self.write_blank(row, column, None, style) if style else 0
        elif isinstance(value, bool):
            failed = self.write_string(row, column, "yes" if value else "no", style)
        elif isinstance(value, int) and abs(value) < 10**DIGITS:
            failed = self.write_number(row, column, value, style)
        elif isinstance(value, Decimal):
            if is_exact(value):
                failed = self.write_number(row, column, float(value), style)
            else:
                failed = self.write_string(row, column, f"{value:f}", style)
        elif isinstance(value, date) and value.year >= 1901:
            moment = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            failed = self.write_datetime(row, column, moment, style)
        else:
            failed = self.write_string(row, column, text_of(value), style)
        if failed:
            raise ValueError(
                f"row {row + 1}, column {column + 1} of sheet {self.name} was not written ({failed})"
            )

    def total(
        self,
        row: int,
        column: int,
        formula: str,
        figure: Decimal,
        style: Format,
        largest: Decimal = Decimal(0),
    ) -> None:
        """Writes a live total with the figure that it gives.

        It is exact text instead where Excel would round it, or where the largest amount in it had
        to become text, which a formula would pass over.
        """
        if is_exact(figure) and is_exact(largest):
            self.write_formula(row, column, formula, style, float(figure))
        else:
            self.put(row, column, f"{figure:f}", style)

    def begin_table(
        self, row: int, count: int, headers: list[tuple[str, Format]], name: str
    ) -> None:
        """Writes a table's header, each with its format, and names the `count` rows below it, still
        to be written.

        XlsxWriter has no tables for sheets that stream, since it would write the header after the
        rows. Here the header comes first: what is pending is written out, then the header as shared
        text, as Excel wants it.
        """
        last_row, last_column = row + max(count, 1), len(headers) - 1
        self.set_row(row, HEADER_HEIGHT)
        self._write_single_row(row)
        self.constant_memory = False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                columns = [{"header": header, "header_format": style} for header, style in headers]
                # Of its first row only: every cell of a table is held in memory, to find overlaps
                # that we never make.
                self.add_table(
                    row,
                    0,
                    row + 1,
                    last_column,
                    {"name": name, "columns": columns, "style": "Table Style Light 1"},
                )
            self.tables[-1]["range"] = xl_range(row, 0, last_row, last_column)
            self.tables[-1]["autofilter"] = self.tables[-1]["a_range"] = self.tables[-1]["range"]
            self._write_single_row(row + 1)
        finally:
            self.constant_memory = True

    def page(self, header_row: int, last_row: int, last_column: int, width: int = 0) -> None:
        """Sets what is printed: landscape, the header on each page.

        One page is as wide as the sheet, unless its columns, `width` characters, would shrink until
        nobody can read them: then there are several pages, each with the first column.
        """
        across = max(1, -(-width // READABLE))
        self.set_landscape()
        self.set_paper(9)  # A4
        self.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.fit_to_pages(across, 0)
        if across > 1:
            self.repeat_columns(0)
        self.print_area(0, 0, last_row, last_column)
        self.repeat_rows(header_row)
        self.set_footer("&L&A&RPage &P of &N")


@dataclass(frozen=True)
class Book:
    """An open workbook and the formats of its cells."""

    file: xlsxwriter.Workbook
    formats: dict[str, Format]

    def sheet(self, title: str) -> Sheet:
        """A new sheet, the last one so far."""
        made: Sheet = self.file.add_worksheet(title, Sheet)
        made.hide_gridlines(2)
        return made


def open_book(path: Path, title: str) -> Book:
    """A workbook in which rows stream to `path`; close its `file` to have it written."""
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    file = xlsxwriter.Workbook(str(path), {"constant_memory": True, **never})
    file.set_properties(
        {"title": title, "comments": "Written by tieout pack from the published marts"}
    )
    return Book(file, {name: file.add_format(given) for name, given in FORMATS.items()})
