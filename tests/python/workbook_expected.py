"""What the workbook must hold, cell by cell, asked of the published marts in queries of the tests'
own."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from openpyxl import Workbook
from openpyxl.utils.escape import unescape
from workbook_expected_margin import MARGIN_SHEETS

from tieout.pack.marts import Position

ROOT = Path(__file__).parents[2]
Row = tuple[Any, ...]
STAGES = ("booked", "contracted", "delivered", "invoiced", "recognised", "cash")
WALK = {
    "booked_to_contracted": ("Booked", "Contracted"),
    "contracted_to_delivered": ("Contracted", "Delivered"),
    "delivered_to_invoiced": ("Delivered", "Invoiced"),
    "invoiced_to_cash": ("Invoiced", "Cash"),
    "delivered_to_recognised": ("Delivered", "Recognised"),
}
CLASSES = ("timing", "definition", "data_quality", "leakage")
UNTOTALLED = {
    *(
        "Document amount",
        "Expected amount",
        "Actual amount",
        "Value at risk",
        "Loss",
        "Doubt",
        "Amount looked at",
    ),
    *("Gross", "Applied", "Open", "Age in days", "Oldest", "Overdue by", "Looked at"),
    *("Too young", "Days since seen", "Jobs", "Below their floor"),
}
"""Figures that have no total: of several currencies, counted elsewhere, or no amounts."""

_CUSTOMER = "(select case when customer_key = 'unknown' then 'Unknown customer' else coalesce(customer_name,"
_CUSTOMER += " customer_key) end from dim_customer as c where c.customer_key = {0}.customer_key)"
_JOB = "(select case when job_key = 'unknown' then 'Unknown job' else coalesce(job_ref, job_id, job_key) end"
_JOB += " from dim_job as j where j.job_key = {0}.job_key)"
_TITLE = "(select title from dim_control as rules where rules.control_id = {0}.control_id)"
_FAMILY = "(select family from fct_control_results as r where r.control_id = {0}.control_id and r.is_latest)"
_LIVE = "status in ('open', 'acknowledged', 'reopened')"
_BY_STAGE = {
    "booked": "stage = 'booked'",
    "contracted": "stage in ('booked', 'change_order')",
    "delivered": "stage = 'delivered'",
    "invoiced": "stage in ('invoiced', 'credited')",
    "recognised": "stage = 'recognised'",
    "cash": "stage = 'cash'",
}


def _words(column: str) -> str:
    return f"replace({column}, '_', ' ')"


def _reconciled(key: str, names: str) -> str:
    stages = ", ".join(
        f"coalesce((select sum(reporting_amount) from fct_stage_events as e where e.{key} = m.{key} and {when} and"
        f" event_on between {first} and $ends_on), 0)"
        for first in ("$starts_on", "date '1900-01-01'")
        for when in _BY_STAGE.values()
    )
    gaps = ", ".join(
        f"coalesce((select sum(if(from_on <= $ends_on, from_amount, 0)) - sum(if(to_on <= $ends_on, to_amount, 0))"
        f" from fct_bridge as b where b.{key} = m.{key} and gap = '{gap}'), 0)"
        for gap in WALK
    )
    return f"""
        with m as (
            select distinct {key} from fct_stage_events
            where stage <> 'cost' and reporting_amount is not null and event_on <= $ends_on
            union
            select {key} from fct_bridge
            where (from_amount <> 0 and from_on <= $ends_on) or (to_amount <> 0 and to_on <= $ends_on)
        )
        select {names}, {stages}, {gaps}, {key} from m
    """


def _side(side: str) -> str:
    picked = (
        _words("stage"),
        "event_on",
        _words("source_system"),
        _words("source_entity"),
        "entity_label",
    )
    return ", ".join(
        f"(select {one} from fct_stage_events as e where e.event_key = p.{side}_event_key)"
        for one in picked
    )


_AGES = """count(*), count(*) filter (severity = 'high' or severity = 'fatal'), sum(value_at_risk_amount),
    sum(counted_amount), sum(counted_loss_amount), sum(if(age_days < 31, 1, 0)),
    sum(if(age_days > 30 and age_days < 91, 1, 0)),
    sum(if(age_days > 90, 1, 0)), max(age_days)"""

_STAGE_HEADERS = [
    f"{stage.capitalize()} {scope}" for scope in ("in the period", "to date") for stage in STAGES
]
_GAP_HEADERS = [f"{first} less {last.lower()}" for first, last in WALK.values()]
_SIDE_HEADERS = "stage", "day", "system", "record type", "record"
_AGE_HEADERS = (
    "Exceptions",
    "High severity",
    "Value at risk",
    "Counted",
    "Counted loss",
    "Up to 30 days",
    "31 to 90 days",
    "Over 90 days",
)
_ROLLED = "opening recognised invoiced closing accrued deferred ledger_accrued ledger_deferred accrued_difference"
_ROLLED += " deferred_difference"

SHEETS: dict[str, tuple[list[str], str]] = {
    "By customer": (
        ["Customer", "Country", *_STAGE_HEADERS, *_GAP_HEADERS, "Customer key"],
        _reconciled(
            "customer_key",
            _CUSTOMER.format("m")
            + ", (select country from dim_customer as c where c.customer_key = m.customer_key)",
        ),
    ),
    "By job": (
        [
            "Job",
            "Customer",
            "Account owner",
            "Type",
            "Status",
            *_STAGE_HEADERS,
            *_GAP_HEADERS,
            "Job key",
        ],
        _reconciled(
            "job_key",
            f"""{_JOB.format("m")},
            (select {_CUSTOMER.format("dim_job")} from dim_job where dim_job.job_key = m.job_key),
            (select case when owner_key = 'unknown' then 'Unknown owner' else coalesce(full_name, o.person_key) end
                from dim_job inner join dim_person as o on owner_key = o.person_key where dim_job.job_key = m.job_key),
            (select {_words("job_type")} from dim_job where dim_job.job_key = m.job_key),
            (select {_words("status")} from dim_job where dim_job.job_key = m.job_key)""",
        ),
    ),
    "Matched items": (
        [
            *("Customer", "Job", "Product", "Between", "Rule"),
            *(f"{side} {name}" for side in ("From", "To") for name in _SIDE_HEADERS),
            *("From amount", "To amount", "From record id", "To record id", "Bridge item"),
        ],
        f"""
        select {_CUSTOMER.format("p")}, {_JOB.format("p")},
            (select case when product_key = 'unknown' then 'Unknown product'
                else coalesce(product_name, product_code, product_key) end
                from dim_product as d where d.product_key = p.product_key),
            {_words("gap")}, {_words("match_rule")}, {_side("from")}, {_side("to")}, from_amount, to_amount,
            (select source_id from fct_stage_events as e where e.event_key = p.from_event_key),
            (select source_id from fct_stage_events as e where e.event_key = p.to_event_key),
            bridge_item_key
        from fct_bridge as p
        where reason = 'settled' and (
            (from_on >= $starts_on and from_on <= $ends_on) or (to_on >= $starts_on and to_on <= $ends_on)
        )
        """,
    ),
    **MARGIN_SHEETS,
    "Exceptions": (
        [
            *(
                "Control",
                "Category",
                "Severity",
                "Status",
                "Owner",
                "Customer",
                "Job",
                "Record",
                "Occurred",
            ),
            *(
                "Age in days",
                "Loss",
                "Doubt",
                "Counted",
                "Counted loss",
                "Cause",
                "Suggested action",
                "Role",
            ),
            *(
                "System",
                "Record type",
                "Record id",
                "Could be found from",
                "First seen",
                "Days since seen",
                "Currency",
            ),
            *("Document amount", "Expected amount", "Actual amount"),
            *("Evidence", "Explained by", "Exception"),
        ],
        f"""
        select {_TITLE.format("x")}, {_words(_FAMILY.format("x"))}, severity, {_words("status")}, owner,
            {_CUSTOMER.format("x")}, {_JOB.format("x")}, entity_label, occurred_on, age_days, loss_amount,
            doubt_amount, counted_amount, counted_loss_amount, {_words("cause")}, suggested_action,
            {_words("owner_role")}, {_words("source_system")}, {_words("entity")}, entity_id, found_from_on,
            first_seen_at, days_since_first_seen, currency, document_amount, expected_amount, actual_amount, evidence,
            root_exception_key, exception_key
        from fct_exceptions as x where {_LIVE}
        """,
    ),
    "By category": (
        ["Control", "Category", *_AGE_HEADERS, "Oldest"],
        f"""select {_TITLE.format("x")}, {_words(_FAMILY.format("x"))}, {_AGES}
            from fct_exceptions as x where {_LIVE} group by control_id""",
    ),
    "By owner": (
        ["Owner", "Role", *_AGE_HEADERS, "Oldest"],
        f"""select owner, {_words("owner_role")}, {_AGES} from fct_exceptions where {_LIVE}
            group by owner, owner_role""",
    ),
    "Roll-forward": (
        [
            *("Customer", "Job", "Legal entity", "Currency"),
            *(name.replace("_", " ").capitalize() for name in _ROLLED.split()),
            *("Causes", "Roll-forward key"),
        ],
        f"""
        select {_CUSTOMER.format("x")}, {_JOB.format("x")}, legal_entity, currency,
            {", ".join(f"{name}_amount" for name in _ROLLED.split())}, {_words("difference_causes")},
            revenue_rollforward_key
        from fct_revenue_rollforward as x where month_on between $starts_on and $ends_on
        """,
    ),
    "Receivables ageing": (
        ["Days overdue", "Documents", "Gross", "Applied", "Open"],
        """select ageing_bucket, count(*), sum(reporting_gross_amount), sum(reporting_applied_amount),
            sum(reporting_open_amount) from fct_receivables group by ageing_bucket""",
    ),
    "Receivables": (
        [
            *(
                "Customer",
                "Job",
                "Invoice",
                "Issued",
                "Due",
                "Days overdue",
                "Overdue by",
                "Currency",
                "Gross",
            ),
            *(
                "Applied",
                "Open",
                "Gross reporting",
                "Applied reporting",
                "Open reporting",
                "Legal entity",
                "System",
            ),
            "Record",
        ],
        f"""
        select {_CUSTOMER.format("x")}, {_JOB.format("x")}, invoice_number, issued_on, due_on, ageing_bucket,
            days_overdue, currency, document_gross_amount, document_applied_amount, document_open_amount,
            reporting_gross_amount, reporting_applied_amount, reporting_open_amount, legal_entity,
            {_words("source_system")}, invoice_id
        from fct_receivables as x
        """,
    ),
    "Controls": (
        [
            *(
                "Control",
                "Category",
                "Severity",
                "Status",
                "Looked at",
                "Too young",
                "Amount looked at",
                "Exceptions",
            ),
            *("Waived", "Value at risk", "Counted", "Counted loss", "As of", "Name", "Run"),
        ],
        f"""
        select {_TITLE.format("x")}, {_words("family")}, severity, {_words("status")}, population_count,
            too_young_count, population_amount, exception_count, waived_count, value_at_risk_amount, counted_amount,
            counted_loss_amount, as_of_on, control_id, run_id
        from fct_control_results as x where is_latest
        """,
    ),
}
"""Each sheet that is a table of the marts: its headers in order, and its rows."""

TOTALLED_REPORTING = {"Receivables ageing"}
"""Here `Gross`, `Applied` and `Open` are in the reporting currency, and added up."""


def told(value: Any) -> Any:
    """A value as a cell gives it back."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return Decimal(repr(value) if isinstance(value, float) else value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, datetime.min.time())
    return value


