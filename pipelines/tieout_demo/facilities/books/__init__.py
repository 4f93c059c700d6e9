"""The journals that papers become, and those that have none."""
