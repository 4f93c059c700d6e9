"""`tieout build`."""

from __future__ import annotations

from typing import Annotated

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
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """Build and test every model with dbt, into `build.duckdb`.

    With `--as-of` or `--known-at` it is the position of a past day, or of what was known then.
    """
    from tieout.run import build_step, rebuild_step

    step = rebuild_step if answers else build_step
    step(settings_of(HERE, None, None, output, as_of, known_at, wait=wait, i_know=i_know))
    next_verb("publish", output)
