"""Writes the demo's import folders as offices export them.

Some are CSV with commas, some with semicolons and a BOM, one or two are workbooks, and what is
large is Parquet.

A file is replaced as a whole or not at all, and one whose content is the same keeps its bytes and
its time.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tieout.landing.column_types import DECIMALS
from tieout_demo.history import Row, input_layer
from tieout_demo.servers.workbook import workbook

# How each office's tools export; what isn't named here is a plain CSV file.
_FORMATS = {
    ("recruitment", "deliveries"): "semicolon",
    ("recruitment", "pay_items"): "semicolon",
    ("recruitment", "customers"): "semicolon",
    ("recruitment", "products"): "xlsx",
    ("recruitment", "journal_lines"): "parquet",
    ("treasury", "periods"): "xlsx",
    ("treasury", "fx_rates"): "parquet",
}
# Exports of the whole table: a record that is gone from them is deleted. The others only grow.
_FULL = {
    "recruitment": (
        "customers", "people", "products", "deals", "deal_lines", "contracts", "contract_rates", "change_orders",
        "jobs", "deliveries", "invoices", "invoice_lines", "accounts", "tax_rates", "account_balances",
        "extract_totals",
    ),
    "treasury": ("periods",),
}  # fmt: skip
_ARROW = {
    "amount": pa.decimal128(18, 2),
    "number": pa.decimal128(18, 6),
    "rate": pa.decimal128(28, 12),
    "fraction": pa.decimal128(18, 6),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
    "integer": pa.int64(),
}
_SCALES = {kind: Decimal(1).scaleb(-places) for kind, places in DECIMALS.items()}


def write_folders(root: Path, imports: Mapping[str, Mapping[str, Sequence[Row]]]) -> list[Path]:
    """Write `<root>/<folder>/<entity>.<csv|xlsx|parquet>` and each folder's `imports.toml`.

    Returns:
        the files whose content changed.
    """
    changed = []
    for folder, entities in imports.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        for entity, rows in entities.items():
            style = _FORMATS.get((folder, entity), "comma")
            path = root / folder / f"{entity}.{'csv' if style in ('comma', 'semicolon') else style}"
            if replace_file(path, _content(style, entity, rows)):
                changed.append(path)
        full = [entity for entity in _FULL.get(folder, ()) if entity in entities]
        listed = "".join(f'    "{entity}",\n' for entity in full)
        settings = f"# These files hold whole tables: a record that is gone from one is deleted.\nfull = [\n{listed}]\n"
        if replace_file(root / folder / "imports.toml", settings.encode("utf-8")):
            changed.append(root / folder / "imports.toml")
    return changed


def replace_file(path: Path, content: bytes) -> bool:
    """Put the content in place in one step; False, and nothing touched, if it is there already."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # Always the same name: what a killed run leaves, the next one writes over and puts in place.
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


def text_of(value: object) -> str:
    """A value as a text file holds it: nothing for null, ISO dates, no exponent in numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _content(style: str, entity: str, rows: Sequence[Row]) -> bytes:
    columns: Mapping[str, str] = input_layer()[entity]["columns"]
    if style == "parquet":
        return _parquet(columns, rows)
    if style == "xlsx":
        return workbook(list(columns), [[row.get(column) for column in columns] for row in rows])
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if style == "semicolon" else ",", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([text_of(row.get(column)) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig" if style == "semicolon" else "utf-8")


def _parquet(columns: Mapping[str, str], rows: Sequence[Row]) -> bytes:
    arrays: list[Any] = []
    fields = []
    for column, kind in columns.items():
        name = kind.replace("!", "").split(" ")[0]
        scale = _SCALES.get(name)
        values = [row.get(column) for row in rows]
        if scale is not None:
            values = [None if value is None else value.quantize(scale) for value in values]
        fields.append(pa.field(column, _ARROW.get(name, pa.string())))
        arrays.append(pa.array(values, type=fields[-1].type))
    buffer = io.BytesIO()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=pa.schema(fields)), buffer, compression="zstd"
    )
    return buffer.getvalue()
