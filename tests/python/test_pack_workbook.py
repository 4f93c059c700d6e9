"""The workbook: every amount is the mart's, totals that a spreadsheet computes are too, and hostile
names only show."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.escape import unescape
from pack_world import NAMES as HOSTILE
from pack_world import with_figures
from workbook_expected import SHEETS, differences, grid

from tieout.pack.marts import Position, opened, position
from tieout.pack.step import pack_step
from tieout.pack.workbook import book as module
from tieout.pack.workbook.book import TABLES, file_name, write_table, write_workbook
from tieout.pack.workbook.style import is_exact, open_book, text_of
from tieout.pack.workbook.table import Column, Table, text
from tieout.settings import Settings


@pytest.fixture(scope="module")
def marts(
    small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small company's marts, its customers' names hostile, with an exception in each state for
    its events."""
    path = tmp_path_factory.mktemp("marts") / "marts.duckdb"
    shutil.copy(small_warehouse.marts, path)
    with_figures(path)
    with opened(path) as connection:
        yield connection


@pytest.fixture(scope="module")
def books(
    small_warehouse: Settings,
    marts: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[Path, Position]]:
    """The small company's workbooks of January, which is past, and of February, which the position
    is of."""
    found = {}
    for day in (date(2026, 1, 1), date(2026, 2, 1)):
        at = position(small_warehouse, marts, day)
        found[at.period] = (tmp_path_factory.mktemp("workbook") / file_name(at), at)
        write_workbook(marts, at, found[at.period][0])
    return found


@pytest.fixture(scope="module")
def written(books: dict[str, tuple[Path, Position]]) -> tuple[Path, Position]:
    """The workbook of February, and the position that it is of."""
    return books["2026-02"]


@pytest.fixture(scope="module")
def book(written: tuple[Path, Position]) -> Workbook:
    return load_workbook(written[0])


@pytest.fixture(scope="module")
def recomputed(
    written: tuple[Path, Position], tmp_path_factory: pytest.TempPathFactory
) -> Workbook:
    return computed(written[0], tmp_path_factory.mktemp("recomputed"))


def computed(path: Path, folder: Path) -> Workbook:
    """The workbook as LibreOffice gives it back, every formula computed anew (tests/components.sh
    installs it)."""
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        reason = "there is no LibreOffice on this machine: run tests/components.sh, or install it"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # Without their stored results, so that they must be computed.
    bare = load_workbook(path)
    bare.save(folder / "bare.xlsx")
    out = folder / "out"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        soffice,
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
        str(folder / "bare.xlsx"),
    ]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    return load_workbook(out / "bare.xlsx", data_only=True)


def amount(value: object) -> Decimal:
    """A cell's amount, exactly as it is shown: to the cent."""
    assert isinstance(value, int | float | str), value
    found = Decimal(repr(value) if isinstance(value, float) else str(value))
    assert found == round(found, 2), f"{found} is no amount in cents"
    return found


def table(book: Workbook, title: str) -> list[dict[str, Any]]:
    """The rows of a sheet's only table."""
    sheet = book[title]
    (place,) = sheet.tables.values()
    header, *found = [[cell.value for cell in row] for row in sheet[place.ref]]
    assert [column.name for column in place.tableColumns] == header
    assert place.autoFilter.ref == place.ref
    return [
        dict(zip(header, row, strict=True))
        for row in found
        if any(value is not None for value in row)
    ]


@pytest.mark.parametrize("title", ["Summary", *SHEETS, "Definitions", "Evidence"])
@pytest.mark.parametrize("month", ["2026-01", "2026-02"])
def test_every_cell_is_the_marts(
    title: str,
    month: str,
    books: dict[str, tuple[Path, Position]],
    marts: duckdb.DuckDBPyConnection,
) -> None:
    path, at = books[month]
    stored = load_workbook(path, data_only=True)
    assert stored.sheetnames == ["Summary", *SHEETS, "Definitions", "Evidence"]
    assert len(grid(stored, title)) > 3, "there is nothing to compare"
    found = differences(stored, marts, title, at)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("title", ["Summary", *SHEETS, "Evidence"])
def test_a_figure_that_is_altered_in_any_column_is_noticed(
    title: str, written: tuple[Path, Position], marts: duckdb.DuckDBPyConnection
) -> None:
    path, at = written
    stored = load_workbook(path, data_only=True)
    altered = 0
    for column in stored[title].iter_cols():
        figures = [cell for cell in column if isinstance(cell.value, int | float | datetime)]
        # Every one of the summary's, where each row is a figure of its own; elsewhere the first and
        # the last.
        for cell in figures if title == "Summary" else {figures[0], figures[-1]} if figures else ():
            right = cell.value
            cell.value = right + (timedelta(days=1) if isinstance(right, datetime) else 0.01)
            assert differences(stored, marts, title, at), (title, cell.coordinate)
            cell.value, altered = right, altered + 1
    assert altered and differences(stored, marts, title, at) == []


def formulas(book: Workbook) -> Iterator[tuple[str, str]]:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate


def test_totals_that_a_spreadsheet_computes_are_those_that_are_stored(
    written: tuple[Path, Position], book: Workbook, recomputed: Workbook
) -> None:
    stored = load_workbook(written[0], data_only=True)
    places = list(formulas(book))
    assert {title for title, _ in places} == {"Summary", *SHEETS}
    for title, place in places:
        figure = recomputed[title][place].value
        assert isinstance(figure, int | float), (title, place, book[title][place].value, figure)
        assert amount(round(figure, 2)) == amount(stored[title][place].value), (title, place)
        assert abs(figure - round(figure, 2)) < 1e-9


