"""The recruitment arm's world is sound before faults are planted, and the same whoever asks."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import defaultdict
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from input_layer_check import faults as shape_faults
from recruitment_world import SHARED, UNTIL, Office, arm, euros, exported, sign

from tieout_demo import fx
from tieout_demo.recruitment import Recruitment
from tieout_demo.servers.import_files import write_folders

SCALE = 0.3
KEYS = {
    "customer_id": "customers",
    "person_id": "people",
    "product_id": "products",
    "deal_id": "deals",
    "contract_id": "contracts",
    "job_id": "jobs",
    "delivery_id": "deliveries",
    "invoice_id": "invoices",
    "payment_id": "payments",
    "account_code": "accounts",
    "bank_transaction_id": "bank_transactions",
}
REFERENCES = {column: column for column in KEYS} | {
    "manager_id": "person_id",
    "owner_id": "person_id",
    "corrects_invoice_id": "invoice_id",
    "credit_note_id": "invoice_id",
}
ORDERS = (
    ("valid_from", "valid_to"),
    ("period_starts_on", "period_ends_on"),
    ("starts_on", "ends_on"),
    ("planned_start_on", "planned_end_on"),
    ("started_on", "completed_on"),
    ("delivered_on", "approved_on"),
    ("created_on", "won_on"),
    ("issued_on", "due_on"),
    ("issued_on", "voided_on"),
    ("received_on", "reversed_on"),
)


@pytest.fixture(scope="module")
def clean() -> Office:
    return Office(SCALE, faults=False)


def test_the_same_seed_gives_the_same_files_under_every_hash_seed(tmp_path: Path) -> None:
    script = (
        "import sys; from datetime import date; from pathlib import Path;"
        "from tieout_demo.recruitment import Recruitment; from tieout_demo.servers.import_files import write_folders;"
        "from tieout_demo.checks.truth import write_truth;"
        "arm = Recruitment(scale=0.05); out = Path(sys.argv[1]);"
        "write_folders(out, arm.imports(date(2026, 6, 30)));"
        "write_truth(out / 'truth.csv', arm.truth(date(2026, 6, 30)))"
    )
    digests = []
    for hash_seed in ("0", "1"):
        out = tmp_path / hash_seed
        environment = {
            **os.environ,
            "PYTHONHASHSEED": hash_seed,
            "PYTHONPATH": str(Path(__file__).parents[2] / "pipelines"),
        }
        subprocess.run([sys.executable, "-c", script, str(out)], check=True, env=environment)
        files = sorted(path for path in out.rglob("*") if path.is_file())
        assert len(files) > 25
        digests.append(
            [(path.relative_to(out), hashlib.sha256(path.read_bytes()).digest()) for path in files]
        )
    assert digests[0] == digests[1]


def test_another_seed_gives_another_company() -> None:
    other = Recruitment(seed=7, scale=0.05).imports(UNTIL)["recruitment"]["jobs"]
    assert other != Recruitment(scale=0.05).imports(UNTIL)["recruitment"]["jobs"]


@pytest.mark.parametrize("planted", [False, True], ids=["clean", "with faults"])
def test_every_row_is_in_the_input_layers_shape(planted: bool) -> None:
    for entities in exported(SCALE, faults=planted).values():
        for entity, rows in entities.items():
            assert rows, entity
            assert shape_faults(entity, rows) == []


def test_a_clean_world_has_no_faults_to_find() -> None:
    assert arm(SCALE, faults=False).truth(date(2026, 9, 30)) == []


def test_its_journals_balance_and_make_its_trial_balances(clean: Office) -> None:
    journals: dict[str, Decimal] = defaultdict(Decimal)
    for line in clean.tables["journal_lines"]:
        journals[line["journal_id"]] += line["amount"]
    assert set(journals.values()) == {Decimal(0)}
    months: dict[date, Decimal] = defaultdict(Decimal)
    for row in clean.tables["account_balances"]:
        months[row["balance_on"]] += row["balance"]
        posted = sum(
            line["amount"]
            for line in clean.tables["journal_lines"]
            if line["account_code"] == row["account_code"]
            and line["posted_on"] <= row["balance_on"]
        )
        assert row["balance"] == posted
    assert len(months) == 19
    assert set(months.values()) == {Decimal(0)}


def test_invoice_headers_are_their_lines(clean: Office) -> None:
    for invoice in clean.tables["invoices"]:
        lines = clean.lines[invoice["invoice_id"]]
        net, tax = (
            sum(line["net_amount"] for line in lines),
            sum(line["tax_amount"] for line in lines),
        )
        assert (invoice["net_amount"], invoice["tax_amount"], invoice["gross_amount"]) == (
            net,
            tax,
            net + tax,
        )


def test_the_control_account_is_the_open_items_at_their_own_rates(clean: Office) -> None:
    documents, receipts = clean.open_items()
    payments = {row["payment_id"]: row for row in clean.tables["payments"]}
    assert min(documents.values()) == min(receipts.values()) == 0
    owed = sum(
        sign(clean.invoices[key]) * euros(left, clean.rate(clean.invoices[key]))
        for key, left in documents.items()
    )
    for key, left in receipts.items():
        row = payments[key]
        rate = row["exchange_rate"] or fx.rate(row["currency"], "EUR", row["received_on"])
        owed -= euros(left, rate)
    assert clean.balance("1100") == owed > 0


def test_accrued_and_deferred_income_are_recognised_less_invoiced_of_each_job(
    clean: Office,
) -> None:
    position: dict[str, Decimal] = defaultdict(Decimal)
    accounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in clean.tables["journal_lines"]:
        if line["posted_on"] > clean.until:
            continue
        if (
            line["account_code"] in ("4000", "4100", "4200")
            and line["document_type"] != "year_close"
        ):
            position[line["job_ref"]] -= line["amount"]
        if line["account_code"] in ("1190", "2100"):
            accounts[line["job_ref"]] += line["amount"]
    for invoice, line in clean.posted_lines():
        position[line["job_ref"]] -= sign(invoice) * euros(line["net_amount"], clean.rate(invoice))
    assert {job: amount for job, amount in position.items() if amount} == {
        job: amount for job, amount in accounts.items() if amount
    }
    assert clean.balance("1190") > 0
    assert any(line["account_code"] == "2100" for line in clean.tables["journal_lines"])


def test_nothing_is_overdue_unapplied_or_above_contract_in_a_clean_world(clean: Office) -> None:
    documents, receipts = clean.open_items()
    for key, left in documents.items():
        invoice = clean.invoices[key]
        if sign(invoice) > 0 and left:
            assert (clean.until - invoice["due_on"]).days <= 60
        assert (left == 0) == (invoice["status"] == "paid")
    received = {row["payment_id"]: row["received_on"] for row in clean.tables["payments"]}
    assert all((clean.until - received[key]).days <= 14 for key, left in receipts.items() if left)


def test_advancing_day_by_day_ends_where_going_at_once_does(tmp_path: Path) -> None:
    stepped, direct = tmp_path / "stepped", tmp_path / "direct"
    for until in (date(2025, 12, 31), date(2026, 6, 29), UNTIL):
        write_folders(stepped, Recruitment(scale=0.05, shared=SHARED).imports(until))
    write_folders(direct, Recruitment(scale=0.05, shared=SHARED).imports(UNTIL))
    files = sorted(path.relative_to(direct) for path in direct.rglob("*") if path.is_file())
    assert files == sorted(
        path.relative_to(stepped) for path in stepped.rglob("*") if path.is_file()
    )
    assert all((direct / file).read_bytes() == (stepped / file).read_bytes() for file in files)


def test_what_changed_since_an_earlier_day_says_so() -> None:
    earlier, today = (
        Office(SCALE, faults=True, until=until) for until in (date(2026, 6, 20), UNTIL)
    )
    evening = datetime.combine(earlier.until, time(20))
    for entity, key in (
        ("deliveries", "delivery_id"),
        ("invoices", "invoice_id"),
        ("jobs", "job_id"),
    ):
        before = {row[key]: row for row in earlier.tables[entity]}
        changed = [row for row in today.tables[entity] if before.get(row[key]) != row]
        assert changed, entity
        assert all(row["updated_at"] > evening for row in changed), entity


@pytest.mark.parametrize(
    "until", [date(2025, 1, 10), date(2025, 3, 14), date(2025, 11, 26), UNTIL, date(2026, 9, 30)]
)
def test_on_any_day_what_a_record_refers_to_is_there(until: date) -> None:
    tables = Office(SCALE, faults=False, until=until).tables
    ids = {
        column: {row[column] for row in tables.get(entity, ())} for column, entity in KEYS.items()
    }
    for entity, rows in tables.items():
        for row in rows:
            for column, key in REFERENCES.items():
                assert row.get(column) is None or row[column] in ids[key], (entity, column, row)
            for first, then in ORDERS:
                assert row.get(first) is None or row.get(then) is None or row[first] <= row[then], (
                    entity,
                    row,
                )


def test_some_clients_are_the_other_arms_customers_spelled_otherwise(clean: Office) -> None:
    names = {row["name"] for row in SHARED}
    numbers = {row["tax_number"] for row in SHARED}
    ours = clean.tables["customers"]
    assert 0 < sum(row["customer_name"] in names for row in ours) < 8
    assert 2 <= sum(row.get("tax_number") in numbers for row in ours) < 8
