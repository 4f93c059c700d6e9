"""The HTTP side of the demo ledger: reads a request, asks the gate and then the API, writes the
answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

from tieout_demo.servers.local_server import LocalServer
from tieout_demo.servers.xero.api import ENDPOINTS, Documents, Refused, answer
from tieout_demo.servers.xero.gate import Gate
from tieout_demo.servers.xero.render import utc

_API = "/api.xro/2.0/"
_TOKEN = "/connect/token"  # noqa: S105 - a path
_OK = 200
_FORBIDDEN = 403


class XeroHTTPServer(LocalServer):
    """The gate and what is behind it, as the handlers of requests share them."""

    def __init__(self, port: int, gate: Gate, content: tuple[Documents, datetime]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.gate = gate
        self.content = content
        self.requests: list[str] = []
        self.unknown: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The head and the body are two writes; Nagle's algorithm would hold the second back until the
    # first is seen.
    disable_nagle_algorithm = True
    server: XeroHTTPServer

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
        if self.path != _TOKEN:
            return self._unknown()
        granted = self.server.gate.token(form, self.headers.get("Authorization", ""))
        if isinstance(granted, str):
            return self._write(400, json.dumps({"error": granted}), {})
        return self._write(_OK, json.dumps(granted), {})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        endpoint = parts.path.removeprefix(_API)
        if not parts.path.startswith(_API) or endpoint not in ENDPOINTS:
            return self._unknown()
        gate = self.server.gate
        try:
            verdict = gate.enter(
                self.headers.get("Authorization", ""), self.headers.get("xero-tenant-id", "")
            )
            if verdict.status != _OK:
                return self._refuse(verdict.status, verdict.message, verdict.headers)
            if endpoint in gate.refuse:
                return self._refuse(
                    _FORBIDDEN, "AuthorizationUnsuccessful: no scope", verdict.headers
                )
            self.server.requests.append(self.path.removeprefix(_API))
            documents, now = self.server.content
            try:
                body = answer(documents, endpoint, dict(parse_qsl(parts.query)), self._since(), now)
            except Refused as error:
                return self._refuse(error.status, str(error), verdict.headers)
            return self._write(_OK, body, verdict.headers)
        finally:
            gate.leave()

    def _since(self) -> datetime | None:
        """If-Modified-Since as Xero takes it: ISO 8601 in UTC, or an HTTP date."""
        text = self.headers.get("If-Modified-Since")
        if not text:
            return None
        try:
            return utc(datetime.fromisoformat(text.replace("Z", "+00:00")))
        except ValueError:
            try:
                return utc(parsedate_to_datetime(text))
            except ValueError as error:
                raise Refused(400, f"If-Modified-Since: {text!r} is no date") from error

    def _unknown(self) -> None:
        self.server.unknown.append(f"{self.command} {self.path}")
        self._refuse(404, f"{self.command} {self.path} is not served by the demo ledger", {})

    def _refuse(self, status: int, message: str, headers: Mapping[str, str]) -> None:
        body = {
            "Type": None,
            "Title": self.responses[status][0],
            "Status": status,
            "Detail": message,
        }
        self._write(status, json.dumps(body), headers)

    def _write(self, status: int, body: str, headers: Mapping[str, str]) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in {
            **headers,
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(data)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: what was asked stands in `requests` and `unknown`."""
