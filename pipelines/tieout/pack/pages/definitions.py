"""The vocabulary: each word with its meaning, its formula, the columns that carry it, and the tests
that hold it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import yaml
from markdown_it import MarkdownIt
from markupsafe import Markup

from tieout.company.home import home
from tieout.company.judgement import reference
from tieout.pack.marts import rows
from tieout.settings import PROJECT

_BLOCK = re.compile(r"{%\s*docs\s+(\w+)\s*%}(.*?){%\s*enddocs\s*%}", re.DOTALL)

# What a word is called where the block's name is not what its columns and metrics are called.
_ALSO = {
    "unbilled_billed_ahead": ("unbilled", "billed_ahead"),
    "accrued_deferred_income": ("accrued", "deferred"),
}


def gather(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Every word of the vocabulary, in its order."""
    columns = rows(
        connection,
        "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' order by 1, 2",
    )
    measures, metrics = _metrics()
    tests = _tests()
    return {
        "entries": [
            {
                "name": name,
                # Our own doc blocks; tags in them are escaped.
                "text": Markup(_markdown(text)),  # noqa: S704
                "formulas": _formulas(name, measures, metrics),
                "columns": [
                    f"{row['table_name']}.{row['column_name']}"
                    for row in columns
                    if any(_carries(row["column_name"], word) for word in _ALSO.get(name, (name,)))
                ],
                "tests": sorted(
                    test
                    for test, said in tests.items()
                    if any(_says(said, w) for w in _ALSO.get(name, (name,)))
                ),
            }
            for name, text in vocabulary()
        ],
        "reasons": _reasons(),
    }


def _reasons() -> list[dict[str, str]]:
    return sorted(
        reference(home(), "bridge_reasons"), key=lambda row: (row["gap_class"], row["reason"])
    )


def vocabulary() -> list[tuple[str, str]]:
    """The doc blocks of the vocabulary: name and text."""
    return [
        (name, text.strip())
        for name, text in _BLOCK.findall(_read(PROJECT / "models" / "vocabulary.md"))
    ]


def _metrics() -> tuple[dict[str, tuple[str, str]], list[dict[str, Any]]]:
    """The measures (name → mart, expression) and the metrics of the semantic layer."""
    found = yaml.safe_load(_read(PROJECT / "models" / "metrics" / "_metrics.yml"))
    measures = {
        measure["name"]: (
            model["model"],
            f"{measure['agg']}({measure.get('expr', measure['name'])})",
        )
        for model in found["semantic_models"]
        for measure in model.get("measures", [])
    }
    return measures, found["metrics"]


def _formulas(
    name: str, measures: dict[str, tuple[str, str]], metrics: list[dict[str, Any]]
) -> list[str]:
    told = []
    for metric in metrics:
        if f"doc('{name}')" not in metric.get("description", ""):
            continue
        given = metric["type_params"]
        measure = given.get("measure")
        measure = measure.get("name") if isinstance(measure, dict) else measure
        if measure in measures:
            model, expression = measures[measure]
            told.append(f"{metric['name']} = {expression}, of {model.split(chr(39))[1]}")
        elif "expr" in given:
            told.append(f"{metric['name']} = {given['expr']}")
    return told


def _tests() -> dict[str, str]:
    """The singular tests by name, each with its SQL."""
    return {
        path.stem: _read(path) for path in sorted((PROJECT / "tests" / "singular").rglob("*.sql"))
    }


def _carries(column: str, word: str) -> bool:
    return re.fullmatch(rf"(reporting_)?{word}s?(_\w+)?", column) is not None


def _says(text: str, word: str) -> bool:
    return re.search(rf"\b{word}s?(_amount)?\b", text) is not None


def _markdown(text: str) -> str:
    """Text of the project as HTML; tags in it stay text."""
    return str(MarkdownIt("commonmark", {"html": False}).render(text))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
