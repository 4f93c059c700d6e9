"""An independent reading of `pipelines/tieout/input_layer.yml`, for tests that look at import
files.

It shares no code with the connector, so that the two can't be wrong together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

INPUT_LAYER = Path(__file__).parents[2] / "pipelines" / "tieout" / "input_layer.yml"
_PLACES = {"amount": (16, 2), "number": (12, 6), "rate": (16, 12)}


def entities() -> dict[str, dict[str, Any]]:
    with INPUT_LAYER.open(encoding="utf-8") as lines:
        loaded: dict[str, dict[str, Any]] = yaml.safe_load(lines)
    return loaded


def faults(entity: str, rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Everything in these rows that the input layer doesn't allow; values may be typed, or text as
    in a CSV file."""
    declared = entities()[entity]
    columns: dict[str, str] = declared["columns"]
    found: list[str] = []
    seen: set[tuple[object, ...]] = set()
    for number, row in enumerate(rows, 1):
        where = f"{entity} row {number}"
        found += [f"{where}: unknown column {column}" for column in row if column not in columns]
        for column, kind in columns.items():
            value = row.get(column)
            if value is None or value == "":
                if "!" in kind:
                    found.append(f"{where}: {column} is required")
            elif not _fits(kind.replace("!", ""), value):
                found.append(f"{where}: {column} {value!r} is no {kind}")
        key = tuple(row.get(column) for column in declared["key"])
        if key in seen:
            found.append(f"{where}: key {key} occurs twice")
        seen.add(key)
    return found


def _fits(kind: str, value: object) -> bool:
    name, _, codes = kind.partition(" ")
    if name in _PLACES:
        return _is_decimal(value, *_PLACES[name])
    if name == "code":
        return value in {code.strip() for code in codes.split("|")}
    return _CHECKS[name](value)


def _is_decimal(value: object, digits: int, places: int) -> bool:
    if not isinstance(value, Decimal | str):
        return False
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= places and abs(number) < Decimal(10) ** digits


def _parses(parse: Any, value: object) -> bool:
    try:
        parse(value)
    except (TypeError, ValueError):
        return False
    return True


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "fraction": lambda value: _is_decimal(value, 1, 6) and 0 <= Decimal(value) <= 1,
    "boolean": lambda value: isinstance(value, bool) or value in ("true", "false"),
    "integer": lambda value: (
        not isinstance(value, bool) and bool(re.fullmatch(r"-?\d+", str(value)))
    ),
    "date": lambda value: (
        (isinstance(value, date) and not isinstance(value, datetime))
        or _parses(date.fromisoformat, value)
    ),
    "timestamp": lambda value: (
        isinstance(value, datetime) or _parses(datetime.fromisoformat, value)
    ),
    "currency": lambda value: bool(re.fullmatch(r"[A-Z]{3}", str(value))),
    "country": lambda value: bool(re.fullmatch(r"[A-Z]{2}", str(value))),
    "text": lambda value: isinstance(value, str),
}
