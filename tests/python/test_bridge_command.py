"""`tieout bridge` walks from stage to stage over what is published, and its figures are the
mart's."""

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
from tieout.findings.bridge import GAPS, Asked, walk
from tieout.findings.bridge_view import bridge_step
from tieout.settings import Settings

# The receipt that is not applied, as the small company's README tells it.
UNAPPLIED = Decimal("500.00")


def test_the_walk_closes_for_everybody_and_for_every_month(small_warehouse: Settings) -> None:
    for asked in (
        Asked(),
        Asked(month=date(2026, 1, 1)),
        Asked(month=date(2026, 2, 1)),
        Asked(customer="alder"),
    ):
        legs = walk(small_warehouse, asked) + walk(
            small_warehouse, asked, "delivered", "recognised"
        )
        assert [leg.residual_amount for leg in legs] == [Decimal("0.00")] * 5
        assert legs[1].from_amount == legs[0].to_amount
        assert legs[2].from_amount == legs[1].to_amount
        assert legs[3].from_amount == legs[2].to_amount


def test_its_figures_are_those_of_the_stage_events(small_warehouse: Settings) -> None:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as marts:
        stages = dict(
            marts.execute(
                "select stage, sum(reporting_amount) from marts.fct_stage_events group by stage"
            ).fetchall()
        )
    booked, delivered, invoiced, cash = walk(small_warehouse, Asked())
    assert booked.from_amount == stages["booked"]
    assert booked.to_amount == stages["booked"] + stages["change_order"]
    assert delivered.to_amount == stages["delivered"]
    assert invoiced.to_amount == stages["invoiced"] + stages["credited"]
    assert cash.to_amount == stages["cash"]


def test_a_persons_walk_is_over_what_he_is_credited_with(small_warehouse: Settings) -> None:
    """And the walks of all persons, the unknown one with them, are everybody's."""
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as marts:
        credited = marts.execute(
            """select owner_key, coalesce(sum(reporting_amount) filter (stage = 'delivered'), 0),
                coalesce(sum(reporting_amount) filter (stage in ('invoiced', 'credited')), 0)
            from marts.fct_attribution group by owner_key"""
        ).fetchall()
        of_today = marts.execute(
            "select count(distinct owner_key) from marts.fct_bridge where from_amount <> 0"
        ).fetchall()
    assert of_today[0][0] > 1
    everybody = walk(small_warehouse, Asked(), "delivered", "cash")
    sums = [Decimal(0)] * 4
    for owner, delivered, invoiced in credited:
        legs = walk(small_warehouse, Asked(owner=owner), "delivered", "cash")
        assert [leg.residual_amount for leg in legs] == [Decimal("0.00")] * 2
        assert (legs[0].from_amount, legs[0].to_amount) == (delivered, invoiced)
        assert legs[1].from_amount == invoiced
        amounts = [amount for leg in legs for amount in (leg.from_amount, leg.to_amount)]
        sums = [total + amount for total, amount in zip(sums, amounts, strict=True)]
    assert sums == [amount for leg in everybody for amount in (leg.from_amount, leg.to_amount)]


def test_a_receipt_that_nobody_applied_is_a_step_of_its_own(small_warehouse: Settings) -> None:
    [leg] = walk(small_warehouse, Asked(), "invoiced", "cash")
    [step] = [step for step in leg.steps if step.reason == "unapplied_cash"]
    assert step.difference_amount == -UNAPPLIED
    assert (step.gap_class, step.who_acts) == ("data_quality", "Collections")


def test_json_and_csv_hold_the_same_amounts_as_text(
    small_warehouse: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge_step(small_warehouse, Asked(), "booked", "cash", "json", with_pieces=True)
    told = json.loads(capsys.readouterr().out)
    bridge_step(small_warehouse, Asked(), "booked", "cash", "csv", with_pieces=True)
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [piece["bridge_item_key"] for piece in told["pieces"]] == [
        row["bridge_item_key"] for row in rows
    ]
    for leg in told["legs"]:
        own = [row for row in rows if row["gap"] == leg["gap"]]
        assert isinstance(leg["from_amount"], str)
        assert Decimal(leg["from_amount"]) == sum(Decimal(row["from_amount"]) for row in own)
        assert Decimal(leg["to_amount"]) == sum(Decimal(row["to_amount"]) for row in own)


def test_as_of_another_day_it_walks_over_the_events_up_to_that_day(
    small_warehouse: Settings,
    copy_of: Callable[[Settings], Settings],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The published position stays what it is; CSV stays CSV; the second time nothing is built."""
    january, settings = date(2026, 1, 31), copy_of(small_warehouse)
    bridge_step(settings, Asked(), "booked", "cash", "csv", with_pieces=False, as_of=january)
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    with duckdb.connect(str(settings.marts), read_only=True) as marts:
        stages = dict(
            marts.execute(
                "select stage, sum(reporting_amount) from marts.fct_stage_events where event_on <= ? group by stage",
                [january],
            ).fetchall()
        )
    told = {(row["gap"], row["row"]): Decimal(row["amount"]) for row in rows}
    assert told["booked_to_contracted", "booked"] == stages["booked"]
    assert told["contracted_to_delivered", "delivered"] == stages["delivered"]
    assert told["delivered_to_invoiced", "invoiced"] == stages["invoiced"]
    assert told["invoiced_to_cash", "cash"] == stages.get("cash", 0)
    built = settings.output / "positions" / "2026-01-31" / "build.duckdb"
    before = built.stat().st_mtime_ns
    bridge_step(
        settings, Asked(job="J2"), "delivered", "invoiced", "csv", with_pieces=False, as_of=january
    )
    assert built.stat().st_mtime_ns == before
    [first] = walk(settings, Asked(), "contracted", "delivered")
    assert first.to_amount > told["contracted_to_delivered", "delivered"]


def test_the_table_names_each_stage_its_reasons_and_no_residual(
    small_warehouse: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge_step(
        small_warehouse, Asked(job="J2"), "delivered", "invoiced", "table", with_pieces=False
    )
    shown = capsys.readouterr().out
    assert "within_billing_window" in shown
    assert "residual" in shown


@pytest.mark.parametrize(
    ("asked", "first", "last", "cause"),
    [
        (Asked(customer="nobody of that name"), "booked", "cash", "no customer"),
        (Asked(product="e"), "booked", "cash", "several products"),
        (Asked(), "cash", "booked", "no walk"),
        (Asked(), "recognised", "cash", "no walk"),
    ],
)
def test_who_or_what_is_not_clear_is_said(
    small_warehouse: Settings, asked: Asked, first: str, last: str, cause: str
) -> None:
    with pytest.raises(TieoutError, match=cause):
        walk(small_warehouse, asked, first, last)


def test_every_gap_of_the_design_can_be_walked() -> None:
    assert sorted(GAPS.values()) == [
        "booked_to_contracted",
        "contracted_to_delivered",
        "delivered_to_invoiced",
        "delivered_to_recognised",
        "invoiced_to_cash",
    ]
