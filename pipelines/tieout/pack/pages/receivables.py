"""Who owes what since when: the open invoices on the day of the position, by age."""

from __future__ import annotations

from typing import Any

import duckdb

from tieout.pack.marts import one, rows
from tieout.pack.names import Names

BUCKETS = ("current", "1-30", "31-60", "61-90", "91-120", "over 120")


def gather(connection: duckdb.DuckDBPyConnection, found: Names) -> dict[str, Any]:
    """The ageing, and as `data` the customers' ageing and every document that is not settled."""
    ageing = {
        row["ageing_bucket"]: row
        for row in rows(
            connection,
            """
            select ageing_bucket, count(*) filter (document_open_amount <> 0) as number,
                coalesce(sum(open_amount), 0) as open_amount
            from fct_receivables group by ageing_bucket
            """,
        )
    }
    nothing = {"number": 0, "open_amount": one(connection, "select 0::decimal(18, 2)")[0]}
    buckets = [*BUCKETS, *sorted(set(ageing) - set(BUCKETS))]
    (number, total, unrated) = one(
        connection,
        """
        select count(*) filter (document_open_amount <> 0), coalesce(sum(open_amount), 0),
            count(*) filter (document_open_amount <> 0 and open_amount is null)
        from fct_receivables
        """,
    )
    return {
        "ageing": [
            {"bucket": bucket, **{**nothing, **ageing.get(bucket, {})}} for bucket in buckets
        ],
        "buckets": buckets,
        "number": number,
        "total": total,
        "unrated": unrated,
        "data": {
            "receivables": {
                "buckets": buckets,
                "customers": _customers(connection, found, buckets),
                "invoices": _invoices(connection, found),
            }
        },
    }


def _customers(
    connection: duckdb.DuckDBPyConnection, found: Names, buckets: list[str]
) -> list[list[Any]]:
    """[customer, where, open amount of each bucket, together]."""
    sums = ", ".join("coalesce(sum(open_amount) filter (ageing_bucket = ?), 0)" for _ in buckets)
    owed = connection.execute(
        f"""
        select customer_key, {sums}, coalesce(sum(open_amount), 0)
        from fct_receivables where document_open_amount <> 0 group by customer_key order by 1
        """,
        buckets,
    ).fetchall()
    return [[*found.members["customer"][found.place("customer", row[0])], *row[1:]] for row in owed]


def _invoices(connection: duckdb.DuckDBPyConnection, found: Names) -> list[list[Any]]:
    """The open ones, the largest first.

    [number, customer, job, issued, due, days overdue, bucket, currency, gross, applied, open, open
    reported, system, job's place]
    """
    opened = connection.execute("""
        select invoice_number, customer_key, job_key, issued_on, due_on, days_overdue, ageing_bucket, currency,
            document_gross_amount, document_applied_amount, document_open_amount, open_amount, source_system
        from fct_receivables where document_open_amount <> 0 order by open_amount desc nulls last, invoice_key
    """).fetchall()
    return [
        [
            row[0],
            found.members["customer"][found.place("customer", row[1])][0],
            None if row[2] == "unknown" else found.members["job"][found.place("job", row[2])][0],
            *row[3:],
            found.place("job", row[2]),
        ]
        for row in opened
    ]
