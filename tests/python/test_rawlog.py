"""The raw log: each version of a record once, in order, typed, with tombstones for what is gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from fake_systems import (
    INVOICES,
    LINES,
    Batch,
    connector,
    counts,
    install,
    invoice,
    land_rows,
    line,
    log,
    query,
)

from tieout.errors import DriftError, LandingError
from tieout.landing.land import land
from tieout.landing.resource import group
from tieout.landing.table_types import Extract, Scan, Table


def test_the_same_data_twice_adds_nothing(tmp_path: Path) -> None:
    rows = [
        ("invoices", [invoice("a"), invoice("b")]),
        ("invoice_lines", [line("a", 1), line("b", 1)]),
    ]
    assert counts(land_rows(tmp_path, *rows)) == {"invoices": (2, 0, 0), "invoice_lines": (2, 0, 0)}
    before = log(tmp_path, "invoices")
    assert counts(land_rows(tmp_path, *rows)) == {"invoices": (0, 0, 0), "invoice_lines": (0, 0, 0)}
    assert log(tmp_path, "invoices") == before


def test_a_value_that_changes_and_changes_back_is_three_versions(tmp_path: Path) -> None:
    for amount in ("1.00", "2.00", "1.00", "1.00"):
        land_rows(tmp_path, ("invoices", [invoice("a", amount)]))
    assert log(tmp_path, "invoices", "net_amount") == [
        ("a", 1, False, Decimal("1.00")),
        ("a", 2, False, Decimal("2.00")),
        ("a", 3, False, Decimal("1.00")),
    ]


def test_every_row_carries_its_load_and_the_sources_time_of_change(tmp_path: Path) -> None:
    landed = land_rows(
        tmp_path, ("invoices", [invoice("a", changed_at="2025-02-01T09:30:00+01:00")])
    )
    ((load_id, landed_at, updated_at),) = query(
        tmp_path, "select _load_id, _landed_at, _updated_at from raw_hubspot.invoices"
    )
    assert load_id == landed.load_id and "hubspot" in load_id
    assert updated_at == dt.datetime(2025, 2, 1, 8, 30)  # noqa: DTZ001 - the log holds UTC without a zone
    assert query(
        tmp_path, "select source_system, load_id, landed_at, status from tieout_meta.loads"
    ) == [("hubspot", load_id, landed_at, "landed")]


def test_money_stays_decimal_from_json_to_the_log(tmp_path: Path) -> None:
    land_rows(
        tmp_path,
        (
            "invoices",
            [invoice("a", Decimal("9999999999999999.99"), payload={"v": Decimal("0.10")})],
        ),
    )
    assert log(tmp_path, "invoices", "net_amount", "payload") == [
        ("a", 1, False, Decimal("9999999999999999.99"), '{"v": 0.10}')
    ]
    types = dict(
        query(tmp_path, "select column_name, column_type from (describe raw_hubspot.invoices)")
    )
    assert types["net_amount"] == "DECIMAL(18,2)"


def test_a_line_that_is_missing_from_its_parents_new_version_gets_a_tombstone(
    tmp_path: Path,
) -> None:
    lines = [line("a", 1), line("a", 2), line("b", 1)]
    land_rows(tmp_path, ("invoices", [invoice("a"), invoice("b")]), ("invoice_lines", lines))
    landed = land_rows(
        tmp_path, ("invoices", [invoice("a", "2.00")]), ("invoice_lines", [line("a", 1)])
    )
    assert counts(landed) == {"invoices": (0, 1, 0), "invoice_lines": (0, 0, 1)}
    assert log(tmp_path, "invoice_lines") == [
        ("a|1", 1, False),
        ("a|2", 1, False),
        ("a|2", 2, True),
        ("b|1", 1, False),
    ]


def test_a_parent_that_lost_all_its_lines_leaves_no_line(tmp_path: Path) -> None:
    land_rows(tmp_path, ("invoices", [invoice("a")]), ("invoice_lines", [line("a", 1)]))
    assert counts(land_rows(tmp_path, ("invoices", [invoice("a", "2.00")])))["invoice_lines"] == (
        0,
        0,
        1,
    )


def test_a_parent_that_arrives_twice_has_the_lines_of_its_last_occurrence(tmp_path: Path) -> None:
    batches: list[Batch] = [
        ("invoices", [invoice("a", "1.00")]),
        ("invoice_lines", [line("a", 1), line("a", 2)]),
        ("invoices", [invoice("a", "3.00")]),
        ("invoice_lines", [line("a", 1, 3)]),
    ]
    land_rows(tmp_path, *batches)
    assert log(tmp_path, "invoices", "net_amount") == [("a", 1, False, Decimal("3.00"))]
    assert log(tmp_path, "invoice_lines", "quantity") == [("a|1", 1, False, Decimal("3.000000"))]


def test_of_two_occurrences_the_later_change_counts_whatever_their_order(tmp_path: Path) -> None:
    newer, older = (
        invoice("a", "2.00", changed_at="2025-03-01"),
        invoice("a", "1.00", changed_at="2025-02-01"),
    )
    land_rows(tmp_path, ("invoices", [newer]), ("invoices", [older]))
    assert log(tmp_path, "invoices", "net_amount") == [("a", 1, False, Decimal("2.00"))]


def test_a_deleted_record_and_its_lines_get_tombstones_and_can_come_back(tmp_path: Path) -> None:
    rows: list[Batch] = [("invoices", [invoice("a")]), ("invoice_lines", [line("a", 1)])]
    land_rows(tmp_path, *rows)
    assert counts(land_rows(tmp_path, delete=("invoices", [("a",)]))) == {
        "invoices": (0, 0, 1),
        "invoice_lines": (0, 0, 1),
    }
    assert counts(land_rows(tmp_path, delete=("invoices", [("a",)])))["invoices"] == (0, 0, 0)
    assert counts(land_rows(tmp_path, *rows)) == {"invoices": (0, 1, 0), "invoice_lines": (0, 1, 0)}
    assert [row[:3] for row in log(tmp_path, "invoices")] == [
        ("a", 1, False),
        ("a", 2, True),
        ("a", 3, False),
    ]


def test_a_deleted_record_that_is_handed_over_is_a_tombstone_with_what_arrived(
    tmp_path: Path,
) -> None:
    old, archived = (
        ("invoices", [invoice("a")]),
        ("invoices", [invoice("a", "3.00"), invoice("b", "4.00")]),
    )
    gone = ("invoices", [("a",), ("b",)])
    assert counts(land_rows(tmp_path, archived, delete=gone))["invoices"] == (0, 0, 2)
    assert counts(land_rows(tmp_path, archived, delete=gone))["invoices"] == (0, 0, 0)
    assert counts(land_rows(tmp_path, old))["invoices"] == (0, 1, 0)
    assert counts(land_rows(tmp_path, archived, delete=gone))["invoices"] == (0, 0, 1)
    assert log(tmp_path, "invoices", "net_amount") == [
        ("a", 1, True, Decimal("3.00")),
        ("a", 2, False, Decimal("1.00")),
        ("a", 3, True, Decimal("3.00")),
        ("b", 1, True, Decimal("4.00")),
    ]


@pytest.mark.parametrize(
    "said", [{"full": ("invoices",)}, {"present": ("invoices", [{"invoice_id": "a"}])}]
)
def test_what_a_whole_handover_leaves_out_is_deleted(
    tmp_path: Path, said: dict[str, object]
) -> None:
    lines = [line("a", 1), line("b", 1)]
    land_rows(tmp_path, ("invoices", [invoice("a"), invoice("b")]), ("invoice_lines", lines))
    landed = land_rows(
        tmp_path, ("invoices", [invoice("a")]), ("invoice_lines", [line("a", 1)]), **said
    )
    assert counts(landed) == {"invoices": (0, 0, 1), "invoice_lines": (0, 0, 1)}
    assert query(tmp_path, "select _record_key from raw_hubspot.invoices where _is_deleted") == [
        ("b",)
    ]


def test_a_delta_deletes_nothing(tmp_path: Path) -> None:
    land_rows(tmp_path, ("invoices", [invoice("a"), invoice("b")]))
    assert counts(land_rows(tmp_path, ("invoices", [invoice("a")])))["invoices"] == (0, 0, 0)


def test_a_new_column_is_kept_and_reported_once(tmp_path: Path) -> None:
    land_rows(tmp_path, ("invoices", [invoice("a")]))
    landed = land_rows(tmp_path, ("invoices", [{**invoice("a"), 'Mood "x"; drop table': "good"}]))
    assert landed.drift == {"invoices": ("mood_x_drop_table",)}
    assert log(tmp_path, "invoices", "mood_x_drop_table") == [
        ("a", 1, False, None),
        ("a", 2, False, "good"),
    ]
    again = land_rows(tmp_path, ("invoices", [{**invoice("b"), 'Mood "x"; drop table': "bad"}]))
    assert again.drift == {} and counts(again)["invoices"] == (1, 0, 0)


def test_a_new_column_without_values_makes_no_new_versions(tmp_path: Path) -> None:
    land_rows(tmp_path, ("invoices", [invoice("a")]))
    assert counts(land_rows(tmp_path, ("invoices", [invoice("a", mood=None)])))["invoices"] == (
        0,
        0,
        0,
    )


def test_a_column_that_is_declared_later_makes_no_new_versions(tmp_path: Path) -> None:
    land_rows(tmp_path, ("invoices", [invoice("a", mood="good")]))
    declared = Table(
        "invoices",
        {"due_on": "date", **INVOICES.columns, "mood": "text"},
        INVOICES.key,
        updated_at="changed_at",
    )
    landed = land_rows(
        tmp_path, ("invoices", [invoice("a", mood="good")]), tables=(declared, LINES)
    )
    assert counts(landed)["invoices"] == (0, 0, 0)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (invoice("a", "1,50"), ["hubspot", "invoices.net_amount", "record a", "'1,50'", "amount"]),
        (invoice("a", "1.505"), ["net_amount", "'1.505'"]),
        (invoice("a", issued_on="31/01/2025"), ["issued_on", "'31/01/2025'", "date"]),
        (invoice("a", changed_at="yesterday"), ["changed_at", "'yesterday'", "timestamp"]),
        (invoice(None), ["invoices", "without its key invoice_id"]),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_fit_stops_the_system_by_name_and_lands_nothing(
    tmp_path: Path, row: dict[str, object], words: list[str]
) -> None:
    land_rows(tmp_path, ("invoices", [invoice("z")]))
    landed = land_rows(
        tmp_path, ("invoices", [invoice("y"), row]), ("invoice_lines", [line("y", 1)])
    )
    assert isinstance(landed.error, DriftError) and landed.load_id is None
    assert all(word in landed.error.cause for word in words), landed.error.cause
    assert landed.error.remedy
    assert log(tmp_path, "invoices") == [("z", 1, False)]
    assert len(query(tmp_path, "from tieout_meta.loads")) == 1


def test_a_required_column_that_no_row_has_any_more_stops_the_system(tmp_path: Path) -> None:
    landed = land_rows(tmp_path, ("invoices", [{"invoice_id": "a", "issued_on": "2025-01-01"}]))
    assert isinstance(landed.error, DriftError)
    assert "invoices arrives without its required column net_amount" in landed.error.cause


def test_floating_point_is_refused_wherever_it_comes_from(tmp_path: Path) -> None:
    from_json = land_rows(tmp_path, ("invoices", [invoice("a", 1.5)]))
    scan = Scan("select 'a' as invoice_id, 1.5::double as net_amount")
    from_scan = land_rows(tmp_path, ("invoices", scan))
    for landed in (from_json, from_scan):
        assert landed.error is not None and "floating point" in landed.error.cause
        assert "net_amount" in landed.error.cause


def test_arrow_parquet_and_scans_land_like_lists(tmp_path: Path) -> None:
    file = tmp_path / "invoices.parquet"
    duckdb.sql("select 'p' as invoice_id, 1.25::decimal(18,2) as net_amount").write_parquet(
        str(file)
    )
    table = pa.table(
        {"invoice_id": ["t"], "net_amount": pa.array([Decimal("1.50")], pa.decimal128(18, 2))}
    )
    scan = Scan(
        "select 's' as invoice_id, 7 as net_amount, timestamptz '2025-01-01 01:00:00+01' as changed_at"
    )
    batches: list[Batch] = [
        ("invoices", file),
        ("invoices", table),
        ("invoices", scan),
        ("invoices", [invoice("l")]),
    ]
    land_rows(tmp_path, *batches)
    assert [(row[0], row[3]) for row in log(tmp_path, "invoices", "net_amount")] == [
        ("l", Decimal("1.00")),
        ("p", Decimal("1.25")),
        ("s", Decimal("7.00")),
        ("t", Decimal("1.50")),
    ]
    ((changed_at,),) = query(
        tmp_path, "select changed_at from raw_hubspot.invoices where invoice_id = 's'"
    )
    assert changed_at == dt.datetime(2025, 1, 1)  # noqa: DTZ001


def test_a_scan_whose_key_is_not_unique_is_refused(tmp_path: Path) -> None:
    landed = land_rows(
        tmp_path, ("invoices", Scan("select 'a' as invoice_id, 1 as net_amount from range(2)"))
    )
    assert landed.error is not None and "same key invoice_id: a" in landed.error.cause


def test_parts_of_a_key_do_not_run_into_each_other(tmp_path: Path) -> None:
    table = Table("links", {"from_id": "text", "to_id": "text"}, ("from_id", "to_id"))
    rows = [{"from_id": "a|b", "to_id": "c"}, {"from_id": "a", "to_id": "b|c"}]
    assert counts(land_rows(tmp_path, ("links", rows), tables=(table,)))["links"] == (2, 0, 0)


def test_what_the_source_said_is_kept_beside_what_was_landed(tmp_path: Path) -> None:
    land_rows(tmp_path, ("invoices", [invoice("a")]), said=("invoices", 7, Decimal("70.10")))
    ((entity, said_count, said_amount, received, new),) = query(
        tmp_path,
        "select entity, said_count, said_amount, received_count, new_count from raw_hubspot.load_log"
        " where entity = 'invoices'",
    )
    assert (entity, said_count, said_amount, received, new) == (
        "invoices",
        7,
        Decimal("70.10"),
        1,
        1,
    )


def test_a_child_needs_its_parent_in_the_same_group() -> None:
    with pytest.raises(ValueError, match="no table of group lines has the key"):
        group("hubspot", "lines", (LINES,), lambda extract: iter(()))


def test_tables_of_every_system_exist_after_any_landing(tmp_path: Path) -> None:
    install(
        xero=connector("xero", (INVOICES, LINES)),
        hubspot=connector("hubspot", (LINES,), lambda extract: iter(())),
    )
    land(["hubspot"], None, tmp_path / ".dlt", tmp_path)
    assert query(tmp_path, "select count(*) from raw_xero.invoices") == [(0,)]
    assert query(tmp_path, "select count(*) from raw_field_service.load_log") == [(0,)]


def test_a_declared_type_cannot_change_under_the_log(tmp_path: Path) -> None:
    land_rows(tmp_path, ("invoices", [invoice("a")]))
    retyped = Table("invoices", {**INVOICES.columns, "net_amount": "text"}, INVOICES.key)
    with pytest.raises(LandingError, match=r"net_amount holds DECIMAL\(18,2\)"):
        land_rows(tmp_path, tables=(retyped, LINES))


def test_a_decimal_column_may_get_more_places(tmp_path: Path) -> None:
    """It changes no value of the log, and what has come already makes no new version."""
    land_rows(tmp_path, ("invoices", [invoice("a", "37.50")]))
    finer = Table(
        "invoices",
        {**INVOICES.columns, "net_amount": "number"},
        INVOICES.key,
        updated_at="changed_at",
    )
    landed = land_rows(
        tmp_path,
        ("invoices", [invoice("a", "37.50"), invoice("b", "37.4963")]),
        tables=(finer, LINES),
    )
    assert counts(landed)["invoices"] == (1, 0, 0)
    assert log(tmp_path, "invoices", "net_amount")[1][-1] == Decimal("37.4963")
    with pytest.raises(LandingError, match=r"net_amount holds DECIMAL\(18,6\)"):
        land_rows(tmp_path)


def test_known_at_picks_the_versions_known_then(tmp_path: Path) -> None:
    times = []
    for amount in ("1.00", "2.00"):
        land_rows(tmp_path, ("invoices", [invoice("a", amount, changed_at=None)]))
        times += query(tmp_path, "select max(landed_at) from tieout_meta.loads")
    land_rows(tmp_path, delete=("invoices", [("a",)]))
    # The filter of raw_versions(), the order of raw_latest().
    then = """
        select net_amount from (
            select * from raw_hubspot.invoices
            where _load_id in (select load_id from tieout_meta.loads where status <> 'rejected' and landed_at <= '{}')
            qualify row_number() over (
                partition by _record_key order by coalesce(_updated_at, _landed_at) desc, _version desc
            ) = 1
        ) where not _is_deleted"""
    assert query(tmp_path, then.format(times[0][0])) == [(Decimal("1.00"),)]
    assert query(tmp_path, then.format(times[1][0])) == [(Decimal("2.00"),)]
    assert query(tmp_path, then.format("9999-12-31")) == []


def test_state_moves_with_its_rows_only(tmp_path: Path) -> None:
    seen: list[object] = []

    def extract(said: Extract) -> Iterator[Batch]:
        seen.append(said.state.get("cursor"))
        said.state["cursor"] = said.state.get("cursor", 0) + 1
        yield "invoices", [invoice("a", "not money" if len(seen) == 2 else f"{len(seen)}.00")]

    for _ in range(4):
        install(hubspot=connector("hubspot", (INVOICES,), extract))
        land(["hubspot"], None, tmp_path / ".dlt", tmp_path)
    assert seen == [None, 1, 1, 2]


def test_a_log_that_was_thrown_away_is_filled_from_the_start(tmp_path: Path) -> None:
    cursors: list[object] = []

    def extract(said: Extract) -> Iterator[Batch]:
        cursors.append(said.state.get("cursor"))
        said.state["cursor"] = 1
        yield "invoices", [invoice("a")]

    for _ in range(2):
        install(hubspot=connector("hubspot", (INVOICES,), extract))
        land(["hubspot"], None, tmp_path / ".dlt", tmp_path)
        (tmp_path / "raw.duckdb").unlink()
    assert cursors == [None, None]
