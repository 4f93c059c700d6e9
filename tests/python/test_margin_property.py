"""What the marts of margin promise, on random companies in one build: their laws hold, and planned
cost, cost and work in progress are those of a plain reference in Python."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import margin_reference
import margin_reference_evidence
import pytest
from bridge_companies import AS_OF, Row
from bridge_examples import tables
from bridge_world import rows_of, systems_of
from margin_world import EXAMPLES, PAGE, MarginWorld

KEYS = {
    "deal_lines": "deal_line_id",
    "costs": "cost_id",
    "pay_items": "pay_item_id",
    "job_budgets": "job_budget_id",
}


def _recorded(world: MarginWorld) -> dict[tuple[str, str, str], Row]:
    """The drawn rows by system, entity and id; the files of the guide have texts for amounts."""
    return {
        (system, entity, row[KEYS[entity]]): {
            name: Decimal(value) if name == "planned_cost" and isinstance(value, str) else value
            for name, value in row.items()
        }
        for number, company in enumerate(world.companies, start=1)
        for (system, entity), rows in systems_of(company, number).items()
        if entity in KEYS
        for row in rows
    }


def test_every_law_and_key_of_the_margin_holds(margin_world: MarginWorld) -> None:
    assert margin_world.tests > 50
    assert margin_world.failures == []


def test_planned_cost_cost_and_work_in_progress_are_those_of_the_plain_reference(
    margin_world: MarginWorld,
) -> None:
    with duckdb.connect(str(margin_world.build), read_only=True) as con:
        evidence = margin_reference_evidence.read(con, _recorded(margin_world), AS_OF)
        # The examples of the guide have their own test, and a plan by contract besides.
        examples = {key for key, job in evidence.jobs.items() if job["source_system"] in EXAMPLES}
        booked = margin_reference_evidence.booked(evidence)
        margins = [
            row for row in rows_of(con, "marts.fct_job_margin") if row["job_key"] not in examples
        ]
    expected = {
        place: one
        for place, one in margin_reference.figures(evidence).items()
        if place[0] not in examples
    }
    nothing = margin_reference.Figures()
    differences = []
    for margin in margins:
        place = (margin["job_key"], margin["product_key"])
        right = expected.pop(place, nothing)
        planned = right.planned
        if planned is None and place not in booked:
            planned = Decimal(0)
        found = (margin["planned_cost_amount"], margin["cost_amount"], margin["wip_amount"])
        if found != (planned, right.cost, right.wip):
            differences.append(f"{place}: {found}, right {(planned, right.cost, right.wip)}")
    assert not differences, f"{len(differences)} differ\n" + "\n".join(differences[:20])
    left = {place: one for place, one in expected.items() if one != nothing}
    assert not left, f"not in the mart: {left}"
    # The companies have what the definitions speak of.
    assert sum(margin["wip_amount"] > 0 for margin in margins) > 3
    assert {margin["plan_rule"] for margin in margins} >= {
        "deal_line_first_landed",
        "job_budget_first_after_win",
        None,
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_guides_pencil_gives_each_effect_to_the_cent(
    margin_world: MarginWorld, name: str
) -> None:
    written = {
        table.about: [(effect, Decimal(amount.replace(",", ""))) for effect, amount in table.rows]
        for table in tables(name, PAGE)
    }
    assert written
    with duckdb.connect(str(margin_world.build), read_only=True) as con:
        for job, rows in written.items():
            [(key, planned, realised)] = con.execute(
                """
                select job_key, sum(coalesce(planned_margin_amount, booked_amount)), sum(realised_margin_amount)
                from marts.fct_job_margin inner join marts.dim_job using (job_key)
                where job_ref = ? and dim_job.source_system = ? group by job_key
                """,
                [job, name],
            ).fetchall()
            effects = con.execute(
                "select effect, sum(effect_amount) from marts.fct_margin_walk where job_key = ?"
                " group by effect having sum(effect_amount) <> 0",
                [key],
            ).fetchall()
            assert rows[0] == ("planned", planned)
            assert rows[-1] == ("realised", realised)
            assert sorted(rows[1:-1]) == sorted(effects)
