"""What `ApiSession` promises, against a real server on this machine. No test waits for a real
pause."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

from tieout.errors import AuthError, RefusedRequest, SourceUnavailable
from tieout.sources.http.rate_limit import RateLimit
from tieout.sources.http.retry import Retry, retry_after
from tieout.sources.http.session import ApiSession

NOW = 1_700_000_000.0
Answer = tuple[int, dict[str, str], bytes]
OK: Answer = (200, {}, b"{}")


@dataclass
class Script:
    """The answers of a server, in order; the last one repeats. `requests` is what it was asked."""

    answers: list[Answer]
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(*answers: Answer) -> Iterator[Script]:
    script = Script(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.requests.append((self.command, self.path, dict(self.headers)))
            status, headers, body = script.answers[
                min(len(script.requests), len(script.answers)) - 1
            ]
            if status == 0:  # hang up without a word
                self.connection.close()
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def session(pauses: list[float]) -> Callable[..., ApiSession]:
    def make(**kwargs: Any) -> ApiSession:
        return ApiSession(
            "shop", remedy="Renew the token.", sleep=pauses.append, now=lambda: NOW, **kwargs
        )

    return make


def test_a_pause_is_the_one_the_source_names(
    session: Callable[..., ApiSession], pauses: list[float]
) -> None:
    in_a_minute = formatdate(NOW + 60, usegmt=True)
    with serving(
        (429, {"Retry-After": "7"}, b""), (503, {"Retry-After": in_a_minute}, b""), OK
    ) as server:
        assert session().get(server.url).status_code == 200
    assert pauses == [7.0, 60.0]


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Retry-After": "0"},
        {"Retry-After": "-5"},
        {"Retry-After": "soon"},
        {"Retry-After": "inf"},
        {"Retry-After": formatdate(NOW - 60, usegmt=True)},
    ],
)
def test_a_429_that_names_no_time_still_costs_a_growing_pause(
    session: Callable[..., ApiSession], pauses: list[float], header: dict[str, str]
) -> None:
    refused = (429, header, b"")
    with serving(refused, refused, refused, OK) as server:
        assert session().get(server.url).status_code == 200
    assert pauses == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 0])
def test_a_server_error_or_a_dropped_connection_is_asked_again(
    session: Callable[..., ApiSession], pauses: list[float], status: int
) -> None:
    with serving((status, {}, b"oops"), OK) as server:
        assert session().post(server.url, json={"a": 1}).status_code == 200
        assert [request[0] for request in server.requests] == ["POST", "POST"]
    assert pauses == [0.5]


def test_an_answer_that_stops_half_way_is_asked_again(
    session: Callable[..., ApiSession], pauses: list[float]
) -> None:
    cut_off = (200, {"Content-Length": "50", "Connection": "close"}, b'{"a": 1')
    with serving(cut_off, (200, {}, b'{"a": 1}')) as server:
        assert session().get(server.url).json() == {"a": 1}
    assert len(pauses) == 1


def test_attempts_are_bounded_and_the_error_says_what_happened(
    session: Callable[..., ApiSession], pauses: list[float]
) -> None:
    with serving((500, {}, b"")) as server:
        with pytest.raises(
            SourceUnavailable, match=r"shop: GET 127\.0\.0\.1/a answered 500 \(attempt 3 of 3"
        ) as error:
            session(retry=Retry(attempts=3)).get(server.url + "/a?key=hidden")
        assert len(server.requests) == 3
    assert "hidden" not in str(error.value)


def test_a_pause_beyond_what_we_are_willing_to_wait_stops_at_once(
    session: Callable[..., ApiSession], pauses: list[float]
) -> None:
    with serving((429, {"Retry-After": "40000"}, b"")) as server:
        with pytest.raises(SourceUnavailable, match="asks for 40000 s more"):
            session().get(server.url)
        assert len(server.requests) == 1
    assert pauses == []


def test_a_silent_source_times_out_and_is_asked_again(pauses: list[float]) -> None:
    class Silent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            done.wait(5)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    done = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        quick = ApiSession(
            "shop", remedy="", retry=Retry(attempts=2, read_timeout=0.05), sleep=pauses.append
        )
        with pytest.raises(SourceUnavailable, match="timed out"):
            quick.get(f"http://127.0.0.1:{server.server_port}")
    finally:
        done.set()
        server.shutdown()
        server.server_close()
    assert pauses == [0.5]


@pytest.mark.parametrize("status", [401, 403])
def test_a_source_that_turns_us_away_stops_with_the_remedy_and_no_secret(
    session: Callable[..., ApiSession], pauses: list[float], status: int
) -> None:
    body = b'{"status": "error", "message": "token pat-123 and key k-9\\n are not known"}'
    with serving((status, {}, body)) as server:
        with pytest.raises(AuthError) as error:
            session(secrets=["k-9"]).get(server.url, headers={"Authorization": "Bearer pat-123"})
        assert len(server.requests) == 1
    assert (
        str(error.value)
        == f"shop: GET 127.0.0.1/ answered {status} (token *** and key *** are not known)."
    )
    assert error.value.remedy == "Renew the token."


def test_fresh_credentials_are_tried_once_after_a_401(session: Callable[..., ApiSession]) -> None:
    def renew(request: requests.PreparedRequest) -> bool:
        request.headers["Authorization"] = "Bearer new"
        return True

    with serving((401, {}, b"{}"), OK) as server:
        session(reauthorise=renew).get(server.url, headers={"Authorization": "Bearer old"})
        assert [headers["Authorization"] for _, _, headers in server.requests] == [
            "Bearer old",
            "Bearer new",
        ]
    with serving((401, {}, b"{}")) as server:
        with pytest.raises(AuthError):
            session(reauthorise=renew).get(server.url)
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 404, 409])
def test_another_refusal_is_not_asked_again(
    session: Callable[..., ApiSession], status: int
) -> None:
    with serving((status, {}, b'{"message": "no such property"}')) as server:
        with pytest.raises(RefusedRequest, match=f"answered {status} \\(no such property\\)"):
            session().get(server.url)
        assert len(server.requests) == 1


def test_numbers_are_decimal_and_what_is_not_json_is_refused(
    session: Callable[..., ApiSession],
) -> None:
    with serving((200, {}, b'{"a": 0.1, "n": [12345678901234567.89], "i": 3}')) as server:
        body = session().get(server.url).json()
    assert body == {"a": Decimal("0.1"), "n": [Decimal("12345678901234567.89")], "i": 3}
    assert isinstance(body["a"], Decimal)
    for text in (b"<html>", b'{"a": NaN}'):
        with serving((200, {}, text)) as server, pytest.raises(RefusedRequest, match="not JSON"):
            session().get(server.url).json()


def test_dlts_rest_client_pages_through_it_and_is_held_to_the_same_rules(
    session: Callable[..., ApiSession], pauses: list[float]
) -> None:
    first = (200, {}, b'{"results": [{"v": 1.10}], "paging": {"next": {"after": "7"}}}')
    last = (200, {}, b'{"results": [{"v": 2.20}]}')

    def client(url: str) -> RESTClient:
        paginator = JSONResponseCursorPaginator(
            cursor_path="paging.next.after", cursor_param="after"
        )
        return RESTClient(url, auth=BearerTokenAuth("t"), paginator=paginator, session=session())

    with serving(first, (500, {}, b""), (429, {}, b""), last) as server:
        rows = [
            row
            for page in client(server.url).paginate("/x", data_selector="results")
            for row in page
        ]
        assert server.requests[-1][1] == "/x?after=7"
    assert rows == [{"v": Decimal("1.10")}, {"v": Decimal("2.20")}]
    assert pauses == [0.5, 1.0]
    with serving((401, {}, b"{}")) as server, pytest.raises(AuthError):
        list(client(server.url).paginate("/x", data_selector="results"))


def test_retry_after_reads_both_forms() -> None:
    assert retry_after({"Retry-After": " 3 "}, NOW) == 3.0
    assert retry_after({"Retry-After": "1.5"}, NOW) == 1.5
    assert retry_after({"Retry-After": formatdate(NOW + 90, usegmt=True)}, NOW) == 90.0
    assert retry_after({}, NOW) is None


def test_a_rate_limit_holds_calls_to_every_window() -> None:
    clock = [0.0]
    limit = RateLimit(
        [(2, 1.0), (3, 10.0)],
        clock=lambda: clock[0],
        sleep=lambda s: clock.__setitem__(0, clock[0] + s),
    )
    starts = []
    for _ in range(5):
        limit.acquire()
        starts.append(clock[0])
        limit.release()
    assert starts == [0.0, 0.0, 1.0, 10.0, 10.0]


def test_a_rate_limit_bounds_calls_at_once_and_governs_its_own_paths(
    session: Callable[..., ApiSession],
) -> None:
    limit = RateLimit(concurrency=2, path="/search")
    inside, most, lock = [0], [0], threading.Lock()

    def call() -> None:
        limit.acquire()
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.01)
        with lock:
            inside[0] -= 1
        limit.release()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 2
    assert limit.applies_to("http://x/deals/search") and not limit.applies_to("http://x/deals")


def test_every_attempt_counts_against_the_limit_and_gives_its_slot_back(
    session: Callable[..., ApiSession], pauses: list[float]
) -> None:
    clock = [0.0]
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    limit = RateLimit([(1, 5.0)], concurrency=1, clock=lambda: clock[0], sleep=wait)
    with serving((500, {}, b""), (0, {}, b""), OK) as server:
        session(limits=[limit]).get(server.url)
    assert waits == [5.0, 5.0]
