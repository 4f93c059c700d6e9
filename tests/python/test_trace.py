"""A trace tells the whole chain: its amounts are the marts', and each record is there as it
arrived."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal

import duckdb
import pytest
from published import writable

from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout.trace import Chain, chain, chains, find
from tieout.trace.raw import RawLog, Record, opened
from tieout.trace.view import trace_step


@pytest.fixture(scope="module")
def marts(small_warehouse: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def raw(small_warehouse: Settings) -> Iterator[RawLog]:
    with opened(small_warehouse.raw) as log:
        assert log is not None
        yield log


@pytest.fixture(scope="module")
def everything(marts: duckdb.DuckDBPyConnection, raw: RawLog) -> dict[str, Chain]:
    """The chains of all jobs."""
    keys = marts.execute("select job_key from marts.dim_job where not is_unknown").fetchall()
    return chains(marts, [key for (key,) in keys], raw)


def test_every_amount_of_every_chain_is_the_marts(
    marts: duckdb.DuckDBPyConnection, everything: dict[str, Chain]
) -> None:
    stages = {
        (key, stage["stage"], Decimal(stage["reporting_amount"]))
        for key, told in everything.items()
        for stage in told["stages"]
    }
    assert stages == set(
        marts.execute(
            """select job_key, stage, sum(coalesce(reporting_amount, 0)) from marts.fct_stage_events
               where job_key <> 'unknown' group by job_key, stage"""
        ).fetchall()
    )
    columns = ("reporting_amount", "document_amount", "tax_amount")
    events = {
        (event["event_key"], *(Decimal(event[name]) if name in event else None for name in columns))
        for told in everything.values()
        for stage in told["stages"]
        for event in stage["events"]
    }
    assert events == set(
        marts.execute(
            f"select event_key, {', '.join(columns)} from marts.fct_stage_events where job_key <> 'unknown'"
        ).fetchall()
    )
    gaps = {
        (
            key,
            gap["gap"],
            Decimal(gap["from_amount"]),
            Decimal(gap["to_amount"]),
            Decimal(gap["difference_amount"]),
        )
        for key, told in everything.items()
        for gap in told["gaps"]
    }
    assert gaps == set(
        marts.execute(
            """select job_key, gap, sum(from_amount), sum(to_amount), sum(difference_amount) from marts.fct_bridge
               where job_key <> 'unknown' group by job_key, gap"""
        ).fetchall()
    )


def test_every_record_is_there_as_it_arrived(everything: dict[str, Chain]) -> None:
    named = [record for told in everything.values() for record in told["job"]["records"]]
    named += [
        e["record"]
        for told in everything.values()
        for stage in told["stages"]
        for e in stage["events"]
    ]
    assert len(named) > 50
    for record in named:
        assert record["versions"], record
        newest = record["versions"][-1]
        assert record["source_id"] in newest["_record_key"].split("|")
        assert newest["_load_id"]
        assert newest["source_system"] == record["source_system"]


def test_json_has_no_number_with_a_fraction(everything: dict[str, Chain]) -> None:
    def refused(text: str) -> None:
        raise AssertionError(f"{text} is a floating-point number to whoever reads it")

    json.loads(json.dumps(everything), parse_float=refused)


@pytest.mark.parametrize(
    ("said", "kind", "jobs", "own"),
    [
        ("J3", "job", {"J3"}, {("jobs", "J3")}),
        ("job-00003", "job", {"J3"}, {("jobs", "J3")}),
        ("D6", "deal", {"J6"}, {("deals", "D6")}),
        ("Widgets for Zoë", "deal", {"J3"}, {("deals", "D3")}),
        ("inv-003", "invoice", {"J1"}, {("invoices", "3"), ("payment_applications", "A3")}),
        ("CN-001", "invoice", {"J5"}, {("invoices", "8")}),
        (
            "payment:R2",
            "payment",
            {"J1", "J4"},
            {("payments", "R2"), ("payment_applications", "A4")},
        ),
        ("payment:R4", "payment", set(), {("payments", "R4")}),
        ("H1", "record", {"J2"}, {("deliveries", "H1")}),
    ],
)
def test_what_people_call_a_thing_is_enough(
    marts: duckdb.DuckDBPyConnection,
    raw: RawLog,
    said: str,
    kind: str,
    jobs: set[str],
    own: set[tuple[str, str]],
) -> None:
    told = chain(marts, said, raw)
    assert told["subject"]["kind"] == kind
    assert {job["job"]["job_id"] for job in told["jobs"]} == jobs
    records = {
        (record["source_entity"], record["source_id"]) for record in told["subject"]["records"]
    }
    assert own <= records
    marked = {
        (event["source_entity"], event["source_id"])
        for part in [*told["jobs"], told["without_job"]]
        for stage in part["stages"]
        for event in stage["events"]
        if event["is_subject"]
    }
    assert marked <= records
    assert marked or kind in ("job", "deal")


def test_a_deal_that_counts_nowhere_is_still_shown_as_it_arrived(
    small_warehouse: Settings,
    marts: duckdb.DuckDBPyConnection,
    raw: RawLog,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Deal D7 is open: no stage has it, and its record is what there is to tell."""
    (record,) = chain(marts, "deal:D7", raw)["subject"]["records"]
    assert record["versions"][-1]["deal_name"] == "Birch extension"
    trace_step(small_warehouse, "deal:D7", "table", with_records=True)
    shown = capsys.readouterr().out
    assert "a deal that is not won" in shown
    assert "As it arrived: raw_imports.deals D7" in shown


