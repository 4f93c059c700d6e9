"""Writing the world down, and reading it back as the demo's servers want it: typed."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from second_world.chart import ACCOUNTS
from second_world.rates import table
from second_world.shop import COLUMNS
from second_world.world import World

_NUMBERS = frozenset(
    (
        "UnitAmount LineAmount TaxAmount Quantity SubTotal TotalTax Total CurrencyRate Amount BankAmount AmountDue"
        " AmountPaid AmountCredited RemainingCredit NetAmount GrossAmount EffectiveRate DisplayTaxRate DiscountRate"
    ).split()
)
_DAYS = frozenset(("Date", "DueDate", "JournalDate", "FullyPaidOnDate", "PeriodLockDate"))
_INSTANTS = frozenset(("UpdatedDateUTC", "CreatedDateUTC"))


def plain(value: Any) -> Any:
    """A typed value as JSON holds it: amounts and days are text."""
    if isinstance(value, Mapping):
        return {key: plain(member) for key, member in value.items() if member is not None}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S+00:00")
    return str(value) if isinstance(value, (Decimal, date)) else value


def typed(value: Any, name: str = "") -> Any:
    """The reverse of `plain`, by the field's name."""
    if isinstance(value, dict):
        return {key: typed(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [typed(member) for member in value]
    if not isinstance(value, str) or not value:
        return value
    if name in _NUMBERS:
        return Decimal(value)
    if name in _INSTANTS:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name in _DAYS else value


def load_xero(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """`xero.json`, ready for `xero_server.serve`."""
    held = typed(json.loads((folder / "xero.json").read_text(encoding="utf-8")))
    return {name: list(documents) for name, documents in held.items()}


def load_hubspot(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """`hubspot.json`, ready for `hubspot_server.serve`."""
    held = json.loads((folder / "hubspot.json").read_text(encoding="utf-8"))
    return {name: list(records) for name, records in held.items()}


def write(world: World, folder: Path) -> None:
    """Everything: both APIs' documents, the imports, and what the seeds must say."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, held in (("xero", plain(world.xero())), ("hubspot", world.crm.objects)):
        text = json.dumps(held, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    for entity, columns in COLUMNS.items():
        _csv(
            folder / "imports" / "workshop" / f"{entity}.csv",
            columns.split(),
            [[row.get(name, "") for name in columns.split()] for row in world.shop.rows[entity]],
        )
    _csv(
        folder / "imports" / "treasury" / "fx_rates.csv",
        ["from_currency", "to_currency", "rate_on", "rate"],
        [[source, target, on, rate] for (source, target, on), rate in table().items()],
    )
    _csv(
        folder / "seeds" / "account_roles.csv",
        ["source_system", "account_code", "account_name", "account_type", "account_role"],
        [["xero", one.code, one.name, one.class_.lower(), one.role] for one in ACCOUNTS.values()],
    )
    _csv(
        folder / "seeds" / "source_systems.csv",
        ["source_system", "legal_entity", "base_currency", "time_zone"],
        [
            [name, "Harrow & Pike B.V.", "EUR", "Europe/Amsterdam"]
            for name in ("hubspot", "xero", "workshop", "treasury")
        ],
    )


def _csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
