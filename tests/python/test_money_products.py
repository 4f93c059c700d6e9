"""No product of two amounts, prices or quantities as they are: DuckDB gives it eighteen digits and
stops the build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

PROJECT = Path(__file__).parents[2]
NAME = r"(?:[a-z_]+\.)?[a-z_]+"
# Not the rest of a longer product, whose beginning is cast.
PRODUCT = re.compile(rf"(?<!\* )(?<![\w.)\]}}])\b({NAME}) \* ({NAME})\b(?!\()")
# Signs are one digit, counts are whole numbers.
SMALL = re.compile(r"(^|[._])(sign|count|number|[a-z]+_count)$")
# Exchange rates have twelve decimals; a share takes six of its part and whole unless it is told.
EXCHANGED = re.compile(
    r"\bshare\([^{}()]*'(?:[a-z_]+\.)?(?:exchange_rate|base_rate|document_rate|rate)'[^{}()]*\)"
)


def products(sql: str) -> list[str]:
    """Multiplications of two bare columns."""
    lines = (line.split("--")[0] for line in sql.splitlines())
    found = (match for line in lines for match in PRODUCT.finditer(line))
    return [
        f"{left} * {right}"
        for left, right in (match.groups() for match in found)
        if left not in ("select", "distinct")
        and right != "case"
        and not SMALL.search(left)
        and not SMALL.search(right)
    ]


def test_a_product_of_columns_is_found() -> None:
    """As it stood when a paid line of 10,000,000.00 stopped the build."""
    assert products("when applied.settled_share * applied.room_document_amount > 0 then 1") == [
        "applied.settled_share * applied.room_document_amount"
    ]
    assert products("select * from lines -- quantity * price") == []
    assert products("turns.sign * lines.net_amount, cast(a as decimal(38, 2)) * b") == []


def test_no_model_multiplies_two_columns_as_they_are() -> None:
    """They go through `extended`, `in_base_unit`, `converted`, `percent_of` or `share`
    (macros/money.sql)."""
    found = {
        str(path.relative_to(PROJECT)): products(path.read_text())
        for folder in ("models", "macros")
        for path in sorted((PROJECT / folder).rglob("*.sql"))
    }
    assert {path: which for path, which in found.items() if which} == {}


def cut_rates(sql: str) -> list[str]:
    """Shares by an exchange rate that would take six of its decimals."""
    found = (match.group() for match in EXCHANGED.finditer(sql))
    return [share for share in found if "part_places=12" not in share]


def test_a_rate_cut_to_six_decimals_is_found() -> None:
    """As it stood when 500,000,000 dong at the bank were 496,278,064.52."""
    assert cut_rates("else {{ share('base_amount', '1', 'exchange_rate') }}") != []
    assert cut_rates("{{ share('a', 'b.rate', 'c.rate', part_places=12) }}") == []
    assert cut_rates("{{ share('net_amount', 'rated.rate_pct', '100') }}") == []


def test_no_model_cuts_a_rate() -> None:
    found = {
        str(path.relative_to(PROJECT)): cut_rates(path.read_text())
        for path in sorted((PROJECT / "models").rglob("*.sql"))
    }
    assert {path: which for path, which in found.items() if which} == {}
