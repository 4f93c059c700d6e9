"""`tieout pack`: the site and the workbook of one period, with their progress."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from pathlib import Path

from tieout import console
from tieout.lock import writing
from tieout.pack.marts import position, published
from tieout.pack.site import write_site
from tieout.settings import Settings


def pack_step(settings: Settings, period: date | None = None, output: Path | None = None) -> Path:
    """Writes the pack, and says where it is.

    Args:
        settings: whose published marts are read.
        period: any day of the month to tell; None is the month of the position.
        output: the folder; None is `<output of the settings>/pack`.

    Raises:
        TieoutError: nothing is published, nothing happened in that month, or the folder holds something else.
    """
    folder = output or settings.pack
    # One that goes elsewhere only reads here, as any reader may while others write.
    held = (
        writing(settings.output, "pack", wait=settings.wait, say=console.aside)
        if output is None
        else nullcontext()
    )
    with held, console.working("Pack") as report, published(settings) as connection:
        at = position(settings, connection, period)
        write_site(settings, connection, at, folder, report)
    return folder
