"""Secrets, each planted in a setting and met by a failure: nothing that the run says or leaves
holds one.

`make faults` plants 102 of them, `make test` a sample.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import sqlite3
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from misbehaving_http import BEHAVIOURS, Answer, Server, json_of, plain, serving

from tieout import console, failures
from tieout.errors import TieoutError
from tieout.landing.land import land
from tieout.safe_text import (
    Hiding,
    forget,
    hide,
    learn,
    learn_settings,
    safe,
    visible,
    without_secrets,
)
from tieout.sources.http import session as http

# Of every kind that an address, a header, TOML, JSON, a shell or a person who reads has trouble
# with.
KINDS = (
    "{}-plain-and-long-enough",
    "{}/with+base64==",
    "{}@host:5432/path",
    "{}%2Fencoded%41lready",
    "{} with two  blanks",
    "{}'single\"double\\back",
    "{}ünïcödé-ß",
    "{}&amp=<tag>?#frag;semi",
    "{}$HOME`id`{{x}}",
    "{}[bold]markup[/]",
)
CONNECTORS = ("hubspot", "xero", "field_service")


def told_by_server(server: Server, connection: object, head: str) -> None:
    """A server that says in its refusal all that it was sent, in every form it can think of."""
    forms = [head, quote(head), base64.b64encode(head.encode("latin-1")).decode(), json.dumps(head)]
    for line in head.split("\r\n"):
        value = line.partition(": ")[2]
        with_user = value.partition(" ")[2]
        forms += [value, with_user, quote(value, safe="")]
        if value.startswith("Basic "):
            forms += [base64.b64decode(with_user).decode("utf-8", "replace")]
    json_of({"message": " | ".join(forms)}, 400)(server, connection, head)  # type: ignore[arg-type]


FAILURES: dict[str, Answer] = {
    "says it again": told_by_server,
    "does not know us": BEHAVIOURS["it does not know us"].answer,
    "redirects": BEHAVIOURS["it redirects to another host"].answer,
    "answers with a page": plain(200, b"<html>"),
    "fails": plain(503, b"oops"),
    "hangs up": BEHAVIOURS["it hangs up"].answer,
    "repeats a header": plain(200, b"{}", "X-Echo: \x1b[2J"),
}


@dataclass
class Planted:
    """One run's settings, and the secrets in them, by the setting."""

    secrets: dict[str, str]
    config: Path


def plant(folder: Path, number: int, port: int, closed: int) -> Planted:
    """Six secrets of one kind, in every setting that takes one; how the database is called for
    changes with the run."""
    kind = KINDS[number % len(KINDS)]
    names = ("token", "client_secret", "client_id", "password", "in_query", "model_key")
    secrets = {name: kind.format(f"S{number:02}x{name[:9]}7Q") for name in names}
    url = f"http://127.0.0.1:{port}"
    password, in_query = (quote(secrets[name], safe="") for name in ("password", "in_query"))
    databases = (
        f"postgresql://reader:{password}@127.0.0.1:{closed}/db?sslpassword={in_query}",
        f"postgresql://reader:{password}@127.0.0.1:{port}/db?passfile=/none&password={in_query}",
        f"mysql+nodriver://reader:{password}@127.0.0.1/db?api_key={in_query}",
        f"postgresql://reader:{password}@127.0.0.1:port/db?password={in_query}",
        f"postgresql://reader:{password}@[::1/db?token={in_query}",
    )
    settings = {
        "sources.hubspot": {"access_token": secrets["token"], "base_url": url},
        "sources.xero": {
            **{
                "client_secret": secrets["client_secret"],
                "client_id": secrets["client_id"],
                "base_url": url,
            },
            **{
                "token_url": f"{url}/token?client_secret={quote_plus(secrets['client_secret'])}",
                "tenant_id": "tenant",
            },
        },
        "sources.field_service": {"database_url": databases[number % len(databases)]},
        "commentary": {"api_key": secrets["model_key"], "base_url": url, "model": "m"},
    }
    config = folder / ".dlt"
    config.mkdir(parents=True)
    lines = []
    for section, values in settings.items():
        lines += [
            f"[{section}]",
            *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()),
        ]
    (config / "secrets.toml").write_text("\n".join(lines), encoding="utf-8")
    return Planted(secrets, config)


