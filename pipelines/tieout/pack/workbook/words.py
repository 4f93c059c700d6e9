"""The two sheets of the workbook that are words: what each word means, and what the figures rest
on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import duckdb

from tieout.findings.bridge import reasons
from tieout.pack.marts import Position, one
from tieout.pack.workbook.table import Column
from tieout.settings import PROJECT

DEFINITIONS = (
    Column("Kind", "top", 14),
    Column("Word", "top", 34),
    Column("Meaning", "wrapped", 120),
)
EVIDENCE = (
    *(Column("Kind", "top", 14), Column("Name", "top", 34)),
    *(Column("Value", "wrapped", 80), Column("Rows", "count", 14)),
)
_BLOCK = re.compile(r"\{% docs (\w+) %\}\s*(.*?)\s*\{% enddocs %\}", re.DOTALL)


def definitions(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    """The vocabulary, the reasons of the bridge, the controls: in the words that the docs site has
    for them."""
    vocabulary = (PROJECT / "models" / "vocabulary.md").read_text(encoding="utf-8")
    for word, meaning in _BLOCK.findall(vocabulary):
        yield "Vocabulary", word.replace("_", " "), re.sub(r"[*`]", "", meaning)
    for reason, (sentence, who_acts) in reasons().items():
        yield "Reason", reason.replace("_", " "), f"{sentence}. Who acts: {who_acts}."
    for title, why, how in connection.execute("""
        select arg_max(title, version_number), arg_max(why_it_matters, version_number),
            arg_max(how_to_resolve, version_number)
        from dim_control group by control_id order by control_id
    """).fetchall():
        yield "Control", title, f"{why}. To resolve: {how}."


def evidence(
    connection: duckdb.DuckDBPyConnection, position: Position
) -> Iterator[tuple[object, ...]]:
    """The position, what the run wrote about itself, and how many rows each mart has."""
    yield "Position", "Period", position.period, None
    yield "Position", "First day", position.starts_on.isoformat(), None
    yield "Position", "Last day", position.ends_on.isoformat(), None
    yield "Position", "As of", position.as_of_on.isoformat(), None
    yield "Position", "Reporting currency", position.currency, None
    for name, value in position.record.items():
        if name != "rows":
            yield (
                "Run",
                name,
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
                None,
            )
    marts = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts' order by table_name"
    ).fetchall()
    for (mart,) in marts:
        quoted = '"' + mart.replace('"', '""') + '"'
        yield "Mart", mart, None, one(connection, f"select count(*) from {quoted}")[0]