def test_a_receipt_is_told_with_what_of_it_is_on_no_job(
    marts: duckdb.DuckDBPyConnection, raw: RawLog
) -> None:
    """Whole on its day, the customer known and the job unknown; applying it takes it from there."""
    told = chain(marts, "payment:R2", raw)["without_job"]
    (cash,) = told["stages"]
    own = [event for event in cash["events"] if event["source_entity"] == "payments"]
    taken = [event for event in cash["events"] if event["source_entity"] == "payment_applications"]
    assert len(own) == 1
    assert taken
    assert sum(Decimal(event["reporting_amount"]) for event in taken) < 0
    assert told["gaps"]


def test_what_nobody_is_called_says_what_is_called_nearly_so(
    marts: duckdb.DuckDBPyConnection, raw: RawLog
) -> None:
    with pytest.raises(TieoutError) as raised:
        find(marts, "INV-00", raw)
    assert "INV-00" in raised.value.cause
    assert "invoice:INV-001" in (raised.value.remedy or "")


def test_what_can_be_two_things_is_asked_for(marts: duckdb.DuckDBPyConnection, raw: RawLog) -> None:
    renamed = duckdb.connect()
    renamed.execute("create schema marts")
    for name in ("dim_job", "dim_deal", "fct_receivables", "fct_stage_events", "fct_exceptions"):
        rows = marts.execute(f"from marts.{name}").to_arrow_table()
        renamed.register("rows", rows)
        renamed.execute(f"create table marts.{name} as from rows")
    renamed.execute("update marts.dim_deal set deal_id = 'J3' where deal_id = 'D6'")
    with pytest.raises(TieoutError) as raised:
        find(renamed, "J3", raw)
    assert "job: office J3" in raised.value.cause
    assert "deal: office J3" in raised.value.cause
    assert find(renamed, "deal:J3", raw).kind == "deal"


def test_a_record_that_arrived_twice_shows_both_versions(marts: duckdb.DuckDBPyConnection) -> None:
    log = duckdb.connect()
    log.execute("create schema tieout_meta; create schema raw_imports")
    log.execute(
        "create table tieout_meta.loads as select 'office' as source_system, 'imports' as connector"
    )
    log.execute("""
        create table raw_imports.jobs as
        select 'office' as source_system, 'J3' as job_id, status, 'office|J3' as _record_key, version as _version,
            null::timestamp as _updated_at, false as _is_deleted, load as _load_id, now()::timestamp as _landed_at
        from (values ('planned', 1, 'A'), ('completed', 2, 'B')) as versions (status, version, load)
    """)
    found = RawLog(log).records([Record("office", "jobs", "J3"), Record("elsewhere", "jobs", "J3")])
    assert [(row["status"], row["_load_id"]) for row in found[Record("office", "jobs", "J3")]] == [
        ("planned", "A"),
        ("completed", "B"),
    ]
    assert Record("elsewhere", "jobs", "J3") not in found


def test_the_tables_show_hostile_names_and_do_nothing_else(
    small_warehouse: Settings,
    copy_of: Callable[[Settings], Settings],
    capsys: pytest.CaptureFixture[str],
) -> None:
    warehouse = copy_of(small_warehouse)
    name = "[red]=cmd|x[/red] <b>Zoë</b>"
    with duckdb.connect(str(writable(warehouse))) as connection:
        connection.execute("update marts.dim_customer set customer_name = ?", [name])
    trace_step(warehouse, "J3", "table", with_records=True)
    shown = capsys.readouterr().out
    assert name in shown
    for expected in (
        "Booked",
        "Delivered to invoiced",
        "As it arrived: raw_imports.deal_lines",
        "_load_id",
    ):
        assert expected in shown


def test_a_format_that_is_none_and_an_output_without_marts_are_refused(
    small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(TieoutError, match="xml is no format"):
        trace_step(small_warehouse, "J3", "xml", with_records=False)
    with pytest.raises(TieoutError, match="nothing is published"):
        trace_step(
            Settings(output=tmp_path_factory.mktemp("empty")), "J3", "json", with_records=False
        )
