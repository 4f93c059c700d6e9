"""`tieout land`."""

from __future__ import annotations

from tieout.cli.options import (
    HERE,
    WAREHOUSE,
    Config,
    Imports,
    Output,
    Systems,
    Wait,
    next_verb,
    settings_of,
)


def land(
    config: Config = HERE,
    systems: Systems = None,
    imports: Imports = None,
    output: Output = WAREHOUSE,
    wait: Wait = False,
) -> None:
    """Fetch what is new from every system into the log, `raw.duckdb`.

    Each version of a record is kept once; landing the same data twice adds nothing. A system that
    cannot be landed stops by itself and is named; the others still land.
    """
    from tieout.run import land_step

    land_step(settings_of(config, systems, imports, output, wait=wait))
    next_verb("check", output)
