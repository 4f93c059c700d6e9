"""Whatever a server does, a landing ends soon, with the records or one error that says why, and
without our secrets."""

from __future__ import annotations

import time

import pytest
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from misbehaving_http import BEHAVIOURS, Behaviour, _moved, _paged, json_of, plain, serving

from tieout.errors import AuthError, DriftError, LandingError, RefusedRequest
from tieout.landing.context import as_landing_error
from tieout.pack.commentary import draft as commentary_draft
from tieout.sources.http import answers
from tieout.sources.http.pages import Pages
from tieout.sources.http.retry import Retry
from tieout.sources.http.session import ApiSession
from tieout.sources.hubspot.client import HubSpot
from tieout.sources.xero.client import Settings, XeroClient
from tieout.sources.xero.source import RECORDS

TOKEN = "pat-na1-0123456789abcdef"
QUICK = Retry(
    attempts=2, first_pause=0.0, connect_timeout=1.0, read_timeout=0.5, longest_answer=1.5
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LARGEST_ANSWER", 4 << 20)
    monkeypatch.setattr(Pages, "MOST", 40)


def hubspot(url: str, token: str = TOKEN) -> HubSpot:
    return HubSpot(
        url, token, calls_per_ten_seconds=10_000, searches_per_second=10_000, retry=QUICK
    )


def test_there_are_enough_behaviours() -> None:
    assert len(BEHAVIOURS) >= 40


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_each_ends_soon_in_records_or_in_one_error(name: str) -> None:
    behaviour: Behaviour = BEHAVIOURS[name]
    began = time.monotonic()
    with serving(behaviour.answer) as (server, other):
        try:
            found = [
                record for page in hubspot(server.url).listed("objects/deals") for record in page
            ]
        except LandingError as error:
            assert behaviour.error is not None, error
            assert isinstance(error, behaviour.error), repr(error)
            told = f"{error} {error.remedy}"
            assert str(error).startswith("hubspot: ") and error.remedy
            assert behaviour.words.format(other=server.other) in told
            assert TOKEN not in told and "Traceback" not in told
        else:
            assert behaviour.error is None and found
        assert other.heads == [], "nothing of ours goes to another host"
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_connector_carries_anything_to_another_host(status: int) -> None:
    """Neither credentials nor the tenant: both hosts are named, and the other one hears nothing."""
    with serving(_moved(status, "http://localhost:{server.other}/taken")) as (server, other):
        settings = Settings(
            server.url, f"{server.url}/token", "client", "s3cret-of-xero", "tenant-1", retry=QUICK
        )
        for ask in (
            lambda: list(hubspot(server.url).listed("objects/deals")),
            lambda: hubspot(server.url)._search("objects/deals", [], "x", "ASCENDING", [], limit=1),
            lambda: list(hubspot(server.url).links("deals", "companies", ["1"])),
            lambda: list(hubspot(server.url).histories("objects/deals", ["amount"], ["1"])),
            lambda: XeroClient(settings).get("Invoices", "Invoices", {}),
        ):
            with pytest.raises(LandingError) as raised:
                ask()
            assert "127.0.0.1" in raised.value.cause and ("localhost" in raised.value.cause)
        where = commentary_draft.Endpoint(server.url, "model", "sk-of-commentary-1")
        _, remarks = commentary_draft.drafted([_sentence()], where)
        assert remarks
        assert other.heads == []


def test_a_ledger_that_redirects_after_its_token_sends_no_tenant_elsewhere() -> None:
    def answer(server: object, connection: object, head: str) -> None:
        token = {"access_token": "tok-1234567890", "expires_in": 1800}
        how = (
            json_of(token)
            if head.startswith("POST")
            else _moved(302, "http://localhost:{server.other}/taken")
        )
        how(server, connection, head)  # type: ignore[arg-type]

    with serving(answer) as (server, other):
        settings = Settings(
            server.url, f"{server.url}/token", "client", "s3cret-of-xero", "tenant-1", retry=QUICK
        )
        with pytest.raises(RefusedRequest, match="localhost"):
            XeroClient(settings).get("Invoices", "Invoices", {})
        assert [head.splitlines()[0].split()[0] for head in server.heads] == ["POST", "GET"]
        assert other.heads == []


def test_a_search_that_ignores_what_it_is_asked_for_ends() -> None:
    """The same page, whatever the filters say; older records than were asked for; an empty page
    that has another."""
    late = {"id": "1", "properties": {"modified": "2025-01-02T00:00:00Z"}}
    old = {"id": "2", "properties": {"modified": "1999-01-01T00:00:00Z"}}
    more = {"paging": {"next": {"after": "1"}}}
    for body in ({"results": [late], **more}, {"results": [old], **more}, {"results": [], **more}):
        with serving(json_of(body)) as (server, _), pytest.raises(DriftError):
            list(
                hubspot(server.url).changed("objects/deals", "modified", "2025-01-01T00:00:00Z", [])
            )


def test_pages_of_the_ledger_that_come_again_are_an_error() -> None:
    record = next(record for record in RECORDS if record.paged)

    def answer(server: object, connection: object, head: str) -> None:
        body = {"access_token": "tok-1234567890", "expires_in": 1800}
        if not head.startswith("POST"):
            body = {record.endpoint: [{record.id_field: "1"}], "pagination": {"itemCount": 3}}  # type: ignore[dict-item]
        json_of(body)(server, connection, head)  # type: ignore[arg-type]

    with serving(answer) as (server, _):
        settings = Settings(
            server.url, f"{server.url}/token", "client", "s3cret-of-xero", "tenant-1", retry=QUICK
        )
        with pytest.raises(DriftError, match="the same page a second time"):
            list(XeroClient(settings).pages(record, None))


def test_pages_that_move_on_are_read_to_their_end() -> None:
    with serving(_paged(lambda n: ([{"id": n}], n if n < 9 else None))) as (server, _):
        assert [len(page) for page in hubspot(server.url).listed("objects/deals")] == [1] * 9


@pytest.mark.parametrize("token", ["a\nb-secret-token", "tok\u2028en-secret", "tajny-ł-token"])
def test_a_token_that_no_header_can_hold_is_an_error_without_it(token: str) -> None:
    with serving(plain(200, b"{}")) as (server, _):
        try:
            session = ApiSession("shop", remedy="Renew it.", secrets=[token], retry=QUICK)
            session.get(server.url, auth=BearerTokenAuth(token))
        except Exception as error:
            told = as_landing_error("shop", error)
            assert told.remedy and token not in f"{told} {told.remedy}"
        else:
            pytest.fail("it was sent")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:port/",
        "http://[::1",
        "ftp://x/",
        "no address",
        "http:///x",
        "http://x:99999/",
    ],
)
def test_an_address_that_is_none_is_said_to_be_none(address: str) -> None:
    with pytest.raises(Exception) as raised:
        ApiSession("shop", remedy="", retry=QUICK).get(address)
    told = as_landing_error("shop", raised.value)
    assert (
        str(told).startswith("shop: ") and "base_url" in told.remedy
    ) or "answers" in told.remedy


def test_a_refusal_of_the_ledgers_token_does_not_repeat_it() -> None:
    with serving(json_of({"error": "invalid_client s3cret-of-xero"}, 400)) as (server, _):
        settings = Settings(
            server.url, f"{server.url}/token", "client", "s3cret-of-xero", "tenant-1", retry=QUICK
        )
        with pytest.raises(AuthError) as raised:
            XeroClient(settings).get("Invoices", "Invoices", {})
        assert "s3cret" not in f"{raised.value} {raised.value.__cause__}"


def _sentence() -> commentary_draft.Sentence:
    return commentary_draft.Sentence("topic", "There is nothing.", {}, {})
