"""Stands in for dbt's `target` while sqlfluff reads the models."""

from __future__ import annotations

name = "dev"
type = "duckdb"
database = "build"
schema = "main"
