"""Breaks the rule of a control in its compiled SQL, one place at a time, and asks whether anything would notice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import sqlglot
from control_build import Judged, compiled
from sqlglot import exp

FLIPPED: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.GT: exp.LTE, exp.GTE: exp.LT, exp.LT: exp.GTE, exp.LTE: exp.GT,
}  # fmt: skip
# What turns a judged subject into the shape of all controls is the macro's, not a control's rule.
SHAPE = {"final"}


@dataclass(frozen=True)
class Mutant:
    control: str
    what: str
    sql: str


def mutants(judged: Judged, control: str) -> Iterator[Mutant]:
    """Each comparison flipped, each predicate of a condition dropped, each filter dropped, and nothing to look at."""
    tree = sqlglot.parse_one(compiled(judged.settings, control), dialect="duckdb")
    places = [node for cte in tree.find_all(exp.CTE) if cte.alias not in SHAPE for node in cte.this.walk()]
    for number, node in enumerate(places):
        for what, swapped in _swaps(node):
            copy = tree.copy()
            same = [each for cte in copy.find_all(exp.CTE) if cte.alias not in SHAPE for each in cte.this.walk()][
                number
            ]
            if swapped is None:
                same.pop()
            else:
                same.replace(swapped.copy())
            yield Mutant(control, f"{what}: {node.sql(dialect='duckdb')[:90]}", copy.sql(dialect="duckdb"))
    copy = tree.copy()
    examined = next(cte for cte in copy.find_all(exp.CTE) if cte.alias == "final").this
    yield Mutant(control, "empties the population", f"{copy.sql(dialect='duckdb')} limit 0" if examined else "")


def _swaps(node: exp.Expression) -> Iterator[tuple[str, exp.Expression | None]]:
    if type(node) in FLIPPED and not _joins(node):
        yield "flips", FLIPPED[type(node)](this=node.this.copy(), expression=node.expression.copy())
    if isinstance(node, (exp.And, exp.Or)) and not _joins(node):
        yield "drops the right of", node.this
        yield "drops the left of", node.expression
    if isinstance(node, exp.Where):
        yield "drops", None


def _joins(node: exp.Expression) -> bool:
    """Keys on which two tables meet are no rule: flipped, they make a cross product."""
    parent = node.parent
    while parent is not None and not isinstance(parent, exp.Select):
        if isinstance(parent, exp.Join):
            return True
        parent = parent.parent
    return False


Outcome = tuple[object, ...]


def outcome(connection: duckdb.DuckDBPyConnection, sql: str) -> Outcome | None:
    """Population and exceptions as the tests see them; None where the mutant does not even run."""
    try:
        rows = connection.execute(
            f"""select is_exception, entity, source_system, entity_id, period_starts_on, cause, value_at_risk_amount,
                occurred_on, expected_amount, actual_amount, evidence, examined_amount from ({sql})"""
        ).fetchall()
    except duckdb.Error:
        return None
    found = tuple(sorted(tuple(map(str, row[1:-1])) for row in rows if row[0]))
    return len(rows), sum(row[-1] or 0 for row in rows), found


def survivors(judged: Judged, control: str, sample: int | None, seed: int = 1) -> tuple[list[Mutant], int]:
    """The mutants that change nothing that a test looks at, and how many were tried."""
    every = list(mutants(judged, control))
    if sample is not None and len(every) > sample:
        every = random.Random(f"{seed}{control}").sample(every, sample)  # noqa: S311 - to be drawn again
    alive = []
    with duckdb.connect(str(judged.settings.build), read_only=True) as connection:
        # Staging is views of the log.
        connection.execute(f"attach '{judged.settings.raw}' as raw (read_only)")
        right = outcome(connection, compiled(judged.settings, control))
        assert right is not None, f"{control} does not run as it is compiled"
        for mutant in every:
            if outcome(connection, mutant.sql) == right:
                alive.append(mutant)
    return alive, len(every)
