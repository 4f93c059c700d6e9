"""A pack of marts with hostile names, and what its data files hold."""

from __future__ import annotations

import json
import re
import shutil
import zlib
from base64 import b64decode
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from published import writable

from tieout.pack.step import pack_step
from tieout.settings import Settings

HOSTILE = '=HYPERLINK("x")<img src=x onerror=alert(1)></script>\'"\u202egnp.\u202c🙂&amp;'


def data(pack: Path, name: str) -> Any:
    """What `data/<name>.js` hands to the pages; a fraction would be refused."""
    text = (pack / "data" / f"{name}.js").read_text(encoding="ascii")
    found = re.search(r"TIEOUT\.(data|packed)\[[^\]]*\]=(.*);\n$", text, re.DOTALL)
    assert found, name
    told = found.group(2)
    if found.group(1) == "packed":
        told = zlib.decompress(b64decode(json.loads(told))).decode("ascii")
    return json.loads(told, parse_float=Decimal)


def hostile_pack(
    small: Settings, folder: Path, copies: int = 1, evidence: dict[str, Any] | None = None
) -> Path:
    """The small company with that name everywhere a person could have typed it, and exceptions,
    `copies` of them."""
    settings = Settings(output=folder / "warehouse", as_of=small.as_of)
    settings.output.mkdir(parents=True)
    shutil.copytree(small.published.resolve(), settings.published)
    with duckdb.connect(str(writable(settings))) as marts:
        marts.execute("set schema = 'marts'")
        # What the company itself has is in no page's expectations.
        marts.execute("delete from fct_exceptions")
        for table, column in (
            ("dim_customer", "customer_name"),
            ("dim_product", "product_name"),
            ("dim_person", "full_name"),
            ("dim_deal", "deal_name"),
            ("dim_job", "job_ref"),
            ("fct_receivables", "invoice_number"),
        ):
            marts.execute(f"update {table} set {column} = ? || {column}", [HOSTILE])
        ((job, customer),) = marts.execute(
            "select job_key, customer_key from dim_job where not is_unknown order by 1 limit 1"
        ).fetchall()
        given = {
            "exception_key": "md5(number::text)",
            "control_id": "'deal_amount_mismatch'",
            "status": "'open'",
            "severity": "'high'",
            "owner": "$hostile",
            "entity": "'deals'",
            "entity_id": "$hostile || number",
            "entity_label": "$hostile || number",
            "source_system": "'ledger'" if evidence else "'office'",
            "job_key": "$job",
            "customer_key": "$customer",
            "value_at_risk_amount": "number + 12345678.01",
            "counted_amount": "number + 0.01",
            "evidence": "$evidence",
            "suggested_action": "$hostile",
            "cause": "$hostile",
        }
        values = {
            "hostile": HOSTILE,
            "job": job,
            "customer": customer,
            "evidence": json.dumps(evidence or {HOSTILE: HOSTILE}),
        }
        filled(marts, "fct_exceptions", given, copies, values)
        asked = {
            "left_name": "$hostile",
            "right_name": "$hostile",
            "evidence_for": "$hostile",
            "left_city": "$hostile",
        }
        filled(marts, "fct_match_review", asked, 2, {"hostile": HOSTILE})
    return pack_step(settings)


