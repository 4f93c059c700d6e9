"""sqlfluff, as dbt would fill in the project's variables, with its macros compiled once and each
file laid out once for all its layout rules: a fifth of its time.

python tests/lint_sql.py lint models tests      what `sqlfluff lint models tests` says
"""

from __future__ import annotations

import gc
import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment
from sqlfluff.cli.commands import cli
from sqlfluff.core.templaters.jinja import JinjaTemplater
from sqlfluff.utils.reflow.sequence import ReflowSequence

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


_lay_out: Any = ReflowSequence.from_root.__func__  # type: ignore[attr-defined]
_laid_out: list[Any] = [None, None]


def _laid_out_once(cls: type[ReflowSequence], root_segment: Any, config: Any) -> ReflowSequence:
    # Three rules ask for the layout of one file, one after the other. A file that was fixed has
    # another root.
    if _laid_out[0] is not root_segment:
        _laid_out[:] = [root_segment, _lay_out(cls, root_segment, config)]
    return _laid_out[1]  # type: ignore[no-any-return]


# A tree of a file is nothing but references both ways, and goes with the file: looking for what can go took a
# fifth of the time.
gc.set_threshold(1_000_000, 50, 100)

# Here, not below: sqlfluff's own processes import this file, they do not run it.
Environment.compile = _once  # type: ignore[method-assign]
JinjaTemplater.get_context = _as_dbt  # type: ignore[method-assign]
ReflowSequence.from_root = classmethod(_laid_out_once)  # type: ignore[method-assign,assignment]

if __name__ == "__main__":
    sys.exit(cli())
