"""A server that misbehaves in one way at a time, down to its bytes; `BEHAVIOURS` says how each has
to end."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tieout.errors import AuthError, DriftError, LandingError, RefusedRequest, SourceUnavailable

Answer = Callable[["Server", socket.socket, str], None]
"""Writes an answer to one request, given its head."""

GOOD = {"results": [{"id": "1"}]}


@dataclass
class Server:
    """What it was asked, and by which address."""

    port: int
    other: int
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Behaviour:
    """How a request that meets it ends: with an error of this class and these words, or (None) with
    the records."""

    answer: Answer
    error: type[LandingError] | None
    words: str = ""


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[Server, Server]]:
    """The server, and another host (another port), which nobody is to call."""
    with _listening() as listener, _listening() as elsewhere:
        ours = Server(listener.getsockname()[1], elsewhere.getsockname()[1])
        theirs = Server(ours.other, ours.port)
        for socket_, server, how in (
            (listener, ours, answer),
            (elsewhere, theirs, plain(200, b'{"results": []}')),
        ):
            threading.Thread(target=_serve, args=(socket_, server, how), daemon=True).start()
        yield ours, theirs


@contextmanager
def _listening() -> Iterator[socket.socket]:
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        yield listener
    finally:
        listener.close()


def _serve(listener: socket.socket, server: Server, answer: Answer) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_one, args=(connection, server, answer), daemon=True).start()


def _one(connection: socket.socket, server: Server, answer: Answer) -> None:
    # The other side may hang up at any moment: that is what is tried.
    with suppress(OSError, ValueError), connection:
        connection.settimeout(5)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65536)
            if not piece:
                return
            head += piece
        server.heads.append(head.decode("latin-1"))
        answer(server, connection, server.heads[-1])


def plain(status: int, body: bytes, *headers: str, length: int | str | None = None) -> Answer:
    """A whole answer."""

    def answer(server: Server, connection: socket.socket, head: str) -> None:
        told = [
            f"HTTP/1.1 {status} X",
            "Connection: close",
            *(h.format(server=server) for h in headers),
        ]
        told.append(f"Content-Length: {len(body) if length is None else length}")
        connection.sendall("\r\n".join([*told, "", ""]).encode("latin-1") + body)

    return answer


def json_of(body: object, status: int = 200, *headers: str) -> Answer:
    return plain(status, json.dumps(body).encode(), *headers)


def raw(*pieces: bytes, pause: float = 0.0, forever: bool = False) -> Answer:
    """These bytes, with pauses between, again and again if it is for ever."""

    def answer(server: Server, connection: socket.socket, head: str) -> None:
        until = time.monotonic() + 8
        while True:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
            if not forever or time.monotonic() > until:
                return

    return answer


def _reset(server: Server, connection: socket.socket, head: str) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _silent(server: Server, connection: socket.socket, head: str) -> None:
    time.sleep(3)


def _then(first: Answer, *rest: Answer) -> Answer:
    """One after the other; the last one stays."""
    answers = [first, *rest]

    def answer(server: Server, connection: socket.socket, head: str) -> None:
        answers[min(len(server.heads), len(answers)) - 1](server, connection, head)

    return answer


def _echo(server: Server, connection: socket.socket, head: str) -> None:
    sent = next(
        line.partition(": ")[2]
        for line in head.split("\r\n")
        if line.lower().startswith("authorization")
    )
    json_of({"results": [{"id": "1", "said": sent}]})(server, connection, head)


def _echo_refusal(server: Server, connection: socket.socket, head: str) -> None:
    json_of({"message": head}, 400)(server, connection, head)


def _paged(page: Callable[[int], tuple[list[object], object]]) -> Answer:
    def answer(server: Server, connection: socket.socket, head: str) -> None:
        results, after = page(len(server.heads))
        body: dict[str, object] = {"results": results}
        if after is not None:
            body["paging"] = {"next": {"after": after}}
        json_of(body)(server, connection, head)

    return answer


def _moved(status: int, location: str) -> Answer:
    return plain(status, b"", f"Location: {location}")


HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
DOWN, REFUSED, DRIFT = SourceUnavailable, RefusedRequest, DriftError
BEHAVIOURS: dict[str, Behaviour] = {
    "it answers": Behaviour(json_of(GOOD), None),
    "it hangs up": Behaviour(lambda *_: None, DOWN, "broke the connection"),
    "it resets the connection": Behaviour(_reset, DOWN, "broke the connection"),
    "it says nothing": Behaviour(_silent, DOWN, "timed out"),
    "its head comes byte by byte": Behaviour(raw(b"H", b"T", pause=0.05, forever=True), DOWN),
    "its body comes byte by byte": Behaviour(
        _then(
            raw(HEAD + b"Content-Length: 100000\r\n\r\n" + b" " * 60, *([b" "] * 200), pause=0.05)
        ),
        DOWN,
        "in full",
    ),
    "its head never ends": Behaviour(
        raw(HEAD, *([b"X: y\r\n"] * 50), pause=0.05, forever=True), DOWN
    ),
    "it says go on for ever": Behaviour(
        raw(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02, forever=True), DOWN
    ),
    "its body stops half-way": Behaviour(
        plain(200, b'{"results": [', length=500), DOWN, "broke the connection"
    ),
    "it speaks no HTTP": Behaviour(raw(b"SSH-2.0-OpenSSH_9.6\r\n"), DOWN),
    "it speaks HTTP/2": Behaviour(
        raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80"), DOWN
    ),
    "its status is no number": Behaviour(raw(b"HTTP/1.1 OK fine\r\n\r\n"), DOWN),
    "its status is 999": Behaviour(json_of(GOOD, 999), DOWN, "answered 999"),
    "its length is no number": Behaviour(plain(200, b"{}", length="many"), DriftError),
    "its length is below nothing": Behaviour(plain(200, b"{}", length=-5), DriftError),
    "its body is gzip that is none": Behaviour(
        plain(200, b"not gzip", "Content-Encoding: gzip"), DOWN
    ),
    "its body is gzip that unfolds without end": Behaviour(
        plain(200, gzip.compress(bytes(64 << 20)), "Content-Encoding: gzip"), REFUSED, "MiB"
    ),
    "its chunks have no size": Behaviour(
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), DOWN
    ),
    "its chunks never end": Behaviour(
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *([b"5\r\n     \r\n"] * 100), pause=0.03),
        DOWN,
    ),
    "a header is longer than may be": Behaviour(
        raw(HEAD + b"X: " + b"y" * 200_000 + b"\r\n\r\n{}"), DOWN
    ),
    "it has a thousand headers": Behaviour(raw(HEAD + b"X: y\r\n" * 1000 + b"\r\n{}"), DOWN),
    "its headers are in another case": Behaviour(
        _then(
            plain(429, b"", "RETRY-AFTER: 1"),
            plain(200, json.dumps(GOOD).encode(), "CONTENT-TYPE: APPLICATION/JSON"),
        ),
        None,
    ),
    "it answers with nothing": Behaviour(plain(200, b""), REFUSED, "(nothing)"),
    "it answers 204": Behaviour(plain(204, b""), REFUSED, "not JSON"),
    "it answers 304": Behaviour(plain(304, b""), REFUSED, "not JSON"),
    "it answers with a page": Behaviour(
        plain(200, b"<html>Log in</html>"), REFUSED, "begins '<html>"
    ),
    "it answers with escapes": Behaviour(
        plain(200, b"\x1b[2J\x1b]0;gone\x07"), REFUSED, "not JSON"
    ),
    "it answers with half of JSON": Behaviour(
        plain(200, b'{"results": [{"id"'), REFUSED, "not JSON"
    ),
    "it answers with NaN": Behaviour(
        plain(200, b'{"results": [{"id": NaN}]}'), REFUSED, "not JSON"
    ),
    "it answers with bytes that are no UTF-8": Behaviour(
        plain(200, b'{"results": [{"id": "M\xfcller"}]}'), REFUSED, "UTF-8"
    ),
    "it answers a hundred thousand brackets deep": Behaviour(
        plain(200, b"[" * 100_000), REFUSED, "not JSON"
    ),
    "it answers with a list": Behaviour(json_of([GOOD]), DRIFT, "a list, not an object"),
    "it answers with null": Behaviour(json_of(None), DRIFT, "null, not an object"),
    "it answers with a word": Behaviour(json_of("ok"), DRIFT, "not an object"),
    "it answers with a number": Behaviour(json_of(7), DRIFT, "not an object"),
    "it answers without its list": Behaviour(
        json_of({"result": []}), DRIFT, "without a list results"
    ),
    "its list is an object": Behaviour(
        json_of({"results": {"1": {}}}), DRIFT, "without a list results"
    ),
    "its list is null": Behaviour(json_of({"results": None}), DRIFT, "without a list results"),
    "its records are words": Behaviour(
        json_of({"results": ["a", "b"]}), DRIFT, "not every entry is a record"
    ),
    "it refuses for ever": Behaviour(plain(429, b""), DOWN, "answered 429"),
    "it asks for a day's pause": Behaviour(
        plain(429, b"", "Retry-After: 86400"), DOWN, "asks for 86400 s"
    ),
    "it asks for a pause of letters": Behaviour(
        _then(plain(429, b"", "Retry-After: \x1bsoon"), json_of(GOOD)), None
    ),
    "it fails for ever": Behaviour(plain(503, b"oops"), DOWN, "answered 503"),
    "it fails once": Behaviour(_then(plain(500, b""), json_of(GOOD)), None),
    "it does not know us": Behaviour(
        json_of({"message": "who?"}, 401), AuthError, "answered 401 (who?)"
    ),
    "it does not let us": Behaviour(
        json_of({"message": "no"}, 403), AuthError, "answered 403 (no)"
    ),
    "it has no such thing": Behaviour(plain(404, b"<html>"), REFUSED, "answered 404"),
    "it repeats what was sent as a refusal": Behaviour(_echo_refusal, REFUSED, "***"),
    "it repeats what was sent as a record": Behaviour(_echo, REFUSED, "our own credentials"),
    "it redirects to another host": Behaviour(
        _moved(302, "http://localhost:{server.other}/x"), REFUSED, "localhost"
    ),
    "it redirects to another port": Behaviour(
        _moved(307, "http://127.0.0.1:{server.other}/x"), REFUSED, "{other}"
    ),
    "it redirects for good": Behaviour(
        _moved(308, "http://127.0.0.1:{server.other}/x"), REFUSED, "{other}"
    ),
    "it redirects to another scheme": Behaviour(
        _moved(301, "https://127.0.0.1:{server.port}/x"), REFUSED, "https://"
    ),
    "it redirects without a scheme": Behaviour(
        _moved(302, "//127.0.0.1:{server.other}/x"), REFUSED, "{other}"
    ),
    "it redirects to a name that looks like ours": Behaviour(
        _moved(302, "http://127.0.0.1:{server.port}@localhost:{server.other}/x"), REFUSED, "{other}"
    ),
    "it redirects to a file": Behaviour(_moved(302, "file:///etc/passwd"), REFUSED, "file://"),
    "it redirects in a circle": Behaviour(_moved(302, "/again"), REFUSED, "again and again"),
    "it redirects to nowhere": Behaviour(plain(302, b""), REFUSED, "not JSON"),
    "it redirects within its host": Behaviour(
        _then(_moved(302, "/elsewhere"), json_of(GOOD)), None
    ),
    "it gives the same cursor again": Behaviour(
        _paged(lambda n: ([{"id": n}], "7")), DRIFT, "the cursor '7'"
    ),
    "it gives the same page under new cursors": Behaviour(
        _paged(lambda n: ([{"id": 1}], n)), DRIFT, "the same page"
    ),
    "it goes back to the first page": Behaviour(
        _paged(lambda n: ([{"id": n % 3}], n)), DRIFT, "the same page"
    ),
    "it gives empty pages for ever": Behaviour(_paged(lambda n: ([], n)), DRIFT, "an empty page"),
    "it gives new pages for ever": Behaviour(
        _paged(lambda n: ([{"id": n}], n)), DRIFT, "names another"
    ),
    "its cursor is empty": Behaviour(_paged(lambda n: ([{"id": n}], "")), None),
}
