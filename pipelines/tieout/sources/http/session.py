"""How every source speaks HTTP: one session that waits, asks again and gives up the same way for
all of them.

`ApiSession` is a `requests.Session`, so dlt's `RESTClient(session=...)` and its paginators work on
it:

- 429, 5xx, dropped connections and time-outs are asked again after the pause that `Retry-After` names (seconds or an
  HTTP date), else one that doubles. `0`, a date that has passed and nonsense count as none given: no attempt is spent
  without a pause. Attempts and total waiting are bounded; then `SourceUnavailable`.
- 401 and 403 raise `AuthError`, any other 4xx `RefusedRequest`. No message contains a query string or a secret.
- `response.json()` gives `Decimal` where JSON has a fraction, never a float.
- `RateLimit`s hold calls back before the source has to refuse them.
- Credentials go to the host that was configured and to no other: a redirect to another one is an error that names both.
- An answer has a longest time and a largest size; what repeats itself is an error (`Pages`).

Everything sent through it is read again safely (GET, searches, token requests), so POST is retried
as GET is.
"""

from __future__ import annotations

import base64
import json
import math
import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urljoin, urlsplit

import requests
from requests import PreparedRequest, Response
from requests.utils import guess_json_utf

from tieout import console
from tieout.errors import AuthError, DriftError, LandingError, RefusedRequest, SourceUnavailable
from tieout.safe_text import HIDDEN, hide, learn
from tieout.sources.http.rate_limit import RateLimit

MOST_REDIRECTS = 5
LARGEST_ANSWER = 256 << 20
BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
TOLD_FROM = 10.0
"""Seconds: a longer pause is told before it begins."""


@dataclass(frozen=True)
class Retry:
    """How often and how long to ask again. Times in seconds."""

    attempts: int = 8
    first_pause: float = 0.5
    longest_pause: float = 30.0
    total_pause: float = 300.0
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    # Of one answer, from the question to its last byte: one that comes byte by byte ends here.
    longest_answer: float = 300.0

    def back_off(self, failures: int) -> float:
        """The pause after that many failures in a row when the source names none."""
        return min(self.first_pause * 2.0 ** (failures - 1), self.longest_pause)


class DecimalResponse(Response):
    """A response whose numbers stay what the source wrote."""

    system = ""

    def json(self, **kwargs: Any) -> Any:
        kwargs.setdefault("parse_float", Decimal)
        kwargs.setdefault("parse_constant", _refuse_constant)
        try:
            # Strictly: requests would guess another encoding, and names would arrive as other
            # names.
            return json.loads(
                self.content.decode(guess_json_utf(self.content) or "utf-8"), **kwargs
            )
        except (ValueError, RecursionError) as error:
            what = (
                "bytes that are not UTF-8"
                if isinstance(error, UnicodeDecodeError)
                else "what is not JSON"
            )
            began = " ".join(hide(self.text[:2000]).split())[:80]
            raise RefusedRequest(
                f"{self.system}{_where(self.request)} answered {self.status_code} with {what}"
                + (f" (it begins {began!r})." if began else " (nothing)."),
                "Check base_url: does it lead to the API, and not to a page, a proxy or a login?",
            ) from error

    def record(self, *lists: str) -> dict[str, Any]:
        """The answer as an object that has these lists. DriftError where it is something else."""
        body = self.json()
        kind = {list: "a list", type(None): "null"}.get(type(body), f"a {type(body).__name__}")
        missing = [
            name
            for name in lists
            if not isinstance(body, dict) or not isinstance(body.get(name), list)
        ]
        if not isinstance(body, dict) or missing:
            lacks = (
                f"without a list {missing[0]}"
                if isinstance(body, dict)
                else f"with {kind}, not an object"
            )
            raise DriftError(
                f"{self.system}{_where(self.request)} answered {lacks}.",
                "Check base_url: does it lead to the API? If it does, the source changed: adapt the connector.",
            )
        if wrong := [
            name for name in lists if not all(isinstance(one, dict) for one in body[name])
        ]:
            raise DriftError(
                f"{self.system}{_where(self.request)} answered with a {wrong[0]} in which not every entry is a record.",
                "The source changed, or something in between answers for it: adapt the connector.",
            )
        return body


