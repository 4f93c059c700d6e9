"""The walk of a margin as a person or a program reads it: a table, CSV or JSON."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from tieout import console
from tieout.errors import TieoutError
from tieout.findings.bridge import Asked
from tieout.findings.margin import MarginWalk, margin_walk, months_of, period_walk
from tieout.settings import Settings
from tieout.shapes import as_csv, as_json


def margin_step(settings: Settings, asked: Asked, period: str | None, shape: str) -> None:
    """Prints the walk of a margin, with its residual.

    Raises:
        TieoutError: nothing is published, nobody or several are meant, there is no such walk, or
            the published figures leave a residual.
    """
    walk = (
        margin_walk(settings, asked)
        if period is None
        else period_walk(settings, asked, *months_of(period))
    )
    if shape == "json":
        as_json({**asdict(walk), "residual_amount": walk.residual_amount})
    elif shape == "csv":
        as_csv(_rows(walk))
    else:
        console.table(
            f"margin: {walk.first} → {walk.last}",
            ["", "amount", "why"],
            [[row["row"], _money(row["amount"]), row["why"]] for row in _rows(walk)],
        )
    if walk.residual_amount:
        raise TieoutError(
            f"the walk of the margin leaves {_money(walk.residual_amount)}",
            "this must not happen: build again and report it",
        )


def _rows(walk: MarginWalk) -> list[dict[str, Any]]:
    return [
        {"row": walk.first, "amount": walk.from_amount, "why": ""},
        *(
            {"row": effect.effect, "amount": effect.amount, "why": effect.sentence}
            for effect in walk.effects
        ),
        {"row": walk.last, "amount": walk.to_amount, "why": ""},
        {"row": "residual", "amount": walk.residual_amount, "why": ""},
    ]


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
