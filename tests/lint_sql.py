"""sqlfluff, with the project's macros compiled once: it would do so twice for each file, a quarter of its time.

python tests/lint_sql.py lint models tests      what `sqlfluff lint models tests` says
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from jinja2 import Environment
from sqlfluff.cli.commands import cli

_compile: Any = Environment.compile


@cache
def _compiled(kind: type[Environment], extensions: tuple[str, ...], source: str, rest: tuple[object, ...]) -> Any:
    # What is compiled depends on the environment's syntax and extensions, and sqlfluff changes neither.
    return _compile(kind(extensions=extensions, keep_trailing_newline=True, autoescape=False), source, *rest)


def _once(self: Environment, source: Any, *rest: Any, **named: Any) -> Any:
    if not isinstance(source, str) or named:
        return _compile(self, source, *rest, **named)
    return _compiled(type(self), tuple(self.extensions), source, rest)


# Here, not below: sqlfluff's own processes import this file, they do not run it.
Environment.compile = _once  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(cli())
