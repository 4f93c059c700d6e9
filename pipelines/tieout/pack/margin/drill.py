"""From a customer to its jobs, their products, and the records behind each effect."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from tieout.findings.margin import EFFECTS
from tieout.pack.names import Names
from tieout.pack.render import write_data

_PLACES = {effect: place for place, effect in enumerate(EFFECTS)}
_WORDS = (3, 4, 10, 11, 12)
"""The columns of a record that say the same few words some thousand times."""


def margins(connection: duckdb.DuckDBPyConnection, found: Names) -> dict[str, Any]:
    """The margin of every job and product.

    A row is [customer, job, product, planned, value, cost, realised, whether nothing was planned,
    [effect, amount] each]; members and effects are places in their lists.
    """
    effects: dict[tuple[str, str], list[list[Any]]] = {}
    for job, product, effect, amount in connection.execute(
        """
        select job_key, product_key, effect, sum(effect_amount) from fct_margin_walk
        group by all having sum(effect_amount) <> 0
        """
    ).fetchall():
        effects.setdefault((job, product), []).append([_PLACES[effect], amount])
    rows = connection.execute(
        """
        select customer_key, job_key, product_key, coalesce(planned_margin_amount, booked_amount),
            realised_value_amount, cost_amount - wip_amount, realised_margin_amount,
            if(planned_margin_amount is null, 1, 0)
        from fct_job_margin order by customer_key, job_key, product_key
        """
    ).fetchall()
    return {
        "effects": list(EFFECTS.items()),
        "rows": [
            [
                found.place("customer", row[0]),
                found.place("job", row[1]),
                found.place("product", row[2]),
                *row[3:],
                sorted(effects.get((row[1], row[2]), []), key=lambda effect: effect[0]),
            ]
            for row in rows
        ],
    }


def write_records(connection: duckdb.DuckDBPyConnection, found: Names, folder: Path) -> None:
    """Writes `data/margin-<place of the customer>.js`: what shows each effect.

    A record is [job, product, effect, reason, class, day, value, cost, effect on the margin, what
    people call it, stage, system, entity, id]; repeated words are places in `words`, nothing is -1.
    """
    rows = connection.execute(
        """
        select margins.customer_key, walk.job_key, walk.product_key, walk.effect, walk.reason, walk.gap_class,
            walk.effect_on::text, walk.value_amount, walk.cost_amount, walk.effect_amount,
            events.entity_label, events.stage, events.source_system, events.source_entity, events.source_id
        from fct_margin_walk as walk
        inner join fct_job_margin as margins
            on walk.job_key = margins.job_key and walk.product_key = margins.product_key
        left join fct_stage_events as events on walk.event_key = events.event_key
        order by margins.customer_key, walk.job_key, walk.product_key, walk.effect_on, walk.margin_walk_key
        """
    ).fetchall()
    records = {key: list(own) for key, own in groupby(rows, key=lambda row: row[0])}
    customers = connection.execute(
        "select distinct customer_key from fct_job_margin order by 1"
    ).fetchall()
    for (customer,) in customers:
        content = _told(found, records.get(customer, []))
        write_data(folder, f"margin-{found.place('customer', customer)}", content, packed=True)


def _told(found: Names, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    words: dict[str, int] = {}
    records = []
    for row in rows:
        members = (found.place("job", row[1]), found.place("product", row[2]))
        record: list[Any] = [*members, _PLACES[row[3]], *row[4:]]
        for column in _WORDS:
            word = record[column]
            record[column] = -1 if word is None else words.setdefault(word, len(words))
        records.append(record)
    return {"records": records, "words": list(words)}
