"""A generator of companies with planted faults, written from the design of Tieout alone."""
