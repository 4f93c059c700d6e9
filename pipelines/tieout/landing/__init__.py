"""From a system into the raw log: insert-only, each version of a record once."""
