"""A figure in a sentence, and where it came from: the mart, the rows and the column that anyone can
add up again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import duckdb

from tieout.errors import TieoutError

AGGREGATES = ("sum", "count")
OPERATORS = ("=", ">=", "<=", "<>")

# A row may be named by what its dimension says: `dim_customer.region` of the fact's customer.
JOINS = {
    "dim_customer": ("customer_key", "customer_key"),
    "dim_person": ("owner_key", "person_key"),
}

PLACE = re.compile(r"\{(\w+)\}")
# What would be a figure that nobody vouches for, in digits or in words.
_LOOSE = re.compile(
    r"\d|%|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|"
    r"hundreds?|thousands?|millions?|billions?|half|halved|doubled?|tripled?|twice|thrice|quarters?|thirds?|"
    r"percent|per cent)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Source:
    """Some rows of a mart, and what of them: `sum` or `count` of a column where each condition
    holds.

    `sign` −1 takes it away, so that a difference or a figure of opposite sign is still named by its
    rows.
    """

    mart: str
    column: str
    where: tuple[tuple[str, str, object], ...]
    aggregate: str = "sum"
    sign: int = 1

    def value(self, connection: duckdb.DuckDBPyConnection) -> Decimal | int:
        """Reads it again.

        Raises:
            TieoutError: the mart, a column or a row of it does not exist.
        """
        joins = {column.partition(".")[0] for column, _, _ in self.where if "." in column}
        for table, column in [
            (self.mart, self.column),
            *(self._column(name) for name, _, _ in self.where),
        ]:
            _known(connection, table, column)
        if self.aggregate not in AGGREGATES or any(
            operator not in OPERATORS for _, operator, _ in self.where
        ):
            raise TieoutError(
                f"{self.described} cannot be read again", "this must not happen: report it"
            )
        joined = " ".join(
            f'inner join marts."{name}" on marts."{self.mart}"."{JOINS[name][0]}" = marts."{name}"."{JOINS[name][1]}"'
            for name in sorted(joins)
        )
        conditions = " and ".join(
            "marts.{}.{} {} ?".format(*(f'"{part}"' for part in self._column(name)), operator)
            for name, operator, _ in self.where
        )
        found = connection.execute(
            f'select {self.aggregate}(marts."{self.mart}"."{self.column}") from marts."{self.mart}" {joined}'
            f" where {conditions or 'true'}",
            [value for _, _, value in self.where],
        ).fetchall()[0][0]
        if found is None:
            raise TieoutError(f"no row is {self.described}", "this must not happen: report it")
        return self.sign * (int(found) if self.aggregate == "count" else Decimal(found))

    @property
    def described(self) -> str:
        """As people may read it, and query it."""
        rows = " and ".join(
            f"{name} {operator} {_quoted(value)}" for name, operator, value in self.where
        )
        minus = "−" if self.sign < 0 else ""
        return f"{minus}{self.aggregate}({self.column}) of {self.mart}" + (
            f" where {rows}" if rows else ""
        )

    def _column(self, name: str) -> tuple[str, str]:
        table, dot, column = name.partition(".")
        return (table, column) if dot else (self.mart, name)


@dataclass(frozen=True)
class Figure:
    """What a sentence says, and the rows that it is the sum of; `is_amount` tells money from a
    number of things."""

    value: Decimal | int
    sources: tuple[Source, ...]
    is_amount: bool = True

    @property
    def text(self) -> str:
        """As it stands in the sentence."""
        return f"{self.value:,.2f}" if self.is_amount else f"{self.value:,}"


@dataclass(frozen=True)
class Sentence:
    """A template, the figures and the names that go into it; `drafted` says that a model wrote the
    words."""

    topic: str
    template: str
    figures: Mapping[str, Figure]
    names: Mapping[str, str]
    drafted: bool = False

    def parts(self) -> list[tuple[str, str]]:
        """The sentence in pieces: (`words` | `figure` | `name`, the text or the placeholder)."""
        found = []
        for place, piece in enumerate(PLACE.split(self.template)):
            if piece:
                found.append(
                    (
                        "words"
                        if place % 2 == 0
                        else "figure"
                        if piece in self.figures
                        else "name",
                        piece,
                    )
                )
        return found


def turned(source: Source) -> Source:
    """The same rows with the opposite sign."""
    return replace(source, sign=-source.sign)


def figure(connection: duckdb.DuckDBPyConnection, *sources: Source) -> Figure:
    """The figure that its sources add up to."""
    values = [source.value(connection) for source in sources]
    is_amount = sources[0].aggregate == "sum"
    return Figure(sum(values[1:], values[0]), sources, is_amount)


def check(connection: duckdb.DuckDBPyConnection, sentence: Sentence) -> None:
    """Reads every figure of a sentence again, and looks for any that has no rows behind it.

    Raises:
        TieoutError: a figure does not resolve, is another now, is not in the sentence, or stands in its words.
    """
    for fault in faults(sentence.template, sentence.figures, sentence.names):
        raise TieoutError(
            f"the commentary on {sentence.topic} {fault}",
            "nothing was written; this must not happen",
        )
    for name, told in sentence.figures.items():
        again = figure(connection, *told.sources)
        if again != told:
            raise TieoutError(
                f"the commentary on {sentence.topic} says {told.text} for {name}; the marts say {again.text}",
                "nothing was written; this must not happen",
            )


def faults(template: str, figures: Mapping[str, Figure], names: Mapping[str, str]) -> list[str]:
    """What is wrong with the words around the figures, if anything."""
    places = PLACE.findall(template)
    bare = PLACE.sub("", template)
    found = []
    if unknown := sorted(set(places) - set(figures) - set(names)):
        found.append(f"names {unknown[0]}, which does not exist")
    if missing := sorted((set(figures) | set(names)) - set(places)):
        found.append(f"leaves out {missing[0]}")
    if "{" in bare or "}" in bare:
        found.append("has a brace that closes nothing")
    if loose := _LOOSE.search(bare):
        found.append(f"has a figure of nobody's: {loose.group()}")
    return found


def _known(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    found = connection.execute(
        "select 1 from duckdb_columns() where schema_name = 'marts' and table_name = ? and column_name = ?",
        [table, column],
    ).fetchall()
    if not found:
        raise TieoutError(
            f"{table}.{column} is not published", "nothing was written; this must not happen"
        )


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
