"""What arrives is held against its contract before any model reads it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from tieout.contracts import check as checking
from tieout.contracts import frames
from tieout.contracts.findings import SystemCheck
from tieout.contracts.rules import (
    Complete,
    Fresh,
    Reference,
    Suite,
    Unique,
    between,
    in_order,
    one_of,
    present,
)
from tieout.errors import TieoutError
from tieout.settings import Settings

AS_OF = date(2026, 6, 30)
SUITE: Suite = {
    "jobs": [
        *present("job_id", "job_ref"),
        Unique(("job_ref",)),
        one_of("status", "open", "done"),
        between("worth", low=0, severity="warning"),
        in_order("started_on", "completed_on"),
        Fresh("updated_at", within_days=5),
        Complete(amount="worth"),
    ],
    "visits": [*present("visit_id"), Reference("job_id", "jobs.job_id")],
}


class Log:
    """A raw log with two tables of one system, filled by hand."""

    def __init__(self, output: Path) -> None:
        self.settings = Settings(output=output, as_of=AS_OF)
        output.mkdir()
        self.loads = 0
        with self.open() as connection:
            connection.execute("""
                create schema raw_field_service;
                create schema tieout_meta;
                create table tieout_meta.loads (
                    source_system text, load_id text, landed_at timestamp, status text, checked_at timestamp,
                    reason text, connector text
                );
                create table raw_field_service.load_log (
                    load_id text, source_system text, entity text, said_count bigint, said_amount decimal(38, 2)
                );
                create table raw_field_service.jobs (
                    job_id text, job_ref text, status text, worth decimal(18, 2), started_on date, completed_on date,
                    updated_at timestamp, _record_key text, _version integer, _updated_at timestamp,
                    _is_deleted boolean, _load_id text, _landed_at timestamp
                );
                create table raw_field_service.visits (
                    visit_id text, job_id text, _record_key text, _version integer, _updated_at timestamp,
                    _is_deleted boolean, _load_id text, _landed_at timestamp
                );
            """)

    def open(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.settings.raw))

    def land(
        self,
        jobs: Sequence[dict[str, Any]] = (),
        visits: Sequence[dict[str, Any]] = (),
        said: tuple[int, str] | None = None,
    ) -> str:
        """One load, as `tieout land` would leave it."""
        self.loads += 1
        load_id = f"2026063000000{self.loads}_field_service"
        landed_at = f"2026-06-30 {self.loads:02}:00:00"
        with self.open() as connection:
            for table, rows in (("jobs", jobs), ("visits", visits)):
                for row in rows:
                    key = row["job_id"] if table == "jobs" else row["visit_id"]
                    log = {
                        "_record_key": key,
                        "_version": self.loads,
                        "_load_id": load_id,
                        "_landed_at": landed_at,
                    }
                    whole = {"_is_deleted": False, "_updated_at": None, **row, **log}
                    connection.execute(
                        f"insert into raw_field_service.{table} ({', '.join(whole)})"
                        f" values ({', '.join('?' * len(whole))})",
                        list(whole.values()),
                    )
            count, amount = said or (None, None)
            connection.execute(
                "insert into raw_field_service.load_log values (?, 'field_service', 'jobs', ?, ?)",
                [load_id, count, amount and Decimal(amount)],
            )
            connection.execute(
                "insert into tieout_meta.loads values ('field_service', ?, ?, 'landed', null, null, 'field_service')",
                [load_id, landed_at],
            )
        return load_id

    def check(self) -> SystemCheck:
        (outcome,) = checking.check(self.settings, lambda *_: None)
        return outcome

    def statuses(self) -> dict[str, tuple[str, str | None]]:
        with self.open() as connection:
            rows = connection.execute(
                "select load_id, status, reason from tieout_meta.loads order by 1"
            ).fetchall()
        return {load_id: (status, reason) for load_id, status, reason in rows}


def examined_with(monkeypatch: pytest.MonkeyPatch, suite: Suite) -> None:
    """Every system is examined with this suite."""
    monkeypatch.setattr(
        checking, "connectors", lambda: defaultdict(lambda: SimpleNamespace(suite=suite))
    )


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    examined_with(monkeypatch, SUITE)
    return Log(tmp_path / "warehouse")


def job(number: int, **values: Any) -> dict[str, Any]:
    return {
        "job_id": f"J{number}",
        "job_ref": f"JOB-{number}",
        "status": "open",
        "worth": Decimal("10.10"),
        "updated_at": "2026-06-28 00:00:00",
        **values,
    }


def broken(outcome: SystemCheck) -> list[tuple[str, str, str, int]]:
    return [
        (found.table, found.expectation, found.severity, found.failed_count)
        for found in outcome.findings
    ]


def test_a_batch_that_keeps_its_contract_is_accepted(log: Log) -> None:
    load = log.land([job(1), job(2)], [{"visit_id": "V1", "job_id": "J1"}], said=(2, "20.20"))
    outcome = log.check()
    assert (outcome.status, broken(outcome), outcome.record_count) == ("accepted", [], 3)
    assert log.statuses() == {load: ("accepted", None)}


@pytest.mark.parametrize(
    ("change", "expectation"),
    [
        ({"job_ref": None}, "job_ref is present"),
        ({"status": "lost"}, "status is one of open, done"),
        (
            {"started_on": date(2026, 2, 2), "completed_on": date(2026, 2, 1)},
            "completed_on is not before started_on",
        ),
        ({"job_ref": "JOB-1"}, "job_ref is unique"),
    ],
)
def test_each_critical_rule_keeps_the_batch_out_and_names_the_record(
    log: Log, change: dict[str, Any], expectation: str
) -> None:
    load = log.land([job(1), job(2, **change)])
    outcome = log.check()
    assert outcome.status == "rejected"
    assert [(found.expectation, found.severity) for found in outcome.findings] == [
        (expectation, "critical")
    ]
    assert "J2" in " ".join(outcome.findings[0].sample)
    status, reason = log.statuses()[load]
    assert status == "rejected"
    assert reason is not None
    assert expectation in reason
    assert "J2" in reason


def test_a_warning_is_reported_and_lets_the_batch_in(log: Log) -> None:
    log.land([job(1, worth=Decimal("-1.00"))])
    outcome = log.check()
    assert outcome.status == "accepted"
    assert broken(outcome) == [("jobs", "worth is at least 0", "warning", 1)]


def test_a_value_is_unique_among_all_records_in_use_and_not_only_in_its_batch(log: Log) -> None:
    log.land([job(1)])
    assert log.check().status == "accepted"
    log.land([job(2, job_ref="JOB-1")])
    assert broken(log.check()) == [("jobs", "job_ref is unique", "critical", 1)]


def test_a_column_may_have_any_name(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """HubSpot's history has a column `value`, which the SQL of the rules uses for a name as
    well."""
    with log.open() as connection:
        connection.execute("alter table raw_field_service.visits add column value text")
    keys: Suite = {
        "jobs": SUITE["jobs"],
        "visits": [Unique(("visit_id", "job_id")), Reference("job_id", "jobs.job_id")],
    }
    examined_with(monkeypatch, keys)
    log.land([job(1)], [{"visit_id": "V1", "job_id": "J1", "value": "9"}])
    assert log.check().status == "accepted"
    log.land([], [{"visit_id": "V2", "job_id": "J2", "value": "9"}])
    assert broken(log.check()) == [("visits", "job_id is in jobs.job_id", "critical", 1)]


def test_references_may_point_at_what_was_accepted_before_and_at_the_batch_itself(log: Log) -> None:
    log.land([job(1)])
    log.check()
    log.land([job(2)], [{"visit_id": "V1", "job_id": "J1"}, {"visit_id": "V2", "job_id": "J2"}])
    assert log.check().status == "accepted"
    log.land([], [{"visit_id": "V3", "job_id": "J3"}])
    outcome = log.check()
    assert broken(outcome) == [("visits", "job_id is in jobs.job_id", "critical", 1)]
    assert outcome.findings[0].sample == ("V3 (J3)",)


def test_a_record_that_was_deleted_is_not_there_to_be_referred_to(log: Log) -> None:
    log.land([job(1)])
    log.check()
    log.land([job(1, _is_deleted=True)], [{"visit_id": "V1", "job_id": "J1"}])
    assert log.check().status == "rejected"


def test_a_rejected_batch_is_examined_again_with_the_next_and_accepted_once_mended(
    log: Log,
) -> None:
    first = log.land([job(1)])
    log.check()
    bad = log.land([job(2, status="lost"), job(3)])
    assert log.check().status == "rejected"
    unrelated = log.land([job(4)])
    assert log.check().status == "rejected", "the bad record is still the newest of its key"
    mended = log.land([job(2)])
    outcome = log.check()
    assert outcome.load_ids == (bad, unrelated, mended)
    assert outcome.status == "accepted"
    assert {load: status for load, (status, _) in log.statuses().items()} == dict.fromkeys(
        (first, bad, unrelated, mended), "accepted"
    )


def test_a_bad_record_that_the_source_deletes_no_longer_stands_in_the_way(log: Log) -> None:
    log.land([job(2, status="lost")])
    assert log.check().status == "rejected"
    log.land([job(2, status="lost", _is_deleted=True)])
    assert log.check().status == "accepted"


def test_accepted_loads_are_not_examined_twice(log: Log) -> None:
    log.land([job(1)])
    log.check()
    outcome = log.check()
    assert (outcome.status, outcome.record_count, outcome.load_ids) == ("nothing new", 0, ())


def test_freshness_is_judged_for_the_day_of_the_run_even_when_nothing_arrives(log: Log) -> None:
    log.land([job(1, updated_at="2026-06-24 23:00:00")])
    expected = [("jobs", "the newest updated_at is at most 5 days before 2026-06-30", "warning", 1)]
    assert broken(log.check()) == expected
    assert broken(log.check()) == expected
    log.settings = Settings(output=log.settings.output, as_of=date(2026, 6, 29))
    assert broken(log.check()) == []


def test_the_sources_own_count_is_compared_with_everything_in_use(log: Log) -> None:
    log.land([job(1)], said=(1, "10.10"))
    assert log.check().status == "accepted"
    log.land([job(2)], said=(3, "20.20"))
    outcome = log.check()
    assert broken(outcome) == [
        ("jobs", "there are as many records as the source said", "critical", 1)
    ]
    assert outcome.findings[0].sample == ("field_service (said 3, landed 2)",)


def test_the_sources_own_sum_is_compared_to_the_cent_at_any_size(log: Log) -> None:
    """A double holds 17 digits: it could not see this cent."""
    log.land([job(1, worth=Decimal("9007199254740993.01"))], said=(1, "9007199254740993.02"))
    outcome = log.check()
    assert [found.expectation for found in outcome.findings] == [
        "worth adds up to what the source said"
    ]
    log.land([job(1, worth=Decimal("9007199254740993.02"))], said=(1, "9007199254740993.02"))
    assert log.check().status == "accepted"


def test_the_chunks_of_a_large_table_add_up_to_one_result(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "CHUNK", 7)
    log.land(
        [job(number, status="lost" if number in (3, 9, 19) else "open") for number in range(20)]
    )
    (found,) = log.check().findings
    assert (found.failed_count, found.record_count) == (3, 20)
    assert sorted(found.sample) == ["J19 (lost)", "J3 (lost)", "J9 (lost)"]


def test_a_missing_value_is_named_as_nothing_and_a_text_as_itself(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    examined_with(monkeypatch, {"jobs": present("job_ref", "worth", "started_on")})
    begun = {"started_on": "2026-01-01"}
    log.land(
        [
            job(1, **begun, job_ref=None),
            job(2, **begun, worth=None),
            job(3),
            job(4, **begun, job_ref="nan"),
        ]
    )
    assert [found.sample for found in log.check().findings] == [
        ("J1 (nothing)",),
        ("J2 (nothing)",),
        ("J3 (nothing)",),
    ]


def test_data_docs_open_from_disk_fetch_nothing_and_do_not_run_what_the_data_says(log: Log) -> None:
    hostile = "<script>alert(1)</script>"
    visit = {"visit_id": "<img src=x onerror=alert(1)>", "job_id": hostile}
    log.land(
        [job(1, status=hostile), job(2, started_on="2026-02-02", completed_on="2026-02-01")],
        [visit],
    )
    log.check()
    folder = log.settings.output / "data_docs"
    pages = [
        folder / "index.html",
        folder / "field_service" / "jobs.html",
        folder / "field_service" / "visits.html",
    ]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", text)
        assert "<script>alert" not in text
        assert "<img" not in text
    assert 'href="field_service/jobs.html"' in pages[0].read_text(encoding="utf-8")
    assert "status is one of open, done" in pages[0].read_text(encoding="utf-8")
    assert "status is one of open, done" in pages[1].read_text(encoding="utf-8")


def test_a_contract_that_names_an_unknown_column_stops_and_accepts_nothing(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = log.land([job(1)])
    examined_with(monkeypatch, {"jobs": present("colour")})
    with pytest.raises(
        TieoutError, match=r"raw_field_service\.jobs names columns it does not have: colour"
    ):
        log.check()
    assert log.statuses()[load][0] == "landed"


def test_nothing_is_written_outside_the_output(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    log.land([job(1)])
    log.check()
    assert list(home.iterdir()) == []
