"""`tieout docs`."""

from __future__ import annotations

from tieout import console
from tieout.cli.options import HERE, WAREHOUSE, Output, Wait, settings_of


def docs(output: Output = WAREHOUSE, wait: Wait = False) -> None:
    """Write the docs site: every mart, column, test and its lineage, one file that opens from
    disk."""
    from tieout.run import docs_step

    settings = settings_of(HERE, None, None, output, wait=wait)
    docs_step(settings)
    console.next_step(f"open {settings.docs}")
