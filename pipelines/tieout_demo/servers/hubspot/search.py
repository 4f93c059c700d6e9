"""Searching the demo's HubSpot: filters, one sort order, pages that end at a fixed number of
results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout_demo.servers.hubspot.crm import Crm, Record, Refusal, value

_ALLOWED = {"filterGroups", "sorts", "properties", "limit", "after", "query"}


def search(crm: Crm, name: str, body: Mapping[str, Any]) -> tuple[int, list[Record], str | None]:
    """Total, page and next cursor. Archived records are not searched, nor what search has not
    caught up with."""
    if body.keys() - _ALLOWED:
        raise Refusal(
            400,
            "VALIDATION_ERROR",
            f"unknown fields in the request: {sorted(body.keys() - _ALLOWED)}",
        )
    limit, after = int(body.get("limit", 10)), int(body.get("after") or 0)
    if not 0 < limit <= crm.limits.search_page:
        raise Refusal(
            400, "VALIDATION_ERROR", f"limit must be between 1 and {crm.limits.search_page}"
        )
    if after + limit > crm.limits.search_results:
        raise Refusal(
            400,
            "VALIDATION_ERROR",
            f"only the first {crm.limits.search_results} results can be paged",
        )
    groups = [group["filters"] for group in body.get("filterGroups", ())]
    found = [
        record
        for record in crm.records[name].values()
        if not record.get("archived")
        and record["id"] not in crm.unsearchable
        and (
            not groups
            or any(all(_holds(crm, name, record, each) for each in group) for group in groups)
        )
    ]
    for sort in body.get("sorts", ())[:1]:
        by, direction = (
            (sort, "ASCENDING")
            if isinstance(sort, str)
            else (sort["propertyName"], sort["direction"])
        )
        kind = _kind(crm, name, by)
        found = sorted(
            found,
            key=lambda record: _comparable(kind, value(record, by)),
            reverse=direction == "DESCENDING",
        )
    rows = [
        crm.shown(name, record, body.get("properties", ()))
        for record in found[after : after + limit]
    ]
    return len(found), rows, str(after + limit) if after + limit < len(found) else None


def _holds(crm: Crm, name: str, record: Record, condition: Mapping[str, Any]) -> bool:
    by, operator = str(condition["propertyName"]), str(condition["operator"])
    kind, held = _kind(crm, name, by), value(record, by)
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return bool(held) == (operator == "HAS_PROPERTY")
    mine = _comparable(kind, held)
    if operator == "IN":
        return any(mine == _comparable(kind, each) for each in condition["values"])
    low = _comparable(kind, condition["value"])
    high = _comparable(kind, condition["highValue"]) if operator == "BETWEEN" else low
    answers = {"EQ": mine == low, "NEQ": mine != low, "LT": mine < low, "LTE": mine <= low, "GT": mine > low,
               "GTE": mine >= low, "BETWEEN": low <= mine <= high}  # fmt: skip
    if operator not in answers:
        raise Refusal(400, "VALIDATION_ERROR", f"operator {operator} is not one this server knows")
    return bool(answers[operator])


def _kind(crm: Crm, name: str, by: str) -> str:
    if by not in crm.definitions[name]:
        raise Refusal(
            400,
            "VALIDATION_ERROR",
            f'There was a problem with the request: property "{by}" does not exist',
        )
    return str(crm.definitions[name][by]["type"])


def _comparable(kind: str, value: str | None) -> Any:
    """A value in an order that suits its type; what is missing or does not read as its type comes
    first."""
    lowest = Decimal("-Infinity")
    if kind == "number":
        try:
            return Decimal(value) if value else lowest
        except InvalidOperation:
            return lowest
    if kind in ("datetime", "date"):
        return _instant(value) if value else lowest
    return value or ""


def _instant(value: str) -> Decimal:
    """Milliseconds since 1970, from a number of them or an ISO 8601 time."""
    if value.lstrip("-").isdigit():
        return Decimal(value)
    moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return Decimal(since.days * 86_400_000 + since.seconds * 1_000 + since.microseconds // 1_000)
