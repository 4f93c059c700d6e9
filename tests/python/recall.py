"""What the controls find of the faults that demo companies of several seeds plant, in one table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from unittest import mock

from tieout.run import check_step, land_step
from tieout.settings import Settings
from tieout.warehouse.build import dbt
from tieout_demo import run
from tieout_demo.checks.measure import Score, measure

UNTIL = date(2026, 6, 30)
HEADINGS = (
    "control",
    "planted",
    "found",
    "missed",
    "false alarms",
    "precision",
    "recall",
    "recall by value",
)


def scores_of(output: Path, *, seed: int, scale: float) -> list[Score]:
    """Lands, checks and builds one company, without tests, publication and pages; gives the score
    of each control."""

    def built(settings: Settings) -> None:
        land_step(settings)
        check_step(settings)
        answer = dbt(
            settings,
            ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"],
        )
        assert answer.success, answer.exception

    with mock.patch.object(run, "run_all", built), mock.patch.object(run, "_show_proof"):
        settings = run.run_demo(
            Settings(output=output), UNTIL, seed=seed, scale=scale, database=None
        )
    return measure(settings.build, output / "demo" / "truth.csv", UNTIL)


def amiss(scores: Iterable[Score]) -> list[str]:
    """What was missed or reported in vain, as text."""
    return [
        f"{one.control_id} {what}: {record}"
        for one in scores
        for what, records in (("missed", one.missed), ("false alarm", one.false_alarms))
        for record in sorted(records)
    ]


def table(companies: Sequence[Sequence[Score]]) -> str:
    """All companies added up, as Markdown, one row a control."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 6)
    for one in (score for scores in companies for score in scores):
        values = (
            sum((one.values[record] for record in records), Decimal(0))
            for records in (one.planted, one.found)
        )
        counts = (len(one.planted), len(one.found), len(one.reported), len(one.false_alarms))
        sums[one.control_id] = [
            before + more
            for before, more in zip(sums[one.control_id], (*counts, *values), strict=True)
        ]
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---" * len(HEADINGS) + "|"]
    for control, (planted, found, reported, alarms, value, value_found) in sorted(sums.items()):
        shares = ((reported - alarms, reported), (found, planted), (value_found, value))
        cells = [
            control,
            *map(str, (planted, found, planted - found, alarms)),
            *(_share(*pair) for pair in shares),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole:.3f}" if whole else "–"
