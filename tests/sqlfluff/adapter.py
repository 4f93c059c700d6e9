"""Stands in for dbt's `adapter` while sqlfluff reads the models: what is dispatched by engine is an expression."""

from __future__ import annotations

from collections.abc import Callable


def dispatch(name: str, package: str) -> Callable[..., str]:
    return lambda *arguments, **named: "null"