def used(sql: str, at: Position) -> dict[str, date]:
    values = {"starts_on": at.starts_on, "ends_on": at.ends_on}
    return {name: value for name, value in values.items() if f"${name}" in sql}


def rows_of(marts: duckdb.DuckDBPyConnection, title: str, at: Position) -> list[Row]:
    sql = SHEETS[title][1]
    return [
        tuple(told(value) for value in row) for row in marts.execute(sql, used(sql, at)).fetchall()
    ]


def totals_of(title: str, rows: list[Row]) -> list[Row]:
    """The lines of totals above the header: label, and the sum of each column that may be added
    up."""
    headers = SHEETS[title][0]
    places = [
        place
        for place, header in enumerate(headers)
        if any(isinstance(row[place], Decimal) for row in rows)
        and (
            header not in UNTOTALLED or (title in TOTALLED_REPORTING and header != "Value at risk")
        )
    ]
    groups = sorted({row[3] for row in rows}) if title == "Roll-forward" else [None]
    lines = []
    for group in groups:
        line: list[Any] = [None] * len(headers)
        line[0] = "Total of the rows shown" if group is None else "Total"
        if group is not None:
            line[3] = group
        for place in places:
            own = [row[place] for row in rows if group is None or row[3] == group]
            line[place] = sum((amount for amount in own if amount is not None), Decimal(0))
        lines.append(tuple(line))
    return lines


