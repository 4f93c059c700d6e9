"""`tieout pack`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tieout import console
from tieout.cli.options import HERE, WAREHOUSE, Wait, settings_of


def pack(
    period: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m"], help="The month to tell (default: the position's own)."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Where the folder goes (default: `pack` beside what is published)."),
    ] = None,
    warehouse: Annotated[
        Path, typer.Option(help="Where the run left what is published.")
    ] = WAREHOUSE,
    wait: Wait = False,
) -> None:
    """Write what finance reads: pages of one month, from what is published, that open from disk
    with no network.

    `tieout pack --period 2026-03 --output DIR` makes a folder that can be handed to an auditor. The
    figures are those of the published position; what happened after the month is left out, what is
    known of it since is not.
    """
    from tieout.pack.step import pack_step

    folder = pack_step(
        settings_of(HERE, None, None, warehouse, wait=wait),
        period.date() if period else None,
        output,
    )
    console.next_step(f"open {folder / 'index.html'}")
