"""Landing from HubSpot, whole: dlt, the raw log, the checks. What is read when is in
test_hubspot_reads."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hubspot_world import Record, archived, at, deal, history, line, owner, quote, world

from tieout.contracts.check import check
from tieout.errors import AuthError, DriftError
from tieout.landing.land import Landed, land
from tieout.settings import Settings
from tieout.sources.http.session import ApiSession
from tieout.sources.hubspot import client as hubspot_client
from tieout.sources.hubspot import source as hubspot
from tieout_demo.servers.hubspot.server import Faults, HubSpotServer, serve

TOKEN = "pat-eu1-secret"
LAND = (
    "import sys; from pathlib import Path; from tieout.landing.land import land;"
    "land(['hubspot'], None, Path(sys.argv[1]), Path(sys.argv[2]))"
)


class Warehouse:
    """A folder to land into, and the server to land from."""

    def __init__(self, folder: Path, server: HubSpotServer, token: str = TOKEN) -> None:
        self.config, self.output, self.server = folder / "config", folder / "warehouse", server
        self.config.mkdir(parents=True)
        rates = "searches_per_second = 100000\ncalls_per_ten_seconds = 100000\n"
        (self.config / "config.toml").write_text(
            f'[sources.hubspot]\nbase_url = "{server.url}"\n{rates}'
        )
        (self.config / "secrets.toml").write_text(f'[sources.hubspot]\naccess_token = "{token}"\n')

    def land(self) -> Landed:
        [landed] = [
            each for each in land(["hubspot"], None, self.config, self.output) if not each.resumed
        ]
        return landed

    def lands(self) -> Landed:
        landed = self.land()
        if landed.error:
            raise landed.error
        assert self.server.unmapped == []
        return landed

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.output / "raw.duckdb"), read_only=True) as con:
            con.execute("set search_path = 'raw_hubspot'")
            return con.execute(query).fetchall()

    def content(self) -> list[tuple[Any, ...]]:
        """Everything in the log but when and by which load it came."""
        columns = "_record_key, _version, _record_hash, _is_deleted"
        return [
            (table.name, *row)
            for table in hubspot.TABLES
            for row in self.rows(f"select {columns} from {table.name} order by all")
        ]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        hubspot_client, "ApiSession", functools.partial(ApiSession, sleep=lambda seconds: None)
    )
    # Other tests put connectors of their own in this place.
    monkeypatch.setitem(sys.modules, "tieout.sources.hubspot.source", hubspot)


def mixed() -> dict[str, list[Record]]:
    """A world with what is awkward: an amount in words, an archived line, an owner who left."""
    return world(
        deals=[deal(11, amount="TBC"), deal(12, dealstage="closedwon")],
        line_items=[line(21, of=11), line(22, of=12), archived(line(29, of=12))],
        owners=[owner(51), owner(52, archived=True, teams=[{"id": "1", "name": "North"}])],
    )


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Landed once, for the tests that only look."""
    with serve(mixed(), token=TOKEN) as server:
        warehouse = Warehouse(tmp_path_factory.mktemp("landed"), server)
        warehouse.lands()
        yield warehouse


def changed(landed: Landed) -> dict[str, tuple[int, int, int]]:
    """New, changed and deleted records by table, where there are any."""
    counts = {
        each.entity: (each.new_count, each.changed_count, each.deleted_count)
        for each in landed.entities
    }
    return {entity: count for entity, count in counts.items() if any(count)}


def test_records_are_landed_as_text_with_their_links(landed: Warehouse) -> None:
    assert landed.rows(
        "select id, amount, dealstage, created_at::text, archived from deals order by id"
    ) == [
        ("11", "TBC", "open", "2026-03-01 09:00:00", False),
        ("12", "100.00", "closedwon", "2026-03-01 09:00:00", False),
    ]
    assert landed.rows(
        "select deal_id, company_id, is_primary from deal_companies order by all"
    ) == [
        ("11", "7", True),
        ("12", "7", True),
    ]
    assert landed.rows("select line_item_id, deal_id from line_item_deals order by all") == [
        ("21", "11"),
        ("22", "12"),
    ]
    assert landed.rows("select contact_id, company_id from contact_companies") == [("61", "7")]
    assert landed.rows("select quote_id, deal_id from quote_deals") == [("41", "11")]
    assert landed.rows(
        "select stage_id, probability::text, is_closed from deal_stages order by stage_id"
    ) == [
        ("closedlost", "0.000000", True),
        ("closedwon", "1.000000", True),
        ("open", "0.400000", False),
    ]


