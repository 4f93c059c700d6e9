"""What is read from HubSpot, when, and what is handed over to the log. No dlt here, real HTTP
throughout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hubspot_world import Record, archived, at, deal, history, line, record, world

from tieout.errors import DriftError, LandingError, RefusedRequest
from tieout.landing.table_types import CURRENT_LANDING, Extract, Landing
from tieout.sources.hubspot import client as hubspot_client
from tieout.sources.hubspot import source as hubspot
from tieout.sources.hubspot.client import HubSpot
from tieout.sources.hubspot.tables import OBJECT_TYPES
from tieout_demo.servers.hubspot.crm import Limits
from tieout_demo.servers.hubspot.schema import definition, definitions
from tieout_demo.servers.hubspot.server import HubSpotServer, serve

TOKEN = "pat-eu1-secret"


class Account:
    """A server, and what the log would hold of one type of object after each reading."""

    def __init__(self, server: HubSpotServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.state: dict[str, Any] = {}
        self.live: set[str] = set()
        self.now = datetime.fromisoformat("2026-03-10 09:00:00")
        self.requests: list[str] = []
        monkeypatch.setattr(hubspot, "_live", lambda table: set(self.live))

    def read(
        self, name: str, mapping: dict[str, str] | None = None
    ) -> tuple[Extract, dict[str, dict[str, Record]]]:
        """One reading: what was said, and the rows handed over by table and first key."""
        client = HubSpot(
            self.server.url, TOKEN, calls_per_ten_seconds=10**6, searches_per_second=10**6
        )
        kind = next(each for each in OBJECT_TYPES if each.name == name)
        reader = hubspot._Reader(client, kind, mapping or {}, overlap_minutes=15, list_again_days=7)
        extract = Extract(state=self.state)
        rows: dict[str, dict[str, Record]] = {}
        token = CURRENT_LANDING.set(Landing("hubspot", "hubspot", "load", self.now, Path(), Path()))
        asked = len(self.server.requests)
        try:
            for table, batch in reader.extract(extract):
                key = "id" if table == name else kind.key
                rows.setdefault(table, {}).update({row[key]: row for row in batch})
        finally:
            CURRENT_LANDING.reset(token)
        self.requests = self.server.requests[asked:]
        gone = {key for (key,) in extract.gone.get(name, [])}
        self.live = (
            (set() if name in extract.whole else self.live) | set(rows.get(name, {}))
        ) - gone
        assert self.server.unmapped == []
        return extract, rows

    @property
    def has_listed(self) -> bool:
        return any("archived=false" in request for request in self.requests)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with serve(world(), token=TOKEN) as server:
        yield Account(server, monkeypatch)


def test_hundreds_of_records_come_page_by_page(account: Account) -> None:
    account.server.hold(world(deals=[deal(key) for key in range(1, 302)]))
    extract, rows = account.read("deals")
    assert len(rows["deals"]) == 301
    assert extract.totals["deals"] == (301, None)


@pytest.mark.parametrize("amount", ["", "TBC", "1,200.50", None])
def test_an_amount_that_is_no_number_is_handed_over_as_it_is(
    account: Account, amount: str | None
) -> None:
    account.server.hold(world(deals=[deal(11, amount=amount)]))
    assert account.read("deals")[1]["deals"]["11"]["amount"] == amount


# -- the second time


def test_the_second_time_only_what_changed_is_searched_for(account: Account) -> None:
    account.server.hold(world(deals=[deal(11), deal(12, day=2)]))
    account.read("deals")
    _, rows = account.read("deals")
    assert not account.has_listed
    # Deal 12 is the newest: the overlap brings it once more, and the log knows it already.
    assert rows["deals"].keys() == {"12"}


def test_what_search_has_not_caught_up_with_is_found_by_the_overlap_of_the_next_time(
    account: Account,
) -> None:
    account.read("deals")
    slow, quick = deal(13, day=2), record(14, {"dealname": "Quick"}, day=2, ms=900)
    account.server.hold(world(deals=[*world()["deals"], slow, quick]), unsearchable=["13"])
    assert account.read("deals")[1]["deals"].keys() - {"11", "12"} == {"14"}
    account.server.hold(world(deals=[*world()["deals"], slow, quick]))
    assert account.read("deals")[1]["deals"].keys() == {"13", "14"}
    assert not account.has_listed


def test_archived_records_are_handed_over_and_named_as_deleted(account: Account) -> None:
    account.read("line_items")
    account.server.hold(
        world(line_items=[line(21, of=11), archived(line(22, of=12)), line(23, of=12)])
    )
    extract, rows = account.read("line_items")
    assert rows["line_items"]["22"]["archived"] is True
    assert extract.gone == {"line_items": [("22",)]}
    assert extract.totals["line_items"] == (2, None)
    assert not account.has_listed


def test_a_record_that_came_back_is_missed_by_the_count_and_everything_is_listed(
    account: Account,
) -> None:
    account.server.hold(world(deals=[deal(11), archived(deal(12)), deal(13, day=5)]))
    account.read("deals")
    account.server.hold(world(deals=[deal(11), deal(12), deal(13, day=5)]))
    extract, rows = account.read("deals")
    assert account.has_listed
    assert "12" in rows["deals"]
    assert extract.gone == {"deals": []}


def test_a_record_purged_without_a_trace_is_missed_by_the_count_and_everything_is_listed(
    account: Account,
) -> None:
    account.read("line_items")
    account.server.hold(world(line_items=[line(21, of=11), line(22, of=12)]))
    extract, rows = account.read("line_items")
    assert extract.whole == {"line_items", "line_item_deals"}
    assert rows["line_items"].keys() == {"21", "22"}


def test_after_a_week_everything_is_listed_once_more(account: Account) -> None:
    account.read("deals")
    account.now += timedelta(days=7)
    account.read("deals")
    assert account.has_listed
    account.read("deals")
    assert not account.has_listed


def test_links_are_read_each_time_for_they_have_no_time_of_change(account: Account) -> None:
    account.read("deals")
    account.server.hold(world(deals=[deal(11, company=8), deal(12)]))
    extract, rows = account.read("deals")
    assert rows["deal_companies"]["11"] == {"deal_id": "11", "company_id": "8", "is_primary": True}
    assert "deal_companies" in extract.whole


def test_what_was_so_before_is_asked_of_what_changed_and_of_all_the_first_time(
    account: Account,
) -> None:
    was = history(amount=[(at(1), "90.00")])
    account.server.hold(world(deals=[deal(11) | was, deal(12, day=2) | was]))
    assert account.read("deals")[1]["deal_history"].keys() == {"11", "12"}
    # The overlap brings deal 12 once more; nothing else changed.
    assert account.read("deals")[1]["deal_history"].keys() == {"12"}
    # An earlier version of this connector landed the deals without it.
    del account.state["history"]
    assert account.read("deals")[1]["deal_history"].keys() == {"11", "12"}
    assert account.state["history"]["closedate"] == "closedate"


def test_a_history_is_told_by_the_column_that_the_property_is_read_into(account: Account) -> None:
    net = {**deal(11, net_worth="7.00"), **history(net_worth=[(at(1), "6.00")])}
    types = {**definitions("deals"), "net_worth": definition("net_worth", "number")}
    account.server.hold(world(deals=[net]), properties={"deals": types})
    row = account.read("deals", {"amount": "net_worth"})[1]["deal_history"]["11"]
    assert (row["property"], row["value"]) == ("amount", "6.00")


# -- drift


def without(kind: str, name: str) -> dict[str, dict[str, Record]]:
    return {kind: {key: each for key, each in definitions(kind).items() if key != name}}


def test_a_property_of_hubspots_own_that_is_gone_stops_hubspot_by_name(account: Account) -> None:
    account.server.hold(world(), properties=without("deals", "dealstage"))
    with pytest.raises(DriftError, match="deals have no property dealstage"):
        account.read("deals")


def test_a_property_that_reads_as_another_type_stops_hubspot_by_name(account: Account) -> None:
    retyped = {
        **definitions("line_items"),
        "amount": definition("amount", "string", hubspot_defined=True),
    }
    account.server.hold(world(), properties={"line_items": retyped})
    with pytest.raises(
        DriftError, match="the property amount of line_items is of type string, not number"
    ):
        account.read("line_items")


def test_a_value_that_is_no_text_stops_hubspot_by_name(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        account.server.crm, "shown", lambda *_: {**deal(11), "properties": {"dealname": 7}}
    )
    with pytest.raises(DriftError, match=r"deals\.dealname of record 11 is 7"):
        account.read("deals")


@pytest.mark.parametrize("entry", [{"value": 7, "timestamp": at(1)}, {"value": "7"}])
def test_a_history_that_reads_otherwise_stops_hubspot_by_name(
    account: Account, entry: Record
) -> None:
    was = {"propertiesWithHistory": {"amount": [entry]}}
    account.server.hold(world(deals=[deal(11) | was]))
    with pytest.raises(DriftError, match="the history of amount of record 11 holds"):
        account.read("deals")


def test_a_custom_property_the_account_lacks_is_reported_once(account: Account) -> None:
    account.server.hold(world(), properties=without("products", "tax_code"))
    extract, rows = account.read("products")
    assert extract.new_columns == {"products": ["tax_code (HubSpot has no such property)"]}
    assert "tax_code" not in rows["products"]["31"]
    assert account.read("products")[0].new_columns == {}


def test_a_custom_property_that_was_there_and_is_gone_stops_hubspot(account: Account) -> None:
    account.read("companies")
    account.server.hold(world(), properties=without("companies", "tax_number"))
    with pytest.raises(DriftError, match="companies have no property tax_number any more"):
        account.read("companies")


def test_a_column_is_read_from_the_property_that_the_configuration_names(account: Account) -> None:
    account.server.hold(
        world(companies=[record(7, {"name": "Acme", "vat_id": "DE811569869", "tax_number": "?"})])
    )
    row = account.read("companies", {"tax_number": "vat_id"})[1]["companies"]["7"]
    assert row["tax_number"] == "DE811569869"
    assert row["property_tax_number"] == "?"


@pytest.mark.parametrize(
    ("mapping", "cause"),
    [
        ({"tax_number": "no_such"}, "companies have no property no_such"),
        ({"tax_no": "x"}, "names tax_no, which is not"),
    ],
)
def test_a_wrong_mapping_is_refused_by_name(
    account: Account, mapping: dict[str, str], cause: str
) -> None:
    with pytest.raises(LandingError, match=cause):
        account.read("companies", mapping)


def test_a_mapping_that_is_none_is_refused() -> None:
    with pytest.raises(LandingError, match="must name a property for each column"):
        list(hubspot.source("t", base_url="http://x", properties={"deals": "amount"}).resources)


def test_a_new_property_is_read_for_every_record_however_old(account: Account) -> None:
    account.read("deals")
    account.server.hold(world(deals=[deal(11, colour="red"), deal(12, day=9)]))
    _, rows = account.read("deals")
    assert account.has_listed
    assert rows["deals"]["11"]["colour"] == "red"
    # A null is no content: no version of the records that have no colour.
    assert "colour" not in rows["deals"]["12"]["payload"]["properties"]


def test_a_new_field_around_a_record_is_kept_in_the_payload_and_reported_once(
    account: Account,
) -> None:
    account.server.hold(world(products=[{**world()["products"][0], "businessUnit": "3"}]))
    extract, rows = account.read("products")
    assert extract.new_columns == {"products": ["businessUnit"]}
    assert rows["products"]["31"]["payload"]["businessUnit"] == "3"
    assert account.read("products")[0].new_columns == {}


# -- searching


@pytest.fixture
def crowded() -> Iterator[Callable[..., tuple[HubSpotServer, HubSpot]]]:
    """A server that gives little at a time, and a client of it."""
    servers: list[HubSpotServer] = []

    def make(deals: list[Record], **limits: int) -> tuple[HubSpotServer, HubSpot]:
        servers.append(serve(world(deals=deals), token=TOKEN, limits=Limits(**limits)))
        url = servers[0].url
        client = HubSpot(
            url, TOKEN, calls_per_ten_seconds=10_000, searches_per_second=10_000, search_page=3
        )
        return servers[0], client

    yield make
    for server in servers:
        server.close()


def test_a_search_gets_past_the_cap_and_through_an_import_that_left_one_time_on_all(
    crowded: Any,
) -> None:
    imported = [record(key, {"dealname": "x"}, day=4) for key in range(100, 120)]
    others = [record(key, {"dealname": "x"}, day=2 + key % 5, ms=key) for key in range(1, 30)]
    server, client = crowded([*imported, *others], search_results=4, search_page=3)
    pages = client.changed("objects/0-3", "hs_lastmodifieddate", at(1), ["dealname"])
    found = {row["id"] for page in pages for row in page}
    assert found == {str(key) for key in (*range(100, 120), *range(1, 30))}
    assert server.unmapped == []


def test_an_edit_while_searching_hides_no_other_record(crowded: Any) -> None:
    deals = [record(key, {"dealname": "x"}, day=2, ms=key) for key in range(1, 10)]
    server, client = crowded(deals)
    pages = client.changed("objects/0-3", "hs_lastmodifieddate", at(1), ["dealname"])
    found = {row["id"] for row in next(pages)}
    server.hold(world(deals=[record(1, {"dealname": "y"}, day=3), *deals[1:]]))
    found |= {row["id"] for page in pages for row in page}
    assert found == {str(key) for key in range(1, 10)}


def test_associations_are_read_a_thousand_at_a_time(crowded: Any) -> None:
    server, client = crowded([deal(key) for key in range(1, 1_502)])
    links = [
        link
        for page in client.links("0-3", "companies", [str(k) for k in range(1, 1_502)])
        for link in page
    ]
    assert len(links) == 1_501
    assert len(server.requests) == 2


def test_histories_are_read_fifty_at_a_time_and_one_gone_meanwhile_has_none(crowded: Any) -> None:
    was = history(amount=[(at(1), "90.00")])
    server, client = crowded([deal(key) | was for key in range(1, 102)])
    asked = [str(key) for key in range(1, 103)]
    found = [row for page in client.histories("objects/0-3", ["amount"], asked) for row in page]
    assert [row["id"] for row in found] == asked[:-1]
    assert found[0]["propertiesWithHistory"]["amount"][0]["value"] == "90.00"
    assert len(server.requests) == 3
    assert server.unmapped == []


def test_an_association_that_cannot_be_read_is_not_passed_over() -> None:
    with pytest.raises(RefusedRequest, match="could not read a record"):
        hubspot_client._refuse_unread("x", [{"category": "FORBIDDEN", "message": "no"}])


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(LandingError, match="is no address"):
        list(hubspot.source("t", base_url="api.hubapi.com").resources)


def test_the_scale_of_a_search_is_milliseconds_whatever_the_form_of_the_time() -> None:
    assert hubspot_client.milliseconds("2026-03-01T00:00:00Z") == hubspot_client.milliseconds(
        "2026-03-01T01:00:00+01:00"
    )
    assert hubspot_client.milliseconds(at(1, 7)) - hubspot_client.milliseconds(at(1)) == 7
    with pytest.raises(DriftError, match="is not an ISO 8601 time"):
        hubspot_client.milliseconds("yesterday")
