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
import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urljoin, urlsplit

import requests
from requests import PreparedRequest, Response

from tieout import console
from tieout.errors import AuthError, LandingError, RefusedRequest, SourceUnavailable
from tieout.safe_text import HIDDEN, hide, learn
from tieout.sources.http.answers import DecimalResponse, TooLong, asked_of, place_of, read_body
from tieout.sources.http.rate_limit import RateLimit
from tieout.sources.http.retry import Retry, retry_after

MOST_REDIRECTS = 5
BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
TOLD_FROM = 10.0
"""Seconds: a longer pause is told before it begins."""


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
        except TooLong:
            return None, f"had not answered in full after {self.retry.longest_answer:.0f} s"
        except requests.exceptions.SSLError as error:
            raise RefusedRequest(
                f"{self.system}: {asked_of(request)} cannot be trusted: {error}",
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
                answers.put(read_body(self.system, self._sent(request, kwargs), deadline))
            except BaseException as error:
                answers.put(error)

        threading.Thread(target=work, daemon=True, name=f"{self.system} asks").start()
        try:
            answer = answers.get(timeout=self.retry.longest_answer)
        except queue.Empty:
            raise TooLong from None
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
                f"{self.system}: {asked_of(request)} redirects from {here} to {there}. Credentials go to no other host,"
                " and nothing was sent there.",
                "Set base_url (or token_url) to the address that is meant, if you trust it.",
            )
        if redirects > MOST_REDIRECTS:
            raise RefusedRequest(
                f"{self.system}: {asked_of(request)} redirects again and again.", "Check base_url."
            )
        if request.method not in ("GET", "HEAD") and response.status_code not in (307, 308):
            raise RefusedRequest(
                f"{self.system}: {asked_of(request)} redirects a {request.method} with {response.status_code}, which"
                " would lose what was asked.",
                f"Set base_url to the address that it leads to ({place_of(target)}).",
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
                    f"{self.system}: {asked_of(request)} sends back our own credentials in its answer.",
                    "Check base_url: this is not the API, and nothing of what it says was landed.",
                )
            return response
        where, said = asked_of(request), self._said(response)
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
            f"{self.system}: {asked_of(request)} {cause} (attempt {failures} of {self.retry.attempts}, "
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
