"""A record as HubSpot's API has it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

Record = dict[str, Any]


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def record_of(
    ident: str,
    created: datetime,
    changed: datetime,
    properties: dict[str, object],
    links: dict[str, tuple[str, str]] | None = None,
    *,
    names: tuple[str, str] = ("createdate", "hs_lastmodifieddate"),
) -> Record:
    made = {key: None if value is None else str(value) for key, value in properties.items()}
    made_record: Record = {
        "id": ident,
        "properties": {**made, names[0]: stamp(created), names[1]: stamp(changed)},
        "createdAt": stamp(created),
        "updatedAt": stamp(changed),
        "archived": False,
    }
    if links:
        made_record["associations"] = {
            kind: {"results": [{"id": other, "type": label}]}
            for kind, (other, label) in links.items()
        }
    return made_record
