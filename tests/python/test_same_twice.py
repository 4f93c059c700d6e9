"""Two runs over the same data say the same, in every column of every mart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from control_build import EXPECTED

from tieout.run import run_all
from tieout.settings import Settings

OF_THE_RUN = {"run_id"}
"""Which run it was is all that may differ."""


def told(marts: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every published table, row by row, without what names the run."""
    with duckdb.connect(str(marts), read_only=True) as connection:
        columns = connection.execute(
            """select table_name, list(column_name order by column_index) from duckdb_columns()
            where schema_name = 'marts' group by 1"""
        ).fetchall()
        lists = {
            table: ", ".join(name for name in names if name not in OF_THE_RUN)
            for table, names in columns
        }
        return {
            table: connection.execute(
                f'select {names} from marts."{table}" order by all'
            ).fetchall()
            for table, names in lists.items()
        }


def test_a_second_run_over_the_same_data_says_the_same_in_every_column(
    small_warehouse: Settings, copy_of: Callable[[Settings], Settings]
) -> None:
    copied = copy_of(small_warehouse)
    first = told(copied.marts)
    run_all(copied)
    second = told(copied.marts)
    assert "fct_stage_events" in first
    assert second.keys() == first.keys()
    assert {table for table, rows in first.items() if second[table] != rows} == set()


@pytest.mark.parametrize("word", ["load_id", "load_count", "landed_at", "run_id"])
def test_no_evidence_says_how_or_how_often_a_record_arrived(word: str) -> None:
    assert f'""{word}""' not in EXPECTED.read_text(encoding="utf-8")
