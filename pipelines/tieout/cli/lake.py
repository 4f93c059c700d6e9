"""`tieout lake`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tieout import console
from tieout.cli.options import HERE, WAREHOUSE, Output, Wait, settings_of
from tieout.lock import writing

lake_app = typer.Typer(
    help="The log as Parquet, for engines that read no DuckDB file.", no_args_is_help=True
)


@lake_app.callback()
def lake() -> None:
    """Reads what concerns all of them."""


@lake_app.command()
def export(
    output: Output = WAREHOUSE,
    lake: Annotated[
        Path | None, typer.Option(help="Where to; `lake` in the output if not given.")
    ] = None,
    wait: Wait = False,
) -> None:
    """Write what landed, and the history of exceptions, as Parquet.

    A reader finds all of it or what was there before. `tieout build --engine spark` does it by
    itself.
    """
    from tieout.run import held
    from tieout.spark.lake import export as write

    settings = settings_of(HERE, None, None, output, wait=wait)
    to = lake or settings.output / "lake"
    with held(settings, "lake export"), writing(to, "lake export", wait=wait, say=console.aside):
        console.say(f"the log as Parquet: {write(settings, to)}")
