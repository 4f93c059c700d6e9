"""An exception keeps its key and its first day; what is gone is resolved, what comes back is
reopened."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from control_build import BROKEN, Judged, land_changed, said, say
from control_companies import AS_OF, Company

from tieout.errors import TieoutError
from tieout.findings.controls import Filter, evidence, exception, exceptions, failing, results
from tieout.findings.decisions import Decision, write
from tieout.settings import Settings
from tieout.trace import chain
from tieout.trace.raw import Record, opened
from tieout.warehouse.build import dbt
from tieout.warehouse.history import write_history
from tieout.warehouse.publish import publish
from tieout_demo.checks.measure import score

CONTROL = "deal_amount_mismatch"
RECORD = f"{BROKEN[CONTROL]}D"


@pytest.fixture(scope="module")
def lived(judged: Judged, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the build whose history knows its day."""
    folder = tmp_path_factory.mktemp("life")
    shutil.copytree(judged.settings.output, folder / "warehouse")
    settings = replace(judged.settings, output=folder / "warehouse", imports=folder / "imports")
    settings.prepare()
    assert write_history(settings)
    return settings


def landed_anew(settings: Settings, days: int, change: Callable[[Company], object]) -> Settings:
    """Some days later its system is exported and landed again, one company of it changed."""
    later = replace(settings, as_of=AS_OF + timedelta(days=days))
    land_changed(later, CONTROL, change)
    return later


def refreshed(later: Settings, *decisions: tuple[Any, ...]) -> None:
    """Everything from nothing: no table of the build before is left, and the decisions are read
    from their seed."""
    later.build.unlink()
    for command in ("seed", "run"):
        answer = dbt(later, [command])
        assert answer.success, answer.exception
        if command == "seed":
            say(later, said())
            decided(later, *decisions)


def decided(settings: Settings, *decisions: tuple[Any, ...]) -> None:
    """What people wrote into the seed; the file itself is the project's."""
    with duckdb.connect(str(settings.build)) as connection:
        connection.executemany(
            "insert into seeds.exception_decisions values (?, ?, ?, ?, ?, ?, ?)", list(decisions)
        )


def rebuilt(later: Settings) -> None:
    """What was landed, the control and what hangs on it; the other controls did not run, and
    resolve nothing."""
    with duckdb.connect(str(later.build)) as connection:
        # Since the second day another tolerance, within which it is not.
        connection.execute(
            f"update seeds.controls set tolerance_amount = 50 where control_id = '{CONTROL}'"
        )
    own = ["path:models/conformed", "int_control_rules", f"ctl_{CONTROL}"]
    answer = dbt(
        later,
        ["run", "--select", *own, "path:models/exceptions", "--exclude", "fct_match_sensitivity"],
    )
    assert answer.success, answer.exception


def _renamed(company: Company) -> None:
    company.one("customers").update(customer_name="New name")
    company.one("deals").update(deal_name="Another name")


def _corrected(company: Company) -> None:
    _renamed(company)
    company.one("deals").update(amount=1000)


def lives(settings: Settings) -> dict[str, Any]:
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        cursor = connection.execute(
            """select exception_key, status, first_seen_at::date as first_seen, resolved_at::date as resolved,
                   times_reopened, decision, decided_by
               from marts.fct_exceptions where control_id = ? and entity_id = ?""",
            [CONTROL, RECORD],
        )
        names = [column[0] for column in cursor.description]
        (row,) = cursor.fetchall()
    return dict(zip(names, row, strict=True))


