"""Who may call the demo ledger, and how often: tokens, the tenant, limits, and the faults it has
now and then."""

from __future__ import annotations

import base64
import binascii
import math
import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

CALLS_A_DAY = 5000
AT_ONCE = 5


@dataclass(frozen=True)
class Faults:
    """What the server does badly, by the number of the call, so that a run can be repeated.

    `error_every`: each n-th call of the API is a 500 or, in turn, a 503. `throttle_every`: each
    n-th is a 429 with `Retry-After: retry_after`. 0 turns either off. `refuse` are endpoints that
    the app has no scope for: 403.
    """

    error_every: int = 0
    throttle_every: int = 0
    retry_after: int = 0
    refuse: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """An answer given at the gate, or (status 200) the headers that go with the real one."""

    status: int
    message: str
    headers: Mapping[str, str]


class Gate:
    """Shared by the server's threads; one lock around all of its state."""

    def __init__(
        self,
        client: tuple[str, str],
        tenant_id: str,
        faults: Faults,
        *,
        calls_a_minute: int,
        minute_seconds: float,
        token_seconds: float,
    ) -> None:
        (self.client_id, self.client_secret), self.tenant_id = client, tenant_id
        self._faults = faults
        self.refuse = faults.refuse
        self._calls_a_minute, self._minute, self._token_seconds = (
            calls_a_minute,
            minute_seconds,
            token_seconds,
        )
        self._lock = Lock()
        self._tokens: dict[str, float] = {}
        self._recent: deque[float] = deque()
        self._calls = 0
        self._within = 0

    def token(self, form: Mapping[str, str], authorization: str) -> dict[str, object] | str:
        """A new token, or the OAuth2 error's name."""
        if form.get("grant_type") != "client_credentials":
            return "unsupported_grant_type"
        client = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
        if client != (self.client_id, self.client_secret):
            return "invalid_client"
        token = secrets.token_hex(24)
        with self._lock:
            self._tokens[token] = time.monotonic() + self._token_seconds
        return {
            "access_token": token,
            "expires_in": math.ceil(self._token_seconds),
            "token_type": "Bearer",
            "scope": "accounting.transactions.read accounting.journals.read",
        }

    @property
    def tokens_issued(self) -> int:
        return len(self._tokens)

    def expire_tokens(self) -> None:
        with self._lock:
            self._tokens = dict.fromkeys(self._tokens, 0.0)

    def enter(self, authorization: str, tenant: str) -> Verdict:
        """Counts a call in. Each `enter` is followed by a `leave`."""
        with self._lock:
            self._within += 1
            now = time.monotonic()
            refusal = self._refusal(authorization, tenant, now)
            return refusal or self._counted(now)

    def leave(self) -> None:
        with self._lock:
            self._within -= 1

    def _refusal(self, authorization: str, tenant: str, now: float) -> Verdict | None:
        expires = self._tokens.get(authorization.removeprefix("Bearer "))
        if expires is None:
            return Verdict(401, "AuthenticationUnsuccessful", {})
        if expires <= now:
            return Verdict(401, "TokenExpired: token expired", {})
        if tenant != self.tenant_id:
            return Verdict(
                403, "AuthenticationUnsuccessful: the tenant is not connected to this app", {}
            )
        return None

    def _counted(self, now: float) -> Verdict:
        self._calls += 1
        while self._recent and self._recent[0] <= now - self._minute:
            self._recent.popleft()
        if self._within > AT_ONCE:
            return self._limited("concurrent", 1)
        if self._calls > CALLS_A_DAY:
            return self._limited("day", 86400)
        if len(self._recent) >= self._calls_a_minute:
            return self._limited("minute", math.ceil(self._recent[0] + self._minute - now))
        if _due(self._calls, self._faults.throttle_every):
            return self._limited("minute", self._faults.retry_after)
        if _due(self._calls, self._faults.error_every):
            status = 503 if (self._calls // self._faults.error_every) % 2 == 0 else 500
            return Verdict(status, "An error occurred in Xero. Check the API Status page", {})
        self._recent.append(now)
        return Verdict(200, "", self._remaining())

    def _remaining(self) -> dict[str, str]:
        left = str(max(self._calls_a_minute - len(self._recent), 0))
        return {
            "X-MinLimit-Remaining": left,
            "X-AppMinLimit-Remaining": "9999",
            "X-DayLimit-Remaining": str(max(CALLS_A_DAY - self._calls, 0)),
        }

    def _limited(self, problem: str, seconds: int) -> Verdict:
        headers = {
            **self._remaining(),
            "X-Rate-Limit-Problem": problem,
            "Retry-After": str(seconds),
        }
        return Verdict(429, f"The {problem} limit is reached", headers)


def _due(call: int, every: int) -> bool:
    return every > 0 and call % every == 0


def _basic(authorization: str) -> tuple[str, str] | None:
    if not authorization.startswith("Basic "):
        return None
    try:
        client, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client, secret
