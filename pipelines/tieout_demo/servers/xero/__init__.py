"""Xero, as it answers."""
