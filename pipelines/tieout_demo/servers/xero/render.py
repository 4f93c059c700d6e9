"""How Xero writes documents as JSON: `/Date(ms+0000)/`, now and then without the offset, and some
amounts as strings.

Which documents carry the odd forms is decided by a checksum of their own id, so that a document
looks the same on every run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zlib import crc32

Document = Mapping[str, Any]

_NO_OFFSET_EVERY = 5
_STRINGS_EVERY = 13
_STRING_AMOUNTS = frozenset(
    {"SubTotal", "TotalTax", "Total", "Amount", "BankAmount", "LineAmount", "NetAmount"}
)
_ALWAYS_STRINGS = frozenset({"TotalAmount"})
_STRING_FLAGS = frozenset({"IsReconciled"})
_UNIT_PRICES = frozenset({"UnitAmount", "UnitPrice"})
_ZERO = Decimal(0)


def msdate(value: date | datetime, *, offset: bool = True) -> str:
    """`/Date(ms)/` of a day (its midnight UTC) or an instant, to the millisecond."""
    instant = utc(value)
    ms = int(instant.timestamp()) * 1000 + instant.microsecond // 1000
    return f"/Date({ms}{'+0000' if offset else ''})/"


def utc(value: date | datetime) -> datetime:
    """A day as its midnight, a naive instant as UTC."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (
        value.replace(tzinfo=timezone.utc)
        if value.tzinfo is None
        else value.astimezone(timezone.utc)
    )


def document(source: Document, id_field: str, unit_decimals: int) -> str:
    """One document as JSON text, with the fields that Xero derives beside those it was given."""
    mark = crc32(str(source.get(id_field, "")).encode())
    writer = _Writer(mark % _NO_OFFSET_EVERY != 0, mark % _STRINGS_EVERY == 0, unit_decimals)
    return writer.value({**source, **_derived(source, id_field)}, "")


def _derived(source: Document, id_field: str) -> dict[str, Any]:
    derived: dict[str, Any] = {}
    for name in ("Date", "DueDate"):
        if isinstance(source.get(name), date):
            derived[name + "String"] = f"{source[name]:%Y-%m-%d}T00:00:00"
    changed = source.get("UpdatedDateUTC")
    if isinstance(changed, datetime) and "SubTotal" in source:
        derived["UpdatedDateUTCString"] = utc(changed).strftime("%Y-%m-%dT%H:%M:%S+00:00")
        derived["HasAttachments"] = False
    if id_field in ("CreditNoteID", "OverpaymentID", "PrepaymentID"):
        derived["ID"] = source.get(id_field)
    if id_field == "InvoiceID":
        derived["HasErrors"] = False
    return derived


class _Writer:
    """Writes Decimals digit by digit: the json module would take them through float."""

    def __init__(self, offset: bool, strings: bool, unit_decimals: int) -> None:
        self.offset = offset
        self.strings = strings
        self.unit = Decimal(1).scaleb(-unit_decimals)

    def value(self, value: Any, name: str) -> str:
        if value is None or isinstance(value, (str, int, float)):
            if isinstance(value, bool) and self.strings and name in _STRING_FLAGS:
                return '"true"' if value else '"false"'
            return json.dumps(value)
        if isinstance(value, Decimal):
            return self._number(value, name)
        if isinstance(value, date):
            return f'"{msdate(value, offset=self.offset)}"'
        if isinstance(value, Mapping):
            given = ((key, member) for key, member in value.items() if member is not None)
            return (
                "{"
                + ",".join(f"{json.dumps(key)}:{self.value(member, key)}" for key, member in given)
                + "}"
            )
        if isinstance(value, Sequence):
            return "[" + ",".join(self.value(member, "") for member in value) + "]"
        raise TypeError(f"{name}: {type(value).__name__} has no form in Xero's JSON")

    def _number(self, value: Decimal, name: str) -> str:
        if name in _UNIT_PRICES:
            value = value.quantize(self.unit, ROUND_HALF_UP)
        text = f"{value if value else _ZERO:f}"
        if name in _ALWAYS_STRINGS or (self.strings and name in _STRING_AMOUNTS):
            return f'"{text}"'
        return text
