"""`tieout controls`."""

from __future__ import annotations

from typing import Annotated

import typer

from tieout.cli.options import HERE, WAREHOUSE, Output, Severity, Shape, settings_of


def controls(
    output: Output = WAREHOUSE,
    fail_on: Annotated[
        Severity | None,
        typer.Option(help="Exit with 1 when a control of this severity or worse failed."),
    ] = None,
    shape: Shape = "table",
) -> None:
    """What every control found, on the day that is published.

    A control that had nothing to look at says `no_population`, one whose subjects are all too young
    to be judged `not_due_yet`: neither is passing. One that did not run always fails. Loss is money
    earned and not coming, or charged and not owed; doubt is a record to mend before anyone knows.
    Each amount is counted once.
    """
    from tieout.findings.exceptions import controls_step

    controls_step(settings_of(HERE, None, None, output), fail_on, shape)
