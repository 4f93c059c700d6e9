"""The demo's HubSpot keeps HubSpot's habits, the awkward ones above all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hubspot_world import archived, at, deal, history, line, record, world

from tieout_demo.servers.hubspot.crm import Limits
from tieout_demo.servers.hubspot.server import Faults, HubSpotServer, serve

AUTH = {"Authorization": "Bearer pat-test"}


@pytest.fixture
def server() -> Iterator[HubSpotServer]:
    with serve(world(), token="pat-test") as running:
        yield running


def get(server: HubSpotServer, path: str, **params: Any) -> requests.Response:
    return requests.get(f"{server.url}/crm/v3/{path}", params=params, headers=AUTH, timeout=5)


def post(server: HubSpotServer, path: str, body: dict[str, Any]) -> requests.Response:
    return requests.post(f"{server.url}/crm/{path}", json=body, headers=AUTH, timeout=5)


def test_a_listing_comes_ten_at_a_time_unless_asked_and_a_hundred_at_most(
    server: HubSpotServer,
) -> None:
    server.hold(world(deals=[deal(key) for key in range(1, 206)]))
    first = get(server, "objects/deals").json()
    assert [row["id"] for row in first["results"]] == [str(key) for key in range(1, 11)]
    assert (
        requests.get(first["paging"]["next"]["link"], headers=AUTH, timeout=5).json()["results"][0][
            "id"
        ]
        == "11"
    )
    last = get(server, "objects/0-3", limit=100, after="200").json()
    assert [row["id"] for row in last["results"]] == ["201", "202", "203", "204", "205"]
    assert "paging" not in last
    assert get(server, "objects/deals", limit=101).status_code == 400


def test_only_default_properties_come_unasked_and_unknown_ones_are_passed_over(
    server: HubSpotServer,
) -> None:
    unasked = get(server, "objects/companies").json()["results"][0]["properties"]
    assert unasked.keys() == {"name", "domain", "createdate", "hs_lastmodifieddate", "hs_object_id"}
    asked = get(server, "objects/companies", properties="tax_number,legal_name,nonsense").json()[
        "results"
    ][0]
    assert asked["properties"] == {
        "tax_number": "GB123456789", "legal_name": None, "createdate": at(1), "hs_lastmodifieddate": at(1),
        "hs_object_id": "7",
    }  # fmt: skip


def test_associations_are_named_as_hubspot_names_them(server: HubSpotServer) -> None:
    found = get(server, "objects/deals", associations="companies,line_items").json()["results"][1][
        "associations"
    ]
    assert found == {
        "companies": {"results": [{"id": "7", "type": "deal_to_company"},
                                  {"id": "7", "type": "deal_to_company_unlabeled"}]},
        "line items": {"results": [{"id": key, "type": "deal_to_line_item"} for key in ("22", "23")]},
    }  # fmt: skip


def test_archived_records_come_only_when_asked_for(server: HubSpotServer) -> None:
    server.hold(world(deals=[deal(11), archived(deal(12))]))
    assert [row["id"] for row in get(server, "objects/deals").json()["results"]] == ["11"]
    gone = get(server, "objects/deals", archived="true").json()["results"]
    assert [(row["id"], row["archived"], row["archivedAt"]) for row in gone] == [
        ("12", True, at(5))
    ]


def test_a_search_filters_sorts_pages_and_ends_at_its_cap() -> None:
    deals = [deal(key, day=key) for key in range(1, 10)]
    with serve(world(deals=deals), token="pat-test", limits=Limits(search_results=4)) as server:
        since = {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": at(3)}
        asked = {
            "filterGroups": [{"filters": [since]}],
            "limit": 2,
            "after": "2",
            "sorts": [{"propertyName": "hs_lastmodifieddate", "direction": "DESCENDING"}],
        }
        found = post(server, "v3/objects/deals/search", asked).json()
        assert found["total"] == 7
        assert [row["id"] for row in found["results"]] == ["7", "6"]
        assert found["paging"] == {"next": {"after": "4"}}
        assert post(server, "v3/objects/deals/search", {**asked, "after": "4"}).status_code == 400


def test_search_has_not_caught_up_with_what_was_just_written(server: HubSpotServer) -> None:
    server.hold(world(), unsearchable=["12"])
    assert post(server, "v3/objects/deals/search", {"limit": 10}).json()["total"] == 1


def test_associations_are_read_in_batches_with_an_error_for_those_who_have_none(
    server: HubSpotServer,
) -> None:
    server.hold(world(deals=[deal(11), record(13, {"dealname": "Alone"})]))
    answer = post(
        server,
        "v4/associations/deals/companies/batch/read",
        {"inputs": [{"id": "11"}, {"id": "13"}]},
    )
    assert answer.status_code == 207
    [linked] = answer.json()["results"]
    assert linked["from"] == {"id": "11"}
    assert [
        (each["toObjectId"], [kind["typeId"] for kind in each["associationTypes"]])
        for each in linked["to"]
    ] == [("7", [5, 341])]
    assert answer.json()["errors"][0]["context"]["fromObjectId"] == ["13"]


def test_records_are_read_by_id_with_what_they_were_before_fifty_at_most(
    server: HubSpotServer,
) -> None:
    server.hold(
        world(deals=[deal(11) | history(amount=[(at(2), "100.00"), (at(1), "90.00")]), deal(12)])
    )
    body = {
        "inputs": [{"id": "11"}, {"id": "12"}, {"id": "99"}],
        "properties": ["dealname"],
        "propertiesWithHistory": ["amount", "closedate"],
    }
    answer = post(server, "v3/objects/0-3/batch/read", body)
    assert answer.status_code == 207
    first, second = answer.json()["results"]
    assert first["properties"]["dealname"] == "Deal 11"
    amounts = first["propertiesWithHistory"]["amount"]
    assert [(each["timestamp"], each["value"]) for each in amounts] == [
        (at(2), "100.00"),
        (at(1), "90.00"),
    ]
    assert second["propertiesWithHistory"] == {}
    assert answer.json()["errors"][0]["context"]["ids"] == ["99"]
    # A listing does not tell it.
    assert "propertiesWithHistory" not in get(server, "objects/deals").json()["results"][0]
    many = {**body, "inputs": [{"id": str(key)} for key in range(51)]}
    assert post(server, "v3/objects/0-3/batch/read", many).status_code == 400


def test_a_wrong_token_is_refused_in_hubspots_words(server: HubSpotServer) -> None:
    answer = requests.get(f"{server.url}/crm/v3/objects/deals", timeout=5)
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


@pytest.mark.parametrize(
    "path",
    ["objects/deals?colour=red", "objects/invoices", "nowhere", "objects/deals?archived=yes"],
)
def test_a_request_hubspot_does_not_know_fails_and_is_kept(
    server: HubSpotServer, path: str
) -> None:
    assert get(server, path).status_code in (400, 404)
    assert server.unmapped == [f"GET /crm/v3/{path}"]


def test_bad_days_follow_the_count_of_requests() -> None:
    with serve(world(), token="pat-test", faults=Faults(refuse_every=2, fail_every=3)) as server:
        answers = [get(server, "owners") for _ in range(9)]
    assert [answer.status_code for answer in answers] == [
        200,
        429,
        502,
        429,
        200,
        429,
        200,
        429,
        502,
    ]
    assert [
        answer.headers.get("Retry-After") for answer in answers if answer.status_code == 429
    ] == [
        None,
        "0",
        "1",
        None,
    ]
    assert answers[1].json()["policyName"] == "TEN_SECONDLY_ROLLING"


def test_owners_pipelines_and_properties_have_their_own_paths(server: HubSpotServer) -> None:
    assert get(server, "owners").json()["results"][0]["email"] == "o51@example.com"
    assert [each["id"] for each in get(server, "pipelines/deals").json()["results"][0]["stages"]] == [
        "open", "closedwon", "closedlost",
    ]  # fmt: skip
    amount = next(
        each
        for each in get(server, "properties/deals").json()["results"]
        if each["name"] == "amount"
    )
    assert (amount["type"], amount["hubspotDefined"]) == ("number", True)


def test_a_new_line_is_linked_from_both_sides(server: HubSpotServer) -> None:
    server.hold(world(line_items=[line(29, of=11)]))
    answer = post(
        server, "v4/associations/deals/line_items/batch/read", {"inputs": [{"id": "11"}]}
    ).json()
    assert [each["toObjectId"] for each in answer["results"][0]["to"]] == ["29"]