def differences(
    stored: Workbook, marts: duckdb.DuckDBPyConnection, title: str, at: Position
) -> list[str]:
    """Every cell of a sheet that is not what the marts say; `stored` is read with the results of
    its formulas."""
    if title == "Summary":
        expected = summary(marts, at)
        shown = grid(stored, title)[2:]
        return [
            f"{one!r} instead of {other!r}"
            for one, other in zip(shown, expected, strict=False)
            if one != other
        ] + [f"{len(shown)} rows instead of {len(expected)}"] * (len(shown) != len(expected))
    lines = grid(stored, title)
    if title in ("Definitions", "Evidence"):
        headers, rows, totals = *given(marts, title, at), list[Row]()
    else:
        headers, rows = SHEETS[title][0], rows_of(marts, title, at)
        totals = totals_of(title, rows)
    found = []
    if lines[0][0] != title or any(value is not None for line in lines[:2] for value in line[1:]):
        found.append("the heading holds more than a heading")
    body = lines[2:]
    if body[: len(totals)] != totals:
        found.append(f"totals {body[: len(totals)]} instead of {totals}")
    body = body[len(totals) :]
    if body[:1] != [tuple(headers)]:
        found.append(f"headers {body[:1]}")
    shown, expected = Counter(body[1:]), Counter(rows)
    found += [f"{row} is not in the marts" for row in shown - expected]
    found += [f"{row} is not on the sheet" for row in expected - shown]
    return found


