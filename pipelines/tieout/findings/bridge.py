"""The walk from one stage to another, reason by reason, read from the published marts or a position
of another day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from tieout.company.home import home
from tieout.company.judgement import reference
from tieout.errors import TieoutError
from tieout.remedies import RUN_FIRST
from tieout.settings import Settings

STAGES = ("booked", "contracted", "delivered", "invoiced", "cash")
"""The walk's own order; `recognised` branches off after delivered."""

GAPS = {
    ("booked", "contracted"): "booked_to_contracted",
    ("contracted", "delivered"): "contracted_to_delivered",
    ("delivered", "invoiced"): "delivered_to_invoiced",
    ("invoiced", "cash"): "invoiced_to_cash",
    ("delivered", "recognised"): "delivered_to_recognised",
}

# Who is meant may be said as people know it: by name, by the source's id, by our key.
LOOK_UPS = {
    "customer": ("dim_customer", "customer_key", ("customer_name",)),
    "job": ("dim_job", "job_key", ("job_id", "job_ref")),
    "owner": ("dim_person", "person_key", ("full_name", "person_id")),
    "product": ("dim_product", "product_key", ("product_name", "product_code")),
}
CREDITED = """(
    select pieces.* replace (
        credited.owner_key as owner_key, credited.from_amount as from_amount,
        credited.to_amount as to_amount, credited.difference_amount as difference_amount
    )
    from marts.fct_bridge_attribution as credited
    inner join marts.fct_bridge as pieces using (bridge_item_key)
)"""
"""The pieces as they are credited: a person's is what he shares of each side, on its own day."""

COLUMNS = {
    "customer": "customer_key",
    "job": "job_key",
    "owner": "owner_key",
    "product": "product_key",
}


@dataclass(frozen=True)
class Asked:
    """Whose walk it is; None is everybody's. `month` is the first day of a month."""

    customer: str | None = None
    job: str | None = None
    owner: str | None = None
    product: str | None = None
    month: date | None = None


@dataclass(frozen=True)
class Step:
    """One reason of one gap: what it takes from the stage before (negative: adds to it) to reach
    the stage after."""

    reason: str
    gap_class: str
    pieces: int
    difference_amount: Decimal
    sentence: str
    who_acts: str


@dataclass(frozen=True)
class Leg:
    """One gap of the walk: where it starts, its steps, and where it ends."""

    gap: str
    from_stage: str
    to_stage: str
    from_amount: Decimal
    to_amount: Decimal
    steps: tuple[Step, ...]

    @property
    def residual_amount(self) -> Decimal:
        """What the steps leave open: 0.00, or the figures are wrong."""
        return (
            self.from_amount
            - self.to_amount
            - sum((step.difference_amount for step in self.steps), Decimal(0))
        )


def legs_between(first: str, last: str) -> list[tuple[str, str]]:
    """The neighbouring stages from one to another.

    Raises:
        TieoutError: one of them is no stage, or the walk does not go that way.
    """
    path = [*STAGES[:3], "recognised"] if last == "recognised" else list(STAGES)
    if first not in path or last not in path or path.index(first) >= path.index(last):
        raise TieoutError(
            f"there is no walk from {first} to {last}",
            f"it goes {' → '.join(STAGES)}, and from delivered → recognised",
        )
    chosen = path[path.index(first) : path.index(last) + 1]
    return list(pairwise(chosen))


def walk(
    settings: Settings,
    asked: Asked,
    first: str = "booked",
    last: str = "cash",
    position: Path | None = None,
) -> list[Leg]:
    """The walk from `first` to `last`, in the reporting currency; published, or of a position that
    was built.

    Raises:
        TieoutError: nothing is published, nobody or several are meant, or there is no such walk.
    """
    legs = legs_between(first, last)
    texts = reasons()
    with opened(settings, position, _mart_of(asked)) as marts:
        where, values = conditions(marts, asked)
        rows = marts.execute(
            f"""
            with sides as (
                select gap, reason, gap_class, from_amount, 0 as to_amount, from_on as day, bridge_item_key
                from {_pieces_of(asked)} where from_amount <> 0 and {where}
                union all
                select gap, reason, gap_class, 0, to_amount, to_on, bridge_item_key
                from {_pieces_of(asked)} where to_amount <> 0 and {where}
            )
            select gap, reason, gap_class, count(distinct bridge_item_key), sum(from_amount), sum(to_amount)
            from sides
            where ? is null or date_trunc('month', day) = ?
            group by gap, reason, gap_class
            order by
                gap, case gap_class when 'timing' then 1 when 'definition' then 2 when 'data_quality' then 3 else 4 end,
                abs(sum(from_amount) - sum(to_amount)) desc, reason
            """,
            [*values, *values, asked.month, asked.month],
        ).fetchall()
    return [_leg(GAPS[leg], *leg, rows=rows, texts=texts) for leg in legs]


