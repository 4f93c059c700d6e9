"""Northgate Facilities Ltd: what the business did (`world`), what its ledger made of it (`books`), and how its systems show both (`records`)."""
