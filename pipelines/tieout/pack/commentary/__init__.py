"""The commentary of the pack."""
