"""`tieout demo`: the verb that this package adds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from tieout import console
from tieout.cli.options import HERE, WAREHOUSE, Output, Wait, settings_of


def demo(
    output: Output = WAREHOUSE,
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day the demo company has reached.")
    ] = datetime(2026, 6, 30),  # noqa: DTZ001 - a day, not an instant
    scale: Annotated[
        float, typer.Option(min=0.02, max=10, help="1 is about 480 customers and 2,500 deals.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 1,
    database: Annotated[
        str | None,
        typer.Option(help="postgresql://… to keep the work orders there instead of in SQLite."),
    ] = None,
    measure: Annotated[
        bool,
        typer.Option(
            "--measure", help="Then say what the controls found of the faults that were planted."
        ),
    ] = False,
    wait: Wait = False,
) -> None:
    """Start the demo company's CRM, work-order and ledger systems, and run against them.

    Run it again with a later `--until` to live through the days between; run it again with nothing
    changed and nothing lands. Faults are planted, and listed in `demo/truth.csv` of the output
    folder.
    """
    from tieout_demo.run import run_demo

    settings = run_demo(
        settings_of(HERE, None, None, output, wait=wait),
        until.date(),
        scale=scale,
        seed=seed,
        database=database,
    )
    if measure:
        from tieout_demo.checks.step import measure_step

        measure_step(settings)
    console.next_step(f"open {settings.pack / 'index.html'}, or query {settings.marts}, read-only")
