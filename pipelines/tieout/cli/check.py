"""`tieout check`."""

from __future__ import annotations

from tieout.cli.options import (
    HERE,
    WAREHOUSE,
    AsOf,
    IKnow,
    Output,
    Systems,
    Wait,
    next_verb,
    settings_of,
)


def check(
    output: Output = WAREHOUSE,
    systems: Systems = None,
    as_of: AsOf = None,
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """Check what has arrived, with Great Expectations, before any model may use it.

    A load that fails is marked and kept out; what was good before stays in use. The findings are
    pages: `data_docs/index.html` in the output folder.
    """
    from tieout.run import check_step

    check_step(settings_of(HERE, systems, None, output, as_of, wait=wait, i_know=i_know))
    next_verb("build", output)
