"""`tieout train`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from tieout import console
from tieout.cli.options import HERE, WAREHOUSE, Output, Wait, settings_of


def train(
    output: Output = WAREHOUSE,
    model: Annotated[
        Path | None,
        typer.Option(
            help="The file to go on from and to write (default: the one that builds use)."
        ),
    ] = None,
    wait: Wait = False,
) -> None:
    """Learn from your own customers what two records of one company look like, and write the
    model's next version.

    No labels are needed: it learns from pairs that share a tax or register number; where those are
    fewer than 300, from pairs that agree in a door, a telephone or a domain, each by how likely it
    is one; and from 1,000,000 pairs drawn by chance how often what differs agrees. The model that
    came along counts for 300 pairs, so a few of your own move it a little. Last, it moves to what
    people answered in `seeds/customer_links.csv`, the same and different: fifty answers are felt.
    It needs a build with 1,000 customers, 300 likely pairs, or answers.

    Worth it where many questions of `tieout review` are answered the same way. No build trains by
    itself: the same input gives the same links until you commit another file. Build afterwards,
    look at `marts.fct_customer_changes` and at the queue, then commit it; `git checkout` of the
    file takes it back.
    """
    from tieout.identity.scoring import model_in_use, own_model
    from tieout.identity.train import train_step

    file = model or own_model()
    if not file.exists() and model is None:
        # What comes along stays as it is: an upgrade brings another.
        shutil.copyfile(model_in_use(), file)
    train_step(settings_of(HERE, None, None, output, wait=wait), file)
    console.next_step(
        f"tieout build, see who became one (marts.fct_customer_changes), then commit {file}"
    )
