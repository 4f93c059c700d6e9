"""The company as it is: each step of the clean business first, then the faults of that step, then
the next."""

from __future__ import annotations

from tieout_demo.facilities import world as steps
from tieout_demo.facilities.faults import (
    in_billing,
    in_cash,
    in_ledger,
    in_sales,
    in_work,
    on_links,
    on_papers,
    on_parties,
    symptoms,
)
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.world import World


def faulty(seed: int, scale: float) -> World:
    """Chance is drawn for each subject by itself, so what no fault touches is as it would be in the
    clean company."""
    world = steps.sold(seed, scale)
    planter = Planter(world, scale)
    in_sales.plant(planter)
    steps.worked(world)
    in_work.plant(planter)
    in_billing.plant(planter)
    steps.billed(world)
    in_ledger.forget_accruals(planter)
    on_parties.plant(planter)
    spared = on_papers.plant(planter)
    skipped = on_links.lost_numbers(planter)
    steps.credited(world, spared)
    habits = in_cash.habits(planter, spared)
    till = steps.paid(world, habits)
    in_cash.plant(planter, till, habits)
    steps.numbered(world, skipped)
    on_links.note_lost(planter, skipped)
    symptoms.note_all(planter)
    steps.booked(world, in_ledger.by_hand(planter))
    world.truth.sort(
        key=lambda row: (
            row["planted_on"],
            row["control_id"],
            row["source_system"],
            row["entity_id"],
        )
    )
    return world
