"""Broken and hostile import files, made; what becomes of each when it is landed."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl

from tieout.errors import RefusedFile
from tieout.landing.land import Landed, land

COSTS = ["cost_id", "cost_type", "incurred_on", "quantity", "amount", "currency"]
RATES = "from_currency,to_currency,rate_on,rate\n"
RATE = "EUR,GBP,2025-01-01,0.85\n"
LONGEST = 60.0
"""Seconds after which a file counts as one that hangs."""


@dataclass(frozen=True)
class Hostile:
    """A file, and whether it may land: True, False, or None where either will do, as long as it
    ends in one of them."""

    name: str
    content: bytes
    lands: bool | None = False


def hostile() -> dict[str, Hostile]:
    """All of them, by what is wrong with each."""
    return dict([*_values(), *_forms(), *_workbooks(), *_parquets(), *_mangled()])


def land_all(folder: Path, files: Mapping[str, Hostile]) -> list[str]:
    """Lands each as a system of its own, in one landing; what is amiss with how they ended."""
    named = {f"bad{place:04}": what for place, what in enumerate(files)}
    for name, what in named.items():
        (folder / "in" / name).mkdir(parents=True)
        (folder / "in" / name / files[what].name).write_bytes(files[what].content)
    results = {
        r.source_system: r
        for r in land(["imports"], folder / "in", folder / ".dlt", folder / "out")
    }
    amiss = [f"{what}: said nothing" for name, what in named.items() if name not in results]
    return amiss + [
        told for name, result in results.items() if (told := _amiss(named[name], files, result))
    ]


def _amiss(what: str, files: Mapping[str, Hostile], result: Landed) -> str | None:
    file, told = files[what], str(result.error or "")
    if result.seconds > LONGEST:
        return f"{what}: took {result.seconds:.0f} s"
    if file.lands is not None and file.lands != (result.error is None):
        return f"{what}: {'refused: ' + told if told else 'landed'}"
    if result.error and (file.name not in told or not isinstance(result.error, RefusedFile)):
        return f"{what}: not said as it should be: {told}"
    return None


def _csv(*rows: str) -> bytes:
    return "\n".join([",".join(COSTS), *rows, ""]).encode()


def _values() -> Iterator[tuple[str, Hostile]]:
    """One cell that no column of ours can hold, in a CSV file."""
    days = [
        *(
            "1899-12-31",
            "2201-01-01",
            "9999-12-31",
            "0001-01-01",
            "0000-00-00",
            "-044-03-15",
            "10000-01-01",
            "infinity",
        ),
        *(
            "-infinity",
            "2025-02-29",
            "2025-13-01",
            "2025-00-10",
            "01/02/2025",
            "2025-1-1",
            "20250101",
            "45688",
            "today",
        ),
        *(
            "2025-01-31T00:00:00",
            "2025-01-31 24:00",
            "NaT",
            "null",
            "31.01.2025",
            "2025-W05",
            "２０２５-01-31",
        ),
    ]
    amounts = [
        *(
            "NaN",
            "nan",
            "inf",
            "-inf",
            "Infinity",
            "1e3",
            "1E-2",
            "0x10",
            "1_000",
            "1,000.00",
            "1.234,50",
            "(5.00)",
            "5-",
        ),
        *(
            "12.345",
            "£5",
            "5 EUR",
            "--5",
            "+-5",
            "5.",
            "٣",
            "１２",
            "100000000000000000.00",
            "9" * 400,
            "1/2",
            "50%",
            "#N/A",
        ),
        *(
            "=1+1",
            "true",
            "1 2",
            "0.0000000001",
            "99999999999999999999",
            "\u22125.00",
            "5\u00a0000.00",
            "null",
        ),
    ]
    currencies = ["XYZ", "ABC", "eur", "EURO", "€", "E", "978", "GBp", "ZZZ", "QQQ", "Eur", "GB P"]
    ids = [
        "",
        " ",
        "\t",
        "\u00a0",
        "\u200b",
        "A\u200b1",
        "A\x001",
        "A\x1b[31m1",
        "A\u202e1",
        "A\u00ad1",
        "\ufeffA1",
        "A\u2028",
    ]
    for value in days:
        # A blank at its end is no fault; another form of a day is.
        yield f"day {value!r}", Hostile("costs.csv", _csv(f"1,labour,{value},1,1.00,GBP"))
    for value in amounts:
        lands = True if value in ("5.",) else None if value == "null" else False
        yield (
            f"amount {value[:20]!r}",
            Hostile("costs.csv", _csv(f'1,labour,2025-01-31,1,"{value}",GBP'), lands),
        )
    for value in currencies:
        yield (
            f"currency {value!r}",
            Hostile("costs.csv", _csv(f"1,labour,2025-01-31,1,1.00,{value}")),
        )
    for value in ids:
        yield f"id {value!r}", Hostile("costs.csv", _csv(f'"{value}",labour,2025-01-31,1,1.00,GBP'))
    for value in ("XX", "UK", "ZZ", "gb", "GBR", "England", "EU", "Q1"):
        text = f"customer_id,customer_name,country\n1,A,{value}\n"
        yield f"country {value!r}", Hostile("customers.csv", text.encode())
    offsets = [
        "+15:00",
        "-14:30",
        "+99:00",
        "+24:00",
        "+14:01",
        "-23:59",
        "+1",
        "Z+01:00",
        "+01:60",
        " UTC",
        "[Europe/Paris]",
    ]
    for value in offsets:
        text = f"customer_id,customer_name,updated_at\n1,A,2025-01-31T10:00:00{value}\n"
        yield f"offset {value!r}", Hostile("customers.csv", text.encode())
    for value in (
        "2025-01-31T25:00:00Z",
        "2025-01-31T10:61:00Z",
        "1850-01-01T00:00:00Z",
        "2300-01-01T00:00:00Z",
        "noon",
    ):
        text = f"customer_id,customer_name,updated_at\n1,A,{value}\n"
        yield f"timestamp {value!r}", Hostile("customers.csv", text.encode())
    for value in ("+14:00", "-14:00", "+13:45", "Z", ""):
        text = f"customer_id,customer_name,updated_at\n1,A,2025-01-31T10:00:00{value}\n"
        yield f"offset {value!r} is one", Hostile("customers.csv", text.encode(), True)
    for value in ("1900-01-01", "2200-12-31", "2024-02-29"):
        yield (
            f"day {value} is one",
            Hostile("costs.csv", _csv(f"1,labour,{value},1,1.00,GBP"), True),
        )
    for value in (
        "=cmd|' /C calc'!A0",
        "@SUM(1)",
        "<script>",
        "'; drop table costs; --",
        "../../etc/passwd",
        "%s%n",
        "{{x}}",
    ):
        yield (
            f"text {value!r} is text",
            Hostile("costs.csv", _csv(f'"{value}",labour,2025-01-31,1,1.00,GBP'), True),
        )


def _forms() -> Iterator[tuple[str, Hostile]]:
    """CSV files whose form is broken."""
    good = _csv("1,labour,2025-01-31,1,1.00,GBP")
    head = ",".join(COSTS).encode()
    bodies: dict[str, tuple[bytes, bool | None]] = {
        "nothing": (b"", False),
        "a line feed": (b"\n", False),
        "blanks": (b"  \n  \n", False),
        "a header alone": (head + b"\n", True),
        "a header without a line end": (head, True),
        "a byte order mark alone": (b"\xef\xbb\xbf", False),
        "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbf" + good, None),
        "UTF-16": (good.decode().encode("utf-16"), False),
        "UTF-16 without a mark": (good.decode().encode("utf-16-le"), False),
        "UTF-32": (good.decode().encode("utf-32"), False),
        "Latin-1": (_csv("é,labour,2025-01-31,1,1.00,GBP").decode().encode("latin-1"), False),
        "a cut character": (good + b"\xe2\x82", False),
        "overlong UTF-8": (head + b"\n\xc0\xaf,labour,2025-01-31,1,1.00,GBP\n", False),
        "a surrogate": (head + b"\n\xed\xa0\x80,labour,2025-01-31,1,1.00,GBP\n", False),
        "NUL bytes": (good + bytes(100), False),
        "NUL bytes alone": (bytes(1000), False),
        "an open quote": (head + b'\n"1,labour,2025-01-31,1,1.00,GBP\n', False),
        "text behind a quote": (head + b'\n"1"x,labour,2025-01-31,1,1.00,GBP\n', False),
        "too many fields": (good + b"2,labour,2025-01-31,1,1.00,GBP,more\n", False),
        "too few fields": (good + b"2,labour\n", False),
        "a carriage return alone": (good.replace(b"\n", b"\r"), None),
        "a header twice": (good + head + b"\n", False),
        "the same key twice": (good + b"1,labour,2025-01-31,1,1.00,GBP\n", False),
        "a total": (good + b"Total,,,,1.00,\n", False),
        "spaces round commas": (good.replace(b",", b" , "), None),
        "other separators": (good.replace(b",", b":"), False),
        "a million commas": (b"," * 1_000_000, False),
        "a million quotes": (b'"' * 1_000_001, False),
        "a long line": (head + b"\n" + b"x" * 5_000_000 + b"\n", False),
        "a long value": (_csv(f"{'x' * 3_000_000},labour,2025-01-31,1,1.00,GBP"), True),
        "HTML": (b"<html><body><table><tr><td>1</td></tr></table></body></html>", False),
        "JSON": (b'[{"cost_id": 1}]', False),
        "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", False),
        "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), False),
        "gzip": (b"\x1f\x8b\x08\x00" + zlib.compress(good), False),
        "a program": (b"\x7fELF" + bytes(200), False),
        "an escape in the header": (
            b"cost_id\x1b[2J,cost_type,incurred_on,quantity,amount,currency\n",
            False,
        ),
        "a column of the log": (b"_load_id," + head + b"\n", False),
        "a column with a quote": (b'"cost""id",' + head + b"\n", False),
        "a column named as SQL": (b'"x); drop table rows; --",' + head + b"\n", False),
        "a source_system": (b"source_system," + head + b"\n", False),
        "forms of nothing": (head + b"\nnull,labour,2025-01-31,NULL,NULL,\n", False),
        "a million rows of nothing": (head + b"\n" * 1_000_000, True),
    }
    for what, (content, lands) in bodies.items():
        yield f"CSV: {what}", Hostile("costs.csv", content, lands)


def _book(rows: list[list[object]]) -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(made)
    return made.getvalue()


def _changed(
    content: bytes, part: str, change: bytes | None, add: dict[str, bytes] | None = None
) -> bytes:
    """A workbook with one part replaced (or left out), and others added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
            elif change is not None:
                new.writestr(name, change)
        for name, more in (add or {}).items():
            new.writestr(name, more)
    return made.getvalue()


