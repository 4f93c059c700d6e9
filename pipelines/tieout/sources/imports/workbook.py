"""What a workbook is before anybody unfolds it: how large, how far its cells lie apart, how its
numbers are shown.

A file of a few megabytes may unfold to many gigabytes, and two cells in opposite corners make a
sheet of seventeen thousand million: both would end the process instead of being refused. calamine
says nothing of a cell's format, and an error in a cell is empty to it: the sheet's own XML says
both.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

LARGEST = 512 << 20
"""Bytes that all parts may unfold to together."""
MOST_PARTS = 10_000
MOST_CELLS = 50_000_000
"""Of the rectangle round all cells: it is held in memory as a whole."""
MOST_ROWS = 1_048_576

_CHUNK = 1 << 20
_PLAIN = {"General", "general", "0", "@", ""}
# Built-in formats that show a number otherwise than it is; dates are converted, the others show it
# plainly.
_BUILT_IN = {
    **{
        2: "0.00",
        3: "#,##0",
        4: "#,##0.00",
        9: "0%",
        10: "0.00%",
        11: "0.00E+00",
        12: "# ?/?",
        13: "# ??/??",
    },
    **{
        37: "#,##0 ;(#,##0)",
        38: "#,##0 ;[Red](#,##0)",
        39: "#,##0.00;(#,##0.00)",
        40: "#,##0.00;[Red](#,##0.00)",
    },
    **{44: "_($* #,##0.00_)", 48: "##0.0E+0"},
}
_DATE = re.compile(r"[dmyhs]", re.IGNORECASE)
_IN_QUOTES = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')


class Unreadable(Exception):
    """A workbook that is not unfolded: what is wrong with it, and what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


@dataclass
class Facts:
    """Of the first sheet: cells with errors, and cells whose number is shown in a form of its own,
    by row."""

    errors: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)


def facts(path: Path) -> Facts:
    """Looks the workbook over. Raises Unreadable for one that is not to be unfolded."""
    try:
        with zipfile.ZipFile(path) as book:
            _measure(path, book)
            return _read(book)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Unreadable(
            f"is not a workbook that can be read ({error})", "save it as .xlsx"
        ) from error


def _measure(path: Path, book: zipfile.ZipFile) -> None:
    """Unfolds every part and keeps nothing: what a part says of its own size may be a lie."""
    parts = book.infolist()
    if len(parts) > MOST_PARTS:
        raise Unreadable(f"has {len(parts):,} parts", "save it anew as .xlsx, or as .csv")
    total = 0
    with path.open("rb") as file:
        for part in parts:
            if part.flag_bits & 1:
                raise Unreadable("is protected by a password", "save it without one")
            for size in _unfolded(file, part):
                total += size
                if total > LARGEST:
                    raise Unreadable(
                        f"unfolds to more than {LARGEST >> 20} MiB",
                        "save it as .csv or .parquet, or send fewer rows",
                    )


def _unfolded(file: object, part: zipfile.ZipInfo) -> Iterator[int]:
    """Sizes of what comes out of a part, piece by piece."""
    file.seek(part.header_offset)  # type: ignore[attr-defined]
    head = file.read(30)  # type: ignore[attr-defined]
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"{part.filename!r} does not begin where it should")
    file.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)  # type: ignore[attr-defined]
    left = part.compress_size
    if part.compress_type == zipfile.ZIP_STORED:
        yield left
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise Unreadable("is packed in a way that is not read", "save it anew as .xlsx")
    stream = zlib.decompressobj(-15)
    while left > 0 and not stream.eof:
        packed = file.read(min(left, _CHUNK))  # type: ignore[attr-defined]
        if not packed:
            raise zipfile.BadZipFile(f"{part.filename!r} ends too early")
        left -= len(packed)
        while packed and not stream.eof:
            yield len(stream.decompress(packed, _CHUNK))
            packed = stream.unconsumed_tail


def _read(book: zipfile.ZipFile) -> Facts:
    names = set(book.namelist())
    first = _first_sheet(book, names)
    found = Facts()
    for name in sorted(name for name in names if name.endswith(".xml") and "sheet" in name.lower()):
        if name != first and first is not None:
            continue
        xml = book.read(name)
        _hold_to_its_size(xml)
        if name == first:
            _errors(xml, found)
            _formats(xml, _styles(book, names), found)
    return found


