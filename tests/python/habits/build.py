"""`python -m habits.build DIR [CASE …]`: write the company of all cases (or of some) to DIR.

DIR/<system>/<entity>.csv, as the imports connector takes them; then the records are audited.
Exit status 1 when anything does not hold.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .audit import contradictions, faults
from .cases import build
from .tables import balances, write


def main(arguments: list[str]) -> int:
    """Build, write, audit, report."""
    if not arguments:
        print(__doc__)
        return 2
    world, right = build(tuple(arguments[1:]))
    world.tables["ledger", "account_balances"] = list(
        balances(world.tables["ledger", "journal_lines"])
    )
    count = write(world.tables, Path(arguments[0]))
    wrong = [*faults(world), *contradictions(world, right)]
    for line in wrong:
        print(line)
    customers = sum(len(found) for found in right.values())
    print(
        f"{len(right)} cases, {customers} customers, {count} rows in {len(world.tables)} files; {len(wrong)} faults"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
