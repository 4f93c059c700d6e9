"""sqlfluff, as dbt would fill in the project's variables, and with its macros compiled once: a
quarter of its time.

python tests/lint_sql.py lint models tests      what `sqlfluff lint models tests` says
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment
from sqlfluff.cli.commands import cli
from sqlfluff.core.templaters.jinja import JinjaTemplater

_compile: Any = Environment.compile


@cache
def _compiled(
    kind: type[Environment], extensions: tuple[str, ...], source: str, rest: tuple[object, ...]
) -> Any:
    # What is compiled depends on the environment's syntax and extensions, and sqlfluff changes
    # neither.
    return _compile(
        kind(extensions=extensions, keep_trailing_newline=True, autoescape=False), source, *rest
    )


def _once(self: Environment, source: Any, *rest: Any, **named: Any) -> Any:
    if not isinstance(source, str) or named:
        return _compile(self, source, *rest, **named)
    return _compiled(type(self), tuple(self.extensions), source, rest)


_context: Any = JinjaTemplater.get_context


@cache
def _variables() -> dict[str, Any]:
    project = Path(__file__).parents[1] / "dbt_project.yml"
    variables: dict[str, Any] = yaml.safe_load(project.read_text(encoding="utf-8"))["vars"]
    return variables


def _as_dbt(self: JinjaTemplater, *arguments: Any, **named: Any) -> dict[str, Any]:
    """What sqlfluff knows of dbt, with the project's own variables, and a model without a
    contract."""
    known = {
        "var": lambda name, default=None: _variables().get(name) or default,
        "model": {"columns": {}},
    }
    return {**_context(self, *arguments, **named), **known}


# Here, not below: sqlfluff's own processes import this file, they do not run it.
Environment.compile = _once  # type: ignore[method-assign]
JinjaTemplater.get_context = _as_dbt  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(cli())
