"""What the demo proves: the truth it planted, and the totals of its systems."""
