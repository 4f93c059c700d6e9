"""Import folders: a file that fits is landed whole, one that does not is refused with all its
faults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from fake_systems import query

from tieout.contracts.check import check
from tieout.errors import LandingError, RefusedFile
from tieout.landing.land import Landed, land
from tieout.settings import Settings

FX = "from_currency,to_currency,rate_on,rate\n"
COSTS = "cost_id,cost_type,incurred_on,quantity,amount,currency\n"


@pytest.fixture
def landed(tmp_path: Path) -> Callable[..., list[Landed]]:
    """Writes files below `imports/` (texts, bytes, or lists of rows for a workbook) and lands
    them."""

    def write_and_land(files: dict[str, object]) -> list[Landed]:
        for name, content in files.items():
            path = tmp_path / "imports" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, list):
                book = openpyxl.Workbook()
                for row in content:
                    book.worksheets[0].append(row)
                book.save(path)
            else:
                path.write_bytes(content if isinstance(content, bytes) else str(content).encode())
        return land(["imports"], tmp_path / "imports", tmp_path / ".dlt", tmp_path / "out")

    return write_and_land


def faults(results: list[Landed]) -> list[str]:
    """The lines of the only refusal."""
    (refused,) = [landed.error for landed in results if landed.error]
    assert isinstance(refused, RefusedFile)
    return [line.strip() for line in refused.cause.splitlines()[1:]]


def fault(results: list[Landed]) -> str:
    """The only fault of the only refusal."""
    (only,) = faults(results)
    return only


def rows(tmp_path: Path, sql: str) -> list[tuple[object, ...]]:
    return query(tmp_path / "out", sql)


@pytest.mark.parametrize(
    "content",
    [
        "from_currency,to_currency,rate_on,rate\nEUR,GBP,2025-01-01,0.85\n",
        "\ufefffrom_currency;to_currency;rate_on;rate\r\nEUR;GBP;2025-01-01;0.85\r\n",
        '"rate","rate_on","to_currency","from_currency"\n"0.850000","2025-01-01","GBP","EUR"',
        "from_currency,to_currency,rate_on,rate\n\nEUR,GBP, 2025-01-01 ,+0.85\n\n",
        "from_currency,to_currency,rate_on,rate\r\nEUR,GBP,2025-01-01,.85\n",
        '# rates, one a day; "quotes" are nothing here\n# rate: number\n'
        "from_currency,to_currency,rate_on,rate\nEUR,GBP,2025-01-01,0.85\n",
        "\ufeff# from a template\r\nfrom_currency,to_currency,rate_on,rate\r\nEUR,GBP,2025-01-01,0.85\r\n",
    ],
    ids=[
        *(
            "plain",
            "byte order mark, semicolons",
            "quoted, other order, no last newline",
            "blanks",
            "mixed line ends",
        ),
        *("comments above", "comments above, byte order mark"),
    ],
)
def test_csv_in_every_accepted_form_is_the_same_row(
    tmp_path: Path, landed: Callable[..., list[Landed]], content: str
) -> None:
    assert [result.error for result in landed({"treasury/fx_rates.csv": content})] == [None]
    assert rows(
        tmp_path, "select * exclude (_record_hash, _load_id, _landed_at) from raw_imports.fx_rates"
    ) == [
        (
            "treasury",
            "EUR",
            "GBP",
            dt.date(2025, 1, 1),
            Decimal("0.850000"),
            "treasury|EUR|GBP|2025-01-01",
            1,
            None,
            False,
        )
    ]


def test_quotes_commas_and_line_breaks_inside_values_survive(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    name = "Löwe, \"Söhne\" & Co\n2nd line; 'x'"
    quoted = name.replace('"', '""')
    landed({"crm/customers.csv": f'customer_id,customer_name\nC1,"{quoted}"\n'})
    assert rows(tmp_path, "select customer_name from raw_imports.customers") == [(name,)]


def test_csv_parquet_and_workbook_land_the_same(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    header = ["cost_id", "cost_type", "incurred_on", "quantity", "amount", "currency"]
    file = tmp_path / "imports" / "parquet" / "costs.parquet"
    file.parent.mkdir(parents=True)
    duckdb.sql(
        "select '1' as cost_id, 'labour' as cost_type, date '2025-01-31' as incurred_on, 2 as quantity,"
        " 12.5::decimal(10, 1) as amount, 'GBP' as currency"
    ).write_parquet(str(file))
    landed(
        {
            "csv/costs.csv": COSTS + "1,labour,2025-01-31,2,12.50,GBP\n",
            "xlsx/costs.xlsx": [header, [1, "labour", dt.date(2025, 1, 31), 2, 12.5, "GBP"]],
            "serial/costs.xlsx": [header, ["1", "labour", 45688, 2.0, 12.5, "GBP"]],
        }
    )
    found = rows(
        tmp_path,
        "select * exclude (source_system, _record_key, _load_id, _landed_at) from raw_imports.costs",
    )
    assert len(found) == 4 and len(set(found)) == 1
    typed = rows(
        tmp_path, "select distinct cost_id, incurred_on, quantity, amount from raw_imports.costs"
    )
    assert typed == [("1", dt.date(2025, 1, 31), 2, Decimal("12.50"))]


def test_a_parquet_file_in_exactly_the_layers_shape_is_checked_too(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    file = tmp_path / "imports" / "treasury" / "fx_rates.parquet"
    file.parent.mkdir(parents=True)
    rate = "select 'EUR' as from_currency, 'GBP' as to_currency, date '2025-01-01' as rate_on, 1::decimal(18,6) as rate"
    duckdb.sql(rate).write_parquet(str(file))
    assert landed({})[0].error is None
    duckdb.sql(f"{rate} union all {rate.replace('EUR', 'eur')}").write_parquet(str(file))
    assert "fx_rates.parquet, row 2, column from_currency: 'eur'" in fault(landed({}))
    duckdb.sql(f"{rate} union all {rate}").write_parquet(str(file))
    assert "row 2, column from_currency, to_currency, rate_on" in fault(landed({}))
    duckdb.sql(
        f"{rate} union all {rate.replace('1::', 'null::').replace('EUR', 'USD')}"
    ).write_parquet(str(file))
    assert "row 2, column rate: is required, and empty" in fault(landed({}))


def test_floating_point_in_parquet_is_refused_for_money(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    file = tmp_path / "imports" / "erp" / "costs.parquet"
    file.parent.mkdir(parents=True)
    duckdb.sql(
        "select '1' as cost_id, 'labour' as cost_type, timestamp '2025-01-31' as incurred_on, 1.5::double as amount,"
        " 'GBP' as currency"
    ).write_parquet(str(file))
    assert fault(landed({})) == (
        "costs.parquet, column amount: is floating point (DOUBLE), which does not hold such values exactly;"
        " write it as decimal(18, 2)"
    )


@pytest.mark.parametrize(
    ("column", "value", "problem", "remedy"),
    [
        ("amount", "1.234,50", "has a decimal comma", "write 1234.50"),
        ("amount", "12,5", "has a decimal comma", "write 12.5"),
        ("amount", "1,234.50", "has thousands separators", "write 1234.50"),
        ("amount", "1 234.50", "has thousands separators", "write 1234.50"),
        ("amount", "1.005", "has more than 2 decimals", "round it to 2"),
        ("quantity", "0.1234567", "has more than 6 decimals", "round it to 6"),
        ("amount", "12345678901234567.00", "is too large", "16 digits"),
        ("amount", "1e3", "is a number with an exponent", "write all its digits"),
        ("amount", "1_000", "is not a number", "write digits"),
        ("amount", "£5", "is not a number", "no currency sign"),
        ("amount", "(5.00)", "is in brackets", "minus sign"),
        ("amount", "nan", "is not a number", "write digits"),
        ("amount", "", "is required, and empty", "fill it in"),
        ("incurred_on", "31/01/2025", "is not an ISO date", "write YYYY-MM-DD"),
        ("incurred_on", "2025-1-31", "is not an ISO date", "write YYYY-MM-DD"),
        ("incurred_on", "2025-02-30", "is not a day of the calendar", "correct the date"),
        ("incurred_on", "2025-01-31T00:00:00", "has a time of day", "write YYYY-MM-DD"),
        (
            "cost_type",
            "Labour",
            "is not one of the allowed values",
            "write labour (allowed: labour, material",
        ),
        (
            "cost_type",
            "bribe",
            "is not one of the allowed values",
            "labour, material, expense, subcontract",
        ),
        ("currency", "gbp", "is not a currency code", "such as EUR"),
        ("currency", "EURO", "is not a currency code", "ISO 4217"),
    ],
)
def test_a_value_that_will_not_do_is_named_with_row_column_and_remedy(
    tmp_path: Path,
    landed: Callable[..., list[Landed]],
    column: str,
    value: str,
    problem: str,
    remedy: str,
) -> None:
    good = {
        "cost_id": "1",
        "cost_type": "labour",
        "incurred_on": "2025-01-31",
        "quantity": "2",
        "amount": "5.00",
        "currency": "GBP",
    }
    lines = [";".join(good.values()), ";".join({**good, "cost_id": "2", column: value}.values())]
    said = fault(landed({"erp/costs.csv": COSTS.replace(",", ";") + "\n".join(lines)}))
    shown = f"{value!r} " if value else ""
    assert said.startswith(f"costs.csv, row 3, column {column}: {shown}{problem}")
    assert remedy in said.partition(";")[2]
    assert rows(tmp_path, "select count(*) from raw_imports.costs") == [(0,)]


def test_timestamps_are_taken_to_utc_and_others_refused(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    header = "customer_id,customer_name,updated_at\n"
    landed(
        {
            "crm/customers.csv": header
            + "a,A,2025-01-01T09:00:00+02:00\nb,B,2025-01-01 07:00\nc,C,2025-01-01\n"
        }
    )
    assert rows(tmp_path, "select _updated_at from raw_imports.customers order by customer_id") == [
        (dt.datetime(2025, 1, 1, 7),),  # noqa: DTZ001 - the log holds UTC without a zone
        (dt.datetime(2025, 1, 1, 7),),  # noqa: DTZ001
        (dt.datetime(2025, 1, 1),),  # noqa: DTZ001
    ]
    said = fault(landed({"crm/customers.csv": header + "a,A,01.01.2025 9 Uhr\n"}))
    assert "row 2, column updated_at: '01.01.2025 9 Uhr' is not a UTC timestamp" in said


def test_every_fault_of_every_file_is_in_one_message_and_other_folders_land(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    results = landed(
        {
            "bad/costs.csv": COSTS + "1,labour,2025-01-31,2,x,GBP\n2,labour,2025-01-31,y,5,GBP\n",
            "bad/fx_rates.csv": FX + "EUR,GBP,2025-01-01,1,5\n",
            "bad/periods.csv": "period_id,starts_on\nP1,2025-01-01\n",
            "bad/customers.csv": "customer_id,customer_name\nC1,fine\n",
            "good/fx_rates.csv": FX + "EUR,GBP,2025-01-01,1.5\n",
        }
    )
    assert [(result.source_system, result.error is None) for result in results] == [
        ("bad", False),
        ("good", True),
    ]
    refused = results[0].error
    assert refused is not None and refused.cause.startswith(
        "imports/bad: 4 faults in 3 files; nothing"
    )
    assert [line.partition(": ")[0] for line in faults(results)] == [
        "costs.csv, row 2, column amount",
        "costs.csv, row 3, column quantity",
        "fx_rates.csv, row 2",
        "periods.csv, column ends_on",
    ]
    assert rows(tmp_path, "select source_system from tieout_meta.loads") == [("good",)]
    assert rows(tmp_path, "select count(*) from raw_imports.customers") == [(0,)]


def test_many_faults_of_a_kind_are_counted_and_a_few_shown(
    landed: Callable[..., list[Landed]],
) -> None:
    lines = "".join(f"{n},labour,2025-01-31,2,x,GBP\n" for n in range(1000))
    results = landed({"erp/costs.csv": COSTS + lines})
    assert len(faults(results)) == 5
    assert "1000 faults in 1 file" in str(results[0].error)
    assert faults(results)[-1].endswith("(and 995 more like this in the column)")


def test_a_line_is_counted_as_an_editor_counts_it(landed: Callable[..., list[Landed]]) -> None:
    content = 'customer_id,customer_name,country\n\nC1,"two\nlines",GB\nC2,x,gb\n'
    assert fault(landed({"crm/customers.csv": content})).startswith(
        "customers.csv, row 5, column country: 'gb'"
    )


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("customer_id,customer_nam", ["column customer_nam", "did you mean customer_name?"]),
        ("customer_id,Customer Name", ["column Customer Name", "write customer_name"]),
        (
            "customer_id,customer_name,xyzzy",
            ["column xyzzy", "is not a column of customers", "known are customer_id,"],
        ),
        ("customer_id", ["column customer_name: is required", "no such column"]),
        ("customer_id,customer_name,customer_name", ["column customer_name: comes 2 times"]),
        ("customer_id,customer_name,", ["has no name for column 3"]),
        (
            "C1,Acme,GB",
            [
                "has no header",
                "its first row is C1, Acme, GB",
                "begin with the columns of customers",
            ],
        ),
    ],
)
def test_a_header_that_will_not_do_is_explained(
    landed: Callable[..., list[Landed]], header: str, words: list[str]
) -> None:
    width = header.count(",")
    said = "\n".join(faults(landed({"crm/customers.csv": f"{header}\n{'x' + ',x' * width}\n"})))
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"EUR,GBP,2025-01-01", ["row 2: has 3 fields, and the header has 4"]),
        (b"EUR,GBP,2025-01-01,1,5", ["row 2: has 5 fields", "quotes"]),
        (b'EUR,"GBP,2025-01-01,1.5\n', ["row 2: opens a quote that is never closed"]),
        (b'EUR,"GBP"x,2025-01-01,1.5\n', ["row 2: breaks the quoting"]),
        (
            b"EUR,GBP,2025-01-01,1.5\nTotal,,,1.5\n",
            ["row 3: 'Total' begins a row of totals", "remove the row"],
        ),
        (
            b"EUR,GBP,2025-01-01,1.5\nEUR,GBP,2025-01-01,2\n",
            ["row 3", "is the key of row 2 already"],
        ),
        (
            b"EUR,GB\xa3,2025-01-01,1.5\n",
            ["row 2", "is not UTF-8 (byte 0xa3 at offset 45)", "save the file as CSV UTF-8"],
        ),
    ],
)
def test_a_file_whose_structure_is_broken_is_explained(
    landed: Callable[..., list[Landed]], line: bytes, words: list[str]
) -> None:
    said = "\n".join(faults(landed({"treasury/fx_rates.csv": FX.encode() + line})))
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {"erp/invoice_line.csv": "x"},
            ["invoice_line.csv: is not named after an entity; did you mean invoice_lines?"],
        ),
        ({"erp/costs.csv": ""}, ["costs.csv: is empty"]),
        ({"erp/costs.csv": "\n\n"}, ["costs.csv: is empty"]),
        (
            {"erp/costs.csv": COSTS, "erp/costs.xlsx": [["cost_id"]]},
            ["costs.csv are both costs; leave one of them"],
        ),
        (
            {"erp/costs.xls": "x"},
            ["is of a format that is not read (.xls)", "save it as .csv, .parquet or .xlsx"],
        ),
        ({"erp/costs.xlsx": "no workbook"}, ["costs.xlsx: is not a workbook"]),
        ({"erp/costs.parquet": "no parquet"}, ["costs.parquet: is not a parquet file"]),
        ({"erp/costs.csv": "x".encode("utf-16")}, ["costs.csv: is UTF-16"]),
        (
            {"erp/imports.toml": 'full = ["invoice"]'},
            ["invoice in full is not an entity; did you mean invoices?"],
        ),
        (
            {"erp/imports.toml": 'full = ["costs"]'},
            ["hands over costs in full, and there is no file for it"],
        ),
        ({"erp/imports.toml": "full = costs"}, ["imports.toml: cannot be read"]),
        ({"erp/imports.toml": "whole = true"}, ["has a setting whole; the only one is full"]),
        ({"a b/costs.csv": COSTS}, ["is not a name for a system"]),
    ],
)
def test_a_folder_that_will_not_do_is_explained(
    landed: Callable[..., list[Landed]], files: dict[str, object], words: list[str]
) -> None:
    said = "\n".join(faults(landed(files)))
    assert all(word in said for word in words), said


def test_a_reference_may_name_a_record_of_another_system(
    landed: Callable[..., list[Landed]], tmp_path: Path
) -> None:
    """Products and deals of the CRM beside those of operations; P-9 and D-9 are nobody's."""
    products = "product_id,product_code,product_name\n"
    deals = "deal_id,customer_id,stage,currency,created_on\n"
    lines = "deal_line_id,deal_id\n"
    landed(
        {
            "crm/products.csv": products + "P-1,S,Survey\n",
            "crm/price_list_entries.csv": "price_list_entry_id,product_id,currency,list_price,valid_from\n"
            "1,P-1,GBP,10,2026-01-01\n2,P-2,GBP,10,2026-01-01\n3,P-9,GBP,10,2026-01-01\n",
            "crm/deals.csv": deals + "D-1,C-1,open,GBP,2026-01-01\n",
            "crm/deal_lines.csv": lines + "L-1,D-2\n",
            "ops/products.csv": products + "P-2,R,Repair\n",
            "ops/deals.csv": deals + "D-2,C-1,open,GBP,2026-01-01\n",
            "ops/deal_lines.csv": lines + "L-2,D-1\nL-3,D-9\n",
        }
    )
    found = {
        outcome.source_system: [
            (one.table, one.severity, one.failed_count)
            for one in outcome.findings
            if "is in" in one.expectation
        ]
        for outcome in check(Settings(output=tmp_path / "out"), lambda *_: None)
    }
    assert found == {
        "crm": [("price_list_entries", "warning", 1)],
        "ops": [("deal_lines", "critical", 1)],
    }


