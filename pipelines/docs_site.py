"""dbt's docs site of the warehouse, as one file that opens from disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.build import dbt
from pipelines.errors import TieoutError
from pipelines.settings import Settings


def write_docs(settings: Settings) -> Path:
    """Writes `<output>/docs/index.html`.

    Raises:
        TieoutError: nothing is built yet, or dbt could not describe it.
    """
    if not settings.build.exists():
        raise TieoutError(f"there is nothing to describe: {settings.build} does not exist", "run `tieout build` first")
    answer = dbt(settings, ["docs", "generate", "--static"])
    if not answer.success:
        raise TieoutError(
            f"dbt could not write the docs site: {answer.exception}", "run `dbt docs generate` to see why"
        )
    settings.docs.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(settings.target / "static_index.html", settings.docs)
    return settings.docs
