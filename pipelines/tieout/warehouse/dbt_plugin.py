"""What dbt-duckdb asks before it opens a file, so that `dbt` and `mf` by hand know what `tieout`
knows.

`profiles.yml` names it. Source: "Writing Your Own Plugins" in dbt-duckdb's README.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import Attachment, DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from tieout.settings import Settings
from tieout.warehouse.history import prepare_history

MEMORY = ":memory:"
BUILD = "build"
"""The name by which models call the file that holds them."""


class Plugin(BasePlugin):
    """Says in one line what is missing, and gives `mf` what is published."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Nothing to set up; dbt-duckdb asks for it."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Before a file is opened: what the target reads must be there.

        Raises:
            DbtRuntimeError: nothing has landed, or nothing is published.
        """
        if creds.path != MEMORY:
            settings = Settings(output=Path(creds.path).parent)
            if is_metricflow():
                read_published(creds, settings)
            elif not settings.raw.exists():
                raise DbtRuntimeError(
                    f"nothing has landed in {settings.output}:"
                    " run `tieout land` first, or `tieout run` for all of it in order"
                )
            else:
                prepare_history(settings.history)
                return
        for attached in creds.attach or []:
            if not Path(attached.path).exists():
                raise DbtRuntimeError(
                    f"nothing is published at {attached.path}: run `tieout run` first"
                )


def is_metricflow() -> bool:
    """Whether this process is `mf`, which only reads."""
    return Path(sys.argv[0]).stem == "mf"


def read_published(creds: DuckDBCredentials, settings: Settings) -> None:
    """Turns a connection to the build into one to what is published, read-only, under the build's
    name."""
    creds.path = MEMORY
    creds.attach = [Attachment(path=str(settings.marts), alias=BUILD, read_only=True)]
