"""What a source answers: read whole within bounds, with its numbers as it wrote them."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.utils import guess_json_utf

from tieout.errors import DriftError, RefusedRequest
from tieout.safe_text import hide

LARGEST_ANSWER = 256 << 20


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
                f"{self.system}{asked_of(self.request)} answered {self.status_code} with {what}"
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
                f"{self.system}{asked_of(self.request)} answered {lacks}.",
                "Check base_url: does it lead to the API? If it does, the source changed: adapt the connector.",
            )
        if wrong := [
            name for name in lists if not all(isinstance(one, dict) for one in body[name])
        ]:
            raise DriftError(
                f"{self.system}{asked_of(self.request)} answered with a {wrong[0]} in which"
                " not every entry is a record.",
                "The source changed, or something in between answers for it: adapt the connector.",
            )
        return body


class TooLong(Exception):
    """An answer has taken as long as one may."""


def read_body(system: str, response: Response, deadline: float) -> Response:
    """Reads the body, up to the largest size."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(1 << 16):
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            response.close()
            raise RefusedRequest(
                f"{system}: {asked_of(response.request)} answered with more than {LARGEST_ANSWER >> 20} MiB.",
                "Ask for smaller pages, where the source can be asked so; nothing was landed.",
            )
        if time.monotonic() > deadline:
            response.close()
            raise TooLong
    response._content = b"".join(parts)  # what `content` itself would keep
    return response


def asked_of(request: PreparedRequest) -> str:
    """Method, host and path. The query stays out: it may carry what a log must not."""
    return f"{request.method} {place_of(request.url or '')}"


def place_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
