"""`python -m habits.expected MARTS.duckdb [CASE …]`: a published file against the right figures.

The figures mean what they mean in `shared/cases/check_cases.py`: booked, delivered, invoiced
(less credited), recognised, cash are stage events in reporting currency; open is
fct_receivables, signed; leak is |leakage| of fct_bridge summed by gap and reason; counted is
counted_amount of exceptions; must and never are controls that speak or stay silent; at is a
stage up to a day; ids is the delivered amount of a delivery. What is not named is not looked at.
Prints one line a customer with wrong figures and a summary; exit status 1 when any is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb

from .cases import build, functions, why
from .right import COMPANY_NEVER, NOISE, Want

STAGES = {
    "booked": ("booked",),
    "delivered": ("delivered",),
    "invoiced": ("invoiced", "credited"),
    "recognised": ("recognised",),
    "cash": ("cash",),
}


class Marts:
    """The published marts, asked about one customer (all keys of the name) at a time."""

    def __init__(self, connection: Any, name: str) -> None:
        self.connection = connection
        found = connection.execute(
            "select customer_key::varchar from marts.dim_customer where lower(customer_name) like ?",
            [name.lower() + "%"],
        ).fetchall()
        self.keys = [key for (key,) in found]

    def one(self, table: str, value: str, where: str, *values: Any) -> Any:
        """One value of a mart over the customer's rows."""
        marks = ", ".join("?" for _ in self.keys)
        return self.connection.execute(
            f"select {value} from marts.{table} where customer_key::varchar in ({marks}) and {where}",
            [*self.keys, *values],
        ).fetchone()[0]

    def total(self, table: str, column: str, where: str, *values: Any) -> Decimal:
        """A sum over the customer's rows, 0 where there is none."""
        return Decimal(self.one(table, f"coalesce(sum({column}), 0)", where, *values))

    def stage(self, name: str, day: str = "2999-12-31") -> Decimal:
        """A stage up to a day."""
        stages = STAGES[name]
        return self.total(
            "fct_stage_events",
            "reporting_amount",
            f"event_on <= ?::date and stage in ({', '.join('?' for _ in stages)})",
            day,
            *stages,
        )

    def leaks(self) -> dict[str, Decimal]:
        """Absolute leakage by gap, reasons netted each for itself."""
        marks = ", ".join("?" for _ in self.keys)
        rows = self.connection.execute(
            "select gap, sum(abs(amount)) from (select gap, reason, sum(difference_amount) as"
            f" amount from marts.fct_bridge where customer_key::varchar in ({marks}) and"
            " gap_class = 'leakage' group by gap, reason) group by gap",
            self.keys,
        ).fetchall()
        return {gap: Decimal(amount) for gap, amount in rows}

    def speaks(self, controls: tuple[str, ...]) -> tuple[int, Decimal]:
        """How often some controls speak of the customer, and of how much."""
        where = f"control_id in ({', '.join('?' for _ in controls)})"
        return (
            int(self.one("fct_exceptions", "count(*)", where, *controls)),
            self.total("fct_exceptions", "value_at_risk_amount", where, *controls),
        )


def compare(marts: Marts, want: Want) -> Iterator[tuple[str, Decimal, Any]]:
    """Each figure that a case names: (what, found, right)."""
    for name in STAGES:
        if name in want:
            yield name, marts.stage(name), want[name]
    for (name, day), right in want.get("at", {}).items():
        yield f"{name} up to {day}", marts.stage(name, day), right
    if "open" in want:
        yield "open", marts.total("fct_receivables", "open_amount", "true"), want["open"]
    leak = want.get("leak")
    if leak is not None:
        leaks = marts.leaks()
        if isinstance(leak, dict):
            for gap, right in leak.items():
                yield f"leakage {gap}", leaks.get(gap, Decimal(0)), right
        else:
            yield "leakage", sum(leaks.values(), Decimal(0)), leak
    if "counted" in want:
        where = f"control_id not in ({', '.join('?' for _ in NOISE)})"
        yield (
            "counted",
            marts.total("fct_exceptions", "counted_amount", where, *NOISE),
            want["counted"],
        )
    for source, right in want.get("ids", {}).items():
        where = "stage = 'delivered' and (source_id = ? or source_id like ?)"
        yield (
            source,
            marts.total("fct_stage_events", "reporting_amount", where, source, f"%|{source}"),
            right,
        )


def wrong(marts: Marts, want: Want) -> list[str]:
    """What is wrong with a customer, in words."""
    found = [
        f"{what} {got} (right {right})"
        for what, got, right in compare(marts, want)
        if Decimal(str(got)) != Decimal(str(right))
    ]
    for controls, amount in want.get("must", []):
        count, value = marts.speaks(controls)
        if not count:
            found.append(f"{' or '.join(controls)} does not speak")
        elif amount is not None and len(controls) == 1 and value != Decimal(str(amount)):
            found.append(f"{controls[0]} {value} (right {amount})")
    for control in want.get("never", ()):
        count, value = marts.speaks((control,))
        if count:
            found.append(f"{control} speaks {count} times ({value})")
    return found


def check(connection: Any, only: tuple[str, ...] = ()) -> int:
    """Compare every case and print; the number of customers with wrong figures."""
    _, right = build(only)
    reasons = functions()
    failed: dict[str, bool] = {}
    absent: list[str] = []
    bad = 0
    for case, customers in right.items():
        for name, want in customers:
            marts = Marts(connection, name)
            if not marts.keys:
                absent.append(f"{case} {name}")
                continue
            found = wrong(marts, want)
            failed[case] = failed.get(case, False) or bool(found)
            if found:
                bad += 1
                print(f"{case} {name}: {'; '.join(found)} | {why(reasons[case])}")
    for control in COMPANY_NEVER:
        count = connection.execute(
            "select count(*) from marts.fct_exceptions where control_id = ?", [control]
        ).fetchone()[0]
        if count:
            bad += 1
            print(f"company: {control} speaks {count} times")
    if absent:
        print(f"not in this company: {', '.join(absent)}")
    names = " ".join(case for case, is_wrong in failed.items() if is_wrong)
    print(
        f"{len(failed) - sum(failed.values())} of {len(failed)} cases right; wrong: {names or 'none'}"
    )
    return bad


def main(arguments: list[str]) -> int:
    """Open the file read-only and check it."""
    if not arguments:
        print(__doc__)
        return 2
    connection = duckdb.connect(arguments[0], read_only=True)
    return int(bool(check(connection, tuple(arguments[1:]))))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
