"""Xero, the ledger."""

SYSTEM = "xero"
