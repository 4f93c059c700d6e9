"""Small companies of everyday habits, side by side in one company, each held against its own right
figures.

Written from the design alone, by hands that had not seen the models (`habits/`): order lines, blank
amounts, missing units, retention, tax withheld, deposits, fees, refunds, documents voided and
edited, opening balances, weak currencies, people of other systems. No case may disturb another.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from bridge_world import environment_kept
from control_build import say
from habits.audit import contradictions, faults
from habits.cases import build, functions, why
from habits.expected import Marts, wrong
from habits.right import COMPANY_NEVER
from habits.tables import balances, write
from habits.working_time import ENGAGEMENTS, Engagement, seeds
from habits.working_time import write as write_engagements

from tieout.landing.land import land
from tieout.settings import PROJECT, Settings
from tieout.warehouse.build import dbt

WORLD, RIGHT = build()
WORLD.tables["ledger", "account_balances"] = list(balances(WORLD.tables["ledger", "journal_lines"]))


# The tests of single models hold in the small company; here the laws do.
BUILD = [
    "build",
    *("--exclude-resource-type", "unit_test"),
    *("--exclude", "resource_type:seed", "test_type:generic"),
]


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """All cases landed and built as one company, laws included."""
    folder = tmp_path_factory.mktemp("habits")
    write(WORLD.tables, folder / "imports")
    write_engagements(folder / "imports")
    settings = Settings(
        output=folder / "warehouse",
        systems=("imports",),
        imports=folder / "imports",
        as_of=date(2026, 6, 30),
    )
    settings.prepare()
    with environment_kept():
        landed = land(settings.systems, settings.imports, settings.config, settings.output)
        assert [str(one.error) for one in landed if one.error] == []
        for command in (["seed"], BUILD):
            answer = dbt(settings, command)
            failed = [
                f"{r.node.name}: {r.message}"
                for r in answer.result or ()
                if str(r.status) in ("error", "fail")
            ]
            assert answer.exception is None and not failed, (answer.exception, "\n".join(failed))
            if command == ["seed"]:
                say(settings, seeds())
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        yield connection


def test_the_records_and_the_right_figures_do_not_contradict_each_other() -> None:
    """Journals balance, headers are their lines, and the plainest rule gives the figures that a
    case claims."""
    assert [*faults(WORLD), *contradictions(WORLD, RIGHT)] == []


@pytest.mark.parametrize("case", list(functions()))
def test_a_company_shows_its_right_figures(marts: duckdb.DuckDBPyConnection, case: str) -> None:
    """Every figure that the case names, to the cent; the controls that must speak, and those that
    must not."""
    for name, want in RIGHT[case]:
        found = Marts(marts, name)
        assert found.keys, f"{name} is not a customer"
        assert wrong(found, want) == [], f"{name}: {why(functions()[case])}"


@pytest.mark.parametrize("control", COMPANY_NEVER)
def test_a_control_of_the_whole_company_stays_silent(
    marts: duckdb.DuckDBPyConnection, control: str
) -> None:
    """Side by side they tie out as each does alone."""
    asked = "select entity_id, value_at_risk_amount, evidence from marts.fct_exceptions where control_id = ?"
    assert marts.execute(asked, [control]).fetchall() == []


def test_a_day_has_other_hours_only_where_that_was_agreed() -> None:
    """What holds for everybody is in `unit_conversions`; the project's own seed is empty."""
    seed = PROJECT / "seeds" / "company" / "working_time.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == []


@pytest.mark.parametrize("one", ENGAGEMENTS, ids=lambda one: one.name)
def test_hours_are_worth_the_days_that_were_agreed(
    marts: duckdb.DuckDBPyConnection, one: Engagement
) -> None:
    """Delivered is what was billed, nothing is leaked and no control speaks of it."""
    of_one = (
        "inner join marts.dim_customer using (customer_key) where lower(customer_name) = lower(?)"
    )
    stages = dict(
        marts.execute(
            f"select stage, sum(reporting_amount) from marts.fct_stage_events {of_one} group by stage",
            [one.name],
        ).fetchall()
    )
    assert stages == dict.fromkeys(
        ("booked", "delivered", "invoiced", "recognised"), Decimal(one.worth)
    )
    leaked = marts.execute(
        f"select gap, reason from marts.fct_bridge {of_one} and gap_class = 'leakage' and gap <> 'invoiced_to_cash'",
        [one.name],
    ).fetchall()
    assert leaked == []
    spoken = marts.execute(
        f"select control_id, entity_id from marts.fct_exceptions {of_one} and control_id in ('delivered_not_invoiced',"
        " 'quantity_variance', 'invoice_without_delivery', 'charge_rate_variance', 'revenue_cut_off',"
        " 'invoiced_above_contract')",
        [one.name],
    ).fetchall()
    assert spoken == []
