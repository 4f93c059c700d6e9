"""`python -m second_world.truth MARTS.duckdb`: where a published file differs from what is right.

Differences say what was found and what is right. Lines that begin with `note:` are readings that
the design leaves open, or cents of rounding: no differences. Without an argument: the truth.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from second_world.basics import ZERO
from second_world.compare_open import exceptions, receivables
from second_world.figures import STAGES, Truth
from second_world.marts import Marts, Sums
from second_world.world import world

_CENT = Decimal("0.01")


def compare(marts_path: str | Path) -> list[str]:
    """Every difference between the marts of a file and the truth; notes come last."""
    import duckdb

    truth = Truth(world())
    with duckdb.connect(str(marts_path), read_only=True) as connection:
        marts = Marts(connection, truth)
        found = [*marts.identity()]
        found += _stages(truth, marts)
        found += _strangers(marts)
        found += receivables(truth, marts)
        found += exceptions(marts)
    return sorted(found, key=lambda line: line.startswith("note:"))


def _stages(truth: Truth, marts: Marts) -> Iterator[str]:
    """By customer, stage, currency and month, in the document's currency; pounds by stage."""
    right: dict[tuple[str, str], dict[tuple[str, str], Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    pounds: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    euros: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    taxes: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for each in truth.events:
        key, when = (each.customer, each.stage), f"{each.on:%Y-%m}"
        right[key][each.currency, when] += each.document
        pounds[key] += each.gbp
        euros[key][when] += each.eur
        taxes[key][when] += each.tax
    for who, one in truth.world.customers.items():
        if not one.is_customer:
            continue
        for stage in STAGES:
            key = (who, stage)
            got = marts.sums.get(key, Sums())
            said = dict(got.gross if stage == "cash" else got.document)
            wrong = _unequal(said, right[key])
            if (
                stage == "cash"
                and wrong
                and not _unequal({when: amount for (_, when), amount in said.items()}, euros[key])
            ):
                wrong = []
            for name, amount, should in wrong:
                yield f"{who} ({one.name}) {stage} {' '.join(name)}: {amount}, right {should}"
            if stage in ("invoiced", "credited"):
                for name, amount, should in _unequal(got.tax, taxes[key]):
                    yield f"{who} ({one.name}) tax of {stage} {name}: {amount}, right {should}"
            if stage == "cash" and any(truth.taxed(who)):
                continue
            off = got.reporting - pounds[key]
            if off:
                line = f"{who} ({one.name}) {stage} GBP: {got.reporting}, right {pounds[key]}"
                yield f"note: {line} (cents)" if abs(off) <= got.count * _CENT else line


def _unequal(
    got: dict[Any, Decimal], right: dict[Any, Decimal]
) -> list[tuple[Any, Decimal, Decimal]]:
    keys = sorted({*got, *right})
    pairs = [(key, got.get(key, ZERO), right.get(key, ZERO)) for key in keys]
    return [(key, left, should) for key, left, should in pairs if left != should]


def _strangers(marts: Marts) -> Iterator[str]:
    """Events of customers that this world does not have, or of nobody."""
    for (key, stage), sums in sorted(marts.strangers.items()):
        if stage not in STAGES:
            continue
        amounts = sums.gross if stage == "cash" else sums.document
        told = ", ".join(
            f"{amount} {' '.join(name)}" for name, amount in sorted(amounts.items()) if amount
        )
        if told:
            name = marts.name(key)
            open_reading = stage == "cash" and marts.is_other(key)
            yield f"{'note: ' if open_reading else ''}{stage} of {name}, no customer: {told}"


def main() -> int:
    """Prints the differences, or the truth; 1 where there is a difference."""
    if len(sys.argv) == 1:
        sys.stdout.write(json.dumps(Truth(world()).document(), ensure_ascii=False, indent=1) + "\n")
        return 0
    found = compare(sys.argv[1])
    wrong = [line for line in found if not line.startswith("note:")]
    sys.stdout.write(
        "\n".join([*found, f"{len(wrong)} differences, {len(found) - len(wrong)} notes"])
    )
    sys.stdout.write("\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
