"""Stands in for dbt's `adapter` while sqlfluff reads the models: it gives DuckDB's form of a macro,
as dbt does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context


@pass_context
def dispatch(context: Context, name: str, package: str) -> Callable[..., str]:
    macro: Any = context.get(f"duckdb__{name}") or context[f"default__{name}"]
    return macro
