"""The systems of the demo company, as they would be on a network or a disk."""