def test_errors_in_a_workbooks_cells_are_faults(landed: Callable[..., list[Landed]]) -> None:
    header = ["cost_id", "job_id", "cost_type", "incurred_on", "amount", "currency"]
    rows = [
        ["1", "#N/A", "labour", dt.date(2025, 1, 1), "#DIV/0!", "GBP"],
        ["2", "J", "labour", 0.5, 1.239, "GBP"],
    ]
    said = faults(landed({"erp/costs.xlsx": [header, *rows]}))
    assert [line.split(";")[0] for line in said] == [
        "costs.xlsx, row 2, column amount: '#DIV/0!' is an Excel error",
        "costs.xlsx, row 2, column job_id: '#N/A' is an Excel error",
        "costs.xlsx, row 3, column amount: '1.239' has more than 2 decimals",
        "costs.xlsx, row 3, column incurred_on: '0.5' is not an ISO date",
    ]


def test_files_are_deltas_unless_the_folder_says_full(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    both = FX + "EUR,GBP,2025-01-01,1\nUSD,GBP,2025-01-01,1\n"
    one = FX + "EUR,GBP,2025-01-01,1\n"
    landed({"a/fx_rates.csv": both, "b/fx_rates.csv": both})
    landed({"a/fx_rates.csv": one})
    deleted = "select _record_key from raw_imports.fx_rates where _is_deleted"
    assert rows(tmp_path, deleted) == []
    landed({"a/imports.toml": 'full = ["fx_rates"]'})
    assert rows(tmp_path, deleted) == [("a|USD|GBP|2025-01-01",)]


def test_a_file_that_is_gone_changes_nothing(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    landed({"a/fx_rates.csv": FX + "EUR,GBP,2025-01-01,1\n"})
    (tmp_path / "imports" / "a" / "fx_rates.csv").unlink()
    assert [result.error for result in landed({})] == [None]
    assert rows(tmp_path, "select count(*) from raw_imports.fx_rates") == [(1,)]


def test_what_the_folder_says_it_has_is_kept_beside_what_was_landed(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    totals = "entity,row_count,amount_total,extracted_at\nfx_rates,2,,2025-01-01T00:00:00Z\n"
    landed({"a/fx_rates.csv": FX + "EUR,GBP,2025-01-01,1\n", "a/extract_totals.csv": totals})
    sql = "select said_count, received_count from raw_imports.load_log where entity = 'fx_rates'"
    assert rows(tmp_path, sql) == [(2, 1)]


def test_a_file_outside_any_folder_and_a_missing_folder_are_named(
    tmp_path: Path, landed: Callable[..., list[Landed]]
) -> None:
    (missing,) = landed({})
    assert isinstance(missing.error, LandingError) and "is not a folder" in missing.error.cause
    (stray,) = landed({"costs.csv": COSTS})
    assert stray.error is not None and "costs.csv lies directly in" in stray.error.cause
