"""`tieout publish`."""

from __future__ import annotations

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


def publish(
    output: Output = WAREHOUSE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """Test the build again, then switch the published marts to it in one step.

    Readers of the published file are never blocked and never see half a build.
    """
    from tieout.run import publish_all

    publish_all(settings_of(HERE, None, None, output, as_of, known_at, wait=wait, i_know=i_know))
    next_verb("docs", output)
