"""`tieout history`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from tieout.cli.options import HERE, WAREHOUSE, Output, Wait, next_verb, settings_of


def history(
    back_to: Annotated[
        datetime,
        typer.Option(
            "--back-to",
            formats=["%Y-%m-%d"],
            help="What the history learnt after this day is taken back.",
        ),
    ],
    output: Output = WAREHOUSE,
    wait: Wait = False,
) -> None:
    """Correct the history of exceptions: forget what runs of later days wrote into it.

    For a run that was dated wrongly, or made from wrong records. The history before the correction
    is kept beside it, and the next run writes the present anew.
    """
    from tieout.run import correct_history_step

    correct_history_step(settings_of(HERE, None, None, output, wait=wait), back_to.date())
    next_verb("build", output)
