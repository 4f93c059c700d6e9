"""`tieout margin` walks from the planned margin to the realised one, and from month to month; its
figures are the marts'."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from tieout.errors import TieoutError
from tieout.findings.bridge import Asked
from tieout.findings.margin import margin_walk, months_of, period_walk
from tieout.findings.margin_view import margin_step
from tieout.settings import Settings

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def _asked_of_the_marts(settings: Settings, query: str) -> list[tuple[Decimal | str, ...]]:
    with duckdb.connect(str(settings.marts), read_only=True) as marts:
        return marts.execute(query).fetchall()


def test_the_walk_of_every_job_product_and_customer_ends_at_its_realised_margin(
    small_warehouse: Settings,
) -> None:
    nouns: dict[str, Callable[[str], Asked]] = {
        "job": lambda key: Asked(job=key),
        "product": lambda key: Asked(product=key),
        "customer": lambda key: Asked(customer=key),
    }
    for noun, asked in nouns.items():
        margins = _asked_of_the_marts(
            small_warehouse,
            f"select {noun}_key, sum(realised_margin_amount) from marts.fct_job_margin"
            f" where {noun}_key <> 'unknown' group by 1",
        )
        assert margins
        for key, margin in margins:
            walk = margin_walk(small_warehouse, asked(str(key)))
            assert (walk.to_amount, walk.residual_amount) == (margin, Decimal("0.00"))


def test_everybody_together_has_what_the_jobs_have(small_warehouse: Settings) -> None:
    [(planned, realised)] = _asked_of_the_marts(
        small_warehouse,
        "select sum(coalesce(planned_margin_amount, booked_amount)), sum(realised_margin_amount)"
        " from marts.fct_job_margin",
    )
    walk = margin_walk(small_warehouse, Asked())
    assert (walk.from_amount, walk.to_amount) == (planned, realised)
    assert walk.residual_amount == 0
    assert walk.effects


def test_the_persons_who_are_credited_have_together_what_the_company_earned(
    small_warehouse: Settings,
) -> None:
    owners = _asked_of_the_marts(
        small_warehouse, "select distinct owner_key from marts.fct_margin_by_rep"
    )
    walks = [margin_walk(small_warehouse, Asked(owner=str(key))) for (key,) in owners]
    company = margin_walk(small_warehouse, Asked())
    assert sum(walk.to_amount for walk in walks) == company.to_amount
    credited = sum(effect.amount for walk in walks for effect in walk.effects)
    assert credited == sum(effect.amount for effect in company.effects)


def test_two_months_differ_by_their_effects(small_warehouse: Settings) -> None:
    walk = period_walk(small_warehouse, Asked(), JANUARY, FEBRUARY)
    margins = _asked_of_the_marts(
        small_warehouse,
        "select sum(realised_margin_amount) from marts.fct_job_margin_monthly"
        " where month in ('2026-01-01', '2026-02-01') group by month order by month",
    )
    assert [(walk.from_amount,), (walk.to_amount,)] == margins
    assert walk.residual_amount == 0
    for (owner,) in _asked_of_the_marts(
        small_warehouse, "select distinct owner_key from marts.fct_margin_by_rep"
    ):
        asked = Asked(owner=str(owner))
        assert period_walk(small_warehouse, asked, JANUARY, FEBRUARY).residual_amount == 0


@pytest.mark.parametrize("period", [None, "2026-01..2026-02"])
def test_json_and_csv_hold_the_same_amounts(
    small_warehouse: Settings, period: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    margin_step(small_warehouse, Asked(), period, "json")
    told = json.loads(capsys.readouterr().out)
    margin_step(small_warehouse, Asked(), period, "csv")
    rows = {
        row["row"]: row["amount"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))
    }
    assert rows[told["first"]] == told["from_amount"]
    assert rows[told["last"]] == told["to_amount"]
    assert rows["residual"] == told["residual_amount"] == "0.00"
    assert {effect["effect"]: effect["amount"] for effect in told["effects"]} == {
        row: amount
        for row, amount in rows.items()
        if row not in (told["first"], told["last"], "residual")
    }
    margin_step(small_warehouse, Asked(), period, "table")
    assert told["last"] in capsys.readouterr().out


@pytest.mark.parametrize("period", ["2026-01", "2026-13..2026-14", "march..april", "2026-1..2"])
def test_what_is_no_period_is_said(period: str) -> None:
    with pytest.raises(TieoutError, match="is no period"):
        months_of(period)


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        (Asked(), "2026-02..2026-01"),
        (Asked(job="J1"), "2026-01..2026-02"),
        (Asked(product="P1"), "2026-01..2026-02"),
        (Asked(customer="nobody of this name"), None),
        (Asked(owner="a", customer="b"), None),
    ],
)
def test_a_walk_that_there_is_not_is_refused(
    small_warehouse: Settings, asked: Asked, period: str | None
) -> None:
    with pytest.raises(TieoutError):
        margin_step(small_warehouse, asked, period, "table")
