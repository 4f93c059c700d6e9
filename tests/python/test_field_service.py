"""Work orders land from SQLite and from PostgreSQL: each version once, to the cent, as of one
moment."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url
from work_order_world import World

from tieout.errors import DriftError, LandingError, SourceUnavailable
from tieout.sources.sql import source as field_service
from tieout.sources.sql.postgres import PostgresSnapshot

LATER = "2026-03-09 09:30:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    if request.param == "sqlite":
        return World(f"sqlite:///{tmp_path / 'work orders.db'}", tmp_path)
    return World(request.getfixturevalue("postgres"), tmp_path)


@pytest.fixture
def on_postgres(postgres: str, tmp_path: Path) -> World:
    return World(postgres, tmp_path)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> World:
    return World(f"sqlite:///{tmp_path / 'work_orders.db'}", tmp_path)


def test_records_land_under_our_names_and_types(world: World) -> None:
    world.landed()
    assert world.ask(
        "select job_id, job_ref, job_type, status, planned_start_on, updated_at::text"
        " from raw_field_service.jobs order by 1"
    ) == [
        (
            "1",
            "JOB-00001",
            "time_and_materials",
            "in_progress",
            date(2026, 2, 2),
            "2026-03-01 08:00:00",
        ),
        ("2", "JOB-00002", "fixed_price", "in_progress", date(2026, 2, 2), "2026-03-01 08:00:00"),
    ]
    assert world.ask(
        "select quantity, billable, person_id from raw_field_service.timesheets limit 1"
    ) == [(Decimal("7.250000"), True, "7")]
    assert world.ask("select customer_name from raw_field_service.customers") == [
        ("O'Hara | Sons",)
    ]
    columns = {row[0] for row in world.ask("describe raw_field_service.jobs")}
    assert "notes" not in columns


def test_money_is_decimal_and_adds_up_to_what_the_database_says(world: World) -> None:
    world.landed()
    assert world.ask(
        "select typeof(amount), amount from raw_field_service.costs order by amount"
    ) == [("DECIMAL(18,2)", Decimal(amount)) for amount in ("0.10", "0.20", "1999.99")]
    said = world.ask(
        "select said_count, said_amount from raw_field_service.load_log where entity = 'costs'"
    )
    assert said == [(3, Decimal("2000.29"))]


def test_landing_again_brings_nothing(world: World) -> None:
    assert world.landed().row_count > 0
    assert world.landed().row_count == 0


def test_a_changed_a_new_and_a_deleted_record_are_one_version_each(world: World) -> None:
    world.landed()
    world.run(
        "update timesheet_entries set quantity = '8.0000', modified_ts = :at where entry_no = 'TS-0000003'",
        at=LATER,
    )
    world.run("delete from timesheet_entries where entry_no = 'TS-0000004'")
    world.run(
        "insert into timesheet_entries select 'TS-0000005', job_no, ticket_no, item_code, staff_no, worked_on,"
        " quantity, uom, is_chargeable, entry_state, approved_on, remark, modified_ts from timesheet_entries"
    )
    landed = world.landed()
    (counts,) = [entity for entity in landed.entities if entity.entity == "timesheets"]
    assert (counts.new_count, counts.changed_count, counts.deleted_count, counts.said_count) == (
        1,
        1,
        1,
        2,
    )
    assert landed.row_count == 3
    assert world.ask(
        "select delivery_id, _version, _is_deleted, quantity from raw_field_service.timesheets"
        " order by delivery_id, _version"
    ) == [
        ("TS-0000003", 1, False, Decimal("7.25")),
        ("TS-0000003", 2, False, Decimal("8")),
        ("TS-0000004", 1, False, Decimal("7.25")),
        ("TS-0000004", 2, True, Decimal("7.25")),
        ("TS-0000005", 1, False, Decimal("8")),
    ]
    assert world.landed().row_count == 0


def test_only_what_changed_is_read_again(world: World) -> None:
    world.run(
        "update job_costs set modified_ts = '2026-02-01 00:00:00' where cost_no <> 'JC-0000003'"
    )
    assert _received(world, "costs") == 3
    assert _received(world, "costs") == 1, "the last change and what lies inside the overlap"


def test_a_change_committed_late_inside_the_overlap_is_not_missed(world: World) -> None:
    world.landed()
    world.run(
        "update job_costs set amount = '0.11', modified_ts = '2026-03-01 06:30:00' where cost_no = 'JC-0000001'"
    )
    assert world.landed().row_count == 1


def test_a_new_column_is_kept_and_reported(world: World) -> None:
    world.landed()
    world.run("alter table job_cards add column permit_no varchar(20)")
    world.run(
        "update job_cards set permit_no = 'P-9', modified_ts = :at where job_no = 1", at=LATER
    )
    assert world.landed().drift == {"jobs": ("permit_no",)}
    assert world.ask("select job_id, permit_no from raw_field_service.jobs where _version = 2") == [
        ("1", "P-9")
    ]
    assert world.landed().drift == {}


def test_a_missing_column_stops_the_system_by_name_and_lands_nothing(world: World) -> None:
    world.run("alter table job_costs rename column amount to amount_gbp")
    error = world.land().error
    assert isinstance(error, DriftError)
    assert (
        "tables.costs.columns.amount: job_costs has no column amount; did you mean amount_gbp?"
        in str(error)
    )
    assert world.ask("select count(*) from raw_field_service.jobs") == [(0,)]


def test_a_missing_table_stops_the_system_by_name(world: World) -> None:
    world.run("drop table timesheet_entries")
    error = world.land().error
    assert isinstance(error, DriftError)
    assert "tables.timesheets.from: the database has no table timesheet_entries" in str(error)
    assert "job_cards" in str(error)


def test_a_retyped_column_stops_the_system_by_name(on_postgres: World) -> None:
    on_postgres.landed()
    on_postgres.run("alter table job_costs alter column amount type varchar(40)")
    error = on_postgres.land().error
    assert isinstance(error, DriftError)
    assert "job_costs.amount holds text, and amount is amount" in str(error)


def test_a_retyped_column_stops_even_where_any_column_holds_anything_until_it_is_said_to_be_meant(
    on_sqlite: World,
) -> None:
    on_sqlite.landed()
    on_sqlite.run("alter table job_cards drop column planned_start")
    on_sqlite.run("alter table job_cards add column planned_start integer")
    error = on_sqlite.land().error
    assert isinstance(error, DriftError)
    assert "job_cards.planned_start was date and is number" in str(error)
    on_sqlite.map(version=2)
    on_sqlite.landed()


def test_a_value_that_does_not_fit_is_named_with_its_record(on_sqlite: World) -> None:
    on_sqlite.run("update job_costs set amount = '12.345' where cost_no = 'JC-0000002'")
    error = on_sqlite.land().error
    assert isinstance(error, DriftError)
    for part in ("field_service", "costs", "amount", "JC-0000002", "12.345"):
        assert part in str(error)


def test_everything_is_read_as_of_one_moment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that another program writes while we read are not half in: counts, sums and rows
    agree."""
    totals = field_service._snapshot(world.engine, "UTC").__class__.totals

    def meanwhile(self: Any, table: Any, amount: str | None) -> Any:
        if table.mapped.name == "jobs":
            world.run("delete from job_costs where cost_no = 'JC-0000003'")
            world.run("update timesheet_entries set quantity = '1'")
        return totals(self, table, amount)

    monkeypatch.setattr(field_service._snapshot(world.engine, "UTC").__class__, "totals", meanwhile)
    world.landed()
    assert world.ask("select count(*), sum(amount) from raw_field_service.costs") == [
        (3, Decimal("2000.29"))
    ]
    assert world.ask("select distinct quantity from raw_field_service.timesheets") == [
        (Decimal("7.25"),)
    ]
    assert world.ask(
        "select said_count, said_amount from raw_field_service.load_log where entity = 'costs'"
    ) == [(3, Decimal("2000.29"))]


