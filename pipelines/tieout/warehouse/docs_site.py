"""dbt's docs site of the warehouse, as one file that opens from disk."""

from __future__ import annotations

import re
from pathlib import Path

from tieout import failures
from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout.warehouse.build import dbt, is_compiled


def write_docs(settings: Settings) -> Path:
    """Writes `<output>/docs/index.html`.

    Raises:
        TieoutError: nothing is built yet, or dbt could not describe it.
    """
    if not settings.build.exists():
        raise TieoutError(
            f"there is nothing to describe: {settings.build} does not exist",
            "run `tieout build` first",
        )
    # What is not compiled yet is compiled now, but not the tests: nobody reads their SQL here.
    tests = ["--exclude", "resource_type:test", "resource_type:unit_test"]
    answer = dbt(
        settings,
        ["docs", "generate", "--static", *(["--no-compile"] if is_compiled(settings) else tests)],
    )
    if not answer.success:
        if answer.exception is not None and (known := failures.explained(answer.exception)):
            raise known
        raise TieoutError(
            f"dbt could not write the docs site: {answer.exception}",
            "run `dbt docs generate` to see why",
        )
    settings.docs.parent.mkdir(parents=True, exist_ok=True)
    page = (settings.target / "static_index.html").read_text(encoding="utf-8")
    # dbt's templates name icons by expressions, for which the browser would look before Angular has
    # read them.
    page = re.sub(r"""(?<![-\w])xlink:href=(\\?["'])\{\{""", r"ng-attr-xlink:href=\1{{", page)
    # … and its favicon by one that nobody filled in.
    page = re.sub(r"\$\{require\([^)]*favicon[^)]*\)\}", "data:,", page)
    style = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    page = page.replace("</head>", f"<style>\n{style}</style></head>", 1)
    # In one step: who reads the page now never has half of it, and a full disk leaves the one that
    # was there.
    made = settings.docs.with_name(f".{settings.docs.name}.new")
    made.write_text(page, encoding="utf-8")
    made.replace(settings.docs)
    return settings.docs
