"""Small companies of everyday habits, side by side in one company, each held against its own right
figures.

Written from the design alone, by hands that had not seen the models (`habits/`): order lines, blank
amounts, missing units, retention, tax withheld, deposits, fees, refunds, documents voided and
edited, opening balances, weak currencies, people of other systems. No case may disturb another.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from bridge_world import environment_kept
from habits.audit import contradictions, faults
from habits.cases import build, functions, why
from habits.expected import Marts, wrong
from habits.right import COMPANY_NEVER
from habits.tables import balances, write

from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import dbt

WORLD, RIGHT = build()
WORLD.tables["ledger", "account_balances"] = list(balances(WORLD.tables["ledger", "journal_lines"]))


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """All cases landed and built as one company, laws included."""
    folder = tmp_path_factory.mktemp("habits")
    write(WORLD.tables, folder / "imports")
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
        answer = dbt(
            settings,
            [
                "build",
                "--exclude-resource-type",
                "unit_test",
                "--exclude",
                "test_name:control_holds",
            ],
        )
    failed = [
        f"{r.node.name}: {r.message}"
        for r in answer.result or ()
        if str(r.status) in ("error", "fail")
    ]
    assert answer.exception is None and not failed, (answer.exception, "\n".join(failed))
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
