"""A pack of marts with hostile names, and what its data files hold."""

from __future__ import annotations

import json
import re
import shutil
import zlib
from base64 import b64decode
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.pack.step import pack_step
from pipelines.settings import Settings

HOSTILE = '=HYPERLINK("x")<img src=x onerror=alert(1)></script>\'"\u202egnp.\u202c🙂&amp;'


def data(pack: Path, name: str) -> Any:
    """What `data/<name>.js` hands to the pages; a fraction would be refused."""
    text = (pack / "data" / f"{name}.js").read_text(encoding="ascii")
    found = re.search(r"TIEOUT\.(data|packed)\[[^\]]*\]=(.*);\n$", text, re.DOTALL)
    assert found, name
    told = found.group(2)
    if found.group(1) == "packed":
        told = zlib.decompress(b64decode(json.loads(told))).decode("ascii")
    return json.loads(told, parse_float=Decimal)


def hostile_pack(small: Settings, folder: Path, copies: int = 1) -> Path:
    """The small company with that name everywhere a person could have typed it, and exceptions, `copies` of them."""
    settings = Settings(output=folder / "warehouse", as_of=small.as_of)
    settings.output.mkdir(parents=True)
    shutil.copytree(small.published.resolve(), settings.published)
    with duckdb.connect(str(settings.marts)) as marts:
        marts.execute("set schema = 'marts'")
        for table, column in (
            ("dim_customer", "customer_name"),
            ("dim_product", "product_name"),
            ("dim_person", "full_name"),
            ("dim_deal", "deal_name"),
            ("dim_job", "job_ref"),
            ("fct_receivables", "invoice_number"),
        ):
            marts.execute(f"update {table} set {column} = ? || {column}", [HOSTILE])
        columns = marts.execute(
            "select column_name, data_type, is_nullable from duckdb_columns()"
            " where table_name = 'fct_exceptions' order by column_index"
        ).fetchall()
        ((job, customer),) = marts.execute(
            "select job_key, customer_key from dim_job where not is_unknown order by 1 limit 1"
        ).fetchall()
        given = {
            "exception_key": "md5(number::text)",
            "control_id": "'deal_amount_mismatch'",
            "status": "'open'",
            "severity": "'high'",
            "owner": "$hostile",
            "entity": "'deals'",
            "entity_id": "$hostile || number",
            "source_system": "'office'",
            "job_key": "$job",
            "customer_key": "$customer",
            "value_at_risk_amount": "number + 12345678.01",
            "counted_amount": "number + 0.01",
            "evidence": "$evidence",
            "suggested_action": "$hostile",
            "cause": "$hostile",
        }
        by_kind = {"VARCHAR": "''", "DATE": "date '2026-02-03'", "TIMESTAMP": "timestamp '2026-02-03 04:05:06'"}
        picks = ", ".join(
            f"{given.get(name) or ('null' if nullable else by_kind.get(kind, '0'))}::{kind} as {name}"
            for name, kind, nullable in columns
        )
        marts.execute(
            f"insert into fct_exceptions select {picks} from range(1, {copies + 1}) as numbers (number)",
            {"hostile": HOSTILE, "job": job, "customer": customer, "evidence": json.dumps({HOSTILE: HOSTILE})},
        )
    return pack_step(settings)