def test_local_times_become_utc_in_summer_and_in_winter(world: World) -> None:
    world.map(time_zone="Europe/London")
    world.run("update job_cards set modified_ts = '2026-07-01 12:00:00' where job_no = 1")
    world.landed()
    assert world.ask("select job_id, updated_at::text from raw_field_service.jobs order by 1") == [
        ("1", "2026-07-01 11:00:00"),
        ("2", "2026-03-01 08:00:00"),
    ]
    assert world.landed().row_count == 0


def test_a_rejected_load_is_followed_by_a_whole_one(world: World) -> None:
    world.landed()
    world.run("update job_costs set amount = '0.11' where cost_no = 'JC-0000001'")
    world.run("update job_costs set modified_ts = '2026-01-01 00:00:00'")
    world.landed()
    with world.raw() as connection:
        connection.execute("update tieout_meta.loads set status = 'rejected'")
    assert _received(world, "costs") == 3


def test_a_restored_backup_counts_though_its_times_of_change_are_older(world: World) -> None:
    """Amounts and times go back together; the landing that finds the sum wrong is followed by one
    that mends it."""
    world.run(
        "update job_costs set amount = '5000.00', modified_ts = :at where cost_no = 'JC-0000003'",
        at=LATER,
    )
    world.landed()
    assert world.check() == "accepted"
    world.run(
        "update job_costs set amount = '1999.99', modified_ts = '2026-01-01' where cost_no = 'JC-0000003'"
    )
    world.landed()
    assert world.check() == "rejected"
    world.landed()
    assert world.check() == "accepted"
    assert world.ask(
        "select arg_max(amount, _version) from raw_field_service.costs where cost_id = 'JC-0000003'"
    ) == [(Decimal("1999.99"),)]


