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

from tieout.findings.margin import EFFECTS
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
    "unbilled": "select sum(unbilled_amount) from marts.fct_quote_to_cash",
    "loss": "select coalesce(sum(counted_loss_amount), 0.00) from marts.fct_exceptions",
    "planned_margin": "select sum(planned_margin_amount) from marts.fct_job_margin",
    "realised_margin": "select sum(realised_margin_amount) from marts.fct_job_margin",
    "realised_value": "select sum(realised_value_amount) from marts.fct_job_margin",
    "credited_margin": "select sum(realised_margin_amount) from marts.fct_job_margin",
    "flexed_cost": "select sum(flexed_cost_amount) from marts.fct_margin_by_rep",
    "missed_cost": "select sum(missed_cost_amount) from marts.fct_margin_by_rep",
    "recognised_margin": "select sum(recognised_margin_amount) from marts.fct_job_margin",
    "cash_margin": "select sum(cash_margin_amount) from marts.fct_job_margin",
    "expected_margin": "select sum(expected_margin_amount) from marts.fct_job_outlook",
} | {
    f"{effect}_effect": "select coalesce(sum(effect_amount), 0.00) from marts.fct_margin_walk"
    f" where effect = '{effect}'"
    for effect in EFFECTS
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
    assert {name: Decimal(row[name] or 0).quantize(CENT) for name in MARTS} == expected
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
    assert {name: Decimal(row[name] or 0).quantize(CENT) for name in MARTS} == expected


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


def test_the_margin_by_month_customer_and_person_is_that_of_the_marts(
    small_warehouse: Settings, warehouse: Settings, tmp_path: Path
) -> None:
    for metric, group, mart in (
        ("realised_margin", "customer__customer_name", "fct_job_margin_monthly"),
        ("credited_margin", "owner__owner_name", "fct_margin_by_rep"),
    ):
        grain = ("--group-by", f"metric_time__month,{group}")
        found = {
            (row["metric_time__month"][:10], row[group]): Decimal(row[metric]).quantize(CENT)
            for row in asked(warehouse, tmp_path, "--metrics", metric, *grain)
            if Decimal(row[metric])
        }
        name, dimension, key = (
            ("customer_name", "dim_customer", "marts.customer_key = dimension.customer_key")
            if metric == "realised_margin"
            else ("full_name", "dim_person", "marts.owner_key = dimension.person_key")
        )
        with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
            expected = connection.execute(
                f"select strftime(month, '%Y-%m-%d'), {name}, sum(realised_margin_amount) as margin"
                f" from marts.{mart} as marts join marts.{dimension} as dimension on {key}"
                " group by all having margin <> 0"
            ).fetchall()
        assert found == {(month, who): margin for month, who, margin in expected}
        assert found


def test_a_stage_by_owner_is_what_the_owner_is_credited_with(
    small_warehouse: Settings, warehouse: Settings, tmp_path: Path
) -> None:
    rows = asked(
        warehouse,
        tmp_path,
        *("--metrics", "booked,delivered,cash,backlog,unbilled", "--group-by", "owner__owner_name"),
    )
    found = {
        row["owner__owner_name"]: [
            Decimal(row[name] or 0).quantize(CENT)
            for name in ("booked", "delivered", "cash", "backlog", "unbilled")
        ]
        for row in rows
    }
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        expected = connection.execute(
            """
            select coalesce(full_name, ''), coalesce(sum(reporting_amount) filter (stage = 'booked'), 0),
                coalesce(sum(reporting_amount) filter (stage = 'delivered'), 0),
                coalesce(sum(reporting_amount) filter (stage = 'cash'), 0), sum(backlog_amount), sum(unbilled_amount)
            from marts.fct_attribution join marts.dim_person on owner_key = person_key group by all
            """
        ).fetchall()
    assert found == {who: amounts for who, *amounts in expected}
    assert len(found) > 1


def test_the_accuracy_of_quotes_is_of_the_two_sums(
    small_warehouse: Settings, warehouse: Settings, tmp_path: Path
) -> None:
    (row,) = asked(warehouse, tmp_path, "--metrics", "quote_accuracy")
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        [(planned, missed)] = connection.execute(
            "select sum(flexed_cost_amount), sum(missed_cost_amount) from marts.fct_margin_by_rep"
        ).fetchall()
    assert planned > 0
    assert round(Decimal(row["quote_accuracy"]), 6) == round(1 - missed / planned, 6)


def test_the_percent_is_the_margin_of_a_hundred_of_the_value(
    small_warehouse: Settings, warehouse: Settings, tmp_path: Path
) -> None:
    (row,) = asked(warehouse, tmp_path, "--metrics", "realised_margin_percent")
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        [(margin, value)] = connection.execute(
            "select sum(realised_margin_amount), sum(realised_value_amount) from marts.fct_job_margin"
        ).fetchall()
    assert round(Decimal(row["realised_margin_percent"]), 6) == round(100 * margin / value, 6)
