"""Sentences on the margin: what moved it between two months, and where it is low."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from tieout.findings.margin import PERIOD_EFFECTS
from tieout.pack.commentary.figures import Sentence, Source, figure, turned
from tieout.pack.marts import Position, one
from tieout.pack.render import words

FEW = 3
Where = tuple[tuple[str, str, object], ...]

# Where margins may be low: the words, and the mart, the column that names a row, and where the name
# stands if it is another.
_KINDS = {
    "representative": ("{who} has", "fct_margin_by_rep", "owner_key"),
    "product category": ("The product category {who} has", "fct_margin_by_rep", "product_category"),
    "region": ("Customers in the region {who} have", "fct_job_margin", "dim_customer.region"),
}


def sentences(
    connection: duckdb.DuckDBPyConnection, at: Position, on: str, day: dict[str, str]
) -> Iterator[Sentence]:
    """The margin of the month beside the month before, its largest movements, and where it is low;
    `on` and `day` say of which day that is, where it is not the period's end."""
    yield from _month(connection, at)
    yield from _effects(connection, at)
    yield from _customers(connection, at)
    for kind in _KINDS:
        yield from _low(connection, at, kind, on, day)


def _month(connection: duckdb.DuckDBPyConnection, at: Position) -> Iterator[Sentence]:
    """The realised margin of the month, and how much more or less it is than the month before's."""
    now, then = (
        Source("fct_job_margin_monthly", "realised_margin_amount", (("month", "=", month),), sign=s)
        for month, s in ((at.starts_on, 1), (_before(at), -1))
    )
    if not _exists(connection, at.starts_on):
        return
    figures = {"now": figure(connection, now)}
    names = {"month": at.title, "currency": at.currency}
    said = "The realised margin of {month} is {currency} {now}"
    if _exists(connection, _before(at)):
        change = figure(connection, now, then)
        more = change.value > 0
        if change.value:
            figures["change"] = change if more else figure(connection, turned(now), turned(then))
            said += ", {change} " + ("more" if more else "less") + " than in the month before"
        else:
            said += ", as in the month before"
    yield Sentence("margin", f"{said}.", figures, names)


def _effects(connection: duckdb.DuckDBPyConnection, at: Position) -> Iterator[Sentence]:
    """The effects that moved the margin most since the month before."""
    largest = connection.execute(
        """
        select effect, sum(effect_amount) from fct_margin_period_walk
        where grouped_by = 'customer' and to_month = ?
        group by effect having sum(effect_amount) <> 0 order by abs(sum(effect_amount)) desc, effect limit ?
        """,
        [at.starts_on, FEW],
    ).fetchall()
    for effect, amount in largest:
        rows: Where = (
            ("grouped_by", "=", "customer"),
            ("to_month", "=", at.starts_on),
            ("effect", "=", effect),
        )
        yield _moved(
            connection,
            at,
            f"Since the month before, {_called(effect)} {{verb}} the realised margin of {{month}}:"
            f" {PERIOD_EFFECTS[effect]}.",
            rows,
            amount,
        )


def _customers(connection: duckdb.DuckDBPyConnection, at: Position) -> Iterator[Sentence]:
    """The customers with whom an effect moved the margin most."""
    largest = connection.execute(
        """
        select walk.customer_key, customers.customer_name, effect, effect_amount
        from fct_margin_period_walk as walk inner join dim_customer as customers using (customer_key)
        where grouped_by = 'customer' and to_month = ? and effect_amount <> 0 and not is_unknown
        order by abs(effect_amount) desc, walk.customer_key, effect limit ?
        """,
        [at.starts_on, FEW],
    ).fetchall()
    for customer, name, effect, amount in largest:
        rows: Where = (
            ("grouped_by", "=", "customer"),
            ("to_month", "=", at.starts_on),
            ("effect", "=", effect),
            ("customer_key", "=", customer),
        )
        yield _moved(
            connection,
            at,
            f"With the customer {{who}}, {_called(effect)} {{verb}} the realised margin of {{month}}, against"
            " the month before.",
            rows,
            amount,
            {"who": str(name)},
        )


def _moved(
    connection: duckdb.DuckDBPyConnection,
    at: Position,
    template: str,
    rows: Where,
    amount: Decimal,
    names: dict[str, str] | None = None,
) -> Sentence:
    """What an effect adds or takes; the direction is in the words, so the figure has no sign."""
    source = Source("fct_margin_period_walk", "effect_amount", rows)
    verb = "adds {currency} {amount} to" if amount > 0 else "takes {currency} {amount} off"
    return Sentence(
        "margin",
        template.replace("{verb}", verb),
        {"amount": figure(connection, source if amount > 0 else turned(source))},
        {"month": at.title, "currency": at.currency, **(names or {})},
    )


def _low(
    connection: duckdb.DuckDBPyConnection,
    at: Position,
    kind: str,
    on: str,
    day: dict[str, str],
) -> Iterator[Sentence]:
    """Who or what is furthest below the company's own percentage."""
    opening, mart, column = _KINDS[kind]
    (value, realised) = one(
        connection,
        "select sum(realised_value_amount), sum(realised_margin_amount) from fct_job_margin",
    )
    if not value or value <= 0:
        return
    joined = "inner join dim_customer using (customer_key)" if kind == "region" else ""
    low = connection.execute(
        f"""
        select {column}, sum(realised_value_amount) as value, sum(realised_margin_amount) as realised
        from {mart} {joined} where coalesce({column}, '') not in ('', 'unknown')
        group by 1 having sum(realised_value_amount) > 0
        """
    ).fetchall()
    low = [
        (key, own * realised / value - earned)
        for key, own, earned in low
        if earned * value < realised * own
    ]
    for key, _ in sorted(low, key=lambda row: (-row[1], row[0]))[:FEW]:
        rows: Where = ((column, "=", key),)
        who = _name(connection, key) if kind == "representative" else key
        yield Sentence(
            "low margins",
            f"{opening} a margin of {{currency}} {{realised}} on a value of {{value}}{on}, a smaller"
            " share than the company's {all_realised} on {all_value}.",
            {
                "realised": figure(connection, Source(mart, "realised_margin_amount", rows)),
                "value": figure(connection, Source(mart, "realised_value_amount", rows)),
                "all_realised": figure(connection, Source(mart, "realised_margin_amount", ())),
                "all_value": figure(connection, Source(mart, "realised_value_amount", ())),
            },
            {"who": who, "currency": at.currency, **day},
        )


def _name(connection: duckdb.DuckDBPyConnection, key: str) -> str:
    (name,) = one(
        connection,
        "select coalesce(max(full_name), $key) from dim_person where person_key = $key",
        {"key": key},
    )
    return str(name)


def _called(effect: str) -> str:
    return "what has no quantity" if effect == "other" else words(effect)


def _before(at: Position) -> date:
    return (at.starts_on - timedelta(days=1)).replace(day=1)


def _exists(connection: duckdb.DuckDBPyConnection, month: date) -> bool:
    return bool(
        connection.execute(
            "select 1 from fct_job_margin_monthly where month = ? limit 1", [month]
        ).fetchall()
    )
