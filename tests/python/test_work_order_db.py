"""The work-order database follows the company: new, changed and deleted rows, in one transaction,
money to the cent."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tieout.errors import TieoutError
from tieout_demo.facilities.arm import Facilities
from tieout_demo.servers.work_order_db import schema, write_database

FIRST = date(2026, 3, 2)
Rows = dict[str, list[dict[str, Any]]]
Reader = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def arm() -> Facilities:
    return Facilities(2025, 0.05)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Reader]:
    """An empty database of each kind, and how to read it."""
    if request.param == "sqlite":
        path = tmp_path / "work.db"

        def read_file(query: str) -> list[tuple[Any, ...]]:
            with closing(sqlite3.connect(path)) as connection:
                return connection.execute(query).fetchall()

        return f"sqlite:///{path}", read_file
    url = str(request.getfixturevalue("postgres"))

    def read_server(query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(url) as connection:
            return connection.execute(query.encode()).fetchall()

    return url, read_server


def test_a_day_written_is_a_day_held(arm: Facilities, database: tuple[str, Reader]) -> None:
    url, read = database
    rows = arm.work_orders(FIRST)
    written = write_database(url, rows)
    assert written == {table: len(rows[table]) for table in schema()}
    assert write_database(url, rows) == dict.fromkeys(schema(), 0)
    amounts = [Decimal(amount) for (amount,) in read("select amount from job_costs")]
    assert len(amounts) > 100
    assert sum(amounts) == sum(row["amount"] for row in rows["job_costs"])


def test_each_day_writes_its_own_changes_and_ends_where_going_there_directly_ends(
    arm: Facilities, database: tuple[str, Reader]
) -> None:
    url, read = database
    write_database(url, arm.work_orders(FIRST))
    before = {row["job_no"]: row for row in arm.work_orders(FIRST)["job_cards"]}
    for day in range(1, 6):
        rows = arm.work_orders(FIRST + timedelta(days=day))
        now = {row["job_no"]: row for row in rows["job_cards"]}
        changed = [number for number, row in now.items() if before.get(number) != row]
        assert write_database(url, rows)["job_cards"] == len(changed)
        before = now
    held = read("select entry_no, entry_state from timesheet_entries order by entry_no")
    wanted = [(row["entry_no"], row["entry_state"]) for row in rows["timesheet_entries"]]
    assert held == sorted(wanted)


def test_a_row_that_is_gone_is_deleted_and_leaves_no_trace(
    arm: Facilities, database: tuple[str, Reader]
) -> None:
    url, read = database
    rows = arm.work_orders(FIRST)
    write_database(url, rows)
    gone = rows["timesheet_entries"][7]["entry_no"]
    fewer = {
        **rows,
        "timesheet_entries": [row for row in rows["timesheet_entries"] if row["entry_no"] != gone],
    }
    assert write_database(url, fewer)["timesheet_entries"] == 1
    assert (gone,) not in read("select entry_no from timesheet_entries")


def test_entries_keyed_by_mistake_are_deleted_in_the_course_of_the_history(arm: Facilities) -> None:
    mistaken = [each for job in arm.world.jobs for each in job.deliveries if each.deleted]
    assert mistaken
    for entry in mistaken:
        assert entry.deleted is not None
        on, later = entry.entered.date(), entry.deleted.date()
        assert entry.ident in {row["entry_no"] for row in arm.work_orders(on)["timesheet_entries"]}
        assert entry.ident not in {
            row["entry_no"] for row in arm.work_orders(later)["timesheet_entries"]
        }


def test_what_fails_half_way_leaves_the_day_before(
    arm: Facilities, database: tuple[str, Reader]
) -> None:
    url, read = database
    write_database(url, arm.work_orders(FIRST))
    held = read("select count(*) from clients"), read("select count(*) from job_costs")
    rows = arm.work_orders(FIRST + timedelta(days=20))
    broken = {**rows, "job_costs": [*rows["job_costs"], {"cost_no": "JC-1"}]}
    with pytest.raises(TieoutError, match="columns"):
        write_database(url, broken)
    assert (read("select count(*) from clients"), read("select count(*) from job_costs")) == held


def test_money_in_sqlite_is_text_so_that_no_float_can_come_of_it(
    arm: Facilities, tmp_path: Path
) -> None:
    path = tmp_path / "work.db"
    write_database(f"sqlite:///{path}", arm.work_orders(FIRST))
    with closing(sqlite3.connect(path)) as connection:
        for table, columns in schema().items():
            for column, (kind, _) in columns.items():
                if kind == "NUMERIC":
                    kinds = connection.execute(
                        f"select distinct typeof({column}) from {table}"
                    ).fetchall()
                    assert {name for (name,) in kinds} <= {"text", "null"}, (table, column)


@pytest.mark.parametrize("url", ["mysql://somewhere", "nowhere"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(TieoutError, match="cannot be kept"):
        write_database(url, {})


def test_a_table_that_is_not_declared_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(TieoutError, match="no table rockets"):
        write_database(f"sqlite:///{tmp_path / 'work.db'}", {"rockets": []})
    assert not (tmp_path / "work.db").exists()
