"""Calls to the Xero Accounting API: client credentials, the tenant, pages, and what the answers say
about themselves.

Tokens live for thirty minutes. A new one is fetched shortly before the old one ends, and once more
if a call meets a 401; a 401 after that, and any 403, stops the run (`AuthError`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from requests import PreparedRequest
from requests.auth import AuthBase

from tieout.errors import AuthError, RefusedRequest
from tieout.safe_text import learn
from tieout.sources.http.answers import DecimalResponse
from tieout.sources.http.pages import Pages
from tieout.sources.http.rate_limit import RateLimit
from tieout.sources.http.retry import Retry
from tieout.sources.http.session import ApiSession
from tieout.sources.xero import SYSTEM
from tieout.sources.xero.records import instant
from tieout.sources.xero.shapes import Record

CALLS_AT_ONCE = 5
_EARLY_SECONDS = 60.0
_CREDENTIALS = (
    "Check client_id and client_secret in [sources.xero], and that the app still exists in Xero."
)
_TENANT = (
    "Check tenant_id in [sources.xero]: the app must be connected to this organisation, with the scopes "
    "accounting.transactions.read, accounting.journals.read, accounting.reports.read, accounting.contacts.read and "
    "accounting.settings.read."
)


@dataclass(frozen=True)
class Settings:
    """Where the ledger is and how it may be asked. `calls_per_minute` is Xero's limit for one
    organisation."""

    base_url: str
    token_url: str
    client_id: str
    client_secret: str
    tenant_id: str
    page_size: int = 1000
    calls_per_minute: int = 60
    retry: Retry | None = None


@dataclass(frozen=True)
class Page:
    """One answer: its documents, how many there are in all (None where Xero doesn't say), and the
    ledger's present."""

    documents: list[dict[str, Any]]
    count: int | None
    asked_at: datetime | None


class _Token(AuthBase):
    """Puts a bearer token on each request, a fresh one when the old one is about to end."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._session = ApiSession(
            SYSTEM, remedy=_CREDENTIALS, secrets=[settings.client_secret], retry=settings.retry
        )
        self._value = ""
        self._ends = float("-inf")

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if self._clock() >= self._ends:
            self._fetch()
        request.headers["Authorization"] = f"Bearer {self._value}"
        return request

    def renew(self, request: PreparedRequest) -> bool:
        """After a 401: a new token on the same request."""
        self._fetch()
        request.headers["Authorization"] = f"Bearer {self._value}"
        return True

    def _fetch(self) -> None:
        settings = self._settings
        try:
            answer: Any = self._session.post(
                settings.token_url,
                data={"grant_type": "client_credentials"},
                auth=(settings.client_id, settings.client_secret),
            )
            answer = cast("DecimalResponse", answer).record()
        except RefusedRequest as error:
            # OAuth2 answers 400 to a client it does not know.
            raise AuthError(error.cause, _CREDENTIALS) from error
        if not answer.get("access_token"):
            raise AuthError(
                "xero: the token endpoint gave no access_token",
                "Check token_url in [sources.xero].",
            )
        self._value = str(answer["access_token"])
        learn(self._value)
        try:
            lives = float(answer.get("expires_in") or 0)
        except (TypeError, ValueError):
            lives = 0.0  # it is renewed for every call, which is slow and right
        self._ends = self._clock() + max(lives - _EARLY_SECONDS, lives / 2)


class XeroClient:
    """Reads the documents of one organisation."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        token = _Token(settings, clock)
        self._base_url = settings.base_url.rstrip("/")
        self._page_size = settings.page_size
        self._session = ApiSession(
            SYSTEM,
            remedy=_TENANT,
            secrets=[settings.client_secret],
            retry=settings.retry,
            limits=[RateLimit([(settings.calls_per_minute, 60.0)], concurrency=CALLS_AT_ONCE)],
            reauthorise=token.renew,
        )
        self._session.auth = token
        self._session.headers.update(
            {"xero-tenant-id": settings.tenant_id, "Accept": "application/json"}
        )

    def get(
        self,
        endpoint: str,
        list_name: str,
        parameters: Mapping[str, str],
        since: datetime | None = None,
    ) -> Page:
        """One call. DriftError if the answer has no list of that name."""
        headers = {"If-Modified-Since": since.strftime("%Y-%m-%dT%H:%M:%S")} if since else {}
        response = self._session.get(
            f"{self._base_url}/{endpoint}", params=dict(parameters), headers=headers
        )
        answer = cast("DecimalResponse", response).record(list_name)
        documents = answer[list_name]
        pagination, said = answer.get("pagination") or {}, answer.get("DateTimeUTC")
        return Page(documents, pagination.get("itemCount"), instant(said) if said else None)

    def pages(self, record: Record, since: datetime | None) -> Iterator[Page]:
        """All documents of a record's endpoint, in pages where it has them.

        Ordered by their id, which never changes: a document that is edited while we read cannot
        push an unread one over to a page that we have already seen.
        """
        if not record.paged:
            yield self.get(record.endpoint, list_name(record), dict(record.parameters), since)
            return
        number, read = 0, 0
        pages = Pages(f"xero: {record.endpoint}")
        while True:
            number += 1
            page = self.get(
                record.endpoint,
                list_name(record),
                self._page(record, number, self._page_size),
                since,
            )
            read += len(page.documents)
            pages.step([document.get(record.id_field) for document in page.documents], number)
            if page.documents or number == 1:
                yield page
            if not page.documents or (page.count is not None and read >= page.count):
                return

    def count(self, record: Record) -> int | None:
        """How many documents the endpoint has in all, whenever they changed."""
        return self.get(record.endpoint, list_name(record), self._page(record, 1, 1)).count

    def _page(self, record: Record, number: int, size: int) -> dict[str, str]:
        order = f"{record.id_field} ASC"
        return {
            **dict(record.parameters),
            "page": str(number),
            "pageSize": str(size),
            "order": order,
        }


def list_name(record: Record) -> str:
    """The name of the list in the answer."""
    return "Organisations" if record.endpoint == "Organisation" else record.endpoint
