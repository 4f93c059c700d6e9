"""From Xero's JSON to rows of raw tables: dates, decimals and flags in the forms in which Xero
sends them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout.errors import DriftError
from tieout.sources.xero.shapes import Field, Record

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the raw log keeps UTC without a zone
_MSDATE = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def instant(value: Any) -> datetime:
    """`/Date(1539993600000+0000)/`, the same without its offset, or ISO 8601, as UTC without a
    zone.

    The milliseconds are UTC whatever offset stands behind them. Raises ValueError for anything
    else.
    """
    match = _MSDATE.fullmatch(value) if isinstance(value, str) else None
    if match:
        return _EPOCH + timedelta(milliseconds=int(match[1]))
    parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    offset = parsed.utcoffset()
    return parsed.replace(tzinfo=None) - offset if offset else parsed.replace(tzinfo=None)


def day(value: Any) -> date:
    """The day that a document bears: of midnight in the zone whose offset stands there, else in
    UTC."""
    match = _MSDATE.fullmatch(value) if isinstance(value, str) else None
    if match and match[2]:
        minutes = int(match[2][1:3]) * 60 + int(match[2][3:])
        ahead = timedelta(minutes=-minutes if match[2][0] == "-" else minutes)
        return (instant(value) + ahead).date()
    if match:
        return instant(value).date()
    return datetime.fromisoformat(str(value).replace("Z", "+00:00")).date()


def _decimal(value: Any) -> Decimal:
    """A number or a string that is one: Xero sends both."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise ValueError(f"{value!r} is not a number")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return number


def _integer(value: Any) -> int:
    number = _decimal(value)
    if number != int(number):
        raise ValueError(f"{value!r} is not a whole number")
    return int(number)


def _flag(value: Any) -> bool:
    flag = {"true": True, "false": False}.get(str(value).lower())
    if flag is None:
        raise ValueError(f"{value!r} is neither true nor false")
    return flag


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise ValueError("a nested value where text was agreed")
    return str(value)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "amount": _decimal,
    "number": _decimal,
    "rate": _decimal,
    "integer": _integer,
    "date": day,
    "timestamp": instant,
    "boolean": _flag,
}


def rows(record: Record, document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document's own row, with its payload, and then those of its lines, each with its table's
    name.

    Raises DriftError naming table, record, column and value if something required is missing or of
    another type.
    """
    key = _key(record, document)
    yield record.table, {**_columns(record, document, key), "payload": document}
    for child in record.children:
        lines = document.get(child.endpoint) or []
        if not isinstance(lines, list):
            raise _drift(record.table, key, child.endpoint, lines, "is not a list")
        for number, line in enumerate(lines, start=1):
            own = f"{key}:{number}"
            columns = _columns(child, line, own)
            # Xero leaves out the id of a line now and then; its place in the document is the next
            # best thing.
            columns[child.key] = columns[child.key] or own
            yield child.table, {record.key: key, "line_number": number, **columns}


def _columns(record: Record, document: Mapping[str, Any], key: str) -> dict[str, Any]:
    columns = {field.column: _value(record, document, field, key) for field in record.fields}
    for name in document.keys() - record.known:
        columns[_column(name)] = document[name]
    return columns


def _key(record: Record, document: Mapping[str, Any]) -> str:
    field = next(field for field in record.fields if field.column == record.key)
    return str(_value(record, document, field, "a record without a key"))


def _value(record: Record, document: Mapping[str, Any], field: Field, key: str) -> Any:
    found: Any = document
    for name in field.path:
        if name.isdigit():
            found = found[int(name)] if isinstance(found, list) and len(found) > int(name) else None
        else:
            found = found.get(name) if isinstance(found, dict) else None
    # Xero writes an empty text where it has nothing.
    if found is None or found == "":
        if field.required:
            raise _drift(
                record.table, key, field.column, found, "is missing, and nothing works without it"
            )
        return None
    try:
        return _READ[field.kind](found)
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise _drift(
            record.table, key, field.column, found, f"is not of type {field.kind}"
        ) from error


def _drift(table: str, key: str, column: str, value: Any, what: str) -> DriftError:
    shown = "" if value in (None, "") else f" ({str(value)[:60]!r})"
    return DriftError(
        f"xero.{table}: {column} of {key}{shown} {what}",
        "Xero changed what it sends: compare with its API description and adapt pipelines/tieout/sources/xero",
    )


def _column(name: str) -> str:
    """`ContactNumber` as `contact_number`, `UpdatedDateUTC` as `updated_date_utc`."""
    return _CAMEL.sub("_", name).lower()
