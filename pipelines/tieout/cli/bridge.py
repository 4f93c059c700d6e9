"""`tieout bridge`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from tieout.cli.options import HERE, WAREHOUSE, AsOf, IKnow, Output, Shape, Wait, settings_of


def bridge(
    output: Output = WAREHOUSE,
    customer: Annotated[
        str | None, typer.Option(help="Only of this customer: a part of its name, or its key.")
    ] = None,
    job: Annotated[str | None, typer.Option(help="Only of this job: its id, code or key.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only of deals of this person.")] = None,
    product: Annotated[
        str | None, typer.Option(help="Only of this product: a part of its name, its code or key.")
    ] = None,
    month: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m"], help="Only what happened in this month.")
    ] = None,
    first: Annotated[
        str,
        typer.Option("--from", help="Stage to start at: booked, contracted, delivered, invoiced."),
    ] = "booked",
    last: Annotated[
        str, typer.Option("--to", help="Stage to end at: contracted … cash, or recognised.")
    ] = "cash",
    shape: Shape = "table",
    pieces: Annotated[
        bool, typer.Option("--items", "--pieces", help="Every item with the records behind it.")
    ] = False,
    as_of: AsOf = None,
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """Walk from one stage to another: every cent of the difference by its cause, and a residual of
    nothing.

    `tieout bridge --customer "quill housing" --from delivered --to invoiced --items` shows what of
    its work is not billed, and why, record by record. The position is the published one; with
    --as-of it is that of another day, which is built beside it the first time.
    """
    from tieout.findings.bridge import Asked
    from tieout.findings.bridge_view import bridge_step

    asked = Asked(customer, job, owner, product, month.date() if month else None)
    day = as_of.date() if as_of else None
    settings = settings_of(HERE, None, None, output, as_of, wait=wait, i_know=i_know)
    bridge_step(settings, asked, first, last, shape, pieces, day)
