"""How every source speaks HTTP: one session that waits, asks again and gives up the same way for all of them.

`ApiSession` is a `requests.Session`, so dlt's `RESTClient(session=...)` and its paginators work on it:

- 429, 5xx, dropped connections and time-outs are asked again after the pause that `Retry-After` names (seconds or an
  HTTP date), else one that doubles. `0`, a date that has passed and nonsense count as none given: no attempt is spent
  without a pause. Attempts and total waiting are bounded; then `SourceUnavailable`.
- 401 and 403 raise `AuthError`, any other 4xx `RefusedRequest`. No message contains a query string or a secret.
- `response.json()` gives `Decimal` where JSON has a fraction, never a float.
- `RateLimit`s hold calls back before the source has to refuse them.

Everything sent through it is read again safely (GET, searches, token requests), so POST is retried as GET is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests
from requests import PreparedRequest, Response

from pipelines.errors import AuthError, LandingError, RefusedRequest, SourceUnavailable
from pipelines.sources.rate_limit import RateLimit

BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


@dataclass(frozen=True)
class Retry:
    """How often and how long to ask again. Times in seconds."""

    attempts: int = 8
    first_pause: float = 0.5
    longest_pause: float = 30.0
    total_pause: float = 300.0
    connect_timeout: float = 10.0
    read_timeout: float = 60.0

    def back_off(self, failures: int) -> float:
        """The pause after that many failures in a row when the source names none."""
        return min(self.first_pause * 2.0 ** (failures - 1), self.longest_pause)


class DecimalResponse(Response):
    """A response whose numbers stay what the source wrote."""

    def json(self, **kwargs: Any) -> Any:
        kwargs.setdefault("parse_float", Decimal)
        kwargs.setdefault("parse_constant", _refuse_constant)
        try:
            return super().json(**kwargs)
        except ValueError as error:
            where = _where(self.request)
            raise RefusedRequest(f"{where} answered with what is not JSON.", "Check base_url.") from error


class ApiSession(requests.Session):
    """A session for one system. `remedy` is what to do when it turns us away; `secrets` never appear in a message.

    `reauthorise`, if given, is called once for a request that met a 401: it puts fresh credentials on the
    request and returns True, or returns False if there are none.
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
        self.retry = retry or Retry()
        self.limits = tuple(limits)
        self.reauthorise = reauthorise
        self._sleep = sleep
        self._now = now

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """The response, of a status below 400. Raises `LandingError` otherwise, after as many attempts as allowed."""
        kwargs["timeout"] = kwargs.get("timeout") or (self.retry.connect_timeout, self.retry.read_timeout)
        failures, waited, reauthorise = 0, 0.0, self.reauthorise
        while True:
            response, cause = self._attempt(request, kwargs)
            if response is not None and response.status_code == HTTPStatus.UNAUTHORIZED and reauthorise:
                renewed, reauthorise = reauthorise(request), None
                if renewed:
                    continue
            if response is not None and not _is_transient(response.status_code):
                return self._accept(request, response)
            failures += 1
            pause = self._pause(response, failures)
            if failures >= self.retry.attempts or waited + pause > self.retry.total_pause:
                self._give_up(request, cause, failures, waited, pause)
            self._sleep(pause)
            waited += pause

    def _attempt(self, request: PreparedRequest, kwargs: dict[str, Any]) -> tuple[Response | None, str]:
        """One try: the response, or None and what went wrong."""
        held = [limit for limit in self.limits if limit.applies_to(request.url or "")]
        for limit in held:
            limit.acquire()
        try:
            response = super().send(request, **kwargs)
        except requests.HTTPError as error:
            # dlt's RESTClient hangs a hook on each request that raises before we could look at the status.
            if error.response is None:
                raise
            response = error.response
        except BROKEN as error:
            # A body that stops half-way is a ConnectionError to requests, whatever stopped it.
            timed_out = isinstance(error, requests.Timeout) or "timed out" in str(error)
            return None, "timed out" if timed_out else "could not be reached, or broke the connection"
        finally:
            for limit in held:
                limit.release()
        response.__class__ = DecimalResponse
        return response, f"answered {response.status_code}"

    def _pause(self, response: Response | None, failures: int) -> float:
        asked = retry_after(response.headers, self._now()) if response is not None else None
        return asked if asked is not None else self.retry.back_off(failures)

    def _accept(self, request: PreparedRequest, response: Response) -> Response:
        status = response.status_code
        if status < HTTPStatus.BAD_REQUEST:
            return response
        where, said = _where(request), self._said(response)
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise AuthError(f"{self.system}: {where} answered {status}{said}.", self.remedy)
        raise RefusedRequest(
            f"{self.system}: {where} answered {status}{said}.",
            "Asking again would not help: check base_url and what the source's configuration asks for.",
        )

    def _give_up(self, request: PreparedRequest, cause: str, failures: int, waited: float, pause: float) -> NoReturn:
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
        words = next((fields[name] for name in ("message", "Detail", "Message", "error") if fields.get(name)), "")
        text = " ".join(str(words).split())[:300]
        sent = str(response.request.headers.get("Authorization", ""))
        for secret in (*self.secrets, sent.partition(" ")[2]):
            text = text.replace(secret, "***") if secret else text
        return f" ({text})" if text else ""


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds the source asks us to wait, or None if it names no time that lies ahead. `now` is a Unix time."""
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


def _is_transient(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _where(request: PreparedRequest) -> str:
    """Method, host and path. The query stays out: it may carry what a log must not."""
    parts = urlsplit(request.url or "")
    return f"{request.method} {parts.hostname}{parts.path}"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
