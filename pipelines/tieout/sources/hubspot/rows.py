"""HubSpot's answers as rows of the raw tables. Nothing is interpreted here; the record itself stays
in `payload`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tieout.errors import DriftError
from tieout.sources.hubspot import SYSTEM
from tieout.sources.hubspot.client import Record

Row = dict[str, Any]

_ENVELOPE = {
    "id": "id",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "archived": "archived",
    "archivedAt": "archived_at",
}
# What else HubSpot may put around a record, and this project has no use for.
_KNOWN = {
    *_ENVELOPE,
    "properties",
    "associations",
    "propertiesWithHistory",
    "objectWriteTraceId",
    "url",
    "warnings",
}


def object_row(type_name: str, record: Record, columns: Mapping[str, str]) -> Row:
    """An object as a row. DriftError if it has no properties, or one that is not text."""
    properties = record.get("properties")
    if not isinstance(properties, Mapping):
        raise DriftError(
            f"{SYSTEM}: {type_name} {record.get('id')} arrives without its properties."
        )
    for name, value in properties.items():
        if value is not None and not isinstance(value, str):
            raise DriftError(
                f"{SYSTEM}: {type_name}.{name} of record {record.get('id')} is {value!r}, and HubSpot sends text.",
                "Read the API's changelog, and adapt the connector.",
            )
    held = {column: properties[name] for name, column in columns.items() if name in properties}
    return {**held, **_envelope(record), "payload": payload(record)}


def history_rows(key: str, record: Record, columns: Mapping[str, str]) -> Iterator[Row]:
    """Each value that a property had, oldest first: of two in one millisecond the later counts.
    DriftError if one has no time, or is not text."""
    for name, entries in (record.get("propertiesWithHistory") or {}).items():
        for entry in reversed(entries if name in columns else ()):
            value = entry.get("value")
            if entry.get("timestamp") is None or not (value is None or isinstance(value, str)):
                raise DriftError(
                    f"{SYSTEM}: the history of {name} of record {record.get('id')} holds {entry!r}.",
                    "Read the API's changelog, and adapt the connector.",
                )
            user = entry.get("updatedByUserId")
            yield {
                key: record["id"],
                "property": columns[name],
                "changed_at": entry["timestamp"],
                "value": value,
                "source_type": entry.get("sourceType"),
                "source_id": entry.get("sourceId"),
                "user_id": None if user is None else str(user),
            }


def payload(record: Record) -> Record:
    """The record as it arrived, in one order and without the properties that have no value.

    A listing and a search give the same record in different orders, and asking for one more
    property puts a null on every record: neither is a change of the record.
    """
    found = dict(sorted(record.items()))
    if isinstance(found.get("properties"), Mapping):
        found["properties"] = {
            name: value for name, value in sorted(found["properties"].items()) if value is not None
        }
    return found


def unknown_fields(record: Record) -> set[str]:
    """What HubSpot sends around a record that it did not send when this was written."""
    return record.keys() - _KNOWN


def owner_row(record: Record) -> Row:
    """An owner as a row, with the name of the primary team."""
    teams = sorted(record.get("teams") or (), key=lambda team: not team.get("primary"))
    return {
        "email": record.get("email"),
        "first_name": record.get("firstName"),
        "last_name": record.get("lastName"),
        "team": teams[0]["name"] if teams else None,
        **_envelope(record),
        "payload": payload(record),
    }


def stage_rows(pipeline: Record) -> Iterator[Row]:
    """The stages of a pipeline, each with its pipeline's name. `isClosed` and `probability` are
    texts in HubSpot."""
    for stage in pipeline["stages"]:
        metadata = stage.get("metadata") or {}
        yield {
            "pipeline_id": pipeline["id"],
            "stage_id": stage["id"],
            "pipeline_label": pipeline.get("label"),
            "stage_label": stage.get("label"),
            "display_order": stage.get("displayOrder"),
            "probability": metadata.get("probability"),
            "is_closed": metadata.get("isClosed"),
            "archived": stage.get("archived"),
            "updated_at": stage.get("updatedAt"),
            "payload": payload(stage),
        }


def _envelope(record: Record) -> Row:
    return {column: record[name] for name, column in _ENVELOPE.items() if name in record}