def test_numbers_without_a_precision_and_odd_types_keep_their_value(on_postgres: World) -> None:
    on_postgres.run(
        "alter table job_costs alter column amount type numeric, add column tags int[], add column blob bytea"
    )
    on_postgres.run(
        "update job_costs set amount = 123456789012345.67, tags = '{1,2}' where cost_no = 'JC-0000001'"
    )
    on_postgres.landed()
    assert on_postgres.ask(
        "select amount, tags from raw_field_service.costs where cost_id = 'JC-0000001'"
    ) == [(Decimal("123456789012345.67"), "[1, 2]")]


def test_floating_point_is_refused_for_money(on_postgres: World) -> None:
    on_postgres.run("alter table job_costs alter column amount type double precision")
    error = on_postgres.land().error
    assert isinstance(error, DriftError)
    assert "job_costs.amount holds float, and amount is amount" in str(error)


def test_money_that_sqlite_keeps_as_a_double_lands_to_the_cent(on_sqlite: World) -> None:
    on_sqlite.run("drop table job_costs")
    on_sqlite.run(
        "create table job_costs (cost_no text primary key, job_no int, supplier_code text,"
        " supplier_invoice_no text, source_no text, staff_no int, cost_kind text, incurred_on date,"
        " quantity real, amount decimal(18, 2), currency_code text, modified_ts timestamp)"
    )
    for number in range(1, 200):
        on_sqlite.insert(
            "job_costs",
            {
                "cost_no": f"JC-{number}",
                "cost_kind": "material",
                "incurred_on": "2026-01-01",
                "amount": number / 100 + 1e9,
                "currency_code": "GBP",
                "modified_ts": LATER,
            },
        )
    on_sqlite.landed()
    assert on_sqlite.ask("select sum(amount) from raw_field_service.costs") == [
        (Decimal("199000000199.00"),)
    ]
    assert on_sqlite.ask(
        "select said_amount from raw_field_service.load_log where entity = 'costs'"
    ) == [(Decimal("199000000199.00"),)]


def test_any_other_engine_lands_the_same(on_sqlite: World) -> None:
    """With a driver named, SQLAlchemy reads: what MySQL, SQL Server and others get."""
    on_sqlite.landed()
    on_sqlite.configure(on_sqlite.url.replace("sqlite://", "sqlite+pysqlite://"))
    assert on_sqlite.landed().row_count == 0, "the same records, to the last digit"
    on_sqlite.run("delete from job_costs where cost_no = 'JC-0000003'")
    on_sqlite.run(
        "update job_cards set job_state = 'completed', modified_ts = :at where job_no = 2", at=LATER
    )
    landed = on_sqlite.landed()
    assert {
        e.entity: (e.changed_count, e.deleted_count)
        for e in landed.entities
        if e.changed_count or e.deleted_count
    } == {
        "jobs": (1, 0),
        "costs": (0, 1),
    }


