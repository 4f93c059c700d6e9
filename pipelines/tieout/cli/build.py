"""`tieout build`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from tieout.cli.options import (
    HERE,
    WAREHOUSE,
    AsOf,
    IKnow,
    KnownAt,
    Output,
    Wait,
    next_verb,
    settings_of,
)
from tieout.errors import TieoutError
from tieout.settings import Settings, Spark


def build(
    output: Output = WAREHOUSE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    answers: Annotated[
        bool,
        typer.Option(
            "--answers",
            help="Only what hangs on the answers of `tieout review`, in the build that is there.",
        ),
    ] = False,
    engine: Annotated[
        Literal["duckdb", "spark"],
        typer.Option(help="What the models run on: Spark is for what one machine cannot hold."),
    ] = "duckdb",
    lake: Annotated[
        Path | None,
        typer.Option(
            help="For Spark: the folder of its Parquet; `lake` in the output if not given."
        ),
    ] = None,
    master: Annotated[
        str | None,
        typer.Option(
            help="For Spark: a cluster's master, such as spark://host:7077; a session on this machine if not given."
        ),
    ] = None,
    spark_remote: Annotated[
        str | None,
        typer.Option(
            help="For Spark: a Spark Connect server, such as sc://host:15002.", hidden=True
        ),
    ] = None,
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """Build and test every model with dbt, into `build.duckdb`.

    With `--as-of` or `--known-at` it is the position of a past day, or of what was known then.
    """
    from tieout.run import build_step, rebuild_step

    step = rebuild_step if answers else build_step
    settings = settings_of(HERE, None, None, output, as_of, known_at, wait=wait, i_know=i_know)
    step(_on(settings, engine, lake, master, spark_remote, answers=answers))
    next_verb("publish", output)


def _on(
    settings: Settings,
    engine: str,
    lake: Path | None,
    master: str | None,
    remote: str | None,
    *,
    answers: bool,
) -> Settings:
    """The settings with the engine that is asked for.

    Raises:
        TieoutError: options of Spark without Spark, two places to run at, or answers alone.
    """
    if engine == "duckdb":
        if lake or master or remote:
            raise TieoutError(
                "--lake, --master and --spark-remote are for Spark", "give --engine spark with them"
            )
        return settings
    if master and remote:
        raise TieoutError("--master and --spark-remote are two places", "give one of them")
    if answers:
        raise TieoutError(
            "a build on Spark is built whole, not for --answers alone", "leave out --answers"
        )
    return replace(settings, spark=Spark(lake or settings.output / "lake", remote, master))
