"""All SQL of the project is written for Spark too: it compiles for it, without a server and without
Java."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlglot

from tieout.settings import Settings, Spark
from tieout.warehouse.build import dbt

PROJECT = Path(__file__).parents[2]
DUCKDB = re.compile(
    r"(?<![a-z_])(unnest|string_agg|list_\w+|generate_series|query_table|pair_off|less_taken|take_back_latest|left_of_\w+"
    r"|quick_share|price_share|rate_share|array_to_string|string_split|damerau_levenshtein|strip_accents)\(|\bhugeint\b"
)
"""What only DuckDB knows, the functions of the build file among it."""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    settings = Settings(output=tmp_path_factory.mktemp("spark") / "warehouse")
    settings = replace(settings, spark=Spark(settings.output / "lake"))
    # A model in Python is no SQL, and dbt cannot compile it without a connection.
    command = [
        "compile",
        "--no-introspect",
        "--no-populate-cache",
        "--exclude",
        "path:models/**/*.py",
    ]
    with pytest.MonkeyPatch.context() as patched:
        for name in ("JAVA_HOME", "TIEOUT_OUTPUT", "DBT_TARGET_PATH"):
            patched.setenv(name, "")
        answer = dbt(settings, command)
    assert answer.success, answer.exception
    return sorted((settings.target / "compiled" / "tieout").rglob("*.sql"))


def test_everything_compiles(compiled: list[Path]) -> None:
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
    assert models <= {path.stem for path in compiled}


def test_no_word_of_another_engine_is_left(compiled: list[Path]) -> None:
    found = {
        path.stem: words
        for path in compiled
        if (words := sorted(set(DUCKDB.findall(path.read_text()))))
    }
    assert found == {}


def test_it_reads_as_spark_sql(compiled: list[Path]) -> None:
    """A third of the models; `make spark` runs them all."""
    sys.setrecursionlimit(20_000)
    for path in compiled[::3]:
        sqlglot.parse(path.read_text(), read="spark", error_level=sqlglot.ErrorLevel.RAISE)
