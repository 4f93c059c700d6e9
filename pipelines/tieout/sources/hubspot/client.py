"""Reading HubSpot's CRM API v3 (associations: v4): listings, searches, associations, definitions.

Rates, retries and refusals are `ApiSession`'s. Everything comes as HubSpot sent it: each property a
string or null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, TypeAlias

from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

from tieout.errors import DriftError, RefusedRequest
from tieout.sources.http.answers import DecimalResponse
from tieout.sources.http.pages import Pages
from tieout.sources.http.rate_limit import RateLimit
from tieout.sources.http.retry import Retry
from tieout.sources.http.session import ApiSession
from tieout.sources.hubspot import SYSTEM

Record: TypeAlias = dict[str, Any]

REMEDY = (
    "Create a token of a HubSpot private app with the scopes crm.objects.{companies,contacts,deals,line_items,products,"
    "quotes,owners}.read and crm.schemas.{companies,contacts,deals}.read, and set it as access_token under "
    "[sources.hubspot] in .dlt/secrets.toml."
)
LIST_PAGE = 100
SEARCH_PAGE = 200
ASSOCIATIONS_AT_ONCE = 1_000
# Half of what HubSpot gives without history.
HISTORIES_AT_ONCE = 50
# The association types by which a contact (1) and a deal (5) name their primary company.
PRIMARY_TYPES = frozenset({1, 5})
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Link:
    """One association; `primary` is HubSpot's mark on the first company of a record."""

    source: str
    target: str
    primary: bool


class HubSpot:
    """One HubSpot account."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        calls_per_ten_seconds: int,
        searches_per_second: int,
        retry: Retry | None = None,
        search_page: int = SEARCH_PAGE,
    ) -> None:
        limits = [
            RateLimit([(calls_per_ten_seconds, 10.0)]),
            RateLimit([(searches_per_second, 1.0)], path="/search"),
        ]
        self._api = RESTClient(
            base_url,
            auth=BearerTokenAuth(token),
            session=ApiSession(SYSTEM, remedy=REMEDY, secrets=[token], limits=limits, retry=retry),
            paginator=JSONResponseCursorPaginator(
                cursor_path="paging.next.after", cursor_param="after"
            ),
        )
        self._search_page = search_page

    def listed(
        self, path: str, *, archived: bool = False, properties: Sequence[str] = ()
    ) -> Iterator[list[Record]]:
        """Every record of a listing, a page at a time."""
        params: dict[str, Any] = {"limit": LIST_PAGE, "archived": str(archived).lower()}
        if properties:
            params["properties"] = ",".join(properties)
        pages = Pages(f"{SYSTEM}: {path}")
        while True:
            body = _answer(self._api.get(f"crm/v3/{path}", params=params)).record("results")
            after = _after(body)
            pages.step([record.get("id") for record in body["results"]], after)
            yield body["results"]
            if after is None:
                return
            params["after"] = after

    def results(self, path: str) -> list[Record]:
        """The answer of a listing that has no pages."""
        found: list[Record] = _answer(self._api.get(f"crm/v3/{path}")).record("results")["results"]
        return found

    def newest(self, path: str, modified: str) -> tuple[int, str | None]:
        """How many live records there are, and the latest time of change, by HubSpot's own
        clock."""
        body = self._search(path, [], modified, "DESCENDING", [modified], limit=1)
        latest = body["results"][0]["properties"].get(modified) if body["results"] else None
        return int(body["total"]), latest

    def changed(
        self, path: str, modified: str, since: str, properties: Sequence[str]
    ) -> Iterator[list[Record]]:
        """Live records changed at or after `since`, in the order of change; some come twice.

        Each page asks anew for what was changed from the last seen moment on. So the 10,000 results
        at which a search ends are never reached, and a record that is edited meanwhile moves to the
        end and is met there, where paging by position would shift its neighbours out of sight.
        """
        low = milliseconds(since)
        # Here a page may come twice, as the next question begins at its last moment; that moment
        # must move on.
        while True:
            filters = [_condition(modified, "GTE", low)]
            body = self._search(
                path, filters, modified, "ASCENDING", properties, limit=self._search_page
            )
            if body["results"]:
                yield body["results"]
            if "paging" not in body:
                return
            pages = Pages(f"{SYSTEM}: the search for {path} changed from {low} on")
            if not body["results"]:
                pages.refuse_empty()
            moments = [milliseconds(record["properties"][modified]) for record in body["results"]]
            if min(moments) < low or moments != sorted(moments):
                raise DriftError(
                    f"{pages.what} gives records that are older, or in another order, than was asked for.",
                    "Nothing of it was landed. Run again; if it stays so, adapt the connector to what the search does.",
                )
            last = moments[-1]
            if last <= low:
                yield from self._changed_at(path, modified, low, properties)
                last = low + 1
            low = last

    def _changed_at(
        self, path: str, modified: str, moment: int, properties: Sequence[str]
    ) -> Iterator[list[Record]]:
        """Live records changed in one millisecond, as an import leaves them by the thousand: in the
        order of ids."""
        floor = "0"
        pages = Pages(f"{SYSTEM}: the search for {path} changed at {moment}")
        while True:
            filters = [_condition(modified, "EQ", moment), _condition("hs_object_id", "GT", floor)]
            body = self._search(
                path, filters, "hs_object_id", "ASCENDING", properties, limit=self._search_page
            )
            if body["results"]:
                yield body["results"]
                floor = body["results"][-1]["id"]
            if "paging" not in body:
                return
            if not body["results"]:
                pages.refuse_empty()
            pages.step([record["id"] for record in body["results"]], floor)

    def _search(
        self,
        path: str,
        filters: list[Record],
        by: str,
        direction: str,
        properties: Sequence[str],
        *,
        limit: int,
    ) -> Record:
        asked = {
            "filterGroups": [{"filters": filters}] if filters else [],
            "sorts": [{"propertyName": by, "direction": direction}],
            "properties": list(properties),
            "limit": limit,
        }
        return _answer(self._api.post(f"crm/v3/{path}/search", json=asked)).record("results")

    def histories(
        self, path: str, properties: Sequence[str], ids: Sequence[str]
    ) -> Iterator[list[Record]]:
        """These live records with every value that the properties had, which no search gives."""
        for start in range(0, len(ids), HISTORIES_AT_ONCE):
            asked = {
                "inputs": [{"id": key} for key in ids[start : start + HISTORIES_AT_ONCE]],
                "properties": [],
                "propertiesWithHistory": list(properties),
            }
            where = f"crm/v3/{path}/batch/read"
            body = _answer(self._api.post(where, json=asked)).record("results")
            _refuse_unread(where, body.get("errors", ()))
            yield body["results"]

    def links(self, source: str, target: str, ids: Iterable[str]) -> Iterator[list[Link]]:
        """The associations of these records with records of another type."""
        waiting: list[Record] = [{"id": key} for key in ids]
        asked: set[tuple[str, str]] = set()
        while waiting:
            now, waiting = waiting[:ASSOCIATIONS_AT_ONCE], waiting[ASSOCIATIONS_AT_ONCE:]
            path = f"crm/v4/associations/{source}/{target}/batch/read"
            body = _answer(self._api.post(path, json={"inputs": now})).record("results")
            _refuse_unread(path, body.get("errors", ()))
            found = []
            for result in body["results"]:
                key = str(result["from"]["id"])
                found += [Link(key, str(to["toObjectId"]), _is_primary(to)) for to in result["to"]]
                after = result.get("paging", {}).get("next", {}).get("after")
                if (key, after) in asked:
                    raise DriftError(
                        f"{SYSTEM}: {path} gives the cursor {after!r} of {key} a second time."
                    )
                asked.add((key, after))
                waiting += [{"id": key, "after": after}] if after else []
            yield found


def _answer(response: Any) -> DecimalResponse:
    """As `ApiSession` gives it; dlt's client passes it on under the name of its own."""
    found: DecimalResponse = response
    return found


