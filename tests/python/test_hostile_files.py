"""Files that are broken, hostile or merely odd: each lands as it is shown, or is refused by name;
nothing hangs."""

from __future__ import annotations

import io
import os
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from fake_systems import query
from hostile_files import COSTS, RATE, RATES, hostile, land_all

from tieout.landing.land import Landed, land
from tieout.sources.imports import source as imports
from tieout.sources.imports import workbook as imports_workbook

SAMPLE = 6
"""Of the hostile files, one in so many is tried here; `make faults` tries them all."""


@pytest.fixture
def landed(tmp_path: Path) -> Callable[..., list[Landed]]:
    def write_and_land(folder: str, **files: bytes) -> list[Landed]:
        for name, content in files.items():
            path = tmp_path / "in" / folder / name.replace("__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return land(["imports"], tmp_path / "in", tmp_path / ".dlt", tmp_path / "out")

    return write_and_land


def said(results: list[Landed]) -> str:
    (error,) = [result.error for result in results if result.error]
    return str(error)


FILES = hostile()
CHOSEN = list(FILES) if os.environ.get("TIEOUT_ALL_FAULTS") else list(FILES)[::SAMPLE]


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 300


def test_every_hostile_file_is_landed_as_meant_or_refused_by_name(tmp_path: Path) -> None:
    assert land_all(tmp_path, {name: FILES[name] for name in CHOSEN}) == []


@pytest.mark.parametrize(
    "name", ["currency=EUR", "b[1]", "a*", "year=2026", "x%20y", "it's", "{a,b}"]
)
def test_a_folders_name_is_its_name_and_nothing_else(tmp_path: Path, name: str) -> None:
    """In what is read and in where it goes: no pattern, no partition, nothing to decode."""
    decoys = {"b[1]": "b1", "a*": "ab", "x%20y": "x y"}
    for folder, rate in ((name, "0.85"), (decoys.get(name, "other"), "9.99")):
        path = tmp_path / folder / "in" / "lake" / "fx_rates.csv"
        path.parent.mkdir(parents=True)
        path.write_text(f"{RATES}GBP,EUR,2025-01-01,{rate}\n", encoding="utf-8")
    output = tmp_path / name / "out"
    (result,) = land(["imports"], tmp_path / name / "in", tmp_path / ".dlt", output)
    assert result.error is None
    found = query(
        output, "select from_currency, to_currency, rate::varchar from raw_imports.fx_rates"
    )
    assert [(row[0], row[1], str(row[2])[:4]) for row in found] == [("GBP", "EUR", "0.85")]
    assert land(["imports"], tmp_path / name / "in", tmp_path / ".dlt", output)[0].row_count == 0


def test_what_is_checked_is_what_lands_though_the_file_is_replaced(
    tmp_path: Path, landed: Callable[..., list[Landed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = imports.read_file

    def replaced(*arguments: object) -> object:
        (tmp_path / "in" / "bank" / "fx_rates.csv").write_text(
            RATES + "EUR,GBP,2025-01-01,-1\n", encoding="utf-8"
        )
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "read_file", replaced)
    assert landed("bank", fx_rates__csv=(RATES + RATE).encode())[0].error is None
    assert query(tmp_path / "out", "select left(rate::varchar, 4) from raw_imports.fx_rates") == [
        ("0.85",)
    ]


def test_a_file_that_is_written_to_meanwhile_is_refused(
    tmp_path: Path, landed: Callable[..., list[Landed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = imports.shutil.copyfile

    def slowly(source: Path, target: Path) -> object:
        done = real(source, target)
        with source.open("a", encoding="utf-8") as file:
            file.write("USD,GBP,2025-01-01,0.75\n")
        return done

    monkeypatch.setattr(imports.shutil, "copyfile", slowly)
    assert "fx_rates.csv: is being written to" in said(
        landed("bank", fx_rates__csv=(RATES + RATE).encode())
    )


def test_a_small_file_that_unfolds_to_gigabytes_is_refused_without_being_unfolded(
    landed: Callable[..., list[Landed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports_workbook, "LARGEST", 1 << 20)
    book = workbook([[1, "labour", "2025-01-31", 1, 1, "GBP"]])
    swollen = io.BytesIO(book)
    with zipfile.ZipFile(swollen, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(8 << 20))
    assert len(swollen.getvalue()) < 100_000
    assert "unfolds to more than 1 MiB" in said(landed("erp", costs__xlsx=swollen.getvalue()))


def workbook(rows: list[list[object]], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in [COSTS, *rows]:
        book.worksheets[0].append(row)
    for cell, form in (formats or {}).items():
        book.worksheets[0][cell].number_format = form
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("cost_id", "amount", "form", "lands"),
    [
        (42, 12.5, "General", ("42", "12.50")),
        (42, 12.5, "00000", ("00042", "12.50")),
        (42, 12.5, "0.00", None),
        (42, 12.5, "#,##0", None),
        (42, 12.5, '"INV-"0000', None),
        (123456789012345678, 12.5, "General", None),
        (123456789012345, 12.5, "General", ("123456789012345", "12.50")),
        ("123456789012345678", 12.5, "General", ("123456789012345678", "12.50")),
        ("00042", 12.5, "General", ("00042", "12.50")),
        (1, 99999999999999.99, "General", None),
        (1, 9999999999999.99, "General", ("1", "9999999999999.99")),
        (1, 0.1 + 0.2, "General", ("1", "0.30")),
        (1, 1234.5600000000001, "General", ("1", "1234.56")),
    ],
)
def test_numbers_of_a_workbook_are_read_as_shown_or_refused(
    tmp_path: Path,
    landed: Callable[..., list[Landed]],
    cost_id: object,
    amount: float,
    form: str,
    lands: tuple[str, str] | None,
) -> None:
    results = landed(
        "erp",
        costs__xlsx=workbook([[cost_id, "labour", "2025-01-31", 1, amount, "GBP"]], {"A2": form}),
    )
    if lands is None:
        assert "costs.xlsx, row 2, column " in said(results)
    else:
        assert [result.error for result in results] == [None]
        assert query(
            tmp_path / "out", "select cost_id, amount::varchar from raw_imports.costs"
        ) == [lands]


def test_folders_and_files_that_are_none_are_refused_by_name(tmp_path: Path) -> None:
    imported = tmp_path / "in"
    for name in ("xero", "bank", "ERP", "erp"):
        (imported / name).mkdir(parents=True)
        (imported / name / "fx_rates.csv").write_text(RATES + RATE, encoding="utf-8")
    (imported / "gone").symlink_to(tmp_path / "nowhere")
    (imported / "bank" / "customers.csv").mkdir()
    (imported / "bank" / "deals.csv").symlink_to(tmp_path / "nowhere.csv")
    os.mkfifo(imported / "bank" / "people.csv")
    results = {
        r.source_system: str(r.error)
        for r in land(["imports"], imported, tmp_path / ".dlt", tmp_path / "out")
    }
    assert "is named like the connector xero" in results["xero"]
    assert "is a link to a folder that is not there" in results["gone"]
    assert (
        "differ by their case alone" in results["ERP"]
        and "differ by their case alone" in results["erp"]
    )
    for told in (
        "customers.csv: is a folder",
        "deals.csv: is a link to a file",
        "people.csv: is no file",
    ):
        assert told in results["bank"]


def test_an_entity_in_a_form_that_is_not_read_is_refused_and_a_note_is_not(tmp_path: Path) -> None:
    """Exports come without an ending, as text, or in a folder of their day; none may be missing
    without a word."""
    imported = tmp_path / "in"
    refused = (
        "fx_rates",
        "fx_rates.txt",
        "fx_rates.csv ",
        "fx_rates.xml",
        "fx_rates.csv.gz",
        "2026-06/fx_rates.csv",
    )
    left_alone = (
        "readme.txt",
        "notes",
        "fx_rates.csv.part",
        "_2025/fx_rates.csv",
        ".git/fx_rates.csv",
        "old/x.csv",
    )
    for number, name in enumerate((*refused, *left_alone)):
        path = imported / f"s{number}" / name
        path.parent.mkdir(parents=True)
        path.write_text(RATES + RATE, encoding="utf-8")
    results = {
        r.source_system: r.error
        for r in land(["imports"], imported, tmp_path / ".dlt", tmp_path / "out")
    }
    found = [not results[f"s{number}"] for number in range(len(results))]
    assert found == [False] * len(refused) + [True] * len(left_alone)
    assert "its name has no ending" in str(results["s0"])
    assert "holds 2026-06/fx_rates.csv" in str(results["s5"]) and "_2026-06" in str(results["s5"])


def test_keys_that_a_person_reads_as_one_are_reported(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    composed, apart = "CAFÉ", unicodedata.normalize("NFD", "CAFÉ")
    rows = [
        "A1,Acme",
        "a1,Acme",
        "B 2,Bolt",
        "B2,Bolt",
        f"{composed},Café",
        f"{apart},Café",
        "C3,Core",
    ]
    # Of another width, and of another alphabet's case.
    rows += ["D4,Dorn", "Ｄ４,Dorn", "STRASSE,Ernst", "straße,Ernst", "E5,Elm", "É5,Elm"]
    (result,) = landed(
        "crm", customers__csv="\n".join(["customer_id,customer_name", *rows]).encode()
    )
    assert result.error is None
    assert len(result.alike) == 1 and "and 4 more" in result.alike[0]
    (again,) = landed(
        "crm", customers__csv="\n".join(["customer_id,customer_name", *rows, "c3,Core"]).encode()
    )
    assert again.alike == ("customers: 'C3', 'c3'",), "the new ones, beside what was known"


def test_two_thousand_wrong_columns_are_one_fault(landed: Callable[..., list[Landed]]) -> None:
    names = ",".join(["customer_id", "customer_name", *(f"wrong_{n}" for n in range(2000))])
    told = said(landed("crm", customers__csv=f"{names}\n".encode()))
    assert "has 2,000 columns that are not of customers" in told
    assert len(told.splitlines()) == 2


def test_a_header_in_another_case_is_one_fault_a_column(
    landed: Callable[..., list[Landed]],
) -> None:
    told = said(landed("crm", customers__csv=b"CUSTOMER_ID,Customer_Name\nC1,Acme\n")).splitlines()[
        1:
    ]
    assert [line.strip() for line in told] == [
        "customers.csv, column CUSTOMER_ID: is written in another form; write customer_id",
        "customers.csv, column Customer_Name: is written in another form; write customer_name",
    ]


def test_settings_with_a_byte_order_mark_are_read(landed: Callable[..., list[Landed]]) -> None:
    results = landed(
        "bank",
        fx_rates__csv=(RATES + RATE).encode(),
        imports__toml=b'\xef\xbb\xbffull = ["fx_rates"]\n',
    )
    assert [result.error for result in results] == [None]
