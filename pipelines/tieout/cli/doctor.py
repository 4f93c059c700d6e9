"""`tieout doctor`."""

from __future__ import annotations

from tieout.cli.options import HERE, WAREHOUSE, Config, Output
from tieout.company.home import home
from tieout.company.link import link


def doctor(config: Config = HERE, output: Output = WAREHOUSE) -> None:
    """Say whether everything that Tieout needs is here, and what to do where it is not.

    It looks at the Python and its packages, the disk and memory, the settings of your systems and
    who may read them, the output folder, what is published there, and what your seeds override or
    forget. It lands nothing and calls no system.
    """
    from tieout.doctor import doctor_step

    link(home())
    doctor_step(config, output)
