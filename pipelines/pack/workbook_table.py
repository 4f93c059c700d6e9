"""A sheet of the workbook that is one table, as it is described: its query and its columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: what stands above it, how its cells look (a name of FORMATS), and whether it has a total."""

    header: str
    style: str = "text"
    width: int = 16
    total: bool = False


@dataclass(frozen=True)
class Table:
    """One sheet: `sql` gives a value a column, and may use $starts_on and $ends_on, the days of the period.

    `per` is the place of the column whose values have totals of their own, as currencies must.
    """

    title: str
    name: str
    note: str
    sql: str
    columns: tuple[Column, ...]
    per: int | None = None


def text(header: str, width: int = 16) -> Column:
    """A column of words."""
    return Column(header, "text", width)


def money(header: str, total: bool = True) -> Column:
    """A column of amounts, added up unless they are of several currencies or counted elsewhere."""
    return Column(header, "money", 16, total)


def day(header: str) -> Column:
    """A column of days."""
    return Column(header, "date", 12)


def number(header: str, total: bool = False) -> Column:
    """A column of counts."""
    return Column(header, "count", 12, total)
