"""The workbook: every amount is the mart's, totals that a spreadsheet computes are too, and hostile names only show."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.escape import unescape

from pipelines.pack import workbook as module
from pipelines.pack import workbook_sheets as sheets
from pipelines.pack.marts import Position, opened, position
from pipelines.pack.step import pack_step
from pipelines.pack.workbook import TABLES, file_name, write_table, write_workbook
from pipelines.pack.workbook_style import is_exact, open_book, text_of
from pipelines.pack.workbook_table import Column, Table, text
from pipelines.settings import Settings

FEBRUARY = "date '2026-02-01' and date '2026-02-28'"
HOSTILE = [
    '=HYPERLINK("https://evil.example/","pay")',
    "<script>alert(1)</script>",
    'O\'Neil "quoted" & Söhne',
    "safe\u202egnp.exe",
    "🧾 👩‍🔧 GmbH",
    "+1+cmd|' /C calc'!A0",
    "https://evil.example/",
    "007",
    "_x0041_",
]


@pytest.fixture(scope="module")
def marts(small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small company's marts, its customers' names hostile, with an exception in each state for its events."""
    path = tmp_path_factory.mktemp("marts") / "marts.duckdb"
    shutil.copy(small_warehouse.marts, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("set schema = 'marts.marts'")
        connection.execute(
            """
            update dim_customer set customer_name = $names[1 + places.place % len($names)]
            from (select customer_key, row_number() over (order by customer_key) as place from dim_customer) as places
            where places.customer_key = dim_customer.customer_key
            """,
            {"names": HOSTILE},
        )
        connection.execute(
            """
            insert into fct_exceptions by name
            select
                event_key as exception_key, 'delivered_not_invoiced' as control_id,
                ['open', 'acknowledged', 'reopened', 'waived', 'resolved'][1 + place % 5] as status,
                'high' as severity, 'billing' as owner_role, $names[1 + place % len($names)] as owner,
                source_entity as entity, source_id as entity_id, source_system, deal_key, contract_key, job_key,
                work_order_key, 'unknown' as delivery_key, 'unknown' as invoice_key, product_key,
                customer_key, owner_key,
                event_on as occurred_on,
                event_on::timestamp as first_seen_at, event_on::timestamp as last_seen_at, 0 as times_reopened,
                place * 7 as age_days, currency, document_amount, reporting_amount as expected_amount,
                if(place % 2 = 0, reporting_amount - 0.01, null) as actual_amount,
                abs(reporting_amount) as value_at_risk_amount, abs(reporting_amount) as counted_amount,
                'not_in_its_period' as cause, $names[1 + place % len($names)] as suggested_action,
                0 as similar_resolved_count, 0 as similar_resolved_customer_count, '{}' as evidence
            from (select row_number() over (order by event_key) as place, * from fct_stage_events)
            where reporting_amount is not null
            """,
            {"names": HOSTILE},
        )
    with opened(path) as connection:
        yield connection


@pytest.fixture(scope="module")
def written(
    small_warehouse: Settings, marts: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Position]:
    """The small company's workbook of February, and the position that it is of."""
    at = position(small_warehouse, marts, None)
    path = tmp_path_factory.mktemp("workbook") / file_name(at)
    write_workbook(marts, at, path)
    return path, at


@pytest.fixture(scope="module")
def book(written: tuple[Path, Position]) -> Workbook:
    return load_workbook(written[0])


@pytest.fixture(scope="module")
def recomputed(written: tuple[Path, Position], tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return computed(written[0], tmp_path_factory.mktemp("recomputed"))


def computed(path: Path, folder: Path) -> Workbook:
    """The workbook as LibreOffice gives it back, every formula computed anew (tests/components.sh installs it)."""
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
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(folder / "bare.xlsx")]
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
    return [dict(zip(header, row, strict=True)) for row in found if any(value is not None for value in row)]


# Each sheet whose rows are a mart's rows: its key column, its columns of amounts, and the same from the mart.
ROWS = {
    "Matched items": (
        "Bridge item",
        ["From amount", "To amount"],
        f"""select bridge_item_key, from_amount, to_amount from fct_bridge
            where reason = 'settled' and (from_on between {FEBRUARY} or to_on between {FEBRUARY})""",
    ),
    "Exceptions": (
        "Exception",
        ["Document amount", "Expected amount", "Actual amount", "Value at risk", "Counted"],
        """select exception_key, document_amount, expected_amount, actual_amount, value_at_risk_amount, counted_amount
            from fct_exceptions where status in ('open', 'acknowledged', 'reopened')""",
    ),
    "By owner": (
        "Owner",
        ["Value at risk", "Counted"],
        """select owner, sum(value_at_risk_amount), sum(counted_amount) from fct_exceptions
            where status in ('open', 'acknowledged', 'reopened') group by owner, owner_role""",
    ),
    "Roll-forward": (
        "Roll-forward key",
        [name.replace("_", " ").capitalize() for name in sheets._ROLLED],
        f"""select revenue_rollforward_key, opening_amount, recognised_amount, invoiced_amount, closing_amount,
            accrued_amount, deferred_amount, ledger_accrued_amount, ledger_deferred_amount, accrued_difference_amount,
            deferred_difference_amount from fct_revenue_rollforward where month_on between {FEBRUARY}""",
    ),
    "Receivables ageing": (
        "Days overdue",
        ["Gross", "Applied", "Open"],
        """select ageing_bucket, sum(reporting_gross_amount), sum(reporting_applied_amount), sum(reporting_open_amount)
            from fct_receivables group by ageing_bucket""",
    ),
    "Receivables": (
        "Record",
        ["Gross", "Applied", "Open", "Gross reporting", "Applied reporting", "Open reporting"],
        """select invoice_id, gross_amount, applied_amount, open_amount, reporting_gross_amount,
            reporting_applied_amount, reporting_open_amount from fct_receivables""",
    ),
    "Controls": (
        "Name",
        ["Amount looked at", "Value at risk", "Counted"],
        """select control_id, population_amount, value_at_risk_amount, counted_amount
            from fct_control_results where is_latest""",
    ),
}


@pytest.mark.parametrize("title", ROWS)
def test_every_amount_of_every_row_is_the_marts(title: str, book: Workbook, marts: duckdb.DuckDBPyConnection) -> None:
    key, columns, sql = ROWS[title]
    found = table(book, title)
    shown = Counter(
        (unescape(row[key]), *(None if row[column] is None else amount(row[column]) for column in columns))
        for row in found
    )
    expected = Counter(marts.execute(sql).fetchall())
    assert expected, "there is nothing to compare"
    assert shown == expected


def test_every_sheet_of_amounts_is_compared() -> None:
    assert {made.title for made in TABLES} == {*ROWS, "By customer", "By job"}


@pytest.mark.parametrize(
    ("title", "key", "mart", "column"),
    [
        ("By customer", "Customer key", "fct_quote_to_cash_monthly", "customer_key"),
        ("By job", "Job key", "fct_quote_to_cash", "job_key"),
    ],
)
def test_stages_and_differences_are_the_marts(
    title: str, key: str, mart: str, column: str, book: Workbook, marts: duckdb.DuckDBPyConnection
) -> None:
    names = ("Booked", "Contracted", "Delivered", "Invoiced", "Recognised", "Cash")
    found = {row[key]: row for row in table(book, title)}
    sums = """sum(booked_amount), sum(contracted_amount), sum(delivered_amount),
        sum(invoiced_amount + credited_amount), sum(recognised_amount), sum(cash_amount)"""
    to_date = {
        member: list(figures)
        for member, *figures in marts.execute(f"select {column}, {sums} from {mart} group by 1").fetchall()
    }
    shown = {member: [amount(row[f"{name} to date"]) for name in names] for member, row in found.items()}
    nothing = [Decimal(0)] * 6
    assert shown and {k: v for k, v in shown.items() if v != nothing} == {
        k: v for k, v in to_date.items() if v != nothing
    }
    if column == "customer_key":
        period = marts.execute(f"select {column}, {sums} from {mart} where month between {FEBRUARY} group by 1")
        for member, *figures in period.fetchall():
            assert [amount(found[member][f"{name} in the period"]) for name in names] == figures
    bridge = {
        (member, gap): figure
        for member, gap, figure in marts.execute(
            f"select {column}, gap, sum(difference_amount) from fct_bridge group by all"
        ).fetchall()
    }
    for member, row in found.items():
        for (first, last), gap in module.scope.GAPS.items():
            shown_difference = amount(row[f"{first.capitalize()} less {last}"])
            assert shown_difference == bridge.get((member, gap), Decimal(0))
            assert shown_difference == amount(row[f"{first.capitalize()} to date"]) - amount(
                row[f"{last.capitalize()} to date"]
            )


def formulas(book: Workbook) -> Iterator[tuple[str, str]]:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate


def test_totals_that_a_spreadsheet_computes_are_the_marts(
    written: tuple[Path, Position], book: Workbook, recomputed: Workbook, marts: duckdb.DuckDBPyConnection
) -> None:
    stored = load_workbook(written[0], data_only=True)
    places = list(formulas(book))
    assert {title for title, _ in places} >= {"Summary", "By customer", "Matched items", "Exceptions", "Roll-forward"}
    for title, place in places:
        figure = recomputed[title][place].value
        assert isinstance(figure, int | float), (title, place, book[title][place].value, figure)
        assert amount(round(figure, 2)) == amount(stored[title][place].value), (title, place)
        assert abs(figure - round(figure, 2)) < 1e-9
    # What is stored is the marts' sum: of every column that has a total, from the marts.
    for made in TABLES:
        sheet, rows = stored[made.title], table(book, made.title)
        for place, column in enumerate(made.columns):
            if column.total and made.per is None:
                assert amount(sheet.cell(3, place + 1).value) == sum(
                    (amount(row[column.header]) for row in rows), Decimal(0)
                )
    (counted,) = marts.execute(
        "select sum(counted_amount) from fct_exceptions where status not in ('resolved', 'waived')"
    ).fetchone()
    place = [column.header for column in sheets.EXCEPTIONS.columns].index("Counted")
    assert amount(recomputed["Exceptions"].cell(3, place + 1).value) == counted


def test_the_walk_of_the_summary_ends_at_the_marts_stages(
    recomputed: Workbook, book: Workbook, marts: duckdb.DuckDBPyConnection
) -> None:
    sheet = recomputed["Summary"]
    found: dict[str, set[tuple[Decimal, Decimal]]] = {}
    for row in sheet.iter_rows(values_only=True):
        if row[0] in ("Booked", "Contracted", "Delivered", "Invoiced", "Recognised", "Cash") and row[5] is not None:
            found.setdefault(row[0], set()).add((amount(row[5]), amount(row[6])))
    sums = """sum(booked_amount), sum(contracted_amount), sum(delivered_amount),
        sum(invoiced_amount + credited_amount), sum(recognised_amount), sum(cash_amount)"""
    period = marts.execute(f"select {sums} from fct_quote_to_cash_monthly where month between {FEBRUARY}").fetchone()
    to_date = marts.execute(f"select {sums} from fct_quote_to_cash_monthly").fetchone()
    names = ("Booked", "Contracted", "Delivered", "Invoiced", "Recognised", "Cash")
    drawn = {name: {pair} for name, pair in zip(names, zip(period, to_date, strict=True), strict=True)}
    shown = {name: {pair for pair in pairs if pair in drawn[name]} for name, pairs in found.items()}
    assert shown == drawn
    assert len(book["Summary"]._charts) == 2


def test_sheets_print_and_filter_and_evidence_is_protected(book: Workbook) -> None:
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1) and sheet.page_setup.fitToHeight == 0  # None is one
        assert sheet.print_area and sheet.print_title_rows and sheet.freeze_panes
    assert book["Evidence"].protection.sheet and not book["Evidence"].protection.autoFilter
    for made in TABLES:
        kinds = {column.header: column.style for column in made.columns}
        for row in table(book, made.title):
            for header, value in row.items():
                if value is not None and kinds[header] in ("date", "moment"):
                    assert isinstance(value, datetime | date), (made.title, header, value)


