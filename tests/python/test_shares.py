"""The functions that share amounts give what exact arithmetic gives, in every session that opens a
build."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise

import duckdb
import pytest

from tieout.settings import Settings

CENT, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
SIZES = (
    Decimal("0.01"),
    Decimal(1),
    Decimal(1000),
    Decimal(99_999),
    Decimal(4_000_000),
    Decimal(10) ** 10,
)
LARGEST = Decimal(10) ** 9
Triple = tuple[Decimal, Decimal, Decimal]


def shared(amount: Decimal, part: Decimal, whole: Decimal, unit: Decimal = CENT) -> Decimal | None:
    """amount × part ÷ whole, half away from zero; a quantity is a share of its smallest unit."""
    if whole == 0:
        return None
    with localcontext() as context:
        context.prec = 120
        return (amount * part / whole).quantize(unit, ROUND_HALF_UP)


def triples(places: int, part_places: int) -> list[Triple]:
    """Amounts of all sizes and signs, at the bounds of 64 bits too, and halves of a cent, where
    roundings differ."""
    draw = random.Random(f"{places} {part_places}")  # noqa: S311 - to be drawn again

    def value(decimals: int, largest: Decimal) -> Decimal:
        return Decimal(
            draw.randint(int(-largest * 10**decimals), int(largest * 10**decimals))
        ).scaleb(-decimals)

    drawn = [
        (
            value(places, draw.choice(SIZES)),
            value(part_places, draw.choice(SIZES)),
            value(part_places, draw.choice(SIZES)),
        )
        for _ in range(5000)
    ]
    # A result has sixteen digits before the point; a quantity is shared in its hundredths of a
    # hundredth.
    found = [
        triple
        for triple in drawn
        if triple[2] and abs(triple[0] * triple[1]) < abs(triple[2]) * LARGEST
    ]
    halves = [
        (Decimal(cents).scaleb(-2), Decimal(1), Decimal(whole))
        for cents in range(-9, 10)
        for whole in (2, -2, 4)
    ]
    assert len(found) > 1000
    return [*found, *halves, (Decimal(5), Decimal(1), Decimal(0))]


@pytest.fixture(scope="module")
def built(small_warehouse: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session of its own, which has not made the functions: they are in the file."""
    with duckdb.connect(str(small_warehouse.build), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("function", "places", "part_places", "unit"),
    [
        ("share", 2, 6, CENT),
        ("quick_share", 2, 6, CENT),
        ("price_share", 6, 6, CENT),
        ("rate_share", 2, 12, CENT),
        ("quantity_share", 6, 6, MILLIONTH),
    ],
)
def test_a_share_is_exact(
    built: duckdb.DuckDBPyConnection, function: str, places: int, part_places: int, unit: Decimal
) -> None:
    drawn = triples(places, part_places)
    rows = _answers(
        built,
        f"{function}(v[1]::decimal(18, {places}), v[2]::decimal(28, {part_places}), v[3]::decimal(28, {part_places}))",
        drawn,
    )
    assert rows == [shared(*triple, unit) for triple in drawn]


@pytest.mark.parametrize(
    ("function", "places", "unit"), [("cut", 2, CENT), ("quantity_cut", 6, MILLIONTH)]
)
def test_parts_that_are_cut_add_up_to_the_whole(
    built: duckdb.DuckDBPyConnection, function: str, places: int, unit: Decimal
) -> None:
    """Of three stretches of a measure, each part is the difference of two running shares."""
    draw = random.Random(function)  # noqa: S311 - to be drawn again
    for _ in range(300):
        measure = Decimal(draw.randint(1, 10**9)).scaleb(-6)
        amount = Decimal(draw.randint(-(10**12), 10**12)).scaleb(-places)
        bounds = sorted(
            [
                Decimal(0),
                measure,
                *(Decimal(draw.randint(0, int(measure * 10**6))).scaleb(-6) for _ in "12"),
            ]
        )
        drawn = [(begins, ends, measure) for begins, ends in pairwise(bounds)]
        points = ", ".join(f"v[{number}]::decimal(38, 6)" for number in (1, 2, 3))
        sql = f"{function}({amount}::decimal(18, {places}), {points})"
        parts = _answers(built, sql, drawn)
        assert sum(parts) == amount
        if (Decimal(0), measure, measure) not in drawn:
            running = [shared(amount, bound, measure, unit) for bound in bounds]
            assert parts == [after - before for before, after in pairwise(running)]


def _answers(connection: duckdb.DuckDBPyConnection, sql: str, drawn: list[Triple]) -> list[Decimal]:
    values = [[str(value) for value in triple] for triple in drawn]
    query = (
        f"select {sql} from (select unnest(?::varchar[][]) as v, unnest(range(?)) as n) order by n"
    )
    return [answer for (answer,) in connection.execute(query, [values, len(values)]).fetchall()]