def _shared_by_two(marts: duckdb.DuckDBPyConnection) -> None:
    """Whoever is credited with most shares it, three parts of ten, with somebody else, event by
    event and piece by piece."""
    ((first,),) = marts.execute(
        """
        select owner_key from fct_attribution where owner_key <> 'unknown'
        group by 1 order by count(*) desc, 1 limit 1
        """
    ).fetchall()
    ((second,),) = marts.execute(
        "select person_key from dim_person where person_key not in ('unknown', ?) order by 1 limit 1",
        [first],
    ).fetchall()
    for table, amounts in (
        ("fct_attribution", ("reporting_amount", "backlog_amount", "unbilled_amount")),
        ("fct_bridge_attribution", ("from_amount", "to_amount", "difference_amount")),
    ):
        key = table.removeprefix("fct_") + "_key"
        parts = ", ".join(
            f"round({name} * 3 / 10, 2)::decimal(18, 2) as {name}" for name in amounts
        )
        marts.execute(
            f"""
            create or replace temp table parts as
            select * replace (md5({key}) as {key}, $second as owner_key, {parts}) from {table}
            where owner_key = $first
            """,
            {"first": first, "second": second},
        )
        less = ", ".join(f"{name} = {table}.{name} - parts.{name}" for name in amounts)
        marts.execute(
            f"update {table} set {less} from parts where md5({table}.{key}) = parts.{key}"
        )
        marts.execute(f"insert into {table} by name select * from parts")


def filled(
    marts: duckdb.DuckDBPyConnection,
    table: str,
    given: dict[str, str],
    count: int,
    values: dict[str, object],
) -> None:
    """Adds `count` rows: `given` columns as SQL over `number`, the others nothing, or a value of
    their type."""
    columns = marts.execute(
        "select column_name, data_type, is_nullable from duckdb_columns() where table_name = ? order by column_index",
        [table],
    ).fetchall()
    by_kind = {
        "VARCHAR": "''",
        "DATE": "date '2026-02-03'",
        "TIMESTAMP": "timestamp '2026-02-03 04:05:06'",
    }
    by_kind["BOOLEAN"] = "false"
    picks = ", ".join(
        f"({given.get(name) or ('null' if nullable else by_kind.get(kind, '0'))})::{kind} as {name}"
        for name, kind, nullable in columns
    )
    marts.execute(
        f"insert into {table} select {picks} from range(1, {count + 1}) as numbers (number)", values
    )


NAMES = [
    '=HYPERLINK("https://evil.example/","pay")',
    "<script>alert(1)</script>",
    'O\'Neil "quoted" & Söhne',
    "safe\u202egnp.exe",
    "🧾 👩‍🔧 GmbH",
    "+1+cmd|' /C calc'!A0",
    "https://evil.example/",
    "007",
    "_x0041_",
]


def without_exceptions(path: Path) -> None:
    """Takes from marts what the small company itself has."""
    with duckdb.connect(str(path)) as connection:
        ((catalog,),) = connection.execute("select current_database()").fetchall()
        connection.execute(f"delete from {catalog}.marts.fct_exceptions")
        connection.execute(f"update {catalog}.marts.fct_control_results set exception_count = 0")


