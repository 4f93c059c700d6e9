"""One answer: through the semantic layer a metric gives what its mart gives (law 5 of the
marts)."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tieout.settings import PROJECT, Settings

MARTS = {
    "booked": "select sum(booked_amount) from marts.fct_quote_to_cash",
    "change_orders": "select sum(change_orders_amount) from marts.fct_quote_to_cash",
    "contracted": "select sum(contracted_amount) from marts.fct_quote_to_cash",
    "delivered": "select sum(delivered_amount) from marts.fct_quote_to_cash",
    "invoiced": "select sum(invoiced_amount) from marts.fct_quote_to_cash",
    "credited": "select sum(credited_amount) from marts.fct_quote_to_cash",
    "recognised": "select sum(recognised_amount) from marts.fct_quote_to_cash",
    "cash": "select sum(cash_amount) from marts.fct_quote_to_cash",
    "cost": "select sum(cost_amount) from marts.fct_quote_to_cash",
    "backlog": "select sum(backlog_amount) from marts.fct_quote_to_cash",
    "receivable": "select sum(reporting_open_amount) from marts.fct_receivables",
}
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def warehouse(small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What the small company published, and nothing else: no build and no log that `mf` could fall
    back on."""
    output = tmp_path_factory.mktemp("metrics")
    (output / "published").symlink_to(small_warehouse.published.resolve())
    shutil.copy(small_warehouse.target / "semantic_manifest.json", output)
    return replace(small_warehouse, output=output)


def asked(settings: Settings, folder: Path, *arguments: str) -> list[dict[str, str]]:
    """The rows that `mf query` writes, with all their digits."""
    answer = folder / "answer.csv"
    # mf looks for the semantic manifest where dbt writes it by default, whatever DBT_TARGET_PATH
    # says.
    (PROJECT / "target").mkdir(exist_ok=True)
    shutil.copy(settings.output / "semantic_manifest.json", PROJECT / "target")
    environment = os.environ | {
        "TIEOUT_OUTPUT": str(settings.output),
        "DBT_TARGET_PATH": str(PROJECT / "target"),
    }
    command = [str(Path(sys.executable).parent / "mf"), "query", *arguments, "--csv", str(answer)]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with answer.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_metric_equals_its_mart(
    small_warehouse: Settings, warehouse: Settings, tmp_path: Path
) -> None:
    (row,) = asked(warehouse, tmp_path, "--metrics", ",".join(MARTS))
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        expected = {
            name: connection.execute(query).fetchall()[0][0] for name, query in MARTS.items()
        }
    assert {name: Decimal(row[name]).quantize(CENT) for name in MARTS} == expected
    # Known by hand, so that two empty answers would not do: tests/fixtures/small_company/README.md.
    assert expected["recognised"] == Decimal("21095.50")


def test_what_is_published_can_be_asked_while_a_run_writes(
    small_warehouse: Settings, warehouse: Settings, tmp_path: Path
) -> None:
    """The build's file is not opened at all, and the published one only to be read."""
    with (
        duckdb.connect(str(warehouse.build)),
        duckdb.connect(str(small_warehouse.marts), read_only=True),
    ):
        (row,) = asked(warehouse, tmp_path, "--metrics", ",".join(MARTS))
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        expected = {
            name: connection.execute(query).fetchall()[0][0] for name, query in MARTS.items()
        }
    assert {name: Decimal(row[name]).quantize(CENT) for name in MARTS} == expected


def test_a_metric_by_month_and_customer_equals_the_monthly_mart(
    small_warehouse: Settings, warehouse: Settings, tmp_path: Path
) -> None:
    grain = ("--group-by", "metric_time__month,customer__customer_name")
    rows = asked(warehouse, tmp_path, "--metrics", "invoiced,cash", *grain)
    found = {
        (row["metric_time__month"][:10], row["customer__customer_name"], name): Decimal(
            row[name]
        ).quantize(CENT)
        for row in rows
        for name in ("invoiced", "cash")
        if row[name] and Decimal(row[name])
    }
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        expected = connection.execute(
            "select strftime(month, '%Y-%m-%d'), customer_name, sum(invoiced_amount), sum(cash_amount)"
            " from marts.fct_quote_to_cash_monthly join marts.dim_customer using (customer_key) group by all"
        ).fetchall()
    assert found == {
        (month, customer, name): amount
        for month, customer, *amounts in expected
        for name, amount in zip(("invoiced", "cash"), amounts, strict=True)
        if amount
    }


def test_receivables_and_dso_follow_from_what_was_billed_and_settled(
    warehouse: Settings, tmp_path: Path
) -> None:
    """January closes with 21,181.50, all of it billed then; February bills 9,294, and 500 wait for
    an invoice."""
    months = ("--group-by", "metric_time__month", "--order", "metric_time__month")
    period = ("--start-time", "2026-01-01", "--end-time", "2026-02-28")
    january, february = asked(
        warehouse, tmp_path, "--metrics", "receivable_closing,billings,dso", *months, *period
    )
    assert Decimal(january["receivable_closing"]) == Decimal("21181.50")
    assert Decimal(january["dso"]) == Decimal("15.5")
    assert Decimal(february["receivable_closing"]) == Decimal("8794.00")
    average = (Decimal("21181.50") + Decimal("8794.00")) / 2
    assert round(Decimal(february["dso"]), 6) == round(average / Decimal("9294.00") * 28, 6)
