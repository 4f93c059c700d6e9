"""What is wrong with import files, said so that the sender can put all of it right at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from tieout.errors import RefusedFile
from tieout.input_layer import Column
from tieout.landing.column_types import DECIMALS
from tieout.sources.imports.iso_codes import INSTEAD

SHOWN = 5  # of one kind in one column; all are counted

NUMBER = re.compile(r"[-+]?\d+([.]\d*)?|[-+]?[.]\d+")
THOUSANDS = re.compile(r"[-+]?\d{1,3}([,' \u00a0\u202f]\d{3})+([.]\d+)?")
DECIMAL_COMMA = re.compile(r"[-+]?\d{1,3}([. \u00a0]?\d{3})*,\d+")
EXPONENT = re.compile(r"[-+]?\d+([.]\d*)?[eE][-+]?\d+")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

IN_BRACKETS = re.compile(r"[(].*[)]")
EXCEL_ERROR = ("is an Excel error", "correct the formula, or empty the cell")
FORM_FAULTS = {
    "currency": (
        "is not a currency code",
        "write three capital letters as in ISO 4217, such as EUR",
    ),
    "country": ("is not a country code", "write two capital letters as in ISO 3166-1, such as GB"),
    "boolean": ("is neither true nor false", "write true or false"),
    "timestamp": ("is not a UTC timestamp", "write YYYY-MM-DDTHH:MM:SSZ"),
}


@dataclass(frozen=True)
class Fault:
    """One fault. `row` is the line a record of a CSV file begins at, a sheet's row, else the
    record's number."""

    file: str
    problem: str
    remedy: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    # How many more of the same kind there are in this column.
    more: int = 0

    def __str__(self) -> str:
        place = [self.file]
        place += [f"row {self.row}"] if self.row is not None else []
        place += [f"column {self.column}"] if self.column is not None else []
        value = f"{shortened(self.value)} " if self.value is not None else ""
        more = f" (and {self.more} more like this in the column)" if self.more else ""
        return f"{', '.join(place)}: {value}{self.problem}; {self.remedy}{more}"


def refusal(folder: str, faults: Iterable[Fault]) -> RefusedFile:
    """All faults of a folder as one error."""
    found = sorted(faults, key=lambda fault: (fault.file, fault.row or 0, fault.column or ""))
    count = sum(1 + fault.more for fault in found)
    files = len({fault.file for fault in found})
    lines = "\n".join(f"  {fault}" for fault in found)
    return RefusedFile(
        f"imports/{folder}: {count} fault{'s' if count > 1 else ''} in {files} file{'s' if files > 1 else ''};"
        f" nothing of this folder was landed\n{lines}",
        "Correct the files and land again: a folder is taken whole or not at all.",
    )


def shortened(value: str) -> str:
    """A value as shown to people: quoted, control characters escaped, not longer than a line."""
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:56]}…{shown[0]}"


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy for a name that is not known."""
    names = list(known)
    plain = re.sub(r"[^a-z0-9]+", "_", word.strip().lower()).strip("_")
    match = (
        get_close_matches(plain, names, n=1, cutoff=0.6)
        or [n for n in names if plain and plain in n.split("_")][:1]
    )
    return f"did you mean {match[0]}?" if match else f"known are {', '.join(names)}"


def explain(column: Column, value: str) -> tuple[str, str]:
    """Why a value is refused in a column, and what to write instead."""
    text = value.strip()
    if re.fullmatch(r"#[A-Z0-9/]+[!?]?", text):
        return EXCEL_ERROR
    if column.kind == "code":
        close = get_close_matches(text.lower().replace(" ", "_"), column.codes, n=1, cutoff=0.6)
        allowed = ", ".join(column.codes)
        remedy = f"write {close[0]} (allowed: {allowed})" if close else f"write one of {allowed}"
        return "is not one of the allowed values", remedy
    return _explain_known(column, text) or (
        _explain_date(text)
        if column.kind == "date"
        else FORM_FAULTS.get(column.kind) or _explain_number(column, text)
    )


def _explain_known(column: Column, text: str) -> tuple[str, str] | None:
    """What has the form of a code or a day, and is none."""
    if column.kind in ("currency", "country") and re.fullmatch("[A-Z]{2,3}", text):
        instead = (
            f"write {INSTEAD[text]}"
            if text in INSTEAD
            else "correct it, or leave it empty if it is not known"
        )
        if text in INSTEAD or len(text) == {"currency": 3, "country": 2}[column.kind]:
            return f"is no {column.kind} that exists", instead
    if column.kind in ("date", "timestamp") and (year := re.match(r"(\d{4,})-\d{2}-\d{2}", text)):
        if not 1900 <= int(year[1]) <= 2200:
            remedy = (
                "correct it"
                if column.required
                else "correct it, or leave it empty if there is no such day"
            )
            return "lies outside the years 1900 to 2200", remedy
        if column.kind == "timestamp" and re.search(r"[+-](1[4-9]|[2-9]\d)(:?\d{2})?$", text[10:]):
            return (
                "is more than 14 hours away from UTC",
                "correct its offset, or write YYYY-MM-DDTHH:MM:SSZ",
            )
    return None


def _explain_date(text: str) -> tuple[str, str]:
    if ISO_DAY.fullmatch(text):
        return "is not a day of the calendar", "correct the date"
    if ISO_DAY.match(text):
        return "has a time of day in a date column", "write YYYY-MM-DD"
    return "is not an ISO date", "write YYYY-MM-DD"


def _explain_number(column: Column, text: str) -> tuple[str, str]:
    decimals = DECIMALS.get(column.kind, 0)
    plain = re.sub(r"[^0-9.+-]", "", text)
    if NUMBER.fullmatch(text) and len(text.rstrip("0").partition(".")[2]) > decimals:
        return (
            f"has more than {decimals} decimals",
            f"round it to {decimals}, or find out where the others come from",
        )
    explanations = [
        (NUMBER, "is too large", f"write at most {18 - decimals} digits before the point"),
        (EXPONENT, "is a number with an exponent", "write all its digits"),
        # Before the comma: 1,234 may be meant either way, and has to be rewritten in any case.
        (
            THOUSANDS,
            "has thousands separators",
            f"write {plain} if that is meant, with . for decimals only",
        ),
        (
            DECIMAL_COMMA,
            "has a decimal comma",
            f"write {re.sub('[^0-9,+-]', '', text).replace(',', '.')}",
        ),
        (IN_BRACKETS, "is in brackets", "write a negative number with a minus sign"),
    ]
    for form, problem, remedy in explanations:
        if form.fullmatch(text):
            return problem, remedy
    return "is not a number", "write digits, with . for decimals, and no currency sign or unit"