def _sheet(cells: str) -> bytes:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return f'<?xml version="1.0"?><worksheet {space}><sheetData>{cells}</sheetData></worksheet>'.encode()


def _workbooks() -> Iterator[tuple[str, Hostile]]:
    good = _book([COSTS, [1, "labour", "2025-01-31", 1, 1, "GBP"]])
    first = "xl/worksheets/sheet1.xml"

    def sheet(cells: str) -> bytes:
        return _changed(good, first, _sheet(cells))

    far = '<row r="1"><c r="A1"><v>1</v></c></row>'
    bodies: dict[str, tuple[bytes, bool | None]] = {
        "nothing": (b"", False),
        "text": (b"cost_id,cost_type\n", False),
        "an empty archive": (b"PK\x05\x06" + bytes(18), False),
        "an archive of something else": (_changed(good, "", None, {})[:50], False),
        "no workbook part": (_changed(good, "xl/workbook.xml", None), False),
        "no sheet": (_changed(good, first, None), False),
        "no relations": (_changed(good, "xl/_rels/workbook.xml.rels", None), False),
        "an empty sheet": (sheet(""), False),
        "a sheet that is no XML": (_changed(good, first, b"<worksheet><sheetData><row"), False),
        "a sheet of NUL bytes": (_changed(good, first, bytes(5000)), False),
        "cells far apart": (
            sheet(far + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
            False,
        ),
        "a column far to the right": (
            sheet('<row r="1"><c r="A1"><v>1</v></c><c r="ZZZZ1"><v>1</v></c></row>' * 2),
            None,
        ),
        "a row beyond the last": (
            sheet(far + '<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>'),
            False,
        ),
        "a row with a number of twenty digits": (
            sheet(far + f'<row r="{"9" * 20}"><c r="A{"9" * 20}"><v>1</v></c></row>'),
            False,
        ),
        "a cell that is nowhere": (sheet('<row r="1"><c r="1A"><v>1</v></c></row>'), False),
        "a shared string that is not there": (
            sheet('<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'),
            False,
        ),
        "a style that is not there": (
            sheet('<row r="1"><c r="A1" s="9999"><v>1</v></c></row>'),
            False,
        ),
        "an unknown type": (sheet('<row r="1"><c r="A1" t="zz"><v>1</v></c></row>'), False),
        "a date that is none": (sheet('<row r="1"><c r="A1" t="d"><v>never</v></c></row>'), False),
        "a million laughs": (
            _changed(
                good,
                first,
                b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha">'
                + b"".join(
                    b'<!ENTITY a%d "%b">'
                    % (n, b"&a%b;" % (str(n - 1).encode() if n > 1 else b"") * 10)
                    for n in range(1, 10)
                )
                + b"]><worksheet><sheetData><row r='1'><c r='A1' t='str'><v>&a9;</v></c></row></sheetData></worksheet>",
            ),
            False,
        ),
        "a file of another host": (
            _changed(
                good,
                first,
                b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet><sheetData>'
                b"<row r='1'><c r='A1' t='str'><v>&x;</v></c></row></sheetData></worksheet>",
            ),
            False,
        ),
        "ten thousand parts": (
            _changed(good, "", None, {f"xl/media/{n}": b"" for n in range(10_050)}),
            False,
        ),
        "parts that leave the folder": (
            _changed(good, "", None, {"../../../evil": b"x", "/etc/evil": b"x"}),
            None,
        ),
        "the same part twice": (_twice(good, first), None),
        "a part that lies about its size": (_lying(good), False),
        "cut in half": (good[: len(good) // 2], False),
        "without its end": (good[:-30], False),
        "something before it": (b"x" * 1000 + good, None),
        "something behind it": (good + b"x" * 1000, None),
        "protected": (_protected(good), False),
        "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), False),
    }
    for what, (content, lands) in bodies.items():
        yield f"workbook: {what}", Hostile("costs.xlsx", content, lands)
    for error in ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"):
        book = openpyxl.Workbook()
        book.worksheets[0].append(COSTS)
        book.worksheets[0].append([error, "labour", "2025-01-31", 1, 1, "GBP"])
        made = io.BytesIO()
        book.save(made)
        yield f"workbook: {error}", Hostile("costs.xlsx", made.getvalue())
    for what, value in (
        ("eighteen digits", 123456789012345678),
        ("1e300", 1e300),
        ("1e16", 1e16),
        ("-1e17", -1e17),
    ):
        yield (
            f"workbook: an id of {what}",
            Hostile("costs.xlsx", _book([COSTS, [value, "labour", "2025-01-31", 1, 1, "GBP"]])),
        )
        yield (
            f"workbook: an amount of {what}",
            Hostile("costs.xlsx", _book([COSTS, [1, "labour", "2025-01-31", 1, value, "GBP"]])),
        )


def _twice(content: bytes, part: str) -> bytes:
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(zipfile.ZipInfo(part), b"<worksheet/>")
    return made.getvalue()


def _lying(content: bytes) -> bytes:
    """One part unfolds to far more than the archive says, and than is allowed."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(packed.compress(bytes(1 << 20)) for _ in range(600)) + packed.flush()
    name = b"xl/media/a"
    head = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(body), 10, len(name), 0)
        + name
        + body
    )
    old = content
    end = old.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack("<10xH2I", old[end : end + 20])
    central = old[offset : offset + size]
    entry = struct.pack(
        "<4s6H3I5H2I",
        b"PK\x01\x02",
        20,
        20,
        0,
        8,
        0,
        0,
        0,
        len(body),
        10,
        len(name),
        0,
        0,
        0,
        0,
        0,
        offset,
    )
    directory = central + entry + name
    tail = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, count + 1, count + 1, len(directory), offset + len(head), 0
    )
    return old[:offset] + head + directory + tail


def _protected(content: bytes) -> bytes:
    """Every part marked as encrypted."""
    marked = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(mark)
        while at >= 0:
            marked[at + place] |= 1
            at = marked.find(mark, at + 4)
    return bytes(marked)


def _parquet(select: str, *, options: str = "") -> bytes:
    path = Path(f"/tmp/hostile-{random.getrandbits(64):x}.parquet")  # noqa: S108 - read at once, and removed
    try:
        duckdb.sql(f"copy ({select}) to '{path}' (format parquet{options})")
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


def _parquets() -> Iterator[tuple[str, Hostile]]:
    row = "select '1' as cost_id, 'labour' as cost_type, {day} as incurred_on, {amount} as amount, 'GBP' as currency"
    day, amount = "date '2025-01-31'", "1.00::decimal(18, 2)"
    selects = {
        "BC": (row.format(day="date '0044-03-15 (BC)'", amount=amount), False),
        "the year 9999": (row.format(day="date '9999-12-31'", amount=amount), False),
        "the year 1899": (row.format(day="date '1899-12-31'", amount=amount), False),
        "infinity": (row.format(day="date 'infinity'", amount=amount), False),
        "a time in a day": (
            row.format(day="timestamp '2025-01-31 10:00:00'", amount=amount),
            False,
        ),
        "midnight in a day": (
            row.format(day="timestamp '2025-01-31 00:00:00'", amount=amount),
            True,
        ),
        "a double": (row.format(day=day, amount="1.5::double"), False),
        "NaN": (row.format(day=day, amount="'nan'::double"), False),
        "too many decimals": (row.format(day=day, amount="1.005::decimal(18, 3)"), False),
        "a list": (row.format(day=day, amount="[1, 2]"), False),
        "a struct": (row.format(day=day, amount="{'a': 1}"), False),
        "a blob": (row.format(day=day, amount="'\\xAA'::blob"), False),
        "an interval": (row.format(day="interval 1 day", amount=amount), False),
        "a huge integer": (
            row.format(day=day, amount="170141183460469231731687303715884105727::hugeint"),
            False,
        ),
        "no rows": (row.format(day=day, amount=amount) + " where false", True),
        "another table": ("select 1 as a, 2 as b", False),
        "a column too many": (row.format(day=day, amount=amount) + ", 1 as more", False),
        "an invisible key": (row.format(day=day, amount=amount).replace("'1'", "chr(8203)"), False),
        "a null key": (row.format(day=day, amount=amount).replace("'1'", "null::varchar"), False),
        "the key twice": (row.format(day=day, amount=amount) + " from range(2)", False),
    }
    for what, (select, lands) in selects.items():
        yield f"parquet: {what}", Hostile("costs.parquet", _parquet(select), lands)
    good = _parquet(row.format(day=day, amount=amount) + " from range(1)")
    for what, content in {
        "nothing": b"",
        "its mark alone": b"PAR1",
        "its marks alone": b"PAR1PAR1",
        "a footer of four gigabytes": b"PAR1" + bytes(100) + b"\xff\xff\xff\xffPAR1",
        "a footer of nothing": b"PAR1" + bytes(100) + bytes(4) + b"PAR1",
        "text": b"cost_id,cost_type\n",
        "cut in half": good[: len(good) // 2],
        "without its beginning": good[20:],
        "protected": good.replace(b"PAR1", b"PARE"),
    }.items():
        yield f"parquet: {what}", Hostile("costs.parquet", content)


def _mangled() -> Iterator[tuple[str, Hostile]]:
    """Good files with a few bytes changed at random: each lands or is refused, and nothing else
    happens."""
    good = {
        "costs.csv": _csv(*(f"{n},labour,2025-01-31,1,{n}.00,GBP" for n in range(1, 20))),
        "costs.xlsx": _book(
            [COSTS, *([n, "labour", "2025-01-31", 1, n, "GBP"] for n in range(1, 20))]
        ),
        "costs.parquet": _parquet(
            "select i::varchar as cost_id, 'labour' as cost_type, date '2025-01-31' as incurred_on,"
            " i::decimal(18, 2) as amount, 'GBP' as currency from range(1, 500) as t(i)"
        ),
    }
    for name, content in good.items():
        for seed in range(30):
            chance = random.Random(seed)  # noqa: S311 - to be drawn again
            changed = bytearray(content)
            for _ in range(chance.choice((1, 3, 20))):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            yield f"mangled: {name} {seed}", Hostile(name, bytes(changed), None)
