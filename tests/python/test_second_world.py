"""A HubSpot and a Xero of other habits than the demo's, with a truth of their own
(`second_world/`).

Harrow & Pike keeps its books in euros: lines without amounts and units, recurring lines, drafts,
documents edited, voided and deleted, tax inside prices, own rates, refunds, deposits, retention,
tax withheld, opening balances, merged records. It was written from the vendors' API descriptions
and the design, by hands that had not seen the models.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from own_project import copied, tieout
from second_world.basics import NOW
from second_world.build import build as write_world
from second_world.chart import account_id
from second_world.files import load_hubspot, load_xero
from second_world.ledger_reports import differences
from second_world.truth import compare
from second_world.world import world

from tieout_demo.servers.hubspot import server as hubspot_server
from tieout_demo.servers.xero import server as xero_server

AS_OF = "2026-06-30"
OPEN = Path(__file__).parents[1] / "fixtures" / "second_world_open.txt"


def _seed(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The company landed from both servers and its files, built with every law, and published."""
    folder = tmp_path_factory.mktemp("second_world")
    assert write_world(folder / "world") == []
    # An account without a code is known by its id.
    roles = [
        {
            "source_system": row["source_system"],
            "account_code": row["account_code"] or account_id(row["account_code"]),
            "account_role": row["account_role"],
        }
        for row in _seed(folder / "world", "account_roles")
    ]
    systems = _seed(folder / "world", "source_systems")
    project = copied(folder / "project", {"account_roles": roles, "source_systems": systems})
    output, config = folder / "warehouse", folder / ".dlt"
    config.mkdir()
    with (
        hubspot_server.serve(load_hubspot(folder / "world")) as hubspot,
        xero_server.serve(load_xero(folder / "world"), now=NOW, calls_a_minute=100_000) as xero,
    ):
        (config / "config.toml").write_text(
            f'[sources.hubspot]\nbase_url = "{hubspot.url}"\nsearches_per_second = 100000\n'
            f'calls_per_ten_seconds = 100000\n\n[sources.xero]\nbase_url = "{xero.base_url}"\n'
            f'token_url = "{xero.token_url}"\ntenant_id = "{xero.tenant_id}"\ncalls_per_minute = 100000\n'
        )
        (config / "secrets.toml").write_text(
            f'[sources.hubspot]\naccess_token = "{hubspot.token}"\n\n[sources.xero]\n'
            f'client_id = "{xero.client_id}"\nclient_secret = "{xero.client_secret}"\n'
        )
        words = ["--systems", "hubspot,xero,imports", "--imports", folder / "world" / "imports"]
        said = tieout(project, "land", *words, "--config", config, "--output", output)
        assert said.returncode == 0, said.stdout + said.stderr
    for step in ("check", "build", "publish"):
        said = tieout(project, step, "--as-of", AS_OF, "--output", output)
        assert said.returncode == 0, said.stdout + said.stderr
    yield output / "published" / "tieout.duckdb"


def test_the_marts_show_what_the_documents_of_another_company_say(published: Path) -> None:
    """By customer, stage and month, in the document's currency, euros and pounds; receivables at
    every month end.

    What still differs is written down, line by line: one more is a fault, one less is taken off the
    list.
    """
    different = sorted(line for line in compare(published) if not line.startswith("note:"))
    listed = OPEN.read_text(encoding="utf-8").splitlines()
    assert different == sorted(line for line in listed if line and not line.startswith("#"))


def test_every_month_is_what_the_ledgers_own_reports_say(published: Path) -> None:
    """Revenue by account, cash and tax by document, receivables and cost at each month end: from the
    journals alone."""
    with duckdb.connect(str(published.parents[1] / "build.duckdb"), read_only=True) as build:
        assert list(differences(world().xero()["Journals"], build)) == []


def test_what_was_quoted_and_who_had_a_deal_before_anything_was_landed(published: Path) -> None:
    """Van Dalen signed 120 hours at 86, and bought them at 85; Bram had the deal until March."""
    with duckdb.connect(str(published), read_only=True) as marts:
        marts.execute("set schema = 'marts'")
        ((deal,),) = marts.execute(
            "select deal_key from dim_deal where deal_id = '5001'"
        ).fetchall()
        ((on, booked, rate),) = marts.execute(
            "select event_on, reporting_amount, exchange_rate from fct_stage_events"
            " where stage = 'booked' and deal_key = ?",
            [deal],
        ).fetchall()
        assert on == date(2026, 1, 8)
        ((negotiated,),) = marts.execute(
            "select sum(negotiated_amount) from fct_job_margin where deal_key = ?", [deal]
        ).fetchall()
        assert negotiated == booked - (Decimal("10320.00") * rate).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )
        credited = marts.execute(
            "select full_name, min(event_on), max(event_on) from fct_attribution"
            " inner join dim_person on owner_key = person_key"
            " where deal_key = ? and stage in ('booked', 'delivered') group by full_name order by 2",
            [deal],
        ).fetchall()
    assert credited == [
        ("Bram Teunissen", date(2026, 1, 8), date(2026, 2, 24)),
        ("Saskia Vos", date(2026, 3, 18), date(2026, 6, 23)),
    ]
