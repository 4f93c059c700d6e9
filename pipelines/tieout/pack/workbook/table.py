"""A sheet of the workbook that is one table, as it is described: its query and its columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: what stands above it, how its cells look (a name of FORMATS), and whether it has
    a total.

    A column that is not printed serves those who look something up in the file: keys, evidence.
    Such columns come last.
    """

    header: str
    style: str = "text"
    width: int = 16
    total: bool = False
    printed: bool = True


@dataclass(frozen=True)
class Table:
    """One sheet: `sql` gives a value a column, and may use $starts_on and $ends_on, the days of the
    period.

    `per` is the place of the column whose values have totals of their own, as currencies must.
    `chart` is the place of the column that is drawn below the rows, by the first column. What is
    `of_position` is told of the day of the position, whatever the period; its note says so.
    """

    title: str
    name: str
    note: str
    sql: str
    columns: tuple[Column, ...]
    per: int | None = None
    chart: int | None = None
    of_position: bool = False


def text(header: str, width: int = 16) -> Column:
    """A column of words."""
    return Column(header, "text", width)


def word(header: str, width: int = 16) -> Column:
    """A column of names that the project gave, written as words: delivered_to_invoiced is
    "delivered to invoiced"."""
    return Column(header, "word", width)


def looked_up(header: str, style: str, width: int = 17) -> Column:
    """A column that serves those who look something up in the file; it is not printed, and never
    added up."""
    return Column(header, style, width, printed=False)


def key(header: str, width: int = 34) -> Column:
    """A column by which a row is found again; it is not printed."""
    return Column(header, "key", width, printed=False)


def money(header: str, total: bool = True) -> Column:
    """A column of amounts, added up unless they are of several currencies or counted elsewhere."""
    return Column(header, "money", 14, total)


def day(header: str) -> Column:
    """A column of days."""
    return Column(header, "date", 11)


def number(header: str, total: bool = False) -> Column:
    """A column of counts."""
    return Column(header, "count", 11, total)
