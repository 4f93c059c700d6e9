"""The demo's import folders are written whole or not at all, and what is in them comes out as it
went in."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from tieout_demo.checks.truth import COLUMNS, write_truth
from tieout_demo.servers import import_files
from tieout_demo.servers.import_files import replace_file, write_folders

HOSTILE = (
    'Semi;Colon, "Quoted"',
    "Two\nLines",
    "O'Brien'); DROP TABLE x;--",
    "=1+1",
    "<b>&amp;</b>",
    " 日本 ",
    "{{ x }}",
)


def products(names: tuple[str, ...]) -> list[dict[str, object]]:
    return [
        {
            "product_id": str(number),
            "product_code": f"P{number}",
            "product_name": name,
            "list_price": Decimal("10.25"),
        }
        for number, name in enumerate(names)
    ]


def test_hostile_values_survive_comma_and_semicolon_files(tmp_path: Path) -> None:
    customers = [
        {"customer_id": str(number), "customer_name": name} for number, name in enumerate(HOSTILE)
    ]
    write_folders(
        tmp_path, {"recruitment": {"customers": customers}, "other": {"customers": customers}}
    )
    for folder, delimiter, bom in (("recruitment", ";", b"\xef\xbb\xbf"), ("other", ",", b"cust")):
        path = tmp_path / folder / "customers.csv"
        assert path.read_bytes().startswith(bom)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            assert [
                row["customer_name"] for row in csv.DictReader(lines, delimiter=delimiter)
            ] == list(HOSTILE)


def test_hostile_values_and_prices_survive_a_workbook(tmp_path: Path) -> None:
    write_folders(tmp_path, {"recruitment": {"products": products(HOSTILE)}})
    sheet = load_workbook(tmp_path / "recruitment" / "products.xlsx").active
    assert sheet is not None
    header, *rows = sheet.iter_rows(values_only=True)
    read = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["product_name"] for row in read] == list(HOSTILE)
    assert {row["list_price"] for row in read} == {10.25}
    assert {row["unit"] for row in read} == {None}


def test_a_workbooks_dates_are_dates(tmp_path: Path) -> None:
    period = {
        "period_id": "2026-02",
        "starts_on": date(2026, 2, 1),
        "ends_on": date(2026, 2, 28),
        "closed_at": datetime.fromisoformat("2026-03-09T17:30"),
    }
    write_folders(tmp_path, {"treasury": {"periods": [period]}})
    sheet = load_workbook(tmp_path / "treasury" / "periods.xlsx").active
    assert sheet is not None
    _, row = sheet.iter_rows(values_only=True)
    assert row[0] == "2026-02"
    assert [str(value) for value in row[1:]] == [
        "2026-02-01 00:00:00",
        "2026-02-28 00:00:00",
        "2026-03-09 17:30:00",
    ]


def test_money_in_parquet_is_decimal(tmp_path: Path) -> None:
    line = {
        "journal_line_id": "1-1",
        "journal_id": "1",
        "posted_on": date(2026, 1, 1),
        "account_code": "4000",
        "amount": Decimal("-0.10"),
        "is_manual": True,
    }
    write_folders(tmp_path, {"recruitment": {"journal_lines": [line]}})
    table = pq.read_table(tmp_path / "recruitment" / "journal_lines.parquet")
    assert str(table.schema.field("amount").type) == "decimal128(18, 2)"
    assert table.column("amount").to_pylist() == [Decimal("-0.10")]
    assert table.column("posted_on").to_pylist() == [date(2026, 1, 1)]


def test_a_file_with_the_same_content_is_not_touched(tmp_path: Path) -> None:
    folders = {
        "recruitment": {
            "products": products(("a",)),
            "accounts": [{"account_code": "1", "account_name": "Bank"}],
        }
    }
    assert len(write_folders(tmp_path, folders)) == 3
    assert write_folders(tmp_path, folders) == []
    folders["recruitment"]["accounts"][0]["account_name"] = "Cash"
    assert [path.name for path in write_folders(tmp_path, folders)] == ["accounts.csv"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    assert replace_file(path, b"old")

    def full(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(import_files.os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_truth_file_is_the_same_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    rows = [
        dict.fromkeys(COLUMNS, name) | {"value_amount": Decimal("1.50")} for name in ("b", 'a"; ,')
    ]
    write_truth(tmp_path / "1.csv", rows)
    write_truth(tmp_path / "2.csv", reversed(rows))
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    with (tmp_path / "1.csv").open(encoding="utf-8", newline="") as lines:
        read = list(csv.DictReader(lines))
    assert [row["note"] for row in read] == ['a"; ,', "b"]
    assert {row["value_amount"] for row in read} == {"1.50"}
