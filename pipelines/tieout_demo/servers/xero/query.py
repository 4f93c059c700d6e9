"""The `where` and `order` parameters of the API: `Type=="ACCREC" AND Date>=DateTime(2026,1,31)`,
`Name ASC`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from tieout_demo.servers.xero.render import utc

Test = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*")|(?P<date>DateTime\(\s*\d+(?:\s*,\s*\d+){2,5}\s*\))|(?P<guid>[Gg]uid\("[^"]*"\))
    |(?P<number>-?\d+(?:\.\d+)?)|(?P<op>==|!=|>=|<=|>|<|=)|(?P<both>&&|AND\b)|(?P<either>\|\||OR\b)|(?P<open>\()|(?P<close>\))
    |(?P<word>[A-Za-z][A-Za-z.]*))""",
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False, "null": None}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">=": lambda left, right: left is not None and left >= right,
    "<=": lambda left, right: left is not None and left <= right,
    ">": lambda left, right: left is not None and left > right,
    "<": lambda left, right: left is not None and left < right,
}


class QueryError(ValueError):
    """A filter or an order that Xero would answer with 400 QueryParseException."""


def where(text: str) -> Test:
    """The filter as a function. Raises QueryError naming the place where the text stops making
    sense."""
    parser = _Parser(text)
    test = parser.either()
    if parser.tokens[parser.at][0] != "end":
        raise QueryError(f"where: unexpected {parser.tokens[parser.at][1]!r} in {text!r}")
    return test


def ordered(documents: Iterable[Mapping[str, Any]], order: str) -> list[Mapping[str, Any]]:
    """The documents by `Field ASC|DESC, …`; nulls first, as the source sorts them."""
    found = list(documents)
    for part in reversed(order.split(",")):
        path, _, direction = part.strip().partition(" ")
        if not path or direction.strip().upper() not in ("", "ASC", "DESC"):
            raise QueryError(f"order: {part.strip()!r} is not `Field`, `Field ASC` or `Field DESC`")
        found.sort(key=partial(_sortable, path), reverse=direction.strip().upper() == "DESC")
    return found


def field(document: Mapping[str, Any], path: str) -> Any:
    """A field, or one of a nested document by `Contact.Name`; days compare as instants."""
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return utc(value) if isinstance(value, date) else value


def _sortable(path: str, document: Mapping[str, Any]) -> tuple[bool, Any]:
    value = field(document, path)
    return (value is not None, value if value is not None else 0)


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        place = 0
        while text[place:].strip():
            match = _TOKEN.match(text, place)
            if match is None or match.lastgroup is None:
                raise QueryError(f"where: cannot read {text[place:]!r}")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()
        self.tokens.append(("end", "the end"))

    def _take(self, *kinds: str) -> str:
        kind, text = self.tokens[self.at]
        if kind not in kinds:
            raise QueryError(f"where: expected {' or '.join(kinds)}, found {text!r}")
        self.at += 1
        return text

    def either(self) -> Test:
        tests = [self.both()]
        while self.tokens[self.at][0] == "either":
            self.at += 1
            tests.append(self.both())
        return lambda document: any(test(document) for test in tests)

    def both(self) -> Test:
        tests = [self.comparison()]
        while self.tokens[self.at][0] == "both":
            self.at += 1
            tests.append(self.comparison())
        return lambda document: all(test(document) for test in tests)

    def comparison(self) -> Test:
        if self.tokens[self.at][0] == "open":
            self.at += 1
            inner = self.either()
            self._take("close")
            return inner
        path = self._take("word")
        compare = _COMPARE[self._take("op")]
        kind = self.tokens[self.at][0]
        literal = _literal(kind, self._take("text", "date", "guid", "number", "word"))
        return lambda document: compare(field(document, path), literal)


def _literal(kind: str, text: str) -> Any:
    if kind == "number":
        return Decimal(text)
    if kind == "date":
        return utc(datetime(*(int(part) for part in re.findall(r"\d+", text))))  # type: ignore[arg-type]  # noqa: DTZ001
    if kind == "word":
        if text.lower() not in _WORDS:
            raise QueryError(f"where: {text!r} is not a value")
        return _WORDS[text.lower()]
    return text[text.index('"') + 1 : text.rindex('"')]
