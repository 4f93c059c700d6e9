"""The walk as a person or a program reads it: tables, CSV or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from tieout import console
from tieout.errors import TieoutError
from tieout.findings.bridge import GAPS, Asked, Leg, legs_between, pieces, walk
from tieout.settings import Settings
from tieout.shapes import as_csv, as_json
from tieout.warehouse.positions import position

FORMATS = ("table", "csv", "json")
SHOWN = 200
"""So many items fit a terminal; CSV and JSON have them all."""


def bridge_step(
    settings: Settings,
    asked: Asked,
    first: str,
    last: str,
    shape: str,
    with_pieces: bool,
    as_of: date | None = None,
) -> None:
    """Prints the walk: of what is published, or of the position of a day, which is built first
    where it is not there.

    Raises:
        TieoutError: the format is none, nothing is published, nobody or several are meant, there is no such walk, or
            the published figures leave a residual.
    """
    if shape not in FORMATS:
        raise TieoutError(f"{shape} is no format", f"choose one of {', '.join(FORMATS)}")
    gaps = [GAPS[leg] for leg in legs_between(first, last)]
    built = None
    if as_of:
        with console.working(f"Position of {as_of}", console.err) as report:
            built = position(settings, as_of, report)
    legs = walk(settings, asked, first, last, built)
    rows = pieces(settings, asked, gaps, built) if with_pieces else iter(())
    if shape == "json":
        _as_json(legs, list(rows) if with_pieces else None)
    elif shape == "csv":
        as_csv(rows if with_pieces else _flat(legs))
    else:
        _as_tables(legs, list(rows))
    if opened := [leg.gap for leg in legs if leg.residual_amount]:
        raise TieoutError(
            f"the bridge does not close: {', '.join(opened)}",
            "this must not happen: build again and report it",
        )


def _as_tables(legs: list[Leg], rows: list[dict[str, Any]]) -> None:
    for leg in legs:
        cells: list[list[object]] = [[leg.from_stage, "", "", _money(leg.from_amount), ""]]
        cells += [
            [
                f"  {step.reason}",
                step.gap_class,
                step.pieces,
                _money(-step.difference_amount),
                step.sentence,
            ]
            for step in leg.steps
        ]
        cells += [
            [leg.to_stage, "", "", _money(leg.to_amount), ""],
            ["  residual", "", "", _money(leg.residual_amount), ""],
        ]
        console.table(
            f"{leg.from_stage} → {leg.to_stage}", ["", "class", "items", "amount", "why"], cells
        )
    if rows:
        headers = ["gap", "reason", "from", "record", "to", "record", "from amount", "to amount"]
        shown: list[list[object]] = [
            [
                row["gap"],
                row["reason"],
                row["from_on"],
                _record(row, "from"),
                row["to_on"],
                _record(row, "to"),
                _money(row["from_amount"]),
                _money(row["to_amount"]),
            ]
            for row in rows[:SHOWN]
        ]
        console.table(f"{len(shown)} of {len(rows)} items", headers, shown)
        if len(rows) > SHOWN:
            console.say("The rest is in --format csv and --format json.")


def _flat(legs: list[Leg]) -> Iterable[dict[str, Any]]:
    for leg in legs:
        start = {
            "gap": leg.gap,
            "row": leg.from_stage,
            "gap_class": "",
            "pieces": "",
            "amount": leg.from_amount,
        }
        yield {**start, "sentence": "", "who_acts": ""}
        for step in leg.steps:
            yield {
                "gap": leg.gap,
                "row": step.reason,
                "gap_class": step.gap_class,
                "pieces": step.pieces,
                "amount": -step.difference_amount,
                "sentence": step.sentence,
                "who_acts": step.who_acts,
            }
        yield {
            **start,
            "row": leg.to_stage,
            "amount": leg.to_amount,
            "sentence": "",
            "who_acts": "",
        }


def _as_json(legs: list[Leg], rows: list[dict[str, Any]] | None) -> None:
    told: dict[str, Any] = {
        "legs": [{**asdict(leg), "residual_amount": leg.residual_amount} for leg in legs]
    }
    if rows is not None:
        told["pieces"] = rows
    as_json(told)


def _record(row: Mapping[str, Any], side: str) -> str:
    return (
        ""
        if row[f"{side}_id"] is None
        else f"{row[f'{side}_system']} {row[f'{side}_entity']} {row[f'{side}_id']}"
    )


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
