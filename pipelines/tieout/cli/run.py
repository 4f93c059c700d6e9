"""`tieout run`."""

from __future__ import annotations

from tieout import console
from tieout.cli.options import (
    HERE,
    WAREHOUSE,
    AsOf,
    Config,
    IKnow,
    Imports,
    KnownAt,
    Output,
    Systems,
    Wait,
    settings_of,
)


def run(
    config: Config = HERE,
    systems: Systems = None,
    imports: Imports = None,
    output: Output = WAREHOUSE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """All of it in order: land, check, build, publish, docs, pack.

    Run it as often as you like, by hand or from a scheduler: what has not changed is not landed
    again, and only a build whose laws hold is published.
    """
    from tieout.run import run_all

    settings = settings_of(
        config, systems, imports, output, as_of, known_at, wait=wait, i_know=i_know
    )
    run_all(settings)
    console.next_step(f"open {settings.pack / 'index.html'}, or query {settings.marts}, read-only")