def _first_sheet(book: zipfile.ZipFile, names: set[str]) -> str | None:
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    sheet = re.search(
        rb"<(?:\w+:)?sheet\s[^>]*\b\w+:id=[\"']([^\"']+)[\"']", book.read("xl/workbook.xml")
    )
    for link in re.findall(
        rb"<(?:\w+:)?Relationship\s[^>]*>", book.read("xl/_rels/workbook.xml.rels")
    ):
        ours = sheet and re.search(rb"\bId=[\"']" + re.escape(sheet.group(1)) + rb"[\"']", link)
        target = re.search(rb"\bTarget=[\"']([^\"']+)[\"']", link) if ours else None
        if target:
            part = target.group(1).decode("utf-8", "replace")
            name = part.lstrip("/") if part.startswith("/") else f"xl/{part}"
            return name if name in names else None
    return None


def _hold_to_its_size(xml: bytes) -> None:
    """Raises Unreadable if the rectangle round all cells would not fit into memory."""
    rows: list[int] = []
    columns: set[bytes] = set()
    for letters, digits in re.findall(
        rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Za-z]{1,4})([0-9]+)[\"']", xml
    ):
        columns.add(letters)
        rows.append(int(digits) if len(digits) < 9 else MOST_ROWS + 1)
    # A row that says its number, with cells that do not say theirs.
    rows += [int(digits) if len(digits) < 9 else MOST_ROWS + 1 for digits in _numbers_of_rows(xml)]
    if not rows:
        return
    if max(rows) > MOST_ROWS:
        raise Unreadable(
            f"has a row beyond {MOST_ROWS:,}, the last that Excel knows", "save it anew as .xlsx"
        )
    places = [_number(letters.decode()) for letters in columns] or [1]
    area = (max(rows) - min(rows) + 1) * (max(places) - min(places) + 1)
    if area > MOST_CELLS:
        raise Unreadable(
            f"has cells so far apart that its sheet is of {area:,} cells",
            "delete the cells far below or far right of the table (Ctrl+End shows the last one)",
        )


def _numbers_of_rows(xml: bytes) -> list[bytes]:
    return re.findall(rb"<(?:\w+:)?row\s[^>]*?\br=[\"']([0-9]+)[\"']", xml)


def _errors(xml: bytes, found: Facts) -> None:
    formula = rb"(?:<(?:\w+:)?f[^>]*/>|<(?:\w+:)?f.*?</(?:\w+:)?f>)?"
    cell = rb"<(?:\w+:)?c\s([^>]*\bt=[\"']e[\"'][^>]*)>" + formula + rb"<(?:\w+:)?v>([^<]*)<"
    for attributes, text in re.findall(cell, xml, re.DOTALL):
        if place := _place(attributes):
            found.errors.setdefault(place[0], []).append(
                (place[1], text.decode("utf-8", "replace"))
            )


def _formats(xml: bytes, styles: dict[int, str], found: Facts) -> None:
    if not styles:
        return
    numbers = b"|".join(str(style).encode() for style in sorted(styles))
    for attributes in re.findall(
        rb"<(?:\w+:)?c\s([^>]*\bs=[\"'](?:" + numbers + rb")[\"'][^>]*)>", xml
    ):
        style = re.search(rb"\bs=[\"']([0-9]+)[\"']", attributes)
        if style and (place := _place(attributes)):
            found.formats[place] = styles[int(style.group(1))]


def _styles(book: zipfile.ZipFile, names: set[str]) -> dict[int, str]:
    """Of the styles that show a number otherwise than it is, the format's code."""
    if "xl/styles.xml" not in names:
        return {}
    xml = book.read("xl/styles.xml").decode("utf-8", "replace")
    codes = dict(_BUILT_IN)
    for attributes in re.findall(r"<(?:\w+:)?numFmt\s([^>]*)>", xml):
        number = re.search(r"\bnumFmtId=[\"'](\d+)[\"']", attributes)
        code = re.search(r"\bformatCode=(\"[^\"]*\"|'[^']*')", attributes)
        if number and code:
            codes[int(number.group(1))] = _unescaped(code.group(1)[1:-1])
    section = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", xml, re.DOTALL)
    kept = {}
    for place, attributes in enumerate(
        re.findall(r"<(?:\w+:)?xf\s([^>]*)>", section.group() if section else "")
    ):
        number = re.search(r"\bnumFmtId=[\"'](\d+)[\"']", attributes)
        shown_as = codes.get(int(number.group(1)), "") if number else ""
        if shown_as not in _PLAIN and not _DATE.search(_IN_QUOTES.sub("", shown_as)):
            kept[place] = shown_as
    return kept


def _place(attributes: bytes) -> tuple[int, int] | None:
    """Row and column of a cell, the column from 0."""
    place = re.search(rb"\br=[\"']([A-Za-z]+)([0-9]+)[\"']", attributes)
    return (int(place.group(2)), _number(place.group(1).decode()) - 1) if place else None


def _number(letters: str) -> int:
    return reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters.upper(), 0)


def _unescaped(text: str) -> str:
    for entity, character in (
        ("&quot;", '"'),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ):
        text = text.replace(entity, character)
    return text
