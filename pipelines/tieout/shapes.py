"""Rows for a spreadsheet (csv) or a program (json), on standard output: every column, amounts with
all their digits."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from tieout import console

Shape = Literal["table", "csv", "json"]


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> None:
    """A header and a line a row. Without `columns` they are the first row's, and no row at all is
    no header either."""
    writer = _writer(columns) if columns else None
    for row in rows:
        writer = writer or _writer(list(row))
        writer.writerow({name: _harmless(value) for name, value in row.items()})


def as_json(value: Any) -> None:
    """One document."""
    console.write_json(value)


def listed(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], shape: str) -> bool:
    """Writes the rows where the shape is for a spreadsheet or a program; says whether it did."""
    if shape == "csv":
        as_csv(rows, columns)
    elif shape == "json":
        as_json([dict(row) for row in rows])
    return shape != "table"


class _Told:
    """Where the CSV goes: standard output, by the console."""

    def write(self, text: str) -> None:
        """One line."""
        console.write(text)


def _writer(columns: Sequence[str]) -> csv.DictWriter[str]:
    writer = csv.DictWriter(_Told(), columns, lineterminator="\n")
    writer.writeheader()
    return writer


def _harmless(value: object) -> object:
    """A text that a spreadsheet would take for a formula is quoted; amounts stay numbers."""
    return (
        f"'{value}"
        if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
        else value
    )
