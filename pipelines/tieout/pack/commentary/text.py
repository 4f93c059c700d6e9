"""Sentences on the largest movements and clusters, each figure with the rows that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from tieout.pack.commentary import margin
from tieout.pack.commentary.figures import Sentence, Source, check, figure, turned
from tieout.pack.marts import Position
from tieout.pack.render import words

LIVE = ("status", "<>", "resolved"), ("status", "<>", "waived")
FEW = 3

_MONTHLY = {
    "booked": ("booked_amount",),
    "delivered": ("delivered_amount",),
    "invoiced": ("invoiced_amount", "credited_amount"),
    "recognised": ("recognised_amount",),
    "cash": ("cash_amount",),
}
# Who the unresolved exceptions are of: the words, the column that names a row, where its name
# stands.
_CLUSTERS = {
    "salesperson": ("the salesperson", "owner_key", "dim_person", "person_key", "full_name"),
    "product": ("the product", "product_key", "dim_product", "product_key", "product_name"),
}


def sentences(connection: duckdb.DuckDBPyConnection, at: Position) -> list[Sentence]:
    """The commentary of the period, every figure checked.

    Raises:
        TieoutError: a figure does not resolve.
    """
    found = [
        *_movements(connection, at),
        *margin.sentences(connection, at, _on(at), _day(at)),
        *_reasons(connection, "leakage", at),
        *_reasons(connection, "timing", at),
        *_clusters(connection, at),
        *_regions(connection, at),
        *_controls(connection, at),
        *_overdue(connection, at),
    ]
    for sentence in found:
        check(connection, sentence)
    return found


def _movements(connection: duckdb.DuckDBPyConnection, at: Position) -> Iterator[Sentence]:
    """Each stage's month beside the month before."""
    before = (at.starts_on - timedelta(days=1)).replace(day=1)
    known = connection.execute("select min(month) from fct_quote_to_cash_monthly").fetchall()[0][0]
    for stage, columns in _MONTHLY.items():
        now = tuple(
            Source("fct_quote_to_cash_monthly", column, (("month", "=", at.starts_on),))
            for column in columns
        )
        if not _exists(connection, at.starts_on):
            return
        names = {"month": at.title, "currency": at.currency}
        value = figure(connection, *now)
        if known is None or before < known or not _exists(connection, before):
            yield Sentence(
                f"{stage} in the month",
                f"{stage.capitalize()} in {{month}} is {{currency}} {{now}}.",
                {"now": value},
                names,
            )
            continue
        then = tuple(Source(s.mart, s.column, (("month", "=", before),), sign=-1) for s in now)
        change = figure(connection, *now, *then)
        said = f"{stage.capitalize()} in {{month}} is {{currency}} {{now}}"
        if not change.value:
            yield Sentence(
                f"{stage} in the month", f"{said}, as in the month before.", {"now": value}, names
            )
            continue
        # The direction is in the words, so the figure is told without its sign.
        more = change.value > 0
        size = (
            change if more else figure(connection, *(turned(source) for source in change.sources))
        )
        yield Sentence(
            f"{stage} in the month",
            f"{said}, {{change}} {'more' if more else 'less'} than in the month before.",
            {"now": value, "change": size},
            names,
        )


def _reasons(
    connection: duckdb.DuckDBPyConnection, gap_class: str, at: Position
) -> Iterator[Sentence]:
    """The reasons of a class that are worth most, up to the end of the period."""
    largest = connection.execute(
        """
        select gap, reason, sum(difference_amount) as amount from fct_bridge_monthly
        where gap_class = ? and month <= ? group by all having sum(difference_amount) <> 0
        order by abs(sum(difference_amount)) desc, gap, reason limit ?
        """,
        [gap_class, at.starts_on, FEW],
    ).fetchall()
    for gap, reason, amount in largest:
        first, last = gap.split("_to_")
        rows = (("gap", "=", gap), ("reason", "=", reason), ("month", "<=", at.starts_on))
        source = Source("fct_bridge_monthly", "difference_amount", rows)
        verb = "takes {currency} {amount} off" if amount > 0 else "adds {currency} {amount} to"
        yield Sentence(
            f"{words(gap_class)}, {words(reason)}",
            f"Up to {{month}}, {words(reason)} ({words(gap_class)}) {verb} the way from {first} to {last}.",
            {"amount": figure(connection, source if amount > 0 else turned(source))},
            {"month": at.title, "currency": at.currency},
        )


