"""Two systems' customer records of one world, with what is true kept beside them."""

from __future__ import annotations

import csv
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.companies.corruption import KINDS, Row, clean, emptied
from benchmarks.companies.world import Company, companies

COLUMNS = ["customer_id", "customer_name", "legal_name", "tax_number", "registration_number", "website", "email", "phone",
           "address_line", "city", "postal_code", "country"]  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two records of one company, and how the second was corrupted."""

    left: tuple[str, str]
    right: tuple[str, str]
    kind: str


@dataclass(frozen=True)
class Labelled:
    """Records by system, the true pairs, and the company of each record."""

    systems: dict[str, list[Row]]
    pairs: tuple[Pair, ...]
    company: dict[tuple[str, str], int]


def labelled(
    seed: int, count: int = 20_000, *, with_partner: float = 0.3, half: int | None = None
) -> Labelled:
    """So many records, of which the given share has a partner: four in five in the other system,
    the rest in its own."""
    rng = random.Random(f"records {seed}")
    partnered = int(count * with_partner) // 2
    world = companies(seed, count - partnered, half=half)
    rng.shuffle(world)
    systems: dict[str, list[Row]] = {"crm": [], "ledger": []}
    truth: dict[tuple[str, str], int] = {}
    pairs = []
    kinds = list(KINDS)
    numbers: Counter[str] = Counter()

    def add(system: str, row: Row, company: Company) -> tuple[str, str]:
        numbers[system] += 1
        customer_id = f"{'C' if system == 'crm' else 'L'}{numbers[system]:06}"
        systems[system].append({"customer_id": customer_id, **emptied(rng, row)})
        truth[system, customer_id] = company.number
        return system, customer_id

    for place, company in enumerate(world):
        home = rng.choice(["crm", "ledger"])
        left = add(home, clean(rng, company), company)
        if place < partnered:
            kind = kinds[place % len(kinds)]
            other = home if rng.random() < 0.2 else ("ledger" if home == "crm" else "crm")
            pairs.append(Pair(left, add(other, KINDS[kind](rng, company), company), kind))
    for rows in systems.values():
        rng.shuffle(rows)
    return Labelled(systems, tuple(pairs), truth)


def write(world: Labelled, folder: Path) -> Path:
    """As the files that `tieout land --systems imports` takes."""
    for system, rows in world.systems.items():
        (folder / system).mkdir(parents=True, exist_ok=True)
        with (folder / system / "customers.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    return folder
