"""What needs a person: every exception with its evidence, and a page an owner."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tieout.findings.controls import evidence
from tieout.pack import trends
from tieout.pack.marts import rows
from tieout.pack.names import Names
from tieout.pack.render import write_data

CHUNK = 250
"""So many exceptions' evidence go into one file, loaded when somebody opens one of them."""

STANDINGS = {"open": "unresolved", "reopened": "unresolved", "acknowledged": "unresolved"}
"""What people mean by unresolved; what is waived or resolved is called as it is."""

_DETAIL = (
    "exception_key, root_exception_key, cause, suggested_action, currency, document_amount, expected_amount,"
    " actual_amount, found_from_on, first_seen_at, last_seen_at, resolved_at, times_reopened, similar_resolved_count,"
    " similar_resolved_customer_count, similar_resolved_days, similar_resolution, decision, decision_standing,"
    " decision_reason, decided_by, approved_by, decided_on, expires_on"
)


def page_of(owner: str) -> str:
    """The file of an owner's page; a name is no file name."""
    return f"owner-{hashlib.sha256(owner.encode()).hexdigest()[:12]}.html"


def write_exceptions(connection: duckdb.DuckDBPyConnection, found: Names, folder: Path) -> None:
    """Writes `data/exceptions.js`, and the evidence in `data/evidence-<chunk>.js`.

    A row is [place, key, control, owner, status, standing, severity, entity, id, system, customer,
    job's name, job's place, day, age, at risk, counted, control's id, whether its job has a chain,
    loss, doubt, how much of what counts is loss, what people call the record]; the largest loss
    first, so that a chunk holds what is read together.
    """
    everything = rows(
        connection,
        """
        select exceptions.*, controls.title
        from fct_exceptions as exceptions
        left join dim_control as controls on exceptions.control_id = controls.control_id
        order by counted_loss_amount desc, counted_amount desc, value_at_risk_amount desc, exception_key
        """,
    )
    follow: dict[str, list[int]] = {}
    for place, row in enumerate(everything):
        if row["root_exception_key"]:
            follow.setdefault(row["root_exception_key"], []).append(place)
    places = {row["exception_key"]: place for place, row in enumerate(everything)}
    listed = [
        [
            place,
            row["exception_key"],
            row["title"] or row["control_id"],
            row["owner"],
            row["status"],
            STANDINGS.get(row["status"], row["status"]),
            row["severity"],
            row["entity"],
            row["entity_id"],
            row["source_system"],
            _name(found, "customer", row["customer_key"]),
            _name(found, "job", row["job_key"]),
            found.places["job"].get(row["job_key"], -1),
            row["occurred_on"],
            row["age_days"],
            row["value_at_risk_amount"],
            row["counted_amount"],
            row["control_id"],
            1 if row["job_key"] != "unknown" else 0,
            row["loss_amount"],
            row["doubt_amount"],
            row["counted_loss_amount"],
            row["entity_label"],
        ]
        for place, row in enumerate(everything)
    ]
    write_data(folder, "exceptions", {"rows": listed, "chunk": CHUNK})
    names = [name.strip() for name in _DETAIL.split(",")]
    told = [evidence(row["evidence"]) for row in everything]
    labels = _labels(connection, {v for found in told for name, v in found if _is_id(name)})
    for start in range(0, len(everything), CHUNK):
        details = [
            {
                **{name: row[name] for name in names},
                "evidence": [
                    [name, value, labels[row["source_system"], value]]
                    if _is_id(name) and (row["source_system"], value) in labels
                    else [name, value]
                    for name, value in found
                ],
                "root": places.get(row["root_exception_key"], -1),
                "follow": follow.get(row["exception_key"], []),
            }
            for row, found in zip(
                everything[start : start + CHUNK], told[start : start + CHUNK], strict=True
            )
        ]
        write_data(folder, f"evidence-{start // CHUNK}", details, packed=True)


