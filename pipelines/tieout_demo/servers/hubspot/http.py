"""The HTTP side of the demo's HubSpot: which path means which question, and the errors in HubSpot's
own shape."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tieout_demo.servers.hubspot.crm import Crm, Refusal, object_type
from tieout_demo.servers.hubspot.search import search

if TYPE_CHECKING:
    from tieout_demo.servers.hubspot.server import HubSpotServer

Query = dict[str, list[str]]
Answer = tuple[int, dict[str, Any]]
_BEGAN = "2026-01-01T00:00:00.000Z"  # a fixed time: answers do not depend on the clock


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes; without this each answer waits for an acknowledgement of the
    # first.
    disable_nagle_algorithm = True
    server: HubSpotServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    do_PUT = do_PATCH = do_DELETE = do_POST

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = f"{self.command} {self.path}"
        fault = self.server.faults.of(self.server.count(asked))
        if fault is not None:
            return self._send(fault[0], _fault(fault[0]), fault[1])
        if self.headers.get("Authorization") != f"Bearer {self.server.token}":
            return self._send(401, _error("INVALID_AUTHENTICATION", _NO_CREDENTIALS))
        if self.server.lacks_scope(self.path):
            return self._send(
                403, _error("MISSING_SCOPES", "This app hasn't been granted all required scopes.")
            )
        try:
            status, answer = self._route(json.loads(body) if body else {})
        except Refusal as refusal:
            self.server.unmapped.append(asked)
            status, answer = refusal.status, _error(refusal.category, str(refusal))
        except (KeyError, TypeError, ValueError) as error:
            self.server.unmapped.append(asked)
            status, answer = 400, _error("VALIDATION_ERROR", f"Invalid input JSON: {error!r}")
        return self._send(status, answer)

    def _route(self, body: dict[str, Any]) -> Answer:
        parts = urlsplit(self.path)
        for method, pattern, allowed, question in _ROUTES:
            found = re.fullmatch(pattern, parts.path)
            if found and method == self.command:
                query = parse_qs(parts.query, keep_blank_values=True)
                if query.keys() - allowed:
                    raise Refusal(
                        400,
                        "VALIDATION_ERROR",
                        f"unknown parameters: {sorted(query.keys() - allowed)}",
                    )
                status, answer = question(self.server.crm, query, body, *found.groups())
                return status, self._linked(answer, parts.path, query)
        raise Refusal(404, "OBJECT_NOT_FOUND", "resource not found")

    def _linked(self, answer: dict[str, Any], path: str, query: Query) -> dict[str, Any]:
        """The answer with the link to its next page, which only listings carry."""
        after = answer.get("paging", {}).get("next", {}).get("after")
        if after and self.command == "GET":
            again = urlencode({**query, "after": [after]}, doseq=True)
            answer["paging"]["next"]["link"] = f"{self.server.url}{path}?{again}"
        return answer

    def _send(
        self, status: int, answer: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json;charset=utf-8",
            "Content-Length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: what was asked stands in `requests` and `unmapped`."""


_NO_CREDENTIALS = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details "
    "at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)


def _error(category: str, message: str) -> dict[str, Any]:
    correlation = uuid.uuid5(uuid.NAMESPACE_URL, message)
    return {
        "status": "error",
        "message": message,
        "correlationId": str(correlation),
        "category": category,
    }