class Pages:
    """A walk through pages, which ends: where one comes again, the source does not move on, and
    that is an error.

    `step` is told each page's ids, and what the source gave to go on with (a cursor, a page's
    number, an offset).
    """

    MOST = 100_000
    MOST_EMPTY = 3
    """One after the other, each saying that there is more."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._cursors: set[str] = set()
        self._contents: set[int] = set()
        self._count = self._empty = 0

    def step(self, ids: Sequence[object], cursor: object = None) -> None:
        """One page more. DriftError if it, or the way on, was there before."""
        self._count += 1
        content = hash(tuple(map(str, ids)))
        if cursor is not None and str(cursor) in self._cursors:
            self._refuse(f"gives the cursor {str(cursor)[:60]!r} a second time")
        if ids and content in self._contents:
            self._refuse(f"gives the same page a second time (it begins with {str(ids[0])[:60]!r})")
        self._empty = 0 if ids or cursor is None else self._empty + 1
        if self._empty > self.MOST_EMPTY:
            self.refuse_empty()
        if self._count > self.MOST:
            self._refuse(f"has given {self.MOST:,} pages and names another")
        self._cursors.add(str(cursor))
        self._contents.add(content)

    def refuse_empty(self) -> NoReturn:
        """A page with nothing on it names another one."""
        self._refuse("gives an empty page and says that there is more")

    def _refuse(self, does: str) -> NoReturn:
        raise DriftError(
            f"{self.what} {does}: it would never end.",
            "Nothing of it was landed. Run again; if it stays so, the source (or a proxy before it) ignores how pages"
            " are asked for.",
        )


class ApiSession(requests.Session):
    """A session for one system. `remedy` is what to do when it turns us away; `secrets` never
    appear in a message.

    `reauthorise`, if given, is called once for a request that met a 401: it puts fresh credentials
    on the request and returns True, or returns False if there are none.
    """

    def __init__(
        self,
        system: str,
        *,
        remedy: str,
        secrets: Sequence[str] = (),
        retry: Retry | None = None,
        limits: Sequence[RateLimit] = (),
        reauthorise: Callable[[PreparedRequest], bool] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.system = system
        self.remedy = remedy
        self.secrets = [secret for secret in secrets if secret]
        learn(*self.secrets)
        self.retry = retry or Retry()
        self.limits = tuple(limits)
        self.reauthorise = reauthorise
        self._sleep = sleep
        self._now = now

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """The response, of a status below 400. Raises `LandingError` otherwise, after as many
        attempts as allowed."""
        kwargs["timeout"] = kwargs.get("timeout") or (
            self.retry.connect_timeout,
            self.retry.read_timeout,
        )
        # Followed here, and read here: see `_accept` and `_within`.
        kwargs["allow_redirects"], kwargs["stream"] = False, True
        learn(*_credentials(request))
        redirects = 0
        failures, waited, reauthorise = 0, 0.0, self.reauthorise
        while True:
            response, cause = self._attempt(request, kwargs)
            if (
                response is not None
                and response.status_code == HTTPStatus.UNAUTHORIZED
                and reauthorise
            ):
                renewed, reauthorise = reauthorise(request), None
                if renewed:
                    continue
            if response is not None and response.is_redirect:
                redirects += 1
                request = self._moved(request, response, redirects)
                continue
            if response is not None and not _is_transient(response.status_code):
                return self._accept(request, response)
            failures += 1
            pause = self._pause(response, failures)
            if failures >= self.retry.attempts or waited + pause > self.retry.total_pause:
                self._give_up(request, cause, failures, waited, pause)
            if pause >= TOLD_FROM:
                most = self.retry.total_pause
                console.aside(
                    f"{self.system} {cause}: waiting {pause:.0f} s ({waited:.0f} of {most:.0f} s are over)"
                )
            self._sleep(pause)
            waited += pause

    def _attempt(
        self, request: PreparedRequest, kwargs: dict[str, Any]
    ) -> tuple[Response | None, str]:
        """One try: the response, or None and what went wrong."""
        held = [limit for limit in self.limits if limit.applies_to(request.url or "")]
        for limit in held:
            limit.acquire()
        try:
            response = self._within(request, kwargs)
        except _TooLong:
            return None, f"had not answered in full after {self.retry.longest_answer:.0f} s"
        except requests.exceptions.SSLError as error:
            raise RefusedRequest(
                f"{self.system}: {_where(request)} cannot be trusted: {error}",
                "Check that base_url names the right host, and that this machine knows who signed its certificate.",
            ) from error
        except BROKEN as error:
            # A body that stops half-way is a ConnectionError to requests, whatever stopped it.
            timed_out = isinstance(error, requests.Timeout) or "timed out" in str(error)
            return (
                None,
                "timed out" if timed_out else "could not be reached, or broke the connection",
            )
        finally:
            for limit in held:
                limit.release()
        response.__class__ = DecimalResponse
        response.system = f"{self.system}: "  # type: ignore[attr-defined]
        return response, f"answered {response.status_code}"

    def _within(self, request: PreparedRequest, kwargs: dict[str, Any]) -> Response:
        """The answer with its body, in the longest time and of the largest size that one may have.

        In a thread of its own: a time-out of the socket begins anew with every byte, and a source
        that sends one a minute would be read for ever. A thread that is given up ends with its
        connection, or with the process.
        """
        answers: queue.SimpleQueue[Response | BaseException] = queue.SimpleQueue()
        deadline = time.monotonic() + self.retry.longest_answer

        def work() -> None:
            try:
                answers.put(_read(self.system, self._sent(request, kwargs), deadline))
            except BaseException as error:
                answers.put(error)

        threading.Thread(target=work, daemon=True, name=f"{self.system} asks").start()
        try:
            answer = answers.get(timeout=self.retry.longest_answer)
        except queue.Empty:
            raise _TooLong from None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _sent(self, request: PreparedRequest, kwargs: dict[str, Any]) -> Response:
        try:
            return super().send(request, **kwargs)
        except requests.HTTPError as error:
            # dlt's RESTClient hangs a hook on each request that raises before we could look at the
            # status.
            if error.response is None:
                raise
            return error.response

    def resolve_redirects(self, *_: Any, **__: Any) -> Generator[Response, None, None]:
        """None: requests itself follows nothing, and prepares nothing to follow."""
        yield from ()

    def _moved(
        self, request: PreparedRequest, response: Response, redirects: int
    ) -> PreparedRequest:
        """The same question at the place that a redirect names, if that is on the same host."""
        target = urljoin(request.url or "", response.headers["Location"])
        here, there = _origin(request.url or ""), _origin(target)
        if here != there:
            raise RefusedRequest(
                f"{self.system}: {_where(request)} redirects from {here} to {there}. Credentials go to no other host,"
                " and nothing was sent there.",
                "Set base_url (or token_url) to the address that is meant, if you trust it.",
            )
        if redirects > MOST_REDIRECTS:
            raise RefusedRequest(
                f"{self.system}: {_where(request)} redirects again and again.", "Check base_url."
            )
        if request.method not in ("GET", "HEAD") and response.status_code not in (307, 308):
            raise RefusedRequest(
                f"{self.system}: {_where(request)} redirects a {request.method} with {response.status_code}, which"
                " would lose what was asked.",
                f"Set base_url to the address that it leads to ({_where_of(target)}).",
            )
        moved = request.copy()
        moved.url = target
        return moved

    def _pause(self, response: Response | None, failures: int) -> float:
        asked = retry_after(response.headers, self._now()) if response is not None else None
        return asked if asked is not None else self.retry.back_off(failures)

    def _accept(self, request: PreparedRequest, response: Response) -> Response:
        status = response.status_code
        if status < HTTPStatus.BAD_REQUEST:
            if any(
                secret.encode() in response.content
                for secret in _credentials(request)
                if len(secret) >= 8
            ):
                raise RefusedRequest(
                    f"{self.system}: {_where(request)} sends back our own credentials in its answer.",
                    "Check base_url: this is not the API, and nothing of what it says was landed.",
                )
            return response
        where, said = _where(request), self._said(response)
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise AuthError(f"{self.system}: {where} answered {status}{said}.", self.remedy)
        raise RefusedRequest(
            f"{self.system}: {where} answered {status}{said}.",
            "Asking again would not help: check base_url and what the source's configuration asks for.",
        )

    def _give_up(
        self, request: PreparedRequest, cause: str, failures: int, waited: float, pause: float
    ) -> NoReturn:
        wants = f", and asks for {pause:.0f} s more" if pause > self.retry.longest_pause else ""
        raise SourceUnavailable(
            f"{self.system}: {_where(request)} {cause} (attempt {failures} of {self.retry.attempts}, "
            f"{waited:.0f} s waited{wants}).",
            "What was landed stays. Run again when the source answers.",
        )

    def _said(self, response: Response) -> str:
        """The source's own words on the refusal, on one line, without our secrets."""
        try:
            body = response.json()
        except LandingError:
            return ""
        fields = body if isinstance(body, Mapping) else {}
        words = next(
            (
                fields[name]
                for name in ("message", "Detail", "Message", "error")
                if fields.get(name)
            ),
            "",
        )
        # Hidden before it is cut: half a secret would no longer be known.
        text = hide(" ".join(hide(str(words)).split()))
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        text = text[:300]
        return f" ({text})" if text else ""


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds the source asks us to wait, or None if it names no time that lies ahead. `now` is a
    Unix time."""
    value = headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        # An HTTP date is in GMT even where its zone reads as unknown.
        seconds = (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp() - now
    return seconds if math.isfinite(seconds) and seconds > 0 else None


class _TooLong(Exception):
    """An answer has taken as long as one may."""


def _read(system: str, response: Response, deadline: float) -> Response:
    """Reads the body, up to the largest size."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(1 << 16):
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            response.close()
            raise RefusedRequest(
                f"{system}: {_where(response.request)} answered with more than {LARGEST_ANSWER >> 20} MiB.",
                "Ask for smaller pages, where the source can be asked so; nothing was landed.",
            )
        if time.monotonic() > deadline:
            response.close()
            raise _TooLong
    response._content = b"".join(parts)  # what `content` itself would keep
    return response


def _credentials(request: PreparedRequest) -> list[str]:
    """What lets us in, as this request carries it."""
    kind, _, value = str(request.headers.get("Authorization") or "").partition(" ")
    found = [value]
    if kind == "Basic":
        with suppress(ValueError):
            found.append(base64.b64decode(value).decode("utf-8", "replace").partition(":")[2])
    return [secret for secret in found if len(secret) >= 4]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    try:
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        port = None
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def _is_transient(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _where(request: PreparedRequest) -> str:
    """Method, host and path. The query stays out: it may carry what a log must not."""
    return f"{request.method} {_where_of(request.url or '')}"


def _where_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