def _after(body: Record) -> str | None:
    paging = body.get("paging") or {}
    after = (paging.get("next") or {}).get("after")
    return None if after in (None, "") else str(after)


def milliseconds(moment: str) -> int:
    """An ISO 8601 time as milliseconds since 1970, the form in which searches take times."""
    try:
        parsed = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    except ValueError as error:
        raise DriftError(
            f"{SYSTEM}: the time of change {moment!r} is not an ISO 8601 time."
        ) from error
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
    return (parsed - _EPOCH) // timedelta(milliseconds=1)


def earlier(moment: str, minutes: int) -> str:
    """The moment that many minutes before."""
    return (_EPOCH + timedelta(milliseconds=milliseconds(moment), minutes=-minutes)).isoformat()


def capped(newest: str | None, began: datetime) -> str | None:
    """A cursor not ahead of the moment we began at (UTC): a record dated in the future would hide
    all others."""
    if newest is None:
        return None
    limit = began.replace(tzinfo=timezone.utc)
    return newest if milliseconds(newest) <= milliseconds(limit.isoformat()) else limit.isoformat()


def _condition(name: str, operator: str, value: object) -> Record:
    return {"propertyName": name, "operator": operator, "value": str(value)}


def _is_primary(to: Record) -> bool:
    kinds = to["associationTypes"]
    return any(
        kind["category"] == "HUBSPOT_DEFINED" and kind["typeId"] in PRIMARY_TYPES for kind in kinds
    )


def _refuse_unread(path: str, errors: Sequence[Record]) -> None:
    """A record without associations, or gone since we listed it, is reported as not found; any
    other error is one."""
    for error in errors:
        if error.get("category") != "OBJECT_NOT_FOUND":
            raise RefusedRequest(
                f"{SYSTEM}: POST {path} could not read a record ({error.get('message')})."
            )