def test_a_server_that_goes_away_while_it_is_read_is_an_error_and_not_the_end(
    on_postgres: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = PostgresSnapshot.totals

    def ended(self: PostgresSnapshot, table: Any, amount: str | None) -> Any:
        on_postgres.run(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid()"
        )
        return real(self, table, amount)

    monkeypatch.setattr(PostgresSnapshot, "totals", ended)
    assert isinstance(on_postgres.land().error, LandingError)
    monkeypatch.setattr(PostgresSnapshot, "totals", real)
    assert on_postgres.landed().row_count > 0


def test_a_server_that_does_not_answer_is_named_without_its_password(on_postgres: World) -> None:
    on_postgres.configure("postgresql://tieout:s3cret@127.0.0.1:1/nowhere")
    error = on_postgres.land().error
    assert isinstance(error, SourceUnavailable)
    assert "127.0.0.1:1/nowhere" in str(error)
    assert "s3cret" not in f"{error} {error.remedy} {error.__cause__}"


def test_a_password_does_not_outlive_the_landing(on_postgres: World) -> None:
    on_postgres.configure(
        make_url(on_postgres.url).set(password="s3cret").render_as_string(hide_password=False)
    )
    assert on_postgres.landed().row_count > 0
    assert "s3cret" not in os.environ.values()


def test_an_address_that_is_none_is_not_repeated(on_sqlite: World) -> None:
    on_sqlite.configure("postgres:s3cret@nowhere")
    error = on_sqlite.land().error
    assert isinstance(error, LandingError)
    assert "database_url" in str(error)
    assert "s3cret" not in f"{error} {error.remedy}"


def test_a_file_that_is_not_there_is_not_made(on_sqlite: World, tmp_path: Path) -> None:
    on_sqlite.configure(f"sqlite:///{tmp_path / 'other.db'}")
    assert "there is no SQLite file" in str(on_sqlite.land().error)
    assert not (tmp_path / "other.db").exists()


def test_every_fault_of_a_mapping_is_told_at_once_with_its_line(on_sqlite: World) -> None:
    on_sqlite.mapping.write_text(
        "\n".join(
            [
                "time_zone: London",  # 1
                "tables:",
                "  jobs:",
                "    from: job_cards",
                "    columns:",
                "      job_id: job_no",  # 6
                "      custmer_id: client_no",
                "      job_type: job_kind",
                "      status: job_state",
                "    codes:",
                "      job_type: {FIXED: fixed_prise}",  # 11
                "    columns_to_skip: [notes]",
                "  invoices:",
                "    from: bills",
                "  jobs:",  # 15
                "    from: job_cards",
            ]
        ),
        encoding="utf-8",
    )
    told = str(on_sqlite.land().error)
    assert str(on_sqlite.mapping) in told
    for fault in (
        "line 1: 'London' is no time zone",
        "line 13: invoices is not a table of ours",
        "line 15: tables.jobs is written twice",
    ):
        assert fault in told


def test_each_kind_of_fault_in_a_table_is_told_with_what_there_is(on_sqlite: World) -> None:
    on_sqlite.mapping.write_text(
        "tables:\n  jobs:\n    from: job_cards\n    columns:\n      job_id: job_no\n      custmer_id: client_no\n"
        "      job_type: job_kind\n      status: job_state\n    codes:\n"
        "      job_type: {FIXED: fixed_prise}\n    skip: [notes]\n",
        encoding="utf-8",
    )
    told = str(on_sqlite.land().error)
    for fault in (
        "line 6: jobs has no column custmer_id; did you mean customer_id?",
        "line 4: jobs.customer_id is required and not mapped",
        "line 10: jobs.job_type has no code fixed_prise; did you mean fixed_price?",
        "line 11: skip means nothing here; there are codes, columns, from, ignore",
    ):
        assert fault in told


def _received(world: World, entity: str) -> int:
    return next(found.received_count for found in world.landed().entities if found.entity == entity)