def test_the_payload_is_the_record_as_it_came(landed: Warehouse) -> None:
    [(payload, custom)] = landed.rows(
        "select payload, payload::json ->> '$.properties.tax_number' from companies"
    )
    assert custom == "GB123456789"
    assert '"updatedAt": "2026-03-01T09:00:00.000Z"' in payload


def test_the_log_keeps_the_count_that_hubspot_gave(landed: Warehouse) -> None:
    assert landed.rows("select entity, said_count from load_log where said_count is not null order by 1") == [
        ("companies", 1), ("contacts", 1), ("deals", 2), ("line_items", 2), ("products", 1), ("quotes", 1),
    ]  # fmt: skip


def test_what_was_archived_before_the_first_landing_is_a_tombstone_but_owners_who_left_are_records(
    landed: Warehouse,
) -> None:
    assert landed.rows("select id, archived, _is_deleted from line_items where archived") == [
        ("29", True, True)
    ]
    assert landed.rows("select id, team, archived, _is_deleted from owners order by id") == [
        ("51", None, False, False),
        ("52", "North", True, False),
    ]


def test_the_life_of_a_record_is_in_the_log_version_by_version(tmp_path: Path) -> None:
    won = deal(12, dealstage="closedwon")
    with serve(world(), token=TOKEN) as server:
        warehouse = Warehouse(tmp_path, server)
        warehouse.lands()
        assert changed(warehouse.lands()) == {}
        for day, amount in ((2, "150.00"), (3, "100.00")):
            server.hold(world(deals=[deal(11, day=day, amount=amount), won]))
            assert changed(warehouse.lands()) == {"deals": (0, 1, 0)}
        server.hold(world(deals=[archived(deal(11, day=3)), won]))
        assert changed(warehouse.lands()) == {
            "deals": (0, 0, 1), "deal_companies": (0, 0, 1), "line_item_deals": (0, 0, 1), "quote_deals": (0, 0, 1),
        }  # fmt: skip
        assert changed(warehouse.lands()) == {}
        server.hold(world(deals=[deal(11, day=3), won]))
        assert changed(warehouse.lands())["deals"] == (0, 1, 0)
    versions = "select _version, amount, _updated_at::date::text, archived, _is_deleted from deals where id = '11'"
    assert warehouse.rows(f"{versions} order by 1") == [
        (1, "100.00", "2026-03-01", False, False),
        (2, "150.00", "2026-03-02", False, False),
        (3, "100.00", "2026-03-03", False, False),
        (4, "100.00", "2026-03-03", True, True),
        (5, "100.00", "2026-03-03", False, False),
    ]


def test_a_quote_has_lines_of_its_own_and_a_line_may_change_its_quote(tmp_path: Path) -> None:
    lines = [line(21, of=11), line(24, of=11), line(25, of=11)]
    for copy in lines[1:]:
        del copy["associations"]
    with serve(
        world(line_items=lines, quotes=[quote(41, of=11, lines=(24, 25))]), token=TOKEN
    ) as server:
        warehouse = Warehouse(tmp_path, server)
        warehouse.lands()
        links = "select quote_id, line_item_id from quote_line_items order by all"
        assert warehouse.rows(links) == [("41", "24"), ("41", "25")]
        assert warehouse.rows("select line_item_id from line_item_deals") == [("21",)]
        quotes = [quote(41, of=11, lines=(24,)), quote(42, of=11, lines=(25,))]
        server.hold(world(line_items=lines, quotes=quotes))
        assert changed(warehouse.lands())["quote_line_items"] == (1, 0, 1)


