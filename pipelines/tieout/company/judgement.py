"""What a company has said in its seeds, beside what its systems hold: what is in another's place,
what is forgotten."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import duckdb

from tieout.company.home import Home, rows_of
from tieout.settings import PROJECT, Settings
from tieout.sources.connectors import connectors

_TAKES = re.compile(r"own_before_standard\(\s*'(?P<name>\w+)',\s*by=(?P<by>\[[^]]*\]),")


@cache
def references() -> Mapping[str, tuple[str, ...]]:
    """The reference seeds, and what two rows share of which the company's stands in the product's
    place."""
    found = {}
    for path in sorted((PROJECT / "models" / "reference").glob("*.sql")):
        if (takes := _TAKES.search(path.read_text(encoding="utf-8"))) is None:
            raise ValueError(f"{path} does not take the company's rows before the product's")
        found[takes["name"]] = tuple(ast.literal_eval(takes["by"]))
    return found


def reference(home: Home, name: str) -> list[dict[str, str]]:
    """The rows of a reference seed: the company's own before the product's, as the model of the
    name has them."""
    own, standard = _both(home, name)
    taken = {_key(row, references()[name]) for row in own}
    return [*own, *(row for row in standard if _key(row, references()[name]) not in taken)]


def overrides(home: Home) -> list[str]:
    """Each row of the company that stands in the place of the product's, as `seed: key`."""
    told = []
    for name, by in references().items():
        own, standard = _both(home, name)
        known = {_key(row, by) for row in standard}
        told += sorted(
            {f"{name}: {', '.join(key)}" for key in (_key(row, by) for row in own) if key in known}
        )
    return told


def unlisted(home: Home, systems: Iterable[str]) -> list[str]:
    """Those of the systems that have no line in `source_systems`."""
    return sorted(
        set(systems) - {row["source_system"] for row in rows_of(home.seed("source_systems"))}
    )


def unfilled(home: Home, on: date) -> list[str]:
    """Roles that the controls of that day give their exceptions to, and that no line of
    `responsibilities` fills."""
    day = on.isoformat()
    filled = {
        row["owner_role"]
        for row in rows_of(home.seed("responsibilities"))
        if row["responsible"]
        and row["valid_from"] <= day
        and (not row["valid_to"] or day <= row["valid_to"])
    }
    register = sorted(reference(home, "controls"), key=lambda row: row["valid_from"])
    # The last version that has begun counts.
    asked = {row["control_id"]: row["owner_role"] for row in register if row["valid_from"] <= day}
    return sorted(set(asked.values()) - filled)


def landed(settings: Settings) -> list[str]:
    """Systems that have landed.

    Raises:
        duckdb.Error: a run is writing there, or nothing has landed whole yet.
    """
    found = _answers(settings.raw, "select distinct source_system from tieout_meta.loads")
    return [str(row[0]) for row in found]


def without_role(home: Home, settings: Settings) -> list[str]:
    """Revenue accounts of which nobody says what part they play. `other` is a part, where somebody
    says so; an import folder's accounts say their own.

    Raises:
        duckdb.Error: what is published has no accounts.
    """
    told = {
        (row["source_system"], row["account_code"]) for row in rows_of(home.seed("account_roles"))
    }
    found = _answers(
        settings.marts,
        "select source_system, coalesce(account_code, account_name) from marts.dim_account"
        " where account_type = 'revenue' and account_role = 'other' order by all",
    )
    return [
        f"{system} {code}"
        for system, code in found
        if system in connectors() and (system, code) not in told
    ]


def without_rates(settings: Settings) -> list[str]:
    """Currencies in use, with how many events could not be brought to the reporting currency.

    Raises:
        duckdb.Error: what is published has no events.
    """
    found = _answers(
        settings.marts,
        "select currency, count(*) from marts.fct_stage_events where reporting_amount is null group by all order by 1",
    )
    return [f"{currency} ({count:,} events)" for currency, count in found]


def _answers(path: Path, query: str) -> list[tuple[object, ...]]:
    """What a database says; nothing where there is none."""
    if not path.exists():
        return []
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _both(home: Home, name: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    standard = PROJECT / "seeds" / "standard" / f"standard_{name}.csv"
    return rows_of(home.seed(f"own_{name}")), rows_of(standard)


def _key(row: Mapping[str, str], by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row[column] for column in by)