def pieces(
    settings: Settings, asked: Asked, gaps: Sequence[str], position: Path | None = None
) -> Iterator[dict[str, Any]]:
    """Every piece of these gaps with the records of its two sides, by gap, day and key.

    Raises:
        TieoutError: nothing is published, or nobody or several are meant.
    """
    with opened(settings, position, _mart_of(asked)) as marts:
        where, values = conditions(marts, asked, "bridge.")
        cursor = marts.execute(
            f"""
            select
                bridge.gap, bridge.reason, bridge.gap_class, bridge.match_rule,
                bridge.from_on, from_events.source_system as from_system,
                from_events.source_entity as from_entity, from_events.source_id as from_id,
                bridge.to_on, to_events.source_system as to_system,
                to_events.source_entity as to_entity, to_events.source_id as to_id,
                bridge.from_amount, bridge.to_amount, bridge.difference_amount, bridge.bridge_item_key
            from {_pieces_of(asked)} as bridge
            left join marts.fct_stage_events as from_events on bridge.from_event_key = from_events.event_key
            left join marts.fct_stage_events as to_events on bridge.to_event_key = to_events.event_key
            where bridge.gap in (select unnest(?)) and {where}
                and (? is null or date_trunc('month', bridge.from_on) = ? or date_trunc('month', bridge.to_on) = ?)
            order by bridge.gap, coalesce(bridge.from_on, bridge.to_on), bridge.bridge_item_key
            """,
            [list(gaps), *values, asked.month, asked.month, asked.month],
        )
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                yield dict(zip(names, row, strict=True))


def _leg(
    gap: str,
    first: str,
    last: str,
    rows: Sequence[Sequence[Any]],
    texts: dict[str, tuple[str, str]],
) -> Leg:
    own = [row for row in rows if row[0] == gap]
    steps = [
        Step(reason, gap_class, count, from_amount - to_amount, *texts.get(reason, ("", "")))
        for _, reason, gap_class, count, from_amount, to_amount in own
    ]
    zero = Decimal("0.00")
    return Leg(
        gap,
        first,
        last,
        sum((row[4] for row in own), zero),
        sum((row[5] for row in own), zero),
        tuple(step for step in steps if step.difference_amount),
    )


def _mart_of(asked: Asked) -> str:
    return "fct_bridge" if asked.owner is None else "fct_bridge_attribution"


def _pieces_of(asked: Asked) -> str:
    return "marts.fct_bridge" if asked.owner is None else CREDITED


def conditions(
    marts: duckdb.DuckDBPyConnection, asked: Asked, prefix: str = ""
) -> tuple[str, list[str]]:
    """What of a mart is asked for: the text of a condition, and its values.

    Raises:
        TieoutError: nobody or several are meant.
    """
    parts, values = ["true"], []
    for noun, column in COLUMNS.items():
        if (said := getattr(asked, noun)) is not None:
            parts.append(f"{prefix}{column} = ?")
            values.append(_key_of(marts, noun, said))
    return " and ".join(parts), values


def _key_of(marts: duckdb.DuckDBPyConnection, noun: str, said: str) -> str:
    """The key that is meant: exactly so, else the only one whose name holds it."""
    table, key, names = LOOK_UPS[noun]
    exact = " or ".join(f"lower({column}) = lower(?)" for column in (key, *names))
    within = " or ".join(f"contains(lower({column}), lower(?))" for column in names)
    for condition, count in ((exact, 1 + len(names)), (within, len(names))):
        rows = marts.execute(
            f"select {key}, {names[0]} from marts.{table} where {condition} order by 2, 1 limit 6",
            [said] * count,
        ).fetchall()
        if len(rows) == 1:
            return str(rows[0][0])
        if rows:
            named = "; ".join(f"{name} ({found[:8]})" for found, name in rows[:5])
            raise TieoutError(
                f"{said!r} can be several {noun}s: {named}{' …' if len(rows) > 5 else ''}",
                "give more of the name, or the whole key",
            )
    raise TieoutError(
        f"no {noun} is {said!r}", f"names stand in marts.{table}; a part of one is enough"
    )


def reasons() -> dict[str, tuple[str, str]]:
    """The sentence of each reason, and who acts on it."""
    return {
        row["reason"]: (row["sentence"], row["who_acts"])
        for row in reference(home(), "bridge_reasons")
    }


@contextmanager
def opened(
    settings: Settings, position: Path | None, mart: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """What is published, or the position that was built for a day; `mart` must be in it.

    Raises:
        TieoutError: nothing is published, or not this mart.
    """
    marts = position or settings.marts
    if not marts.exists():
        raise TieoutError(f"nothing is published in {settings.output}", RUN_FIRST)
    with duckdb.connect(str(marts), read_only=True) as connection:
        names = {
            row[0]
            for row in connection.execute("select table_name from duckdb_tables()").fetchall()
        }
        if mart not in names:
            raise TieoutError(
                f"{marts} was published without {mart}",
                "run `tieout build` and `tieout publish`",
            )
        yield connection
