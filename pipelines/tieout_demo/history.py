"""What a system held, and when it came to hold it: every record of an export as dated changes.

The demo's world is simulated once, to its end; what an export of a day contains is what had
happened by then. So the state on a day doesn't depend on how one got there: day by day, or at once,
gives the same files.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from tieout.input_layer import INPUT_LAYER

Row = dict[str, Any]
Key = tuple[Any, ...]


@cache
def input_layer() -> Mapping[str, Mapping[str, Any]]:
    """The input layer as data: entity → key and columns."""
    with INPUT_LAYER.open(encoding="utf-8") as lines:
        loaded: dict[str, dict[str, Any]] = yaml.safe_load(lines)
    return loaded


def key_of(entity: str, row: Row) -> Key:
    return tuple(row[column] for column in input_layer()[entity]["key"])


class History:
    """Records by entity and key; each is a list of changes, the first of which makes it."""

    def __init__(self) -> None:
        self._changes: dict[str, dict[Key, list[tuple[datetime, Row | None]]]] = {}

    def add(self, entity: str, at: datetime, row: Row) -> Key:
        """A new record, known from `at`. A key that exists already is a mistake of the demo, so it
        raises."""
        unknown = row.keys() - input_layer()[entity]["columns"].keys()
        if unknown:
            raise ValueError(f"{entity} has no column {', '.join(sorted(unknown))}")
        key = key_of(entity, row)
        records = self._changes.setdefault(entity, {})
        if key in records:
            raise ValueError(f"{entity} {key} exists already")
        records[key] = [(at, row)]
        return key

    def change(self, entity: str, at: datetime, *key: Any, **columns: Any) -> None:
        """New values of some columns of a record, from `at` on."""
        self._changes[entity][key].append((at, columns))

    def remove(self, entity: str, at: datetime, *key: Any) -> None:
        """The record is gone from `at` on; an export of everything no longer has it."""
        self._changes[entity][key].append((at, None))

    def row(self, entity: str, *key: Any) -> Row:
        """The record as it is in the end, all its changes applied."""
        return _folded(self._changes[entity][key], None, None) or {}

    def known_on(self, cutoff: datetime) -> dict[str, list[Row]]:
        """Every record as it was at `cutoff`, in the order in which the records came to be."""
        state: dict[str, list[Row]] = {}
        for entity, records in self._changes.items():
            columns = input_layer()[entity]["columns"]
            stamp = "updated_at" if "updated_at" in columns else None
            known = (
                (changes[0][0], _folded(changes, cutoff, stamp))
                for changes in records.values()
                if changes[0][0] <= cutoff
            )
            rows = [(born, row) for born, row in known if row is not None]
            rows.sort(key=lambda pair: pair[0])
            state[entity] = [row for _, row in rows]
        return state


def _folded(
    changes: list[tuple[datetime, Row | None]], cutoff: datetime | None, stamp: str | None
) -> Row | None:
    folded: Row = {}
    ordered = changes if len(changes) == 1 else sorted(changes, key=lambda change: change[0])
    for at, columns in ordered:
        if cutoff is not None and at > cutoff:
            break
        if columns is None:
            return None
        folded.update(columns)
        if stamp is not None:
            folded[stamp] = at
    return folded