def with_figures(path: Path) -> None:
    """Gives marts what the small company has none of: hostile names, exceptions in each state, what
    controls found."""
    without_exceptions(path)
    with duckdb.connect(str(path)) as connection:
        ((catalog,),) = connection.execute("select current_database()").fetchall()
        connection.execute(f"set schema = '{catalog}.marts'")
        connection.execute(
            """
            update dim_customer set customer_name = $names[1 + places.place % len($names)]
            from (select customer_key, row_number() over (order by customer_key) as place from dim_customer) as places
            where places.customer_key = dim_customer.customer_key
            """,
            {"names": NAMES},
        )
        _shared_by_two(connection)
        connection.execute(
            """
            insert into fct_exceptions by name
            select
                event_key as exception_key,
                ['delivered_not_invoiced', 'receivable_overdue', 'charge_rate_variance'][1 + place % 3] as control_id,
                ['open', 'acknowledged', 'reopened', 'waived', 'resolved'][1 + place % 5] as status,
                ['fatal', 'high', 'low'][1 + place % 3] as severity, 'billing' as owner_role,
                $names[1 + place % len($names)] as owner,
                source_entity as entity, source_id as entity_id,
                $names[1 + place % len($names)] || source_id as entity_label,
                source_system, deal_key, contract_key, job_key,
                work_order_key, 'unknown' as delivery_key, 'unknown' as invoice_key, product_key,
                customer_key, owner_key,
                event_on as occurred_on,
                event_on + interval 75 hour as first_seen_at, event_on::timestamp as last_seen_at,
                0 as times_reopened,
                [0, 30, 31, 90, 91, 250, 7][1 + place % 7] as age_days,
                event_on as found_from_on, place % 5 as days_since_first_seen,
                currency, document_amount, reporting_amount as expected_amount,
                if(place % 2 = 0, reporting_amount - 0.01, null) as actual_amount,
                abs(reporting_amount) as value_at_risk_amount, abs(reporting_amount) as counted_amount,
                if(place % 4 = 0, abs(reporting_amount), 0) as loss_amount,
                if(place % 4 = 0, 0, abs(reporting_amount)) as doubt_amount,
                if(place % 4 = 0, round(abs(reporting_amount) / 2, 2), 0) as counted_loss_amount,
                'not_in_its_period' as cause, $names[1 + place % len($names)] as suggested_action,
                0 as similar_resolved_count, 0 as similar_resolved_customer_count,
                '{"amount": 12.30, "days": ' || place || ', "who": null}' as evidence
            from (select row_number() over (order by event_key) as place, * from fct_stage_events)
            where reporting_amount is not null
            """,
            {"names": NAMES},
        )
        connection.execute(
            """
            update fct_control_results set
                status = if(place % 3 = 0 and status <> 'no_population', 'failed', status),
                exception_count = place, waived_count = place % 2,
                population_count = place * 1000, population_amount = place * 1234.56,
                value_at_risk_amount = place * 2.02, too_young_count = place % 7,
                counted_loss_amount = coalesce((
                    select sum(counted_loss_amount) from fct_exceptions as found
                    where found.control_id = places.control_id and status not in ('waived', 'resolved')
                ), place % 4 * 0.51),
                counted_amount = coalesce((
                    select sum(counted_amount) from fct_exceptions as found
                    where found.control_id = places.control_id and status not in ('waived', 'resolved')
                ), place % 4 * 1.01)
            from (select control_id, row_number() over (order by control_id) as place from dim_control) as places
            where places.control_id = fct_control_results.control_id
            """
        )
        connection.execute(
            "update fct_control_results set counted_doubt_amount = counted_amount - counted_loss_amount"
        )
        connection.execute(
            """
            update fct_receivables set
                document_applied_amount = document_applied_amount + 1.25,
                document_open_amount = document_open_amount - 1.25,
                applied_amount = applied_amount + 1.5, open_amount = open_amount - 1.5,
                reporting_applied_amount = reporting_applied_amount + 1.5,
                reporting_open_amount = reporting_open_amount - 1.5
            where open_amount > 2
            """
        )
        filled(
            connection,
            "fct_exception_trends",
            {
                "exception_trend_key": "number",
                "control_id": "['receivable_overdue', 'delivered_not_invoiced'][1 + number % 2]",
                "week_ends_on": "date '2026-02-01' + (7 * (number // 4))::integer",
                "open_count": "number * 3",
                "open_amount": "number * 1.07",
            },
            16,
            {},
        )
        filled(
            connection,
            "fct_match_review",
            {
                "match_review_key": "number",
                "left_name": "$names[number]",
                "right_name": "$names[1 + number]",
                "left_id": "'L' || number",
                "right_id": "'R' || number",
                "match_rule": "'web_domain'",
                "match_probability": "0.9 + number / 1000",
                "revenue_at_stake_amount": "number * 1000.01",
                "left_revenue_amount": "number * 2000.02",
                "right_revenue_amount": "number * 1000.01",
            },
            5,
            {"names": NAMES},
        )
        connection.execute(
            """
            insert into fct_customer_changes
            select
                customer_key, 'merged', customer_key, 'unknown', 'office', customer_name, 'said so', '2026-02-03', true
            from dim_customer where not is_unknown
            """
        )
