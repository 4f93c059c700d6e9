"""The same models on Spark: a session, the lake that it reads, and what comes back from it."""