def _fault(status: int) -> dict[str, Any]:
    if status == 429:
        limited = _error("RATE_LIMITS", "You have reached your ten_secondly_rolling limit.")
        return {**limited, "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}
    return _error("INTERNAL_ERROR", "internal error")


def _words(query: Query, name: str) -> list[str]:
    """A list parameter: repeated, or separated by commas."""
    return [word for given in query.get(name, ()) for word in given.split(",") if word]


def _archived(query: Query) -> bool:
    given = query.get("archived", ["false"])[-1]
    if given not in ("true", "false"):
        raise Refusal(400, "VALIDATION_ERROR", f"archived must be true or false, not {given}")
    return given == "true"


def _page(results: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    return {"results": results, **({"paging": {"next": {"after": after}}} if after else {})}


def _list(crm: Crm, query: Query, _body: dict[str, Any], name: str) -> Answer:
    rows, after = crm.page(
        object_type(name),
        after=query.get("after", [""])[-1] or None,
        limit=int(query.get("limit", ["10"])[-1]),
        archived=_archived(query),
        properties=_words(query, "properties"),
        linked=_words(query, "associations"),
    )
    return 200, _page(rows, after)


def _search(crm: Crm, _query: Query, body: dict[str, Any], name: str) -> Answer:
    total, rows, after = search(crm, object_type(name), body)
    return 200, {"total": total, **_page(rows, after)}


def _read(crm: Crm, query: Query, body: dict[str, Any], name: str) -> Answer:
    rows, missing = crm.read(
        object_type(name),
        [str(each["id"]) for each in body["inputs"]],
        archived=_archived(query),
        properties=body["properties"],
        history=body["propertiesWithHistory"],
    )
    kind = {"status": "error", "category": "OBJECT_NOT_FOUND", "errors": [], "links": {}}
    message = (
        "Could not get some objects, they may be deleted or not exist. Check that ids are valid."
    )
    errors = [{**kind, "message": message, "context": {"ids": missing}}] if missing else []
    return _batch(rows, errors)


def _batch(results: list[dict[str, Any]], errors: list[dict[str, Any]]) -> Answer:
    """What was read of a batch, and what of it could not be."""
    answer = {"status": "COMPLETE", "results": results, "startedAt": _BEGAN, "completedAt": _BEGAN}
    return (
        (207, {**answer, "numErrors": len(errors), "errors": errors}) if errors else (200, answer)
    )


def _owners(crm: Crm, query: Query, _body: dict[str, Any]) -> Answer:
    limit, start = int(query.get("limit", ["100"])[-1]), int(query.get("after", ["0"])[-1] or 0)
    found = [owner for owner in crm.owners if bool(owner.get("archived")) == _archived(query)]
    after = str(start + limit) if start + limit < len(found) else None
    return 200, _page(found[start : start + limit], after)


def _pipelines(crm: Crm, _query: Query, _body: dict[str, Any], name: str) -> Answer:
    return 200, {"results": crm.pipelines if object_type(name) == "deals" else []}


def _properties(crm: Crm, query: Query, _body: dict[str, Any], name: str) -> Answer:
    return 200, {
        "results": [] if _archived(query) else list(crm.definitions[object_type(name)].values())
    }


def _associations(
    crm: Crm, _query: Query, body: dict[str, Any], source: str, target: str
) -> Answer:
    source, target = object_type(source), object_type(target)
    if len(body["inputs"]) > crm.limits.association_inputs:
        raise Refusal(
            400, "VALIDATION_ERROR", f"at most {crm.limits.association_inputs} inputs a request"
        )
    results, errors = [], []
    for key in (str(each["id"]) for each in body["inputs"]):
        linked = crm.linked(source, target, key)
        to = [
            {"toObjectId": k, "associationTypes": crm.labels(source, target, v)}
            for k, v in linked.items()
        ]
        if to:
            results.append({"from": {"id": key}, "to": to})
        else:
            message = f"No {target} is associated with {source} {key}."
            context = {"fromObjectId": [key], "fromObjectType": [source], "toObjectType": [target]}
            kind = {
                "category": "OBJECT_NOT_FOUND",
                "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
            }
            errors.append(
                {
                    "status": "error",
                    **kind,
                    "message": message,
                    "context": context,
                    "errors": [],
                    "links": {},
                }
            )
    return _batch(results, errors)


_NAME = r"([a-z_]+|0-\d+)"
_ROUTES: tuple[tuple[str, str, set[str], Callable[..., Answer]], ...] = (
    (
        "GET",
        rf"/crm/v3/objects/{_NAME}",
        {"limit", "after", "properties", "associations", "archived"},
        _list,
    ),
    ("POST", rf"/crm/v3/objects/{_NAME}/search", set(), _search),
    ("POST", rf"/crm/v3/objects/{_NAME}/batch/read", {"archived"}, _read),
    ("GET", r"/crm/v3/owners/?", {"limit", "after", "archived"}, _owners),
    ("GET", rf"/crm/v3/pipelines/{_NAME}", set(), _pipelines),
    ("GET", rf"/crm/v3/properties/{_NAME}", {"archived"}, _properties),
    ("POST", rf"/crm/v4/associations/{_NAME}/{_NAME}/batch/read", set(), _associations),
)