def _clusters(connection: duckdb.DuckDBPyConnection, at: Position) -> Iterator[Sentence]:
    """The salespeople and products with the most at risk."""
    for topic, (said, column, table, key, name) in _CLUSTERS.items():
        largest = connection.execute(
            f"""
            select exceptions.{column}, dimension.{name}, sum(counted_amount)
            from fct_exceptions as exceptions
            inner join {table} as dimension on exceptions.{column} = dimension.{key}
            where status not in ('resolved', 'waived') and exceptions.{column} <> 'unknown'
            group by all having sum(counted_amount) > 0 order by 3 desc, 1 limit ?
            """,
            [FEW],
        ).fetchall()
        for row, label, _ in largest:
            yield _at_risk(
                connection,
                at,
                topic,
                f"With {said} {{who}}",
                str(label),
                ((column, "=", row), *LIVE),
            )


def _regions(connection: duckdb.DuckDBPyConnection, at: Position) -> Iterator[Sentence]:
    """The regions of customers with the most at risk."""
    largest = connection.execute(
        """
        select customers.region, sum(counted_amount)
        from fct_exceptions as exceptions inner join dim_customer as customers
            on exceptions.customer_key = customers.customer_key
        where status not in ('resolved', 'waived') and coalesce(customers.region, '') <> ''
        group by all having sum(counted_amount) > 0 order by 2 desc, 1 limit ?
        """,
        [FEW],
    ).fetchall()
    for region, _ in largest:
        rows = (("dim_customer.region", "=", region), *LIVE)
        yield _at_risk(connection, at, "region", "With customers in the region {who}", region, rows)


def _controls(connection: duckdb.DuckDBPyConnection, at: Position) -> Iterator[Sentence]:
    """The controls with the most at risk."""
    largest = connection.execute(
        """
        select results.control_id, controls.title from fct_control_results as results
        inner join dim_control as controls on results.control_id = controls.control_id
        where is_latest and counted_amount > 0 order by counted_amount desc, 1 limit ?
        """,
        [FEW],
    ).fetchall()
    for control, title in largest:
        yield _at_risk(
            connection,
            at,
            "control",
            "Under the control “{who}”",
            title,
            (("control_id", "=", control), *LIVE),
        )


def _overdue(connection: duckdb.DuckDBPyConnection, at: Position) -> Iterator[Sentence]:
    """What is past due among the receivables."""
    late = (("days_overdue", ">=", 1), ("open_amount", "<>", Decimal(0)))
    (number,) = connection.execute(
        "select count(open_amount) from fct_receivables where days_overdue >= 1 and open_amount <> 0"
    ).fetchall()[0]
    if not number:
        return
    figures = {
        "number": figure(connection, Source("fct_receivables", "invoice_key", late, "count")),
        "amount": figure(connection, Source("fct_receivables", "open_amount", late)),
        "open": figure(connection, Source("fct_receivables", "open_amount", ())),
    }
    are = "invoice is" if number == 1 else "invoices are"
    yield Sentence(
        "receivables",
        f"{{number}} {are} past due{_on(at)}: {{currency}} {{amount}} of the {{open}} that customers owe, with tax.",
        figures,
        {"currency": at.currency, **_day(at)},
    )


def _at_risk(
    connection: duckdb.DuckDBPyConnection,
    at: Position,
    topic: str,
    opening: str,
    who: str,
    rows: tuple[tuple[str, str, Any], ...],
) -> Sentence:
    number = figure(connection, Source("fct_exceptions", "exception_key", rows, "count"))
    put = "exception puts" if number.value == 1 else "exceptions put"
    return Sentence(
        topic,
        f"{opening}, {{number}} unresolved {put} {{currency}} {{amount}} at risk{_on(at)}, each amount counted once.",
        {
            "number": number,
            "amount": figure(connection, Source("fct_exceptions", "counted_amount", rows)),
        },
        {"who": who, "currency": at.currency, **_day(at)},
    )


def _on(at: Position) -> str:
    """Where the position is of a later day than the period, what is known of the position only says
    so."""
    return " on {day}, the day of the position" if at.is_later else ""


def _day(at: Position) -> dict[str, str]:
    return {"day": f"{at.as_of_on.day} {at.as_of_on:%B %Y}"} if at.is_later else {}


def _exists(connection: duckdb.DuckDBPyConnection, month: date) -> bool:
    return bool(
        connection.execute(
            "select 1 from fct_quote_to_cash_monthly where month = ? limit 1", [month]
        ).fetchall()
    )
