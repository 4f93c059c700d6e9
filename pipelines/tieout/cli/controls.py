"""`tieout controls`."""

from __future__ import annotations

from typing import Annotated

import typer

from tieout.cli.options import HERE, WAREHOUSE, Output, Severity, Shape, settings_of


def controls(
    output: Output = WAREHOUSE,
    fail_on: Annotated[
        Severity | None, typer.Option(help="Exit with 1 when a control of this severity or worse failed.")
    ] = None,
    shape: Shape = "table",
) -> None:
    """What every control found, on the day that is published.

    A control that had nothing to look at says `no_population`, which is not passing; one that did not run always fails.
    """
    from tieout.findings.exceptions import controls_step

    controls_step(settings_of(HERE, None, None, output), fail_on, shape)