def test_evidence_counts_every_mart(book: Workbook, marts: duckdb.DuckDBPyConnection) -> None:
    shown = {row["Name"]: row["Rows"] for row in table(book, "Evidence") if row["Kind"] == "Mart"}
    tables = marts.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
    assert shown == {name: marts.execute(f"select count(*) from {name}").fetchone()[0] for (name,) in tables}
    assert {row["Kind"] for row in table(book, "Definitions")} == {"Vocabulary", "Reason", "Control"}


def one_sheet(path: Path, made: Table) -> None:
    made_book = open_book(path, "A test")
    with duckdb.connect() as connection:
        write_table(made_book, connection, made, {})
    made_book.file.close()


def test_the_pack_holds_the_workbook_of_its_period(small_warehouse: Settings, tmp_path: Path) -> None:
    folder = pack_step(small_warehouse, date(2026, 1, 15), tmp_path / "pack")
    assert [path.name for path in folder.glob("*.xlsx")] == ["tieout-2026-01.xlsx"]
    assert not list(folder.glob(".*"))


def test_names_from_the_marts_only_show(book: Workbook) -> None:
    known = {"Unknown customer", *HOSTILE}
    assert {unescape(row["Customer"]) for row in table(book, "By customer")} <= known
    assert {unescape(row["Owner"]) for row in table(book, "By owner")} <= known
    for title, place in formulas(book):
        assert book[title][place].value.startswith(("=ROUND(SUM(", "=ROUND(SUBTOTAL(", "=ROUND(SUMPRODUCT("))
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)


