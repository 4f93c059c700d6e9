"""`tieout margin`."""

from __future__ import annotations

from typing import Annotated

import typer

from tieout.cli.options import HERE, WAREHOUSE, Output, Shape, settings_of


def margin(
    output: Output = WAREHOUSE,
    customer: Annotated[
        str | None, typer.Option(help="Only of this customer: a part of its name, or its key.")
    ] = None,
    job: Annotated[str | None, typer.Option(help="Only of this job: its id, code or key.")] = None,
    owner: Annotated[
        str | None, typer.Option(help="Only what this person is credited with.")
    ] = None,
    product: Annotated[
        str | None, typer.Option(help="Only of this product: a part of its name, its code or key.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            help="From one month's margin to another's: 2026-01..2026-03.", metavar="A..B"
        ),
    ] = None,
    shape: Shape = "table",
) -> None:
    """Walk from the planned margin to the realised one: each effect, and a residual of nothing.

    `tieout margin --job JOB-01234` shows why a job did not earn what was quoted; with --period,
    why one month earned another amount than the one before. What is read is what is published.
    """
    from tieout.findings.bridge import Asked
    from tieout.findings.margin_view import margin_step

    settings = settings_of(HERE, None, None, output)
    margin_step(settings, Asked(customer, job, owner, product), period, shape)
