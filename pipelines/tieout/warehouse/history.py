"""The life of exceptions, in a file that outlives every rebuild: `history.duckdb`.

The models compute each exception's life from it; only a run of the present, whose laws held, writes
it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import cast

import duckdb

from tieout.errors import TieoutError
from tieout.settings import PRIVATE, Settings, owner_only

_TABLES = """
    create table if not exists exception_events (
        exception_key text not null, event_number integer not null, event text not null, happened_on date not null,
        control_id text not null, owner text not null, cause text not null, customer_key text not null,
        value_at_risk_amount decimal(18, 2) not null
    );
    create table if not exists exceptions (
        exception_key text not null, control_id text not null, entity text not null, entity_id text not null,
        source_system text not null, deal_key text not null, contract_key text not null, job_key text not null,
        work_order_key text not null, delivery_key text not null, invoice_key text not null, product_key text not null,
        customer_key text not null, owner_key text not null, occurred_on date not null, period_starts_on date,
        period_ends_on date, currency text, expected_amount decimal(18, 2), actual_amount decimal(18, 2),
        value_at_risk_amount decimal(18, 2) not null, document_amount decimal(18, 2), cause text not null,
        suggested_action text not null, evidence text not null, owner_role text not null, severity text not null,
        owner text not null, root_exception_key text, last_seen_on date not null, found_from_on date,
        entity_label text
    );
    create table if not exists control_results (
        control_id text not null, as_of_on date not null, family text not null, severity text not null,
        status text not null, population_count bigint not null, population_amount decimal(38, 2) not null,
        exception_count bigint not null, waived_count bigint not null, value_at_risk_amount decimal(38, 2) not null,
        counted_amount decimal(38, 2) not null, run_id text not null, too_young_count bigint,
        counted_loss_amount decimal(38, 2)
    );
    create table if not exists customer_keys (
        source_system text not null, customer_id text not null, customer_key text not null, known_on date not null
    );
    create table if not exists customer_changes (
        customer_change_key text not null, change text not null, from_customer_key text not null,
        to_customer_key text not null, source_system text not null, customer_id text not null, reason text not null,
        happened_on date not null
    );
    create table if not exists control_rules (
        control_id text not null, valid_from date not null, rule text not null, first_seen_on date not null
    );
"""

_ADDED = (
    ("exceptions", "found_from_on", "date"),
    ("exceptions", "entity_label", "text"),
    ("control_results", "too_young_count", "bigint"),
    ("control_results", "counted_loss_amount", "decimal(38, 2)"),
)
"""Columns that a history of an earlier version has not: what it knew then stays as it was, with
nothing in them."""

_CONTENT = """
    exception_key, control_id, entity, entity_id, source_system, deal_key, contract_key, job_key, work_order_key,
    delivery_key, invoice_key, product_key, customer_key, owner_key, occurred_on, period_starts_on, period_ends_on,
    currency, expected_amount, actual_amount, value_at_risk_amount, document_amount, cause, suggested_action, evidence,
    owner_role, severity, owner, root_exception_key, found_from_on,
    entity_label
"""

_RESULT = """
    control_id, as_of_on, family, severity, status, population_count, population_amount, exception_count, waived_count,
    value_at_risk_amount, counted_amount, run_id, too_young_count, counted_loss_amount
"""


def prepare_history(path: Path) -> None:
    """Makes an empty history where there is none, so that a build always finds one to read."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}.new")
        fresh.unlink(missing_ok=True)
        with duckdb.connect(str(fresh)) as connection:
            connection.execute(_TABLES)
        fresh.chmod(PRIVATE)
        fresh.replace(path)
    elif not _is_of_this_version(path):
        with duckdb.connect(str(path)) as connection:
            connection.execute(_TABLES)
            for table, column, kind in _ADDED:
                connection.execute(f"alter table {table} add column if not exists {column} {kind}")


