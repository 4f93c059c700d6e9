"""The bridge of another day than the published one, built from the same log beside it and kept
until the log grows."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

from tieout import console
from tieout.errors import TieoutError
from tieout.lock import writing
from tieout.remedies import RUN_FIRST
from tieout.settings import Settings
from tieout.warehouse.build import Progress, build

SELECTED = ("+fct_bridge_attribution", "+dim_customer", "+dim_job", "+dim_person", "+dim_product")
"""What a walk reads, with the tests of it: the bridge of that day closes, too, and its parts by
persons are the whole, or there is none."""


def position(settings: Settings, day: date, progress: Progress) -> Path:
    """The built file of the position of a day, in `<output>/positions/<day>`.

    Raises:
        TieoutError: nothing has landed, or a model or a law of that day's build failed.
    """
    if not settings.raw.exists():
        raise TieoutError(f"nothing has landed in {settings.output}", RUN_FIRST)
    with writing(settings.output, "bridge", wait=settings.wait, say=console.aside):
        return _position(settings, day, progress)


def _position(settings: Settings, day: date, progress: Progress) -> Path:
    folder = settings.output / "positions" / day.isoformat()
    chosen = replace(settings, output=folder, as_of=day)
    if chosen.build.exists() and chosen.build.stat().st_mtime > settings.raw.stat().st_mtime:
        return chosen.build
    # Built under another name: what a killed build leaves is never taken for a position.
    unfinished = replace(chosen, output=folder / "unfinished")
    unfinished.prepare()
    unfinished.build.unlink(missing_ok=True)
    for own, shared in ((unfinished.raw, settings.raw), (unfinished.history, settings.history)):
        own.unlink(missing_ok=True)
        if shared.exists():
            own.symlink_to(os.path.relpath(shared, unfinished.output))
    build(unfinished, progress, SELECTED)
    unfinished.build.replace(chosen.build)
    return chosen.build
