"""A folder of files alone becomes published marts; one bad value in it is refused and changes
nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tieout.cli.program import main
from tieout.settings import Settings


@pytest.fixture
def warehouse(small_warehouse: Settings, copy_of: Callable[[Settings], Settings]) -> Settings:
    """A published small company that this test may change."""
    return copy_of(small_warehouse)


def exported(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Every published row in key order, without the ids of loads and runs."""
    with duckdb.connect(str(settings.marts), read_only=True) as connection:
        names = sorted(
            name
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
        )
        return {
            name: connection.execute(
                f"select columns(c -> c not in ('load_id', 'run_id')) from marts.\"{name}\" order by all"
            ).fetchall()
            for name in names
        }


def raw_rows(settings: Settings) -> int:
    with duckdb.connect(str(settings.raw), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw_imports'"
            " and table_name not like '\\_dlt%' escape '\\' and table_name <> 'load_log'"
        ).fetchall()
        counts = [
            connection.execute(f'select count(*) from raw_imports."{name}"').fetchone()
            for (name,) in tables
        ]
        return sum(count[0] for count in counts if count)


def test_the_figures_of_the_small_company_are_those_of_its_readme(
    small_warehouse: Settings,
) -> None:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        stages = dict(
            connection.execute(
                "select stage, sum(reporting_amount) from marts.fct_stage_events group by 1"
            ).fetchall()
        )
    assert str(stages["recognised"]) == "21095.50"
    assert str(stages["cost"]) == "5790.00"


def test_one_bad_value_is_refused_by_name_and_nothing_else_changes(
    warehouse: Settings,
    tmp_path: Path,
    imports_with: Callable[..., tuple[Path, int]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Of the other files, which come again as they were, nothing lands; what was good before is
    published anew."""
    before, rows, published = (
        exported(warehouse),
        raw_rows(warehouse),
        warehouse.published.readlink(),
    )
    folder, line = imports_with(tmp_path, "ledger", "invoice_lines", "net_amount", "1.234,50")
    options = [
        "--systems",
        "imports",
        "--imports",
        folder,
        "--as-of",
        "2026-02-28",
        "--output",
        warehouse.output,
    ]
    monkeypatch.setattr(sys, "argv", ["tieout", "run", *map(str, options)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capfd.readouterr().err
    assert ended.value.code == 1
    for part in ("ledger", "invoice_lines.csv", str(line), "net_amount", "1.234,50"):
        assert part in said
    assert raw_rows(warehouse) == rows
    assert exported(warehouse) == before
    assert warehouse.published.readlink() != published