def forms(secret: str) -> list[bytes]:
    """How it may be written, worked out apart from the project's own list."""
    raw = secret.encode()
    texts = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
    }
    texts |= {
        repr(secret)[1:-1],
        secret.replace("'", "''"),
        quote(secret, safe="").lower(),
        " ".join(secret.split()),
    }
    texts |= {
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        raw.hex(),
    }
    # What no form of writing changes: the beginning and the end, which half a secret would still
    # show.
    return [text.encode() for text in texts] + [raw[:14]]


def found_in(content: bytes, secrets: dict[str, str]) -> list[str]:
    return [
        name for name, secret in secrets.items() if any(form in content for form in forms(secret))
    ]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause, and as much said by every library as it can say."""
    quick = http.Retry(
        attempts=2, first_pause=0.0, connect_timeout=1.0, read_timeout=0.5, longest_answer=2.0
    )
    monkeypatch.setattr(http, "Retry", lambda: quick)
    logging.getLogger().setLevel(logging.DEBUG)


@contextmanager
def everything_said() -> Iterator[io.StringIO]:
    """Standard output and error as `tieout` has them, logs and warnings too."""
    said = io.StringIO()
    handler = logging.StreamHandler(Hiding(said))  # type: ignore[arg-type]
    logging.getLogger().addHandler(handler)
    try:
        with (
            warnings.catch_warnings(),
            redirect_stdout(Hiding(said)),
            redirect_stderr(Hiding(said)),
        ):  # type: ignore[type-var]
            warnings.simplefilter("always")
            yield said
    finally:
        logging.getLogger().removeHandler(handler)


def test_a_hundred_planted_secrets_are_found_nowhere(tmp_path: Path) -> None:
    planted = 0
    rounds = range(17) if os.environ.get("TIEOUT_ALL_FAULTS") else (0, 4, 8, 11)
    leaks: list[str] = []
    for number in rounds:
        forget()
        name = list(FAILURES)[number % len(FAILURES)]
        folder = tmp_path / str(number)
        with serving(FAILURES[name]) as (server, other), everything_said() as said:
            run = plant(folder, number, server.port, other.port if number % 2 else 1)
            planted += len(run.secrets)
            output = folder / "out"
            results = land(list(CONNECTORS), None, run.config, output)
            assert all(result.error for result in results), [
                str(result.error) for result in results
            ]
            for result in results:
                assert result.error is not None
                console.fail(result.error)
                console.say(str(result.error.__cause__))
                failures.keep(result.error)
                print("".join(traceback.format_exception(result.error)))
                print(repr(result.error), result.error.remedy)
        content = said.getvalue().encode()
        assert len(content) > 500, "nothing was said, and nothing could be found"
        leaks += [f"{number} {name}, said: {secret}" for secret in found_in(content, run.secrets)]
        kept = [path for path in output.rglob("*") if path.is_file()]
        assert any(path.parent.name == "errors" for path in kept)
        for path in kept:
            leaks += [
                f"{number} {name}, {path}: {secret}"
                for secret in found_in(path.read_bytes(), run.secrets)
            ]
    assert planted == 6 * len(rounds)
    assert leaks == []


def test_the_scanner_finds_what_is_there() -> None:
    """Without the masking it would find every one of them."""
    for kind in KINDS:
        secret = kind.format("S99xtoken7Q")
        for said in (
            secret,
            quote(secret, safe=""),
            repr(secret),
            base64.b64encode(secret.encode()).decode(),
        ):
            assert found_in(said.encode(), {"token": secret}) == ["token"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_of_a_secret_is_hidden(kind: str) -> None:
    secret = kind.format("S99xtoken7Q")
    learn(secret)
    said = [form.decode() for form in forms(secret)[:-1]]
    said += [
        base64.b64encode(f"{user}{secret}{rest}".encode()).decode()
        for user in ("", "u:", "us:")
        for rest in ("", ":x")
    ]
    for form in said:
        hidden = hide(f"before {form} behind")
        assert found_in(hidden.encode(), {"token": secret}) == []
        assert hidden.startswith("before ") and hidden.endswith(" behind")


def test_a_weak_password_hides_itself_and_no_amount() -> None:
    learn("1234", "test")
    assert hide("password 1234 and test") == "password *** and ***"
    assert (
        hide("1,234.50 and 12345 and 71234.00 and latest")
        == "1,234.50 and 12345 and 71234.00 and latest"
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("postgresql://me:pa/ss@word@host:1/db", "pa/ss"),
        ("connect host=h password='my pass word' user=u", "my pass"),
        ("Authorization: Bearer abcdef123456", "abcdef"),
        ("http://x/?access_token=abc123&y=1", "abc123"),
    ],
)
def test_what_nobody_named_is_hidden_by_its_form(said: str, kept: str) -> None:
    assert kept not in hide(said)


@pytest.mark.parametrize("name", ["config.toml", "secrets.toml"])
def test_secrets_of_every_place_are_learnt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_text(
        '[sources.hubspot]\naccess_token = "from-the-file-1"\nbase_url = "http://host/a"\n'
    )
    monkeypatch.setenv("SOURCES__XERO__CLIENT_SECRET", "from-the-environment")
    monkeypatch.setenv("SOURCES__FIELD_SERVICE__DATABASE_URL", "postgresql://u:in-an%20address@h/d")
    monkeypatch.setenv("PWD", "/some/folder")
    learn_settings(tmp_path)
    assert hide("/some/folder/file") == "/some/folder/file"
    assert (
        hide("from-the-file-1, from-the-environment, in-an address, in-an%20address")
        == "***, ***, ***, ***"
    )
    assert hide("GET http://host/a") == "GET http://host/a"


def test_an_address_is_kept_without_what_lets_anybody_in() -> None:
    assert (
        without_secrets("postgresql://me:se@cr/et@db.internal:5432/work?password=x")
        == "postgresql://…@db.internal:5432/work?…"
    )
    assert without_secrets("sqlite:///work.db") == "sqlite:///work.db"
    assert without_secrets("secret") == "***"


def test_an_error_never_holds_a_secret_whoever_makes_it() -> None:
    learn("planted-secret-1")
    error = TieoutError("it is planted-secret-1", "do not write planted-secret-1")
    assert "planted" not in f"{error} {error!r} {error.cause} {error.remedy} {error.args}"


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2J",
        "\x9b31m",
        "\x1b]0;title\x07",
        "\r",
        "\x00",
        "\u202egnp.exe",
        "\u2066",
        "\x7f",
        "\u200b",
        "\x08",
    ],
)
def test_what_a_terminal_obeys_is_shown(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = visible(f"a{text}b")
    assert not set(shown) & set("\x00\x07\x08\r\x1b\x7f\x9b\u200b\u202e\u2066")
    assert shown.startswith("a\\") and shown.endswith("b")
    for tell in (console.say, console.aside, console.next_step, console.write):
        tell(f"name {text} end")
    console.table(f"title {text}", [f"head {text}"], [[f"cell {text}\nmore"]])
    console.fail(TieoutError(f"cause {text}", f"remedy {text}"))
    said = "".join(capsys.readouterr())
    assert not set(said) & set("\x00\x07\x08\r\x1b\x7f\x9b\u200b\u202e\u2066"), repr(said)
    assert safe("ordinary ü text\n\tand more") == "ordinary ü text\n\tand more"


def test_what_a_program_reads_stays_json_whatever_the_data_hold(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Names of records that were decoded wrongly hold such characters; a password may stand in a
    note."""
    learn("planted-secret-1")
    names = [
        "\x80\x9b31m",
        "\x1b[2J",
        "\u202egnp",
        "\U000e0041",
        "a\r\nb",
        "password=",
        "planted-secret-1",
        "ü",
    ]
    console.write_json([{"name": name} for name in names])
    said = capsys.readouterr().out
    assert not set(said) & set("\x1b\x80\x9b\u202e\U000e0041\r")
    assert [row["name"] for row in json.loads(said)] == [*names[:6], "***", "ü"]


def test_a_long_failure_takes_a_screen_at_most_and_the_whole_is_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failures.keep_in(tmp_path)
    console.fail(TieoutError("\n".join(f"fault {n}" for n in range(5000)), "mend them"))
    said = capsys.readouterr().err
    assert len(said.splitlines()) <= 30
    (kept,) = (tmp_path / "errors").iterdir()
    assert "fault 4999" in kept.read_text(encoding="utf-8") and kept.name in said


def test_sqlite_and_others_that_are_no_database_keep_their_secret(tmp_path: Path) -> None:
    """A driver's own message, out of its own exception, told by the catch-all."""
    learn("in-the-message-7")
    try:
        raise sqlite3.OperationalError("unable to open in-the-message-7")
    except sqlite3.OperationalError as error:
        told = failures.unforeseen(error)
    assert "in-the-message" not in f"{told} {told.remedy}"