def test_hostile_names_only_show(tmp_path: Path) -> None:
    names = ", ".join("('" + name.replace("'", "''") + "')" for name in HOSTILE)
    path = tmp_path / "hostile.xlsx"
    one_sheet(path, Table("Names", "Names", "n", f"select * from (values {names})", (text("Name"),)))
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
    one_sheet(path, Table("Big", "Big", "n", sql, (text("Name"), Column("Amount", "money", total=True))))
    sheet = load_workbook(path)["Big"]
    assert [sheet.cell(row, 2).value for row in (3, 5, 6)] == ["1234567890123456.79", str(big), 0.01]
    assert is_exact(Decimal("9999999999999.99")) and not is_exact(Decimal("10000000000000.01"))


def test_rows_go_on_where_a_sheet_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 10)
    monkeypatch.setattr(module, "FETCHED", 4)
    path = tmp_path / "long.xlsx"
    sql = "select i::text, (i / 100)::decimal(18, 2) from range(25) as numbers (i) order by i"
    one_sheet(path, Table("Long", "Long", "n", sql, (text("Name"), Column("Amount", "money", total=True))))
    found = load_workbook(path)
    assert found.sheetnames == ["Long", "Long 2", "Long 3"]
    assert [int(row["Name"]) for title in found.sheetnames for row in table(found, title)] == list(range(25))
    again = computed(path, tmp_path)
    assert {amount(round(again[title]["B3"].value, 2)) for title in again.sheetnames} == {Decimal("3.00")}
