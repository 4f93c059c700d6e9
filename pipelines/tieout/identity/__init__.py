"""Probabilistic identity: how like two customer records are (docs/decisions/0011)."""
