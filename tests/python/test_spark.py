"""All SQL of the project is written for Spark too: it compiles for it, without a server and without
Java."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlglot

PROJECT = Path(__file__).parents[2]
DUCKDB = re.compile(
    r"(?<![a-z_])(unnest|string_agg|list_\w+|generate_series|query_table|pair_off|less_taken|take_back_latest|left_of_\w+"
    r"|quick_share|price_share|rate_share|array_to_string|string_split|damerau_levenshtein|strip_accents)\(|\bhugeint\b"
)
"""What only DuckDB knows, the functions of the build file among it."""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    target = tmp_path_factory.mktemp("spark")
    # A model in Python is no SQL, and dbt cannot compile it without a connection.
    answer = subprocess.run(
        [
            sys.executable, "-m", "dbt.cli.main", "compile", "--target", "spark", "--target-path", str(target),
            "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--log-path", str(target),
            "--no-introspect", "--no-populate-cache", "--exclude", "path:models/**/*.py",
        ],
        capture_output=True, text=True, check=False, env={**os.environ, "JAVA_HOME": ""},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout[-3000:]
    return sorted((target / "compiled" / "tieout").rglob("*.sql"))


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
    sys.setrecursionlimit(20_000)
    for path in compiled:
        sqlglot.parse(path.read_text(), read="spark", error_level=sqlglot.ErrorLevel.RAISE)