def summaries(connection: duckdb.DuckDBPyConnection, as_of_on: date) -> dict[str, Any]:
    """The unresolved ones by control, owner, age and value, how many are waived or resolved, and how
    that went."""
    weeks = trends.by_week(connection)
    months = trends.by_month_found(connection, as_of_on)
    ends = [f"{week['week_ends_on']:%Y-%m-%d}" for week in weeks]

    def by(
        expression: str, order: str = "counted_loss_amount desc, counted_amount desc, 1"
    ) -> list[dict[str, Any]]:
        return rows(
            connection,
            f"""
            select {expression} as label, count(*) as number, sum(value_at_risk_amount) as at_risk_amount,
                sum(counted_amount) as counted_amount, sum(counted_loss_amount) as counted_loss_amount,
                max(age_days) as oldest_days
            from fct_exceptions as exceptions
            left join dim_control as controls on exceptions.control_id = controls.control_id
            where status in ('open', 'reopened', 'acknowledged')
            group by all order by {order}
            """,
        )

    age = "case when age_days <= 7 then '0 to 7 days' when age_days <= 30 then '8 to 30 days'"
    age += " when age_days <= 90 then '31 to 90 days' else 'over 90 days' end"
    value = "case when value_at_risk_amount = 0 then 'no amount' when value_at_risk_amount < 100 then 'under 100'"
    value += (
        " when value_at_risk_amount < 1000 then '100 to 1,000' when value_at_risk_amount < 10000"
    )
    value += " then '1,000 to 10,000' else '10,000 and more' end"
    return {
        "weeks": weeks,
        "week_bars": {
            name: trends.drawn(ends, [week[name] for week in weeks])
            for name in ("open_count", "open_amount")
        },
        "months": months,
        "month_bars": trends.drawn([month for month, *_ in months], [row[2] for row in months]),
        "by_control": by("coalesce(controls.title, exceptions.control_id)"),
        "by_owner": by("exceptions.owner"),
        "by_age": by(age, "min(age_days)"),
        "by_value": by(value, "min(value_at_risk_amount)"),
        "standings": rows(
            connection,
            """
            with standing as (
                select *, case when status in ('waived', 'resolved') then status else 'unresolved' end as standing
                from fct_exceptions
            )
            select standing, count(*) as number, sum(value_at_risk_amount) as at_risk_amount,
                sum(counted_amount) as counted_amount, sum(counted_loss_amount) as counted_loss_amount
            from standing group by standing order by list_position(['unresolved', 'waived', 'resolved'], standing)
            """,
        ),
    }


def _is_id(name: str) -> bool:
    return name.endswith("_id")


def _labels(connection: duckdb.DuckDBPyConnection, ids: set[str]) -> dict[tuple[str, str], str]:
    """What people call the records that evidence names by their ids, by system and id. An id that
    several records of a system bear, or none that is published, has no label."""
    found = connection.execute(
        """
        with called as (
            select source_system, source_id as id, entity_label as label from fct_stage_events
            union select source_system, invoice_id, invoice_number from fct_receivables
            union select source_system, entity_id, entity_label from fct_exceptions
            union select links.source_system, links.source_id, people.customer_name
                from xref_customer as links inner join dim_customer as people using (customer_key)
        )
        select source_system, id, any_value(label) from called
        where id in (select unnest(?)) and label is not null and label <> id
        group by source_system, id having count(distinct label) = 1
        """,
        [sorted(ids)],
    ).fetchall()
    return {(system, ident): label for system, ident, label in found}


def owners(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Everybody who has or had an exception."""
    return [
        row[0]
        for row in connection.execute(
            "select distinct owner from fct_exceptions order by 1"
        ).fetchall()
    ]


def _name(found: Names, noun: str, key: str) -> str | None:
    place = found.places[noun].get(key, -1)
    return None if key == "unknown" or place < 0 else found.members[noun][place][0]