def grid(book: Workbook, title: str) -> list[Row]:
    """The cells of a sheet, row by row; rows of nothing are left out."""
    cells = book[title].iter_rows(values_only=True)
    rows = [
        tuple(unescape(value) if isinstance(value, str) else told(value) for value in row)
        for row in cells
    ]
    return [row for row in rows if any(value is not None for value in row)]


def given(
    marts: duckdb.DuckDBPyConnection, title: str, at: Position
) -> tuple[list[str], list[Row]]:
    """The sheets whose rows are the project's words and the run's own record."""
    if title == "Definitions":
        text = (ROOT / "models" / "vocabulary.md").read_text(encoding="utf-8")
        found: list[Row] = []
        for block in text.split("{% docs ")[1:]:
            name, rest = block.split(" %}", 1)
            meaning = re.sub(r"[*`]", "", rest.split("{% enddocs", 1)[0].strip())
            found.append(("Vocabulary", name.replace("_", " "), meaning))
        with (ROOT / "seeds" / "standard" / "standard_bridge_reasons.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            for row in csv.DictReader(file):
                meaning = f"{row['sentence']}. Who acts: {row['who_acts']}."
                found.append(("Reason", row["reason"].replace("_", " "), meaning))
        for name, why, how in marts.execute(
            "select title, why_it_matters, how_to_resolve from dim_control"
        ).fetchall():
            found.append(("Control", name, f"{why}. To resolve: {how}."))
        return ["Kind", "Word", "Meaning"], found
    rows = [
        ("Position", "Period", f"{at.starts_on:%Y-%m}", None),
        ("Position", "First day", f"{at.starts_on}", None),
        ("Position", "Last day", f"{at.ends_on}", None),
        ("Position", "As of", f"{at.as_of_on}", None),
        ("Position", "Reporting currency", at.currency, None),
    ]
    for name, value in at.record.items():
        if name != "rows":
            rows.append(
                ("Run", name, told(value if isinstance(value, str) else json.dumps(value)), None)
            )
    for (name,) in marts.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts'"
    ).fetchall():
        ((number,),) = marts.execute(f"select count(*) from {name}").fetchall()
        rows.append(("Mart", name, None, Decimal(number)))
    return ["Kind", "Name", "Value", "Rows"], rows


