"""What the controls found of the planted faults, as a person sees it."""

from __future__ import annotations

from tieout import console
from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout_demo.checks.measure import measure


def measure_step(settings: Settings) -> None:
    """Prints what the controls found of the demo's planted faults."""
    if settings.as_of is None:
        raise TieoutError("the demo's day is not known", "run `tieout demo --measure`")
    rows = []
    for score in measure(settings.marts, settings.output / "demo" / "truth.csv", settings.as_of):
        counts = [len(score.planted), len(score.found), len(score.missed), len(score.false_alarms)]
        shares = [score.precision, score.recall, score.recall_by_value]
        rows.append(
            [
                score.control_id,
                *counts,
                *("–" if share is None else f"{share:.3f}" for share in shares),
            ]
        )
    headers = ["control", "planted", "found", "missed", "false", "precision", "recall", "by value"]
    console.table(
        f"What the controls found of the faults planted by {settings.as_of}", headers, rows
    )
