"""What a cell may hold, as SQL: the same rules take a file in one pass and list every fault of one
that is refused."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import duckdb

from tieout.input_layer import Column, Entity
from tieout.landing.column_types import SQL_TYPES, literal, quoted
from tieout.sources.imports.faults import SHOWN, Fault, explain
from tieout.sources.imports.iso_codes import COUNTRIES, CURRENCIES, PAST_CURRENCIES

# Forms of a trimmed text, in RE2. They keep out what DuckDB's casts would take or round: 1e3,
# 1_000, 1.239, 2025-1-1. Days from 1900 to 2200: what lies beyond is a slip, or a system's way to
# say nothing. Zones end at 14 hours.
DAY = "(19[0-9]{2}|2[01][0-9]{2}|2200)-[0-9]{2}-[0-9]{2}"
FIRST_DAY, LAST_DAY = "1900-01-01", "2200-12-31"
OFFSET = "[+-]((0[0-9]|1[0-3])(:?[0-5][0-9])?|14(:?00)?)"
TIME = rf"[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]{{1,9}})?)?(Z|{OFFSET})?"
FORMS: Mapping[str, str] = {
    "amount": r"[-+]?([0-9]+([.][0-9]{0,2}0*)?|[.][0-9]{1,2}0*)",
    "number": r"[-+]?([0-9]+([.][0-9]{0,6}0*)?|[.][0-9]{1,6}0*)",
    "rate": r"[-+]?([0-9]+([.][0-9]{0,12}0*)?|[.][0-9]{1,12}0*)",
    "fraction": r"[+]?(0*([.][0-9]{1,6}0*)?|0+[.]|0*1([.]0*)?)",
    "integer": r"[-+]?[0-9]+([.]0*)?",
    "date": DAY,
    "timestamp": f"{DAY}([T ]{TIME})?",
    "boolean": r"(?i)true|false|t|f|yes|no|y|n|1|0",
    "currency": "|".join(sorted(CURRENCIES | PAST_CURRENCIES)),
    "country": "|".join(sorted(COUNTRIES)),
}
# what a cast to TIMESTAMP reads rightly
UTC = f"{DAY}([T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]{{1,9}})?)?Z?)?"
MISSING, VALUE, TWICE, UNSEEN = "missing", "value", "twice", "unseen"
# Of a key: a character that cannot be seen (control, format, line separators), or nothing but
# blanks of any kind.
INVISIBLE = r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]|^[\p{Z}\s]*$"
TOTALS_ROW = r"(?i)(grand |sub[- ]?)?(total|totals|totaal|sum|summe|gesamt)[ :]*"


def value_sql(column: Column, text: str) -> str:
    """The value of a text, typed; null if it has none."""
    target, filled = SQL_TYPES[column.raw_kind], f"nullif(trim({text}), '')"
    if target == "VARCHAR":
        return text if column.kind == "text" else f"nullif({text}, '')"
    if column.kind == "timestamp":
        # Through TIMESTAMPTZ: a cast to TIMESTAMP silently drops the offset.
        return f"try_cast({filled} as timestamptz) at time zone 'UTC'"
    return f"try_cast({filled} as {target})"


def fault_sql(column: Column, text: str, is_key: bool = False) -> str | None:
    """`missing`, `value`, `unseen` or null for a text; None if every text will do."""
    cases = []
    empty = f"({text} is null or trim({text}) = '')"
    if column.required:
        cases.append(f"when {empty} then '{MISSING}'")
    if is_key and column.kind == "text":
        cases.append(
            f"when {text} <> '' and regexp_matches({text}, {literal(INVISIBLE)}) then '{UNSEEN}'"
        )
    if column.kind == "code":
        cases.append(
            f"when {text} <> '' and {text} not in ({', '.join(map(literal, column.codes))}) then '{VALUE}'"
        )
    elif column.kind in FORMS:
        wrong = f"not regexp_full_match(trim({text}), {literal(FORMS[column.kind])})"
        if SQL_TYPES[column.raw_kind] != "VARCHAR":
            wrong = f"({wrong} or {value_sql(column, text)} is null)"
        cases.append(f"when not {empty} and {wrong} then '{VALUE}'")
    return f"case {' '.join(cases)} end" if cases else None


def bulk_value_sql(column: Column, text: str) -> str:
    """The value of a text that `bulk_check_sql` let through; a query stops at one that will not
    cast."""
    target = SQL_TYPES[column.raw_kind]
    if target == "VARCHAR":
        return text
    if column.kind == "timestamp":
        zoned = f"cast({text} as timestamptz) at time zone 'UTC'"
        return f"case when regexp_full_match({text}, {literal(UTC)}) then cast({text} as timestamp) else {zoned} end"
    return f"cast({text} as {target})"


def bulk_check_sql(entity: Entity, texts: Mapping[str, str], typed: Container[str] = ()) -> str:
    """The condition that a whole row fits; a query stops at the first that does not.

    It is a little stricter than `fault_sql` (no spaces round values), and costs a third: what it
    stops at is read again by the rules, and landed if they find nothing. Of `typed` columns only
    whether they are there is asked.
    """
    checks = []
    for column in entity.columns.values():
        text = texts.get(column.name)
        if text is None:
            continue
        if column.name in typed:
            fits = "true" if not column.required else f"{text} is not null"
            if column.kind in ("date", "timestamp"):
                day = f"cast({text} as date) between date '{FIRST_DAY}' and date '{LAST_DAY}'"
                fits = f"({text} is null or {day}) and {fits}"
        elif column.kind == "text":
            # Of a text that is not blank, the first character is beyond the blanks; if not, the
            # rules decide.
            fits = f"{text} >= '!'" if column.required else "true"
            if column.name in entity.key:
                fits = f"({text} is null or not regexp_matches({text}, {literal(INVISIBLE)})) and {fits}"
        else:
            codes = ", ".join(map(literal, column.codes))
            fits = (
                f"{text} in ({codes})"
                if codes
                else f"regexp_full_match({text}, {literal(FORMS[column.kind])})"
            )
            fits = fits if column.required else f"({text} is null or {fits})"
        checks += [fits] if fits != "true" else []
    return f"case when {' and '.join(checks) or 'true'} then true else error('a fault') end"


def find_faults(
    con: duckdb.DuckDBPyConnection, file: str, entity: Entity, rows: str, arrived: Sequence[str]
) -> list[Fault]:
    """All faults of `rows`, a relation of the columns that arrived, as text, and `_row`."""
    fields = "_row bigint, name varchar, value varchar, what varchar, first bigint"
    con.execute(f"create or replace temp table faults ({fields})")
    columns = [column for column in entity.columns.values() if column.name in arrived]
    for column in columns:
        text = quoted(column.name)
        fault = fault_sql(column, text, column.name in entity.key)
        if fault is not None:
            con.execute(
                f"insert into faults select _row, {literal(column.name)}, {text}, {fault} as what, null"
                f" from {rows} as rows where what is not null"
            )
    if all(name in arrived for name in entity.key):
        _find_duplicates(con, entity, rows)
    return [*_totals_rows(con, file, rows, columns), *_listed(con, file, entity)]


def _find_duplicates(con: duckdb.DuckDBPyConnection, entity: Entity, rows: str) -> None:
    key = ", ".join(f"coalesce({quoted(name)}, '')" for name in entity.key)
    filled = " and ".join(
        f"{quoted(name)} is not null" for name in entity.key if entity.columns[name].required
    )
    con.execute(
        f"insert into faults select _row, {literal(', '.join(entity.key))}, concat_ws(', ', {key}), '{TWICE}',"
        f" min(_row) over (partition by {key}) as first from {rows} as rows where {filled} qualify _row > first"
    )


def _totals_rows(
    con: duckdb.DuckDBPyConnection, file: str, rows: str, columns: Sequence[Column]
) -> list[Fault]:
    """Rows that sum up the others: one fault each, instead of one for each of their cells."""
    first = f"coalesce({', '.join(f'''nullif(trim({quoted(column.name)}), '')''' for column in columns)})"
    found = con.execute(
        f"select _row, {first} as label from {rows} as rows"
        f" where _row in (select _row from faults) and regexp_full_match(label, '{TOTALS_ROW}') order by _row"
    ).fetchall()
    con.executemany("delete from faults where _row = ?", [[row] for row, _ in found] or [[-1]])
    return [
        Fault(
            file,
            "begins a row of totals, which is no record",
            "remove the row",
            row=row,
            value=label,
        )
        for row, label in found
    ]


def _listed(con: duckdb.DuckDBPyConnection, file: str, entity: Entity) -> list[Fault]:
    found = con.execute(
        "select *, row_number() over kind as place, count(*) over (partition by name, what) as total from faults"
        f" window kind as (partition by name, what order by _row) qualify place <= {SHOWN} order by _row, name"
    ).fetchall()
    faults = []
    for row, name, value, what, first, place, total in found:
        more = total - place if place == SHOWN else 0
        shown = None if what == MISSING else value
        if what == MISSING:
            problem, remedy = "is required, and empty", "fill it in"
        elif what == UNSEEN:
            problem, remedy = (
                "is a key with characters that cannot be seen, or of blanks alone",
                "write it without them",
            )
        elif what == TWICE:
            problem, remedy = f"is the key of row {first} already", "leave one of the two rows"
        else:
            problem, remedy = explain(entity.columns[name], value)
        faults.append(Fault(file, problem, remedy, row=row, column=name, value=shown, more=more))
    return faults