def summary(marts: duckdb.DuckDBPyConnection, at: Position) -> list[Row]:
    """The rows of the first sheet below its heading, from the monthly marts."""
    months = {
        "in the period": f"month = date '{at.starts_on}'",
        "to date": f"month <= date '{at.ends_on}'",
    }
    sums = """coalesce(sum(booked_amount), 0), coalesce(sum(contracted_amount), 0), coalesce(sum(delivered_amount), 0),
        coalesce(sum(invoiced_amount + credited_amount), 0), coalesce(sum(recognised_amount), 0),
        coalesce(sum(cash_amount), 0)"""
    stages = {}
    for scope, when in months.items():
        (found,) = marts.execute(
            f"select {sums} from fct_quote_to_cash_monthly where {when}"
        ).fetchall()
        stages[scope] = dict(zip((stage.capitalize() for stage in STAGES), found, strict=True))
    period, to_date = stages.values()
    lines: list[list[Any]] = [["The six stages"], ["Stage", "In the period", "To date"]]
    lines += [[stage, period[stage], to_date[stage]] for stage in period]
    lines += [["The walk"]]
    lines += [
        ["Step", "Class", "Reason", "What it means", "Items to date", "In the period", "To date"]
    ]
    with (ROOT / "seeds" / "standard" / "standard_bridge_reasons.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        sentences = {row["reason"]: row["sentence"] for row in csv.DictReader(file)}
    steps = marts.execute(f"""
        select gap, gap_class, reason,
            -coalesce(sum(difference_amount) filter ({months["in the period"]}), 0) as in_period,
            -coalesce(sum(difference_amount) filter ({months["to date"]}), 0) as to_date
        from fct_bridge_monthly group by gap, gap_class, reason
    """).fetchall()
    pieces = {
        (gap, reason): number
        for gap, reason, number in marts.execute(
            """select gap, reason, count(*) from fct_bridge
            where (from_amount <> 0 and from_on <= $ends_on) or (to_amount <> 0 and to_on <= $ends_on) group by all""",
            {"ends_on": at.ends_on},
        ).fetchall()
    }
    for gap, (first, last) in WALK.items():
        lines.append([first, None, None, None, None, period[first], to_date[first]])
        own = sorted(
            (step for step in steps if step[0] == gap and (step[3] or step[4])),
            key=lambda step: (CLASSES.index(step[1]), -abs(step[4]), step[2]),
        )
        for _, gap_class, reason, now, so_far in own:
            number = pieces[gap, reason] if so_far else None
            name = reason.replace("_", " ")
            lines.append(
                [None, gap_class.replace("_", " "), name, sentences[reason], number, now, so_far]
            )
        lines.append([last, None, None, None, None, period[last], to_date[last]])
    lines += _risk(marts, at)
    lines.append(["What the charts are drawn from"])
    for place, (scope, figures) in enumerate(stages.items()):
        lines.append(
            [
                scope.capitalize(),
                "Floor",
                "Stage",
                "Rise",
                "Rise below zero",
                "Fall",
                "Fall below zero",
            ]
        )
        lines += _bars(
            figures, [(gap, gap_class, step[place]) for gap, gap_class, _, *step in steps]
        )
    wide = [tuple(told(value) for value in line) + (None,) * (7 - len(line)) for line in lines]
    return [line for line in wide if any(value is not None for value in line)]


def _risk(marts: duckdb.DuckDBPyConnection, at: Position) -> list[list[Any]]:
    as_of = f"as of {at.as_of_on}" + ("" if at.as_of_on == at.ends_on else f", not of {at.title}")
    lines: list[list[Any]] = [[f"Loss and doubt by family of controls, {as_of}"]]
    lines += [["Family", "Controls", "Failed", "Most of it", "Exceptions", "Loss", "Doubt"]]
    families: dict[str, list[Any]] = {}
    for family, title, status, number, loss, counted in marts.execute(f"""
        select family, {_TITLE.format("x")}, status, exception_count, counted_loss_amount, counted_amount
        from fct_control_results as x where is_latest order by counted_loss_amount desc, counted_amount desc, control_id
    """).fetchall():
        line = families.setdefault(
            family, [family.replace("_", " ").capitalize(), 0, 0, None, 0, Decimal(0), Decimal(0)]
        )
        line[1] += 1
        line[2] += status == "failed"
        line[3] = line[3] or (title if counted > 0 else None)
        line[4] += number
        line[5] += loss
        line[6] += counted - loss
    ranked = [
        line
        for _, line in sorted(
            families.items(), key=lambda item: (-item[1][5], -item[1][6], item[0])
        )
    ]
    together = [sum(line[place] for line in ranked) for place in (1, 2, 4, 5, 6)]
    return [*lines, *ranked, ["Total", *together[:2], None, *together[2:]]]


def _bars(figures: dict[str, Decimal], steps: list[tuple[str, str, Decimal]]) -> list[list[Any]]:
    """The stacked heights of a waterfall: what both ends of a step share is its floor."""
    lines: list[list[Any]] = [["Booked", None, figures["Booked"]]]
    for gap, (first, last) in list(WALK.items())[:4]:
        start = figures[first]
        for gap_class in CLASSES:
            end = start + sum(
                (step for own, kind, step in steps if (own, kind) == (gap, gap_class)), Decimal(0)
            )
            if start != end:
                low, high = sorted((start, end))
                floor = low if low >= 0 else high if high <= 0 else None
                above = max(high, Decimal(0)) - max(low, Decimal(0)) or None
                below = min(low, Decimal(0)) - min(high, Decimal(0)) or None
                heights = [above, below, None, None] if end > start else [None, None, above, below]
                lines.append([gap_class.replace("_", " "), floor, None, *heights])
            start = end
        lines.append([last, None, figures[last]])
    return lines
