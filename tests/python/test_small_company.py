"""The small company beside these tests is what its README says it is."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from input_layer_check import faults

SMALL_COMPANY = Path(__file__).parents[1] / "fixtures" / "small_company"
FILES = sorted(SMALL_COMPANY.glob("*/*.csv"))


def rows(folder: str, entity: str) -> list[dict[str, str]]:
    with (SMALL_COMPANY / folder / f"{entity}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_file_is_in_the_input_layers_shape(path: Path) -> None:
    assert faults(path.stem, rows(path.parent.name, path.stem)) == []


def test_it_stays_small_enough_to_read() -> None:
    assert 0 < sum(len(rows(path.parent.name, path.stem)) for path in FILES) <= 200


def test_it_has_every_job_type_and_every_billing_rule() -> None:
    assert {row["job_type"] for row in rows("office", "jobs")} == {
        "fixed_price",
        "time_and_materials",
        "product_order",
        "placement",
        "permanent_placement",
    }
    assert {row["billing_rule"] for row in rows("office", "contracts")} == {
        "on_order",
        "on_delivery",
        "milestone",
        "periodic_advance",
        "periodic_arrears",
    }


def test_invoice_headers_are_the_sum_of_their_lines() -> None:
    for invoice in rows("ledger", "invoices"):
        lines = [
            line
            for line in rows("ledger", "invoice_lines")
            if line["invoice_id"] == invoice["invoice_id"]
        ]
        net = sum(Decimal(line["net_amount"]) for line in lines)
        tax = sum(Decimal(line["tax_amount"]) for line in lines)
        header = [
            Decimal(invoice[column]) for column in ("net_amount", "tax_amount", "gross_amount")
        ]
        assert header == [net, tax, net + tax]


def test_journals_balance_and_make_the_trial_balance() -> None:
    journals: dict[str, Decimal] = defaultdict(Decimal)
    for line in rows("ledger", "journal_lines"):
        journals[line["journal_id"]] += Decimal(line["amount"])
    assert journals
    assert set(journals.values()) == {Decimal(0)}
    for balance in rows("ledger", "account_balances"):
        posted = sum(
            Decimal(line["amount"])
            for line in rows("ledger", "journal_lines")
            if line["account_code"] == balance["account_code"]
            and line["posted_on"] <= balance["balance_on"]
        )
        assert posted == Decimal(balance["balance"]), balance


@pytest.mark.parametrize(
    ("account", "readme"),
    [
        ("1000", "35685.00"),
        ("1100", "8794.00"),
        ("2000", "-3930.00"),
        ("4000", "-21095.50"),
        ("5000", "5540.00"),
        ("6100", "-7.50"),
    ],
)
def test_the_closing_balances_are_the_readmes(account: str, readme: str) -> None:
    closing = {
        row["account_code"]: row["balance"]
        for row in rows("ledger", "account_balances")
        if row["balance_on"] == "2026-02-28"
    }
    assert closing[account] == readme
