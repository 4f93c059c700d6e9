"""Stands in for dbt's cross-database macros while sqlfluff reads the models: SQL of the same form,
for DuckDB."""

from __future__ import annotations


def type_string() -> str:
    return "text"


def type_int() -> str:
    return "integer"


def type_bigint() -> str:
    return "bigint"


def type_boolean() -> str:
    return "boolean"


def type_timestamp() -> str:
    return "timestamp"


def __getattr__(name: str) -> object:
    """Any other macro is an expression."""
    return lambda *arguments, **named: "null"
