"""Which properties of an account are read, and what it means when one is not there or reads as
another type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieout.errors import DriftError, LandingError
from tieout.sources.hubspot import SYSTEM
from tieout.sources.hubspot.client import Record
from tieout.sources.hubspot.tables import ObjectType


@dataclass(frozen=True)
class Wanted:
    """Property -> raw column, in the order of the columns; `absent` are columns this account has no
    property for."""

    columns: Mapping[str, str]
    absent: tuple[str, ...]


def wanted(
    kind: ObjectType, definitions: Sequence[Record], mapping: Mapping[str, str], held: Sequence[str]
) -> Wanted:
    """The properties to ask for: HubSpot's own, the ones mapped, and whatever else the account has
    defined itself.

    DriftError if one is missing that HubSpot defines, that the configuration names, or that was
    there before (`held`, the columns of the last time), or if one reads as another type. A custom
    column nobody configured may be absent.
    """
    declared = {**kind.own, **kind.custom}
    for column in mapping:
        if column not in declared:
            raise LandingError(
                f"{SYSTEM}: [sources.hubspot.properties.{kind.name}] names {column}, which is not one of its columns.",
                f"Choose from {', '.join(declared)}.",
            )
    defined = {each["name"]: each for each in definitions if not each.get("archived")}
    columns, absent = {}, []
    for column, types in declared.items():
        name = mapping.get(column, column)
        if name in defined:
            _check_type(kind, name, str(defined[name]["type"]), types)
            columns[name] = column
        elif column in kind.own or column in mapping or column in held:
            raise DriftError(
                f"{SYSTEM}: {kind.name} have no property {name} any more, from which the column {column} is read.",
                "Restore it in HubSpot, or say which property holds it now: "
                f'{column} = "…" under [sources.hubspot.properties.{kind.name}] in .dlt/config.toml.',
            )
        else:
            absent.append(column)
    taken = {*kind.table.columns}
    for name, definition in defined.items():
        if name not in columns and not definition.get("hubspotDefined", True):
            columns[name] = f"property_{name}" if name in taken else name
    return Wanted(columns, tuple(absent))


def _check_type(kind: ObjectType, name: str, found: str, expected: frozenset[str]) -> None:
    if expected and found not in expected:
        raise DriftError(
            f"{SYSTEM}: the property {name} of {kind.name} is of type {found}, not {' or '.join(sorted(expected))}.",
            "Change it back in HubSpot, or map its column to another property under "
            f"[sources.hubspot.properties.{kind.name}] in .dlt/config.toml.",
        )


def mapping_of(properties: Mapping[str, Any], kind: ObjectType) -> Mapping[str, str]:
    """The configured column -> property of a type. LandingError if it is not a table of names."""
    mapping = properties.get(kind.name, {})
    if not isinstance(mapping, Mapping) or not all(
        isinstance(name, str) for name in mapping.values()
    ):
        raise LandingError(
            f"{SYSTEM}: [sources.hubspot.properties.{kind.name}] must name a property for each column.",
            'For example: tax_number = "vat_id".',
        )
    return mapping