def test_sheets_print_and_filter_and_evidence_is_protected(book: Workbook) -> None:
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_area and sheet.print_title_rows and sheet.freeze_panes
    assert {sheet.title: len(sheet._charts) for sheet in book if sheet._charts} == {
        "Summary": 2,
        "By owner": 1,
        "Receivables ageing": 1,
    }
    for made in (
        TABLES
    ):  # keys serve those who look something up in the file; a chart may be wider than its table
        printed = column_index_from_string(book[made.title].print_area.split("$")[3])
        assert printed == sum(column.printed for column in made.columns) or (
            made.chart and printed < 12
        ), made.title
        letters = [get_column_letter(place + 1) for place in range(printed)]
        width = sum(book[made.title].column_dimensions[letter].width for letter in letters)
        across = book[made.title].page_setup.fitToWidth or 1  # None is one
        assert width / across <= 190, f"{made.title} shrinks until nobody can read it"
        assert (book[made.title].print_title_cols == "$A:$A") == (across > 1), made.title
    assert book["Evidence"].protection.sheet and not book["Evidence"].protection.autoFilter
    for made in TABLES:
        kinds = {column.header: column.style for column in made.columns}
        for row in table(book, made.title):
            for header, value in row.items():
                if value is not None and kinds[header] in ("date", "moment"):
                    assert isinstance(value, datetime | date), (made.title, header, value)


AT = Position("a run", date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28), "GBP")


def one_sheet(path: Path, made: Table) -> None:
    made_book = open_book(path, "A test")
    with duckdb.connect() as connection:
        write_table(made_book, connection, made, AT)
    made_book.file.close()


def test_what_is_of_another_day_than_the_period_says_so(
    books: dict[str, tuple[Path, Position]],
) -> None:
    of_position = {
        "Margin by job",
        "Margin walk",
        "By representative",
        "Price waterfall",
        "Exceptions",
        "By category",
        "By owner",
        "Receivables ageing",
        "Receivables",
        "Controls",
    }
    assert {made.title for made in TABLES if made.of_position} == of_position
    for month, said in (
        ("2026-01", "As of 2026-02-28, the day of the position, not of January 2026."),
        ("2026-02", "As of 2026-02-28."),
    ):
        past = load_workbook(books[month][0])
        assert {
            title for title in past.sheetnames if str(past[title]["A2"].value).startswith(said)
        } == of_position


def test_the_pack_holds_the_workbook_of_its_period(
    small_warehouse: Settings, tmp_path: Path
) -> None:
    folder = pack_step(small_warehouse, date(2026, 1, 15), tmp_path / "pack")
    assert [path.name for path in folder.glob("*.xlsx")] == ["tieout-2026-01.xlsx"]
    assert not list(folder.glob(".*"))


def test_names_from_the_marts_only_show(book: Workbook) -> None:
    known = {"Unknown customer", *HOSTILE}
    assert {unescape(row["Customer"]) for row in table(book, "By customer")} <= known
    assert {unescape(row["Owner"]) for row in table(book, "By owner")} <= known
    for title, place in formulas(book):
        assert book[title][place].value.startswith(
            ("=ROUND(SUM(", "=ROUND(SUBTOTAL(", "=ROUND(SUMPRODUCT(")
        )
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)


def test_hostile_names_only_show(tmp_path: Path) -> None:
    names = ", ".join("('" + name.replace("'", "''") + "')" for name in HOSTILE)
    path = tmp_path / "hostile.xlsx"
    one_sheet(
        path, Table("Names", "Names", "n", f"select * from (values {names})", (text("Name"),))
    )
    sheet = load_workbook(path)["Names"]
    cells = [sheet.cell(row, 1) for row in range(4, 4 + len(HOSTILE))]
    assert [unescape(cell.value) for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert text_of("a\x00b\x1b[31mc\td\ne\x9f") == "ab[31mc\td\ne"
    assert text_of("x" * 32_767) == "x" * 32_767
    assert text_of("x" * 32_768) == "x" * 32_766 + "…"
    assert text_of("😀" * 20_000) == "😀" * 16_383 + "…"


def test_an_amount_that_excel_would_round_is_text_and_its_total_too(tmp_path: Path) -> None:
    big = Decimal("1234567890123456.78")
    path = tmp_path / "big.xlsx"
    sql = f"select 'a', cast({big} as decimal(18, 2)) union all select 'b', 0.01 order by 1"
    one_sheet(
        path, Table("Big", "Big", "n", sql, (text("Name"), Column("Amount", "money", total=True)))
    )
    sheet = load_workbook(path)["Big"]
    assert [sheet.cell(row, 2).value for row in (3, 5, 6)] == [
        "1234567890123456.79",
        str(big),
        0.01,
    ]
    assert is_exact(Decimal("9999999999999.99")) and not is_exact(Decimal("10000000000000.01"))


def test_rows_go_on_where_a_sheet_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 10)
    monkeypatch.setattr(module, "FETCHED", 4)
    path = tmp_path / "long.xlsx"
    sql = "select i::text, (i / 100)::decimal(18, 2) from range(25) as numbers (i) order by i"
    one_sheet(
        path, Table("Long", "Long", "n", sql, (text("Name"), Column("Amount", "money", total=True)))
    )
    found = load_workbook(path)
    assert found.sheetnames == ["Long", "Long 2", "Long 3"]
    assert [int(row["Name"]) for title in found.sheetnames for row in table(found, title)] == list(
        range(25)
    )
    again = computed(path, tmp_path)
    assert {amount(round(again[title]["B3"].value, 2)) for title in again.sheetnames} == {
        Decimal("3.00")
    }
