"""`tieout doctor`."""

from __future__ import annotations

from tieout.cli.options import HERE, WAREHOUSE, Config, Output


def doctor(config: Config = HERE, output: Output = WAREHOUSE) -> None:
    """Say whether everything that Tieout needs is here, and what to do where it is not.

    It looks at the Python and its packages, the disk and memory, the settings of your systems and who may read them,
    the output folder, and what is published there. It lands nothing and calls no system.
    """
    from tieout.doctor import doctor_step

    doctor_step(config, output)
