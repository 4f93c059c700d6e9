"""Northgate Facilities Ltd: what the business did, what its ledger made of it, and how its systems
show both."""
