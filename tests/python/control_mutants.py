"""Breaks a control, or a frame that controls read, in one place of its SQL, and asks whether
anything would notice."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import duckdb
import sqlglot
from control_build import ABOUT, Judged, compiled, nodes
from sqlglot import exp

FLIPPED: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.GT: exp.LTE, exp.GTE: exp.LT, exp.LT: exp.GTE, exp.LTE: exp.GT,
}  # fmt: skip
FRAMES = (
    "controls/billing/",
    "intermediate/documents/",
    "intermediate/exposure/",
    "intermediate/journals/",
    "intermediate/recognition/",
    "intermediate/settings/int_control_rules.sql",
)
"""Where the models are that several controls stand on: what follows from them no mart shows."""

KEYS = tuple(f"{noun}_key" for noun in ABOUT)
Outcome = tuple[object, ...]


ENGINE = re.compile("keyed_from|keyed_to|pass_[0-9]+|matched")
"""What `match_in_passes` writes."""


@dataclass(frozen=True)
class Mutant:
    model: str
    what: str
    sql: str


def mutants(judged: Judged, model: str) -> Iterator[Mutant]:
    """Each comparison flipped, each predicate of a condition dropped, each filter dropped, and
    nothing to look at."""
    tree = sqlglot.parse_one(compiled(judged.settings, model), dialect="duckdb")
    seen: dict[str, int] = {}
    for number, (cte, node) in enumerate(_places(tree, model)):
        for what, swapped in _swaps(node):
            copy = tree.copy()
            same = list(_places(copy, model))[number][1]
            if swapped is None:
                same.pop()
            else:
                same.replace(swapped.copy())
            name = f"{cte}: {what}"
            seen[name] = seen.get(name, 0) + 1
            again = f" ({seen[name]})" if seen[name] > 1 else ""
            yield Mutant(model, name + again, copy.sql(dialect="duckdb"))
    yield Mutant(
        model, "empties the population", f"select * from ({tree.sql(dialect='duckdb')}) limit 0"
    )


def _places(tree: exp.Expression, model: str) -> Iterator[tuple[str, exp.Expression]]:
    """What turns a judged subject into the shape of all controls is the macro's, not a control's
    rule; so is the engine of all matching, which has tests of its own."""
    names = [cte.alias for cte in tree.find_all(exp.CTE)]
    engine = [name for name in names if ENGINE.fullmatch(name) and "keyed_from" in names]
    for cte in tree.find_all(exp.CTE):
        if cte.alias not in engine and (cte.alias != "final" or not model.startswith("ctl_")):
            for node in cte.this.walk():
                yield cte.alias, node


def _swaps(node: exp.Expression) -> Iterator[tuple[str, exp.Expression | None]]:
    if type(node) in FLIPPED and not _joins(node):
        yield (
            f"flips {_said(node)}",
            FLIPPED[type(node)](this=node.this.copy(), expression=node.expression.copy()),
        )
    if isinstance(node, (exp.And, exp.Or)) and not _joins(node):
        yield f"drops {_said(node.expression)}", node.this
        yield f"drops {_said(node.this)}", node.expression
    if isinstance(node, exp.Where):
        yield f"drops {_said(node)}", None


def _said(node: exp.Expression) -> str:
    return node.sql(dialect="duckdb", comments=False)[:110]


def _joins(node: exp.Expression) -> bool:
    """Keys on which two tables meet are no rule: flipped, they make a cross product."""
    parent = node.parent
    while parent is not None and not isinstance(parent, exp.Select):
        if isinstance(parent, exp.Join):
            return True
        parent = parent.parent
    return False


def outcome(connection: duckdb.DuckDBPyConnection, sql: str) -> Outcome | None:
    """Population and exceptions as the tests see them; None where the mutant does not even run."""
    try:
        rows = connection.execute(
            f"""select is_exception, exception_key, entity, source_system, entity_id, period_starts_on, cause,
                value_at_risk_amount, occurred_on, expected_amount, actual_amount, evidence, suggested_action,
                {", ".join(KEYS)}, examined_amount from ({sql})"""
        ).fetchall()
    except duckdb.Error:
        return None
    found = tuple(sorted(tuple(map(str, row[1:-1])) for row in rows if row[0]))
    return len(rows), sum(row[-1] or 0 for row in rows), found


def frames(judged: Judged) -> list[str]:
    return sorted(
        name for name, node in nodes(judged.settings).items() if node["path"].startswith(FRAMES)
    )


def survivors(
    judged: Judged, model: str, sample: int | None, seed: int = 1
) -> tuple[list[Mutant], int]:
    """The mutants that change nothing that a test looks at, and how many were tried."""
    every = list(mutants(judged, model))
    if sample is not None and len(every) > sample:
        every = random.Random(f"{seed}{model}").sample(every, sample)  # noqa: S311 - to be drawn again
    with duckdb.connect(str(judged.settings.build), read_only=True) as connection:
        # Staging is views of the log.
        connection.execute(f"attach '{judged.settings.raw}' as raw (read_only)")
        # Of rows that a broken rule makes alike the same one comes first, every time.
        connection.execute("set threads = 1")
        notices = (_Control if model.startswith("ctl_") else _Frame)(judged, connection, model)
        return [mutant for mutant in every if not notices(mutant)], len(every)


def _refs(node: dict[str, Any]) -> set[str]:
    return {ref.rpartition(".")[2] for ref in node["depends_on"]["nodes"]}


class _Control:
    """Whether a control finds something else once it is broken."""

    def __init__(self, judged: Judged, connection: duckdb.DuckDBPyConnection, model: str) -> None:
        self.connection = connection
        self.right = outcome(connection, compiled(judged.settings, model))
        assert self.right is not None, f"{model} does not run as it is compiled"

    def __call__(self, mutant: Mutant) -> bool:
        return outcome(self.connection, mutant.sql) != self.right


class _Frame:
    """Whether a control finds something else once a frame is broken that it reads, itself or
    through another frame."""

    def __init__(self, judged: Judged, connection: duckdb.DuckDBPyConnection, model: str) -> None:
        self.judged, self.connection, self.model = judged, connection, model
        self.every = nodes(judged.settings)
        self.broken = [model]
        of_frames = {name: _refs(self.every[name]) for name in frames(judged)}
        for name in TopologicalSorter(of_frames).static_order():
            if name in of_frames and self._reads(name):
                self.broken.append(name)
        self.readers = [
            name for name in self.every if name.startswith("ctl_") and self._reads(name)
        ]
        self.right: dict[str, Outcome | None] = {}

    def _reads(self, name: str) -> bool:
        return bool(_refs(self.every[name]) & set(self.broken))

    def _sql(self, name: str) -> str:
        """The SQL of a reader, on the broken frames."""
        sql = compiled(self.judged.settings, name)
        for frame in self.broken:
            sql = sql.replace(self.every[frame]["relation_name"], f'temp."{frame}"')
        return sql

    def __call__(self, mutant: Mutant) -> bool:
        whole = self.every[self.model]["relation_name"]
        try:
            self.connection.execute(f'create or replace temp table "{self.model}" as {mutant.sql}')
            same = self.connection.execute(
                f"""select not exists ((from {whole} except all from temp."{self.model}")
                union all (from temp."{self.model}" except all from {whole}))"""
            ).fetchall()
            if same[0][0]:
                return False
            for frame in self.broken[1:]:
                self.connection.execute(
                    f'create or replace temp table "{frame}" as {self._sql(frame)}'
                )
        except duckdb.Error:
            return True
        return any(self._differs(reader) for reader in self.readers)

    def _differs(self, reader: str) -> bool:
        if reader not in self.right:
            self.right[reader] = outcome(self.connection, compiled(self.judged.settings, reader))
        return outcome(self.connection, self._sql(reader)) != self.right[reader]
