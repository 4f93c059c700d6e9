"""Cuts a statement into steps, so that what it reads twice is worked out once.

Spark writes a CTE out wherever it is named. A chain of matching passes, each of which reads the one
before several times, would grow beyond any plan. What is large and read more than once becomes a
table of its own, and the statement reads that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from sqlglot.dialects.spark import Spark
from sqlglot.tokens import Token, TokenType

READS = 6
"""A CTE whose text reads so many relations is large."""
COPIES = 8
"""So many relations may be read anew because a smaller CTE is named again."""


@dataclass(frozen=True)
class Step:
    """A CTE that becomes a table: the query that fills it."""

    name: str
    sql: str


@dataclass(frozen=True)
class Steps:
    """What is written first, in order, and the query that is left."""

    written: tuple[Step, ...]
    sql: str


@dataclass
class _Cte:
    name: str
    body: str


@dataclass
class _Query:
    ctes: list[_Cte] = field(default_factory=list)
    rest: str = ""


def steps_of(sql: str, prefix: str) -> Steps:
    """The steps of a query.

    Args:
        sql: a select, with its CTEs.
        prefix: what the name of a step's table begins with, its schema among it.

    Example:
        `with a as (<large>), b as (select … from a join a) select … from b` writes `a` to
        `<prefix>1`, and leaves `with a as (select * from <prefix>1), b as (…) select … from b`.
    """
    query = _parsed(sql)
    written: list[Step] = []
    known: list[tuple[str, str]] = []
    sizes: dict[str, int] = {}
    for number, cte in enumerate(query.ctes):
        later = [each.body for each in query.ctes[number + 1 :]] + [query.rest]
        uses = sum(_named(text, cte.name) for text in later)
        reads, body = _reads(cte.body, sizes), cte.body
        if uses > 1 and (reads >= READS or reads * (uses - 1) >= COPIES):
            table = f"{prefix}{len(written) + 1}"
            written.append(Step(table, _with(known, body)))
            body, reads = f"select * from {table}", 1
        known.append((cte.name, body))
        sizes[cte.name.lower()] = reads
    return Steps(tuple(written), _with(known, query.rest) if written else sql)


def _with(ctes: list[tuple[str, str]], rest: str) -> str:
    """A query with those of the CTEs that it needs."""
    needed: list[tuple[str, str]] = []
    read = set(_relations(rest))
    for name, body in reversed(ctes):
        if name.lower() in read:
            needed.append((name, body))
            read.update(_relations(body))
    if not needed:
        return rest
    listed = ",\n".join(f"{name} as (\n{body}\n)" for name, body in reversed(needed))
    inner = _parsed(rest)
    if not inner.ctes:
        return f"with {listed}\n{rest}"
    if {cte.name.lower() for cte in inner.ctes} & {name.lower() for name, _ in needed}:
        # A name of its own stands for another than the same name outside.
        return f"with {listed}\nselect * from (\n{rest}\n) as step"
    # The query has CTEs of its own, which follow those that it reads.
    own = ",\n".join(f"{cte.name} as (\n{cte.body}\n)" for cte in inner.ctes)
    return f"with {listed},\n{own}\n{inner.rest}"


def _reads(sql: str, sizes: dict[str, int]) -> int:
    """How many relations a query reads, those of the CTEs that it names among them."""
    query = _parsed(sql)
    inside = dict(sizes)
    for cte in query.ctes:
        inside[cte.name.lower()] = _reads(cte.body, inside)
    return sum(inside.get(name, 1) for name in _relations(query.rest))


@lru_cache(maxsize=1024)
def _relations(sql: str) -> tuple[str, ...]:
    """The names after `from` and `join`; a subquery is counted by what stands in it."""
    tokens = _tokens(sql)
    return tuple(
        follower.text.lower()
        for token, follower in pairwise(tokens)
        if token.token_type in (TokenType.FROM, TokenType.JOIN)
        and follower.token_type != TokenType.L_PAREN
    )


def _named(sql: str, name: str) -> int:
    """How often a relation is read by name."""
    return _relations(sql).count(name.lower())


@lru_cache(maxsize=1024)
def _parsed(sql: str) -> _Query:
    """The CTEs of a query and what follows them; a text that does not begin with them has none."""
    tokens = _tokens(sql)
    if not tokens or tokens[0].token_type != TokenType.WITH:
        return _Query(rest=sql)
    found = _Query()
    at = 1
    while True:
        name = tokens[at].text
        if (
            tokens[at + 1].token_type != TokenType.ALIAS
            or tokens[at + 2].token_type != TokenType.L_PAREN
        ):
            return _Query(rest=sql)  # recursive, or with columns: left as it is
        end = _closing(tokens, at + 2)
        found.ctes.append(_Cte(name, sql[tokens[at + 2].end + 1 : tokens[end].start].strip()))
        if tokens[end + 1].token_type != TokenType.COMMA:
            found.rest = sql[tokens[end + 1].start :]
            return found
        at = end + 2


def _closing(tokens: list[Token], opening: int) -> int:
    depth = 0
    for at in range(opening, len(tokens)):
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(tokens[at].token_type, 0)
        if depth == 0:
            return at
    raise ValueError("a parenthesis is not closed")


def _tokens(sql: str) -> list[Token]:
    tokens: list[Token] = Spark().tokenize(sql)
    return tokens