def _is_of_this_version(path: Path) -> bool:
    """Whether the history has every table and column of this version; one that an older version
    made has fewer."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("select count(*) from duckdb_tables()").fetchall()[0][0]
        columns = set(
            connection.execute("select table_name, column_name from duckdb_columns()").fetchall()
        )
    added = {(table, name) for table, name, _ in _ADDED}
    return bool(tables == _TABLES.count("create table") and columns >= added)


def write_history(settings: Settings) -> bool:
    """Takes this build's exceptions and results into the history, in one transaction; doing it
    again changes nothing.

    The caller has seen the laws hold. A position of the past is not written: neither one of what
    was known then (`known_at`), nor one of a day before the last that the history knows.

    Returns:
        whether it was written.

    Raises:
        TieoutError: somebody else holds the history open.
    """
    if settings.known_at is not None:
        return False
    with owner_only(), attached(settings) as connection:
        (last_on, as_of_on) = connection.execute(
            "select (select max(as_of_on) from control_results), max(as_of_on) from build.marts.fct_control_results"
        ).fetchall()[0]
        if last_on is not None and as_of_on < last_on:
            return False
        connection.begin()
        connection.execute("""
            delete from exceptions
            where exception_key in (select exception_key from build.intermediate.int_exceptions_now)
        """)
        connection.execute(
            f"""
            insert into exceptions ({_CONTENT}, last_seen_on)
            select {_CONTENT}, ? from build.intermediate.int_exceptions_now
            """,
            [as_of_on],
        )
        connection.execute("""
            insert into exception_events
            select fresh.* exclude (is_new) from build.intermediate.int_exception_events as fresh
            where fresh.is_new and not exists (
                select 1 from exception_events as known
                where known.exception_key = fresh.exception_key and known.event_number >= fresh.event_number
            )
        """)
        write_customers(connection, as_of_on)
        connection.execute("delete from control_results where as_of_on = ?", [as_of_on])
        connection.execute(f"""
            insert into control_results ({_RESULT})
            select {_RESULT} from build.marts.fct_control_results where is_latest
        """)
        connection.execute(
            """
            insert into control_rules
            select rules.control_id, rules.valid_from, to_json(rules)::text, ?
            from build.intermediate.int_control_rules as rules
            where not exists (
                select 1 from control_rules as known
                where known.control_id = rules.control_id and known.rule = to_json(rules)::text
            )
            """,
            [as_of_on],
        )
        connection.commit()
    return True


def take_back_future(settings: Settings) -> date | None:
    """Takes back what runs dated beyond today wrote: one of them would stop the history for ever.

    Returns:
        the last day that was taken back; None where there was nothing to take back.
    """
    if not settings.history.exists():
        return None
    today = (datetime.now(timezone.utc) + timedelta(hours=14)).date()
    if settings.as_of is not None and settings.as_of > today:
        return None  # somebody meant it, and said so
    with closing(_opened(settings.history)) as connection:
        (last_on,) = connection.execute("select max(as_of_on) from control_results").fetchall()[0]
    if last_on is None or last_on <= today:
        return None
    correct_history(settings, today)
    return cast("date", last_on)


def correct_history(settings: Settings, day: date) -> tuple[Path, dict[str, int]]:
    """Takes back what the history learnt after `day`, in one transaction; what it was before is
    kept beside it.

    An exception first found after that day is forgotten. One that was known keeps what was last
    known of it, and the next run of the present says anew what it is. Customers have the keys that
    they had on that day.

    Returns:
        where the history lies as it was before, and how many rows of what were taken back.

    Raises:
        TieoutError: there is no history, or somebody else holds it open.
    """
    path = settings.history
    if not path.exists():
        raise TieoutError(
            f"there is no history in {settings.output}", "nothing has to be corrected"
        )
    kept = path.with_name(f"history.{datetime.now(timezone.utc):%Y%m%dT%H%M%S%fZ}.duckdb")
    with owner_only(), closing(_opened(path)) as connection:
        # Nothing waits in the log beside the file: the copy is whole.
        connection.execute("checkpoint")
    shutil.copyfile(path, kept)
    kept.chmod(PRIVATE)
    with owner_only(), closing(_opened(path)) as connection:
        connection.begin()
        counts = {
            what: int(
                connection.execute(
                    statement, {"day": day} if "$day" in statement else {}
                ).fetchall()[0][0]
            )
            for what, statement in _CORRECTIONS.items()
        }
        connection.commit()
    return kept, {what: count for what, count in counts.items() if count}


_CORRECTIONS = {
    "events of exceptions": "delete from exception_events where happened_on > $day",
    "exceptions": """
        delete from exceptions
        where not exists (
            select 1 from exception_events where exception_events.exception_key = exceptions.exception_key
        )
    """,
    "days on which exceptions were last seen": "update exceptions set last_seen_on = $day where last_seen_on > $day",
    "results of controls": "delete from control_results where as_of_on > $day",
    "rules of controls": "delete from control_rules where first_seen_on > $day",
    # The first change after the day says what the key was on it.
    "keys of customers": """
        update customer_keys set customer_key = undone.from_customer_key, known_on = least(known_on, $day)
        from (
            select source_system, customer_id, arg_min(from_customer_key, happened_on) as from_customer_key
            from customer_changes where happened_on > $day group by source_system, customer_id
        ) as undone
        where (customer_keys.source_system, customer_keys.customer_id) = (undone.source_system, undone.customer_id)
    """,
    "changes of customers": "delete from customer_changes where happened_on > $day",
}


def write_customers(connection: duckdb.DuckDBPyConnection, as_of_on: date) -> None:
    """Which customer each record is now, and which came to another one."""
    connection.execute("""
        insert into customer_changes
        select changes.* exclude (is_new) from build.marts.fct_customer_changes as changes
        where changes.is_new
    """)
    connection.execute("""
        delete from customer_keys
        where (source_system, customer_id) in (
            select (source_system, customer_id) from build.intermediate.int_customer_keys
        )
    """)
    connection.execute(
        """
        insert into customer_keys (source_system, customer_id, customer_key, known_on)
        select source_system, customer_id, customer_key, ? from build.intermediate.int_customer_keys
        """,
        [as_of_on],
    )


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path))
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise TieoutError(
            f"{path} is open elsewhere: {error}", "close the program that holds it, and run again"
        ) from error


@contextmanager
def attached(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    prepare_history(settings.history)
    connection = _opened(settings.history)
    try:
        connection.execute(
            f"attach '{str(settings.build).replace(chr(39), chr(39) * 2)}' as build (read_only)"
        )
        yield connection
    finally:
        connection.close()