def test_a_life_outlasts_runs_rebuilds_renamings_tolerances_and_returns(lived: Settings) -> None:
    first = lives(lived)
    assert (first["status"], first["first_seen"]) == ("open", AS_OF)
    # The sources land again, with another name of the customer and of the deal; everything is built
    # from nothing.
    key = first["exception_key"]
    later = landed_anew(lived, 1, _renamed)
    refreshed(later, (key, "acknowledged", "asked sales", "Ann", None, AS_OF, None))
    with duckdb.connect(str(later.build), read_only=True) as connection:
        names = connection.execute(
            "select customer_name from conformed.cnf_customers where customer_id = ?",
            [f"{BROKEN[CONTROL]}C"],
        ).fetchall()
        states = connection.execute(
            "select status, count(*) from marts.fct_exceptions group by 1"
        ).fetchall()
    assert names == [("New name",)]
    assert {status for status, _ in states} == {"open", "acknowledged"}, (
        "nothing was resolved, nothing opened again"
    )
    known = {**first, "status": "acknowledged", "decision": "acknowledged", "decided_by": "Ann"}
    assert lives(later) == known
    assert write_history(later)
    # The same export once more changes nothing; nor does another tolerance within which it is not.
    again = landed_anew(lived, 2, _renamed)
    rebuilt(again)
    assert lives(again) == known
    assert write_history(again)
    # Corrected at its source: resolved, and not forgotten.
    later = landed_anew(lived, 3, _corrected)
    rebuilt(later)
    gone = lives(later)
    assert gone == {**known, "status": "resolved", "resolved": AS_OF + timedelta(days=3)}
    assert write_history(later)
    # Broken again: the same exception, with its first day and its count. What was known of it was
    # of its first time.
    later = landed_anew(lived, 4, _renamed)
    rebuilt(later)
    back = lives(later)
    assert back == {**known, "status": "reopened", "times_reopened": 1}
    assert write_history(later)
    assert write_history(later), "writing the same build again"
    with duckdb.connect(str(lived.history), read_only=True) as history:
        events = history.execute(
            "select event from exception_events where exception_key = ? order by event_number",
            [key],
        ).fetchall()
    assert events == [("opened",), ("resolved",), ("reopened",)]
    # Waived for a week, through another landing; then it stands as before.
    decided(
        later,
        (
            key,
            "waived",
            "as agreed",
            "Ann",
            "Ben",
            AS_OF + timedelta(days=4),
            AS_OF + timedelta(days=11),
        ),
    )
    for days, status in ((5, "waived"), (12, "reopened")):
        later = landed_anew(lived, days, _renamed)
        rebuilt(later)
        assert (lives(later)["status"], lives(later)["decision"]) == (status, "waived")
        assert write_history(later)
    # A build of a past day neither writes the history nor sees what came later.
    past = replace(lived, as_of=AS_OF + timedelta(days=1))
    rebuilt(past)
    assert lives(past)["times_reopened"] == 0
    assert not write_history(past)
    assert not write_history(replace(later, known_at=later_moment()))


def later_moment() -> Any:
    from datetime import datetime  # noqa: PLC0415 - only here

    return datetime(2026, 4, 3)  # noqa: DTZ001 - UTC by contract


def test_what_did_not_run_resolves_nothing(lived: Settings) -> None:
    with duckdb.connect(str(lived.build), read_only=True) as connection:
        rows = connection.execute(
            "select status, count(*) from marts.fct_control_results where is_latest and control_id <> ? group by 1",
            [CONTROL],
        ).fetchall()
        resolved = connection.execute(
            "select count(*) from marts.fct_exceptions where status = 'resolved' and control_id <> ?",
            [CONTROL],
        ).fetchall()
    assert [status for status, _ in rows] == ["not_run"]
    assert resolved == [(0,)]


