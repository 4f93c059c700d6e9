"""Harrow & Pike: a second demo world, of other habits, with its own truth."""
