"""What the demo's HubSpot knows and how it answers questions about it: listing, reading by id,
associations.

No HTTP here. A question HubSpot would refuse raises `Refusal` with its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieout_demo.servers.hubspot.schema import (
    ALWAYS,
    DEFAULT_PROPERTIES,
    OBJECT_TYPES,
    definition,
    definitions,
)

Record = dict[str, Any]
Edges = dict[str, tuple[str, ...]]

_ALIASES = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-7": "products", "0-8": "line_items",
            "0-14": "quotes", "line items": "line_items", "company": "companies", "contact": "contacts",
            "deal": "deals", "line_item": "line_items", "quote": "quotes"}  # fmt: skip
_SINGULAR = {"companies": "company", "contacts": "contact", "deals": "deal", "line_items": "line_item",
             "products": "product", "quotes": "quote"}  # fmt: skip
# HubSpot's numbers for the kinds of link; only companies know a primary one.
_TYPE_IDS = {
    ("deals", "companies"): 341,
    ("contacts", "companies"): 279,
    ("companies", "contacts"): 280,
    ("companies", "deals"): 342,
    ("deals", "line_items"): 19,
    ("line_items", "deals"): 20,
    ("deals", "quotes"): 63,
    ("quotes", "deals"): 64,
    ("quotes", "line_items"): 67,
    ("line_items", "quotes"): 68,
    ("deals", "contacts"): 3,
    ("contacts", "deals"): 4,
}
_PRIMARY_IDS = {("deals", "companies"): 5, ("contacts", "companies"): 1}


class Refusal(Exception):
    """A question HubSpot answers with an error: status, category, message."""

    def __init__(self, status: int, category: str, message: str) -> None:
        super().__init__(message)
        self.status, self.category = status, category


def object_type(name: str) -> str:
    """The plural name of an object type, from any of the names HubSpot takes."""
    found = _ALIASES.get(name, name)
    if found not in OBJECT_TYPES:
        raise Refusal(400, "VALIDATION_ERROR", f"Unable to infer object type from: {name}")
    return found


@dataclass(frozen=True)
class Limits:
    """How much HubSpot gives at a time."""

    list_page: int = 100
    search_page: int = 200
    search_results: int = 10_000
    association_inputs: int = 1_000
    read_inputs: int = 100
    history_inputs: int = 50


class Crm:
    """The records of one account. `objects` maps a type, `owners` or `pipelines` to API-shaped
    records."""

    def __init__(
        self,
        objects: Mapping[str, Sequence[Record]],
        *,
        properties: Mapping[str, Mapping[str, Record]] | None = None,
        limits: Limits | None = None,
        unsearchable: Iterable[str] = (),
    ) -> None:
        self.limits = limits or Limits()
        # Search lags behind: what was just written is listed but not found yet.
        self.unsearchable = frozenset(unsearchable)
        self.records: dict[str, dict[str, Record]] = {
            name: {record["id"]: record for record in sorted(objects.get(name, ()), key=_id)}
            for name in OBJECT_TYPES
        }
        self.owners = sorted(objects.get("owners", ()), key=_id)
        self.pipelines = list(objects.get("pipelines", ()))
        self.definitions = {name: self._defined(name, properties or {}) for name in OBJECT_TYPES}
        self._edges = self._link()

    def _defined(self, name: str, given: Mapping[str, Mapping[str, Record]]) -> dict[str, Record]:
        if name in given:
            return dict(given[name])
        known = definitions(name)
        used = {key for record in self.records[name].values() for key in record["properties"]}
        return known | {key: definition(key) for key in sorted(used - known.keys())}

    def _link(self) -> dict[tuple[str, str], dict[str, Edges]]:
        """Both directions of every association: (from type, to type) -> from id -> to id ->
        kinds."""
        edges: dict[tuple[str, str], dict[str, Edges]] = defaultdict(lambda: defaultdict(dict))
        for source, records in self.records.items():
            for key, record in records.items():
                for name, linked in (record.get("associations") or {}).items():
                    target = object_type(name)
                    for link in linked["results"]:
                        primary = link["type"] == f"{_SINGULAR[source]}_to_{_SINGULAR[target]}"
                        self._add(edges, (source, target), (key, link["id"]), primary)
        return edges

    @staticmethod
    def _add(
        edges: dict[tuple[str, str], dict[str, Edges]],
        types: tuple[str, str],
        ids: tuple[str, str],
        primary: bool,
    ) -> None:
        labelled = types in _PRIMARY_IDS
        kinds = ("primary", "") if labelled and primary else ("",)
        forward = edges[types][ids[0]]
        forward[ids[1]] = max(forward.get(ids[1], ()), kinds, key=len)
        backward = edges[types[::-1]][ids[1]]
        backward.setdefault(ids[0], ("",))

    # -- objects

    def page(
        self,
        name: str,
        *,
        after: str | None,
        limit: int,
        archived: bool,
        properties: Sequence[str],
        linked: Sequence[str],
    ) -> tuple[list[Record], str | None]:
        """A page of a listing in the order of ids, and the cursor of the next one."""
        if not 0 < limit <= self.limits.list_page:
            raise Refusal(
                400, "VALIDATION_ERROR", f"limit must be between 1 and {self.limits.list_page}"
            )
        floor = _number(after) if after else None
        found = [
            record
            for record in self.records[name].values()
            if bool(record.get("archived")) == archived and (floor is None or _id(record) > floor)
        ]
        rows = [
            self.shown(name, record, properties) | self._associations(name, record["id"], linked)
            for record in found[:limit]
        ]
        return rows, rows[-1]["id"] if len(found) > limit else None

    def shown(self, name: str, record: Record, properties: Sequence[str]) -> Record:
        """The record with the properties asked for. Like HubSpot, it passes over one that is not
        defined in silence."""
        asked = [
            key for key in properties or DEFAULT_PROPERTIES[name] if key in self.definitions[name]
        ]
        always = [key for key in ALWAYS[name] if key in self.definitions[name]]
        shown = {key: value(record, key) for key in sorted({*asked, *always})}
        return {"id": record["id"], "properties": shown} | {
            key: record[key]
            for key in record
            if key not in ("id", "properties", "associations", "propertiesWithHistory")
            and record[key] is not None
        }

    def read(
        self,
        name: str,
        ids: Sequence[str],
        *,
        archived: bool,
        properties: Sequence[str],
        history: Sequence[str],
    ) -> tuple[list[Record], list[str]]:
        """The records of these ids, with the earlier values that are asked for, newest first; and
        the ids that are none."""
        most = self.limits.history_inputs if history else self.limits.read_inputs
        if len(ids) > most:
            raise Refusal(400, "VALIDATION_ERROR", f"at most {most} inputs a request")
        found, missing = [], []
        for key in ids:
            record = self.records[name].get(key)
            if record is None or bool(record.get("archived")) != archived:
                missing.append(key)
                continue
            row = self.shown(name, record, properties)
            if history:
                held = record.get("propertiesWithHistory") or {}
                row["propertiesWithHistory"] = {by: held[by] for by in history if by in held}
            found.append(row)
        return found, missing

    # -- associations

    def _associations(self, name: str, key: str, linked: Sequence[str]) -> Record:
        found = {}
        for other in linked:
            target = object_type(other)
            stem = f"{_SINGULAR[name]}_to_{_SINGULAR[target]}"
            labelled = (name, target) in _PRIMARY_IDS
            results = [
                {"id": to, "type": stem if kind or not labelled else f"{stem}_unlabeled"}
                for to, kinds in self.linked(name, target, key).items()
                for kind in kinds
            ]
            if results:
                found[target.replace("_", " ")] = {"results": results}
        return {"associations": found} if found else {}

    def linked(self, source: str, target: str, key: str) -> Edges:
        """What a record is associated with, by id, in order; archived records have no
        associations."""
        if self.records[source].get(key, {}).get("archived"):
            return {}
        edges = self._edges.get((source, target), {}).get(key, {})
        live = {
            to: kinds
            for to, kinds in edges.items()
            if not self.records[target].get(to, {}).get("archived")
        }
        return dict(sorted(live.items(), key=lambda item: _number(item[0])))

    def labels(self, source: str, target: str, kinds: Sequence[str]) -> list[Record]:
        """Association kinds as v4 names them."""
        pair = (source, target)
        if pair not in _TYPE_IDS:
            raise Refusal(400, "VALIDATION_ERROR", f"{source} and {target} cannot be associated")
        return [
            {
                "category": "HUBSPOT_DEFINED",
                "typeId": _PRIMARY_IDS[pair] if kind else _TYPE_IDS[pair],
                "label": "Primary" if kind else None,
            }
            for kind in kinds
        ]


def value(record: Record, by: str) -> str | None:
    """A property's value; the id is one too."""
    held = record["id"] if by == "hs_object_id" else record["properties"].get(by)
    return None if held is None else str(held)


def _id(record: Record) -> tuple[int, str]:
    return _number(record["id"])


def _number(key: str) -> tuple[int, str]:
    """Ids are numbers that travel as text."""
    return (int(key), "") if key.isdigit() else (0, key)
