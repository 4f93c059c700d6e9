"""What arriving data must look like: one module a system, each with a `SUITE` (see `rules`)."""
