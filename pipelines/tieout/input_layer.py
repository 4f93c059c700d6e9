"""The input layer as data (`input_layer.yml`): its entities, their columns and keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from tieout.landing.table_types import Table

INPUT_LAYER = Path(__file__).with_suffix(".yml")
SOURCE_SYSTEM = "source_system"


@dataclass(frozen=True)
class Column:
    """A column: kind is text, amount, number, date, timestamp, boolean, integer, currency, country
    or code."""

    name: str
    kind: str
    required: bool
    codes: tuple[str, ...] = ()

    @property
    def raw_kind(self) -> str:
        """Its type in the raw log."""
        return "text" if self.kind in {"code", "currency", "country"} else self.kind


@dataclass(frozen=True)
class Entity:
    """An entity of the input layer."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]

    def table(self) -> Table:
        """Its table in `raw_imports`, where the folder's name is part of every key."""
        kinds = {column.name: column.raw_kind for column in self.columns.values()}
        return Table(
            self.name,
            {SOURCE_SYSTEM: "text", **kinds},
            (SOURCE_SYSTEM, *self.key),
            updated_at="updated_at" if "updated_at" in self.columns else None,
            nullable_key=frozenset(name for name in self.key if not self.columns[name].required),
        )


def _column(name: str, declared: str) -> Column:
    kind, _, codes = declared.partition(" ")
    return Column(
        name,
        kind.rstrip("!"),
        kind.endswith("!"),
        tuple(c.strip() for c in codes.split("|") if c.strip()),
    )


@cache
def entities() -> Mapping[str, Entity]:
    """All entities, by name, in the file's order."""
    layer = yaml.safe_load(INPUT_LAYER.read_text(encoding="utf-8"))
    return {
        name: Entity(
            name, tuple(body["key"]), {c: _column(c, kind) for c, kind in body["columns"].items()}
        )
        for name, body in layer.items()
    }