@pytest.fixture(scope="module")
def published(judged: Judged, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    output = tmp_path_factory.mktemp("published") / "warehouse"
    shutil.copytree(judged.settings.output, output)
    settings = replace(judged.settings, output=output)
    settings.prepare()
    publish(settings, lambda name, done, total: None)
    return settings


def test_ci_stops_at_what_is_as_severe_as_asked(published: Settings) -> None:
    found = results(published)
    stops = {result.control_id for result in failing(found, "high")}
    assert "delivered_not_invoiced" in stops
    assert "deal_amount_mismatch" not in stops
    assert "deal_amount_mismatch" in {result.control_id for result in failing(found, "medium")}
    unrun = [replace(result, status="not_run") for result in found if result.severity == "low"]
    assert unrun
    assert failing(unrun, "fatal") == unrun


def test_one_exception_is_shown_down_to_its_raw_records(published: Settings) -> None:
    rows, total, _ = exceptions(published, Filter(control=CONTROL), 10)
    assert total == len(rows)
    assert {row["control_id"] for row in rows} == {CONTROL}
    with duckdb.connect(str(published.marts), read_only=True) as marts:
        ((key,),) = marts.execute(
            "select exception_key from marts.fct_exceptions where control_id = ? and entity_id = ?",
            [CONTROL, RECORD],
        ).fetchall()
    assert key in {row["exception_key"] for row in rows}
    found, _ = exception(published, key[:12])
    assert found["entity_id"] == RECORD
    with opened(published.raw) as raw:
        records = raw.of_subject(Record(found["source_system"], found["entity"], RECORD))
    assert {record["deal_id"] for record in records} == {RECORD}
    assert {record["table"] for record in records} == {"raw_imports.deals"}
    with pytest.raises(TieoutError, match="no exception has the key"):
        exception(published, "zzzz")


def test_an_exception_is_traced_to_its_job_and_its_record(published: Settings) -> None:
    with (
        duckdb.connect(str(published.marts), read_only=True) as marts,
        opened(published.raw) as raw,
    ):
        ((key, job, entity, ident),) = marts.execute(
            """select exception_key, job_key, entity, entity_id from marts.fct_exceptions
               where entity = 'deliveries' and job_key <> 'unknown' order by 1 limit 1"""
        ).fetchall()
        told = chain(marts, key[:12], raw)
    assert told["subject"]["exception_key"] == key
    (chained,) = told["jobs"]
    assert chained["job"]["job_key"] == job
    assert key in {found["exception_key"] for found in chained["exceptions"]}
    marked = {
        (event["source_entity"], event["source_id"])
        for stage in chained["stages"]
        for event in stage["events"]
        if event["is_subject"]
    }
    assert marked == {(entity, ident)}


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"approved_by": "May"}, "cannot approve their own"),
        ({"approved_by": None}, "approval"),
        ({"expires_on": None}, "an end"),
        ({"expires_on": date(2026, 3, 1)}, "over already"),
        ({"reason": " "}, "a reason"),
    ],
)
def test_a_waiver_that_is_none_is_refused(
    tmp_path: Path, change: dict[str, Any], cause: str
) -> None:
    good = Decision("k", "waived", "as agreed", "may", "joe", date(2026, 3, 31), date(2026, 6, 30))
    seed = tmp_path / "exception_decisions.csv"
    with pytest.raises(TieoutError, match=cause):
        write(replace(good, **change), seed)
    assert not seed.exists()
    write(good, seed)
    write(replace(good, reason='once more, "quoted"'), seed)
    assert seed.read_text(encoding="utf-8").splitlines()[1:] == [
        'k,waived,"once more, ""quoted""",may,joe,2026-03-31,2026-06-30'
    ]


def test_a_score_counts_what_follows_as_not_wrong() -> None:
    label: Callable[..., dict[str, str]] = lambda control, ident, value: {  # noqa: E731 - a row
        "control_id": control, "entity": "deliveries", "source_system": "s", "entity_id": ident,
        "value_amount": value, "planted_on": "2026-01-01",
    }  # fmt: skip
    labels = [
        label("root", "1", "30"),
        label("root", "2", "10"),
        {**label("root", "3", "9"), "planted_on": "2027-01-01"},
    ]
    found = [
        ("root", "deliveries", "s", "1", None, None, None, None, None),
        ("symptom", "deliveries", "s", "9", None, "root", "deliveries", "s", "1"),
        ("symptom", "deliveries", "s", "8", None, None, None, None, None),
    ]
    root, symptom = score(labels, found, date(2026, 3, 31))
    assert (
        len(root.planted),
        len(root.found),
        len(root.missed),
        str(root.recall),
        str(root.recall_by_value),
    ) == (
        2,
        1,
        1,
        "0.5000",
        "0.7500",
    )
    assert (len(symptom.false_alarms), str(symptom.precision), symptom.recall) == (
        1,
        "0.5000",
        None,
    )


def test_evidence_keeps_each_digit_of_an_amount() -> None:
    told = evidence(
        '{"amount": 123456789012345.67, "whole": 9135.00, "days": 3, "lines": [1], "id": "D1", "job": null}'
    )
    assert told == [
        ["amount", "123456789012345.67"],
        ["whole", "9135.00"],
        ["days", "3"],
        ["lines", "[1]"],
        ["id", "D1"],
        ["job", "–"],
    ]