def test_what_a_deal_was_before_is_landed_once(tmp_path: Path) -> None:
    """Of two values in one moment the later, which HubSpot tells first; a value taken away is
    one."""
    before = [(at(1, 2), "100.00"), (at(1, 2), "95.00"), (at(1, 1), None), (at(1), "90.00")]
    with serve(world(deals=[deal(11) | history(amount=before)]), token=TOKEN) as server:
        warehouse = Warehouse(tmp_path, server)
        warehouse.lands()
        assert warehouse.rows(
            "select deal_id, property, changed_at::text, value, source_type, source_id, user_id"
            " from deal_history order by changed_at"
        ) == [
            ("11", "amount", "2026-03-01 09:00:00", "90.00", "CRM_UI", "userId:51", "51"),
            ("11", "amount", "2026-03-01 09:00:00.001", None, "CRM_UI", "userId:51", "51"),
            ("11", "amount", "2026-03-01 09:00:00.002", "100.00", "CRM_UI", "userId:51", "51"),
        ]
        assert changed(warehouse.lands()) == {}
        after = history(amount=[(at(2), "150.00"), *before])
        server.hold(world(deals=[deal(11, day=2, amount="150.00") | after]))
        assert changed(warehouse.lands()) == {"deals": (0, 1, 0), "deal_history": (1, 0, 0)}
        # What was so stays so when the deal is gone.
        server.hold(world(deals=[archived(deal(11, day=2, amount="150.00") | after)]))
        assert "deal_history" not in changed(warehouse.lands())


def test_drift_stops_hubspot_by_name_and_leaves_the_log_as_it_was(
    landed: Warehouse, tmp_path: Path
) -> None:
    shutil.copytree(landed.output, tmp_path / "warehouse")
    with serve(world(deals=[deal(99)]), token=TOKEN, properties={"deals": {}}) as server:
        warehouse = Warehouse(tmp_path, server)
        error = warehouse.land().error
    assert isinstance(error, DriftError)
    assert "deals have no property dealname" in str(error)
    assert warehouse.content() == landed.content()


def test_a_wrong_token_stops_with_the_remedy_and_without_the_token(
    landed: Warehouse, tmp_path: Path
) -> None:
    error = Warehouse(tmp_path, landed.server, token="pat-wrong").land().error
    assert isinstance(error, AuthError)
    assert "answered 401" in str(error)
    assert "access_token" in error.remedy
    assert "pat-wrong" not in f"{error} {error.remedy}"


def test_refusals_and_failures_change_nothing_of_what_is_landed(
    landed: Warehouse, tmp_path: Path
) -> None:
    with serve(
        mixed(), token=TOKEN, faults=Faults(refuse_every=3, fail_every=4, retry_after=2)
    ) as server:
        bad = Warehouse(tmp_path, server)
        bad.lands()
    assert bad.content() == landed.content()


class Stall:
    """Lets a number of requests pass, and holds the next one until told."""

    def __init__(self, number: int) -> None:
        self.number, self.reached, self.released = number, threading.Event(), threading.Event()

    def of(self, number: int) -> None:
        if number == self.number:
            self.reached.set()
            self.released.wait(30)


def test_a_landing_killed_while_it_reads_is_made_good_by_the_next(
    landed: Warehouse, tmp_path: Path
) -> None:
    stall = Stall(24)
    with serve(mixed(), token=TOKEN, faults=stall) as server:  # type: ignore[arg-type]
        warehouse = Warehouse(tmp_path, server)
        process = subprocess.Popen(
            [sys.executable, "-c", LAND, str(warehouse.config), str(warehouse.output)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "pipelines")},
        )
        assert stall.reached.wait(120)
        process.send_signal(signal.SIGKILL)
        process.wait()
        stall.released.set()
        warehouse.lands()
    assert warehouse.content() == landed.content()


def test_the_contract_lets_in_what_people_type_and_reports_it(landed: Warehouse) -> None:
    [outcome] = check(Settings(output=landed.output, as_of=date(2026, 3, 2)), lambda *_: None)
    assert outcome.status == "accepted"
    assert [(each.table, each.expectation) for each in outcome.findings if each.failed_count] == [
        ("deals", "amount is a number")
    ]
