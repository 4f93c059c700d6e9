"""`python -m tieout`."""

from tieout.cli.program import main

main()
