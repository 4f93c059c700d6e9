"""What everything passes before a person or a file gets it: no secret is in it, and nothing that a
terminal obeys.

Secrets are known by value (`learn`, `learn_settings`), and hidden in every form that a driver or a
library may give them: as they are, in an address, in JSON, in base64. What looks like a credential
is hidden by its form as well.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus, urlsplit

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HIDDEN = "***"
SHORTEST = 4
"""A shorter value is hidden by its form alone: it would be found in every other word."""
WEAK = 8
"""A shorter one is hidden where it stands alone: as a part of an amount or of a word it says
nothing."""

_SECRET_NAME = re.compile(
    r"(?i)(^|[_.-])(pass|passwd|password|passphrase|pwd|secret|token|credentials?|private[_-]?key|api[_-]?key|apikey"
    r"|access[_-]?key|auth|authorization|sslpassword|sig|signature)([_.-]|$)|(password|secret|token|apikey)$"
)
# Folders and sockets that are called so.
_NO_SECRETS = {"PWD", "OLDPWD", "SSH_AUTH_SOCK", "XAUTHORITY"}
_FORMS = (
    # A password in an address, a parameter that is one, what a header says.
    (re.compile(r"(\b[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@'\"]*:)[^\s'\"]*(?=@)"), rf"\1{HIDDEN}"),
    (
        re.compile(
            r"(?i)\b((?:ssl)?passw(?:or)?d|pwd|passphrase|client_secret|access_token|refresh_token|api_?key|hapikey)"
            r"(\s*=\s*)('(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|[^\s&;,'\")]+)"
        ),
        rf"\1\2{HIDDEN}",
    ),
    (
        re.compile(
            r"(?i)\b(bearer|basic)(\s+|%20|\+)(?=[A-Za-z0-9+/=._~-]*[0-9_=-])[A-Za-z0-9+/=._~-]{8,}"
        ),
        rf"\1 {HIDDEN}",
    ),
)
# What terminals take for a command, and marks that turn the order of what follows round. Tab and
# line feed stay.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

_known: set[str] = set()
_pattern: re.Pattern[str] | None = None


def learn(*secrets: str | None) -> None:
    """These values are secrets; an address among them is searched for those it carries."""
    global _pattern  # noqa: PLW0603 - one set of secrets for the whole process
    for secret in secrets:
        if not secret:
            continue
        parts = {secret, *_in_address(secret)} if "://" in secret or "=" in secret else {secret}
        if new := {part for part in parts if len(part.strip()) >= SHORTEST} - _known:
            _known.update(new)
            _pattern = None


def learn_settings(config: Path) -> None:
    """Every secret of the settings: all of secrets.toml, what is called one in config.toml and the
    environment."""
    for name, all_of_it in (("secrets.toml", True), ("config.toml", False)):
        try:
            said = tomllib.loads((config / name).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            continue  # whoever needs the file says what is wrong with it
        learn(*_secrets_in(said, all_of_it))
    for name, value in os.environ.items():
        if name in _NO_SECRETS:
            continue
        if _SECRET_NAME.search(name.rpartition("__")[2]) and len(value) >= 2 * SHORTEST:
            learn(value)
        elif "://" in value:
            learn(*_in_address(value))


def hide(text: str) -> str:
    """The text without any secret."""
    global _pattern  # noqa: PLW0603 - see learn
    if _known:
        if _pattern is None:
            forms = sorted(
                {form for secret in _known for form in _forms(secret)},
                key=lambda form: (-len(form), form),
            )
            _pattern = re.compile("|".join(map(_searched, forms)), re.IGNORECASE)
        text = _pattern.sub(HIDDEN, text)
    if "://" in text or "=" in text or "earer" in text or "asic" in text:
        for form, instead in _FORMS:
            text = form.sub(instead, text)
    return text


def forget() -> None:
    """No secret is known any more: for tests, which each have their own."""
    global _pattern  # noqa: PLW0603 - see learn
    _known.clear()
    _pattern = None


def visible(text: str) -> str:
    """The text with every character shown that a terminal would obey, or that cannot be seen."""
    return _OBEYED.sub(lambda found: _escaped(found.group()), text.replace("\r\n", "\n"))


def safe(text: str) -> str:
    """Fit to be told."""
    return visible(hide(text))


def in_json(text: str) -> str:
    """A JSON document fit to be told: what a terminal would obey is escaped as JSON does it, so it
    stays one."""
    return _OBEYED.sub(lambda found: json.dumps(found.group())[1:-1], hide(text))


def without_secrets(address: str) -> str:
    """An address as it may be kept: nothing of it that lets anybody in."""
    head, mark, tail = address.partition("://")
    if not mark:
        return HIDDEN
    place, question, _ = tail.partition("?")
    before, at, after = place.rpartition("@")
    # Of a password that holds a slash or an @, what follows the last @ is the host.
    return f"{head}://{'…@' if at and before else ''}{after}{'?…' if question else ''}"


class Hiding:
    """A text stream that hides secrets from what is written to it: the last wall before a terminal
    or a pipe."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes the text without its secrets."""
        self._stream.write(hide(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """As `write`, line by line."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _secrets_in(said: Mapping[str, Any], all_of_it: bool, path: str = "") -> Iterator[str]:
    for key, value in said.items():
        if isinstance(value, Mapping):
            yield from _secrets_in(value, all_of_it, f"{path}.{key}")
        elif isinstance(value, list):
            yield from _secrets_in(
                {str(place): one for place, one in enumerate(value)}, all_of_it, f"{path}.{key}"
            )
        elif isinstance(value, str) and _is_secret(key, value, all_of_it):
            yield value
        elif isinstance(value, str) and "://" in value:
            yield from _in_address(value)
        elif isinstance(value, int) and not isinstance(value, bool) and _SECRET_NAME.search(key):
            yield str(value)


def _is_secret(key: str, value: str, all_of_it: bool) -> bool:
    if _SECRET_NAME.search(key):
        return True
    plain = key in {"base_url", "token_url", "directory", "mapping", "model"} or "://" in value
    return all_of_it and not plain


def _in_address(address: str) -> Iterator[str]:
    """What lets somebody in, in an address or in a driver's `key=value` words."""
    _, mark, tail = address.partition("://")
    if mark:
        before, at, _ = tail.partition("?")[0].rpartition("@")
        if at:
            password = before.partition(":")[2]
            yield from (password, unquote(password), unquote_plus(password))
        try:
            asked = urlsplit(address).query
        except ValueError:
            asked = tail.partition("?")[2]
        for part in asked.split("&"):
            name, _, value = part.partition("=")
            if _SECRET_NAME.search(name):
                yield from (value, unquote(value), unquote_plus(value))
        for name, value in parse_qsl(asked):
            if _SECRET_NAME.search(name):
                yield value
    for name, _, value in re.findall(r"(\w+)\s*=\s*('|\"|)((?:[^\s'\"\\]|\\.)+)\2", address):
        if _SECRET_NAME.search(name):
            yield value


def _forms(secret: str) -> Iterator[str]:
    """Every way in which a secret is written by somebody."""
    texts = {
        secret,
        secret.strip(),
        " ".join(secret.split()),
        secret.replace("'", "''"),
        html.escape(secret),
    }
    texts |= {
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    }
    texts |= {secret.replace("\\", "\\\\").replace("'", "\\'"), visible(secret)}
    encoded = {
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        quote(secret, safe="!~*'()"),
        quote(secret, safe="@:/"),
    }
    encoded |= {quote(once, safe="") for once in encoded}
    texts |= encoded | {
        re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), text) for text in encoded
    }
    content = secret.encode()
    if len(content) >= 2 * SHORTEST:
        texts |= {content.hex(), content.hex().upper(), *_in_base64(content)}
    yield from (text for text in texts if len(text) >= SHORTEST)


def _searched(form: str) -> str:
    return re.escape(form) if len(form) >= WEAK else rf"(?<![\w.,]){re.escape(form)}(?!\w)"


def _in_base64(content: bytes) -> Iterator[str]:
    """What stays of it in base64 wherever it begins: a user's name may stand before it, anything
    behind it."""
    for before in range(3):
        code = base64.b64encode(bytes(before) + content).decode().rstrip("=")
        # Of the first and last character, a part is of the neighbour.
        start = (before * 8 + 5) // 6
        end = (before + len(content)) * 8 // 6
        core = code[start:end]
        if len(core) >= 2 * SHORTEST:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def _escaped(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
