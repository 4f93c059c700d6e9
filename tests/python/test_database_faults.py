"""Databases that lie about time, that have names alike, that hold what no decimal is, and that go
away while read."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.engine import make_url
from work_order_world import World

from tieout.errors import DriftError, LandingError
from tieout.sources.sql import source as field_service
from tieout.sources.sql.postgres import PostgresSnapshot

LATER = "2026-03-09 09:30:00"


@pytest.fixture(params=["sqlite", "sqlite+pysqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """By each of the three readers."""
    if request.param == "postgresql":
        return World(request.getfixturevalue("postgres"), tmp_path)
    return World(f"{request.param}:///{tmp_path / 'work_orders.db'}", tmp_path)


@pytest.fixture
def on_postgres(postgres: str, tmp_path: Path) -> World:
    return World(postgres, tmp_path)


def mapped_from(world: World, source: str, **columns: str) -> None:
    """The costs are another table of the database, and some of its columns have other names."""
    content = yaml.safe_load(world.mapping.read_text(encoding="utf-8"))
    content["tables"] = {"costs": content["tables"]["costs"]}
    content["tables"]["costs"]["from"] = source
    content["tables"]["costs"]["columns"] |= columns
    world.mapping.write_text(yaml.safe_dump(content), encoding="utf-8")


def amounts(world: World) -> list[Decimal]:
    rows = world.ask(
        "select amount from raw_field_service.costs qualify row_number() over"
        " (partition by _record_key order by _version desc) = 1 and not _is_deleted order by 1"
    )
    return [amount for (amount,) in rows]


def test_a_record_dated_in_the_future_hides_no_later_change(world: World) -> None:
    world.run(
        "update job_costs set modified_ts = '2099-12-31 00:00:00' where cost_no = 'JC-0000001'"
    )
    world.landed()
    world.run(
        "update job_costs set amount = '7.77', modified_ts = :at where cost_no = 'JC-0000002'",
        at=_now(1),
    )
    assert world.landed().row_count == 1
    assert Decimal("7.77") in amounts(world)
    world.run(
        "update job_costs set amount = '8.88', modified_ts = :at where cost_no = 'JC-0000002'",
        at=_now(2),
    )
    assert world.landed().row_count == 1, "and it goes on so"


def test_a_new_record_with_an_old_time_of_change_is_found_by_its_key(world: World) -> None:
    world.landed()
    columns = "job_no, cost_kind, incurred_on, amount, currency_code"
    world.run(
        f"insert into job_costs (cost_no, {columns}, modified_ts)"
        f" select 'JC-0000099', {columns}, '2020-01-01 00:00:00' from job_costs where cost_no = 'JC-0000002'"
    )
    assert world.landed().row_count == 1
    assert world.landed().row_count == 0


def test_the_schema_that_is_checked_is_the_schema_that_is_read(on_postgres: World) -> None:
    """A search path that comes before `public`, on the role, on the database, or in the address."""
    world = on_postgres
    world.run("create schema sales")
    world.run("create table sales.job_costs (like public.job_costs including all)")
    world.run(
        "insert into sales.job_costs select * from public.job_costs where cost_no = 'JC-0000001'"
    )
    world.run("update sales.job_costs set amount = 42")
    world.configure(
        make_url(world.url)
        .update_query_dict({"options": "-csearch_path=sales,public"})
        .render_as_string()
    )
    world.landed()
    assert amounts(world) == [Decimal("42.00")]
    assert world.ask("select count(*) from raw_field_service.jobs") == [(2,)], (
        "which only public has"
    )


def test_names_that_differ_by_case_alone_are_the_ones_that_are_mapped(on_postgres: World) -> None:
    world = on_postgres
    world.run('create table "Job_Costs" (like job_costs including all)')
    world.run('alter table "Job_Costs" rename column amount to "Amount"')
    world.run('alter table "Job_Costs" add column amount numeric(18, 2) not null default 1')
    world.run(
        'insert into "Job_Costs" (cost_no, job_no, cost_kind, incurred_on, "Amount", currency_code, modified_ts)'
        " select 'X-1', job_no, cost_kind, incurred_on, 77, currency_code, modified_ts from job_costs limit 1"
    )
    mapped_from(world, "Job_Costs", amount="Amount")
    world.landed()
    assert world.ask("select cost_id, amount from raw_field_service.costs") == [
        ("X-1", Decimal("77.00"))
    ]
    assert world.ask(
        "select said_amount from raw_field_service.load_log where entity = 'costs'"
    ) == [(Decimal(77),)]
    assert world.landed().row_count == 0


def test_quoted_schemas_and_dots_in_names_are_read(on_postgres: World) -> None:
    world = on_postgres
    world.run('create schema "My.Sales"')
    world.run('create table "My.Sales"."Job.Costs" (like job_costs including all)')
    world.run('insert into "My.Sales"."Job.Costs" select * from job_costs')
    mapped_from(world, '"My.Sales"."Job.Costs"')
    world.landed()
    assert len(amounts(world)) == 3


@pytest.mark.parametrize(
    ("column", "kind", "value"),
    [
        ("amount", "numeric(18, 2)", "'NaN'"),
        ("amount", "numeric", "'NaN'"),
        ("amount", "numeric", "'Infinity'"),
        ("incurred_on", "date", "'infinity'"),
        ("incurred_on", "date", "'-infinity'"),
        ("incurred_on", "date", "'0044-03-15 BC'"),
        ("incurred_on", "date", "'12026-03-15'"),
        ("modified_ts", "timestamp", "'infinity'"),
        ("modified_ts", "timestamp", "'0001-01-01 BC'"),
    ],
)
def test_what_is_no_amount_and_no_day_is_refused_and_not_nothing(
    on_postgres: World, column: str, kind: str, value: str
) -> None:
    on_postgres.run(f"alter table job_costs alter column {column} type {kind}")
    on_postgres.run(f"update job_costs set {column} = {value} where cost_no = 'JC-0000002'")
    error = on_postgres.land().error
    assert isinstance(error, DriftError), error
    assert (
        "JC-0000002" in str(error)
        and column in str(error).replace("updated_at", "modified_ts")
        and error.remedy
    )
    assert on_postgres.ask("select count(*) from raw_field_service.jobs") == [(0,)], (
        "nothing of this system landed"
    )


@pytest.mark.parametrize("value", ["NaN", "inf", "Infinity", "1e999", "9e15", "twelve", "1,5"])
def test_nor_does_sqlite_hand_over_what_is_no_amount(tmp_path: Path, value: str) -> None:
    world = World(f"sqlite:///{tmp_path / 'w.db'}", tmp_path)
    world.run("update job_costs set amount = :value where cost_no = 'JC-0000002'", value=value)
    landed = world.land()
    assert isinstance(landed.error, DriftError) and "JC-0000002" in str(landed.error)


MID_READ: dict[str, str] = {
    "every connection is ended": "select pg_terminate_backend(pid) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid()",
    "the table is dropped": "drop table timesheet_entries",
    "a column is dropped": "alter table timesheet_entries drop column quantity",
    "a column is retyped": "alter table timesheet_entries alter column quantity type varchar(20)",
    "a column is renamed": "alter table timesheet_entries rename column quantity to qty",
    "the table is emptied": "truncate timesheet_entries",
    "the table is replaced": "begin; drop table timesheet_entries;"
    " create table timesheet_entries (entry_no varchar(20) primary key); commit",
    "rights are taken": "revoke all on timesheet_entries from current_user",
}


@pytest.mark.parametrize("what", MID_READ)
def test_a_database_that_changes_while_it_is_read_lands_whole_or_not_at_all(
    on_postgres: World, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Between what is looked at and what is read, and the process lives to say so."""
    world, done = on_postgres, threading.Event()
    monkeypatch.setattr(field_service, "LOCKS", "-c lock_timeout=2s")
    real = PostgresSnapshot.rows

    def meanwhile(self: Any, table: Any, since: Any) -> Any:
        if table.mapped.name == "timesheets" and not done.is_set():
            # In a thread: where our reading holds the table, it waits for us.
            threading.Thread(
                target=_quietly, args=(world, MID_READ[what], done), daemon=True
            ).start()
            done.wait(1.0)
        yield from real(self, table, since)

    monkeypatch.setattr(PostgresSnapshot, "rows", meanwhile)
    landed = world.land()
    if landed.error is None:
        counts = {e.entity: (e.received_count, e.said_count) for e in landed.entities}
        assert counts["timesheets"][0] == counts["timesheets"][1]
    else:
        assert isinstance(landed.error, LandingError) and landed.error.remedy
        assert world.ask("select count(*) from raw_field_service.timesheets") == [(0,)]
        assert world.ask("select count(*) from raw_field_service.jobs") == [(0,)]
    monkeypatch.setattr(PostgresSnapshot, "rows", real)
    done.wait(10)


def _quietly(world: World, statement: str, done: threading.Event) -> None:
    try:
        world.run(statement)
    except Exception as error:  # the test says what counts
        print(error)
    finally:
        done.set()


def test_a_table_that_somebody_locks_is_waited_for_only_so_long(
    on_postgres: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field_service, "LOCKS", "-c lock_timeout=500ms")
    with on_postgres.engine.begin() as connection:
        connection.exec_driver_sql("lock table job_costs in access exclusive mode")
        began = time.monotonic()
        error = on_postgres.land().error
        assert isinstance(error, LandingError) and "lock" in str(error)
        assert time.monotonic() - began < 30
    assert on_postgres.landed().row_count > 0


def _now(seconds: int) -> str:
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")
