"""The marts beside the source systems: what each of them adds up itself, and what
`fct_stage_events` says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from tieout_demo.checks.totals import NO_UNIT, StageTotal

# In the sources' own terms: deliveries are quantities by unit, receipts are gross, the rest is in
# document currency.
_MARTS = """
    select
        source_system,
        stage,
        case when stage = 'delivered' then coalesce(unit, ?) else currency end as measure,
        sum(case
            when stage = 'delivered' then quantity
            when stage = 'cash' then document_amount + coalesce(tax_amount, 0)
            else document_amount
        end) as amount
    from marts.fct_stage_events
    group by all
"""


@dataclass(frozen=True)
class Proof:
    """One total of one source, there and here."""

    source_system: str
    stage: str
    measure: str
    source_amount: Decimal
    mart_amount: Decimal

    @property
    def difference(self) -> Decimal:
        """Source less mart: 0 when they tie."""
        return self.source_amount - self.mart_amount


def compare(totals: Sequence[StageTotal], marts: Path) -> list[Proof]:
    """Each total of the sources beside the published one, by system, stage and measure; absent is
    0."""
    with duckdb.connect(str(marts), read_only=True) as connection:
        rows = connection.execute(_MARTS, [NO_UNIT]).fetchall()
    zero = Decimal(0)
    # Nothing but values without a quantity adds up to null.
    ours = {(system, stage, measure): amount or zero for system, stage, measure, amount in rows}
    theirs = {(total.source_system, total.stage, total.measure): total.amount for total in totals}
    return [
        Proof(key[0], key[1], key[2], theirs.get(key, zero), ours.get(key, zero))
        for key in sorted(ours.keys() | theirs.keys())
    ]
