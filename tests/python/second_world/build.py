"""`python -m second_world.build DIR`: writes the world, its truth beside it, and checks both."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from second_world.check import faults
from second_world.figures import STAGES, Truth
from second_world.files import load_xero, plain, write
from second_world.world import world


def build(folder: Path) -> list[str]:
    """Writes everything; returns what does not hold."""
    truth = Truth(world())
    write(truth.world, folder)
    text = json.dumps(truth.document(), ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
    found = faults(truth)
    if plain(load_xero(folder)) != plain(truth.world.xero()):
        found.append("xero.json does not read back as it was written")
    return found


def main() -> int:
    """Builds into the folder named, and says what came of it."""
    folder = Path(sys.argv[1])
    found = build(folder)
    truth = Truth(world())
    for name in STAGES:
        values = truth.summed("stage")[name,]
        sys.stdout.write(f"{name:14}EUR {values['eur']:>12}   GBP {values['gbp']:>12}\n")
    documents = truth.world.xero()
    sys.stdout.write(", ".join(f"{len(held)} {name}" for name, held in documents.items()) + "\n")
    crm = truth.world.crm.objects
    sys.stdout.write(", ".join(f"{len(held)} {name}" for name, held in crm.items()) + "\n")
    sys.stdout.write(
        "\n".join(found or ["sound: journals, documents, receivables, balances"]) + "\n"
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
