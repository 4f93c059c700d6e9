"""Reading a published file: who is who in it, and what its stages sum to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from second_world.basics import ZERO
from second_world.figures import Truth

Key = tuple[str, str]


@dataclass
class Sums:
    """Sums of a customer's stage by (currency, month); tax by month; pounds in all."""

    document: dict[Key, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    gross: dict[Key, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    tax: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    reporting: Decimal = ZERO
    count: int = 0


class Marts:
    """The marts of one file."""

    def __init__(self, connection: Any, truth: Truth) -> None:
        self.connection = connection
        self.truth = truth
        self.names = {
            str(key): str(name)
            for key, name in self.rows("select customer_key, customer_name from marts.dim_customer")
        }
        self.keys: dict[str, dict[str, set[str]]] = self._keys()
        self.owner: dict[str, str] = {}
        for who, found in self.keys.items():
            for key in found:
                self.owner.setdefault(key, who)
        self.sums: dict[Key, Sums] = defaultdict(Sums)
        self.strangers: dict[Key, Sums] = defaultdict(Sums)
        self._read()

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return list(self.connection.execute(statement, list(values)).fetchall())

    def columns(self, table: str) -> list[str]:
        """The columns of a mart."""
        found = self.rows(
            "select column_name from information_schema.columns where table_schema = 'marts' "
            "and table_name = ? order by ordinal_position",
            table,
        )
        return [str(name) for (name,) in found]

    def _keys(self) -> dict[str, dict[str, set[str]]]:
        """Customer -> key -> the source ids that have it."""
        held = self.rows("select source_id, customer_key from marts.xref_customer")
        by_id: dict[str, set[str]] = defaultdict(set)
        for source, key in held:
            by_id[str(source).rsplit("|", 1)[-1]].add(str(key))
        found: dict[str, dict[str, set[str]]] = {}
        for who, one in self.truth.world.customers.items():
            keys: dict[str, set[str]] = defaultdict(set)
            for source in one.ids:
                for key in by_id.get(source, ()):
                    keys[key].add(source)
            found[who] = dict(keys)
        return found

    def _read(self) -> None:
        statement = """select customer_key, stage, currency, strftime(event_on, '%Y-%m'),
            sum(document_amount), sum(coalesce(tax_amount, 0)), sum(coalesce(reporting_amount, 0)),
            count(*) from marts.fct_stage_events group by all"""
        for key, stage, currency, when, net, taxed, reporting, count in self.rows(statement):
            amount, tax = Decimal(str(net or 0)), Decimal(str(taxed or 0))
            who = self.owner.get(str(key))
            customer = who is not None and self.truth.world.customers[who].is_customer
            place = (who, stage) if customer and who is not None else (str(key), stage)
            sums = (self.sums if customer else self.strangers)[place]
            sums.document[str(currency), str(when)] += amount
            sums.gross[str(currency), str(when)] += amount + tax
            sums.tax[str(when)] += tax
            sums.reporting += Decimal(str(reporting))
            sums.count += int(count)

    def name(self, key: str) -> str:
        """A customer as the file calls it."""
        return self.names.get(key, key)

    def is_other(self, key: str) -> bool:
        """A landlord, a bank, a tax office: whether their money is cash is left open."""
        return self.owner.get(key) in {
            who for who, one in self.truth.world.customers.items() if not one.is_customer
        }

    def identity(self) -> Iterator[str]:
        """Customers that the file splits or throws together."""
        for who, found in self.keys.items():
            one = self.truth.world.customers[who]
            if not found:
                yield f"{who} ({one.name}): no record of it in xref_customer"
            elif len(found) > 1 and one.is_customer:
                parts = "; ".join(
                    f"{self.name(key)}: {', '.join(sorted(ids))}" for key, ids in found.items()
                )
                yield f"{who} ({one.name}) is {len(found)} customers: {parts}"
        shared: dict[str, list[str]] = defaultdict(list)
        for who, found in self.keys.items():
            for key in found:
                shared[key].append(who)
        for key, several in shared.items():
            if len(several) > 1:
                yield f"{self.name(key)} is {len(several)} customers in truth: {', '.join(several)}"
