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
