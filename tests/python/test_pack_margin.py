"""The pages about margins say what the marts say, customer by customer and person by person."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import duckdb
import pytest
from site_expected import Line, asked, line, same, tables

from tieout.pack.marts import published
from tieout.pack.step import pack_step
from tieout.settings import Settings

SUMS = """
    sum(coalesce(planned_margin_amount, booked_amount)), sum(realised_value_amount), sum(cost_amount) - sum(wip_amount),
    sum(realised_margin_amount)
"""


@pytest.fixture(scope="module")
def pack(small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack_step(small_warehouse, None, tmp_path_factory.mktemp("margins") / "site")


@pytest.fixture(scope="module")
def marts(small_warehouse: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with published(small_warehouse) as connection:
        yield connection


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Of a hundred, to a tenth; nothing of nothing."""
    if not whole or whole <= 0 or part is None:
        return None
    return (100 * part / whole).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def test_the_walk_starts_at_the_plan_and_ends_at_what_was_earned(
    pack: Path, marts: duckdb.DuckDBPyConnection
) -> None:
    shown = tables(pack / "margin.html")[0][2]
    [(planned, _, _, realised)] = asked(marts, f"select {SUMS} from fct_job_margin")
    effects = asked(
        marts,
        """
        select replace(effect, '_', ' '), sum(value_amount) - sum(cost_amount) as amount
        from fct_margin_walk group by effect having amount <> 0
        """,
    )
    assert shown[0] == line("Planned", planned)
    assert shown[-1] == line("Realised", realised)
    assert sorted(figures for _, figures in shown[1:-1]) == sorted(
        line("", amount)[1] for _, amount in effects
    )
    for name, amount in effects:
        assert any(words.startswith(name) and one == ((amount,),) for words, one in shown)
    assert realised == planned + sum(amount for _, amount in effects)


@pytest.mark.parametrize(
    ("title", "noun", "name"),
    [
        ("Customers", "customer", "customer_name"),
        ("Products", "product", "product_name"),
    ],
)
def test_each_customer_and_product_has_its_margin(
    pack: Path, marts: duckdb.DuckDBPyConnection, title: str, noun: str, name: str
) -> None:
    [shown] = [
        lines for _, caption, lines in tables(pack / "margin.html") if caption.startswith(title)
    ]
    expected: list[Line] = [
        line(who, *amounts, percent(amounts[3], amounts[1]))
        for who, *amounts in asked(
            marts,
            f"""
            select case when {noun}_key = 'unknown' then 'Unknown {noun}' else {name} end, {SUMS}
            from fct_job_margin left join dim_{noun} using ({noun}_key)
            group by {noun}_key, {name} order by sum(realised_margin_amount) desc, {noun}_key
            """,
        )
    ]
    same(shown, expected)


def test_each_person_has_what_he_is_credited_with(
    pack: Path, marts: duckdb.DuckDBPyConnection
) -> None:
    shown = tables(pack / "representatives.html")[0][2]
    expected = asked(
        marts,
        """
        select case when owner_key = 'unknown' then 'Unknown owner' else full_name end,
            sum(booked_amount), sum(realised_value_amount), sum(realised_margin_amount),
            sum(discount_after_quote_effect_amount), sum(concession_effect_amount)
        from fct_margin_by_rep left join dim_person on owner_key = person_key
        group by owner_key, full_name order by sum(realised_margin_amount) desc, owner_key
        """,
    )
    assert len(shown) == len(expected) > 0
    for (words, figures), (who, booked, value, realised, discount, concession) in zip(
        shown, expected, strict=True
    ):
        assert words == who
        wanted = line(who, booked, value, realised, percent(realised, value), discount, concession)
        assert figures[:6] == wanted[1]
