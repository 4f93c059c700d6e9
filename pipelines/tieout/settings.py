"""Where a run reads and writes, and which position it gives."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tieout import failures
from tieout.errors import TieoutError
from tieout.safe_text import learn_settings

_INSTALLED = Path(__file__).resolve().parent / "project"
PROJECT = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).resolve().parents[2]
"""The dbt project of the product: in the wheel it lies in the package, in a checkout around it."""
MEMORY = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?)?B", re.IGNORECASE)
"""How TIEOUT_MEMORY is written."""
PRIVATE = 0o600
"""Of files that only their owner may read: what arrived, and what was decided about it."""


@contextmanager
def owner_only() -> Iterator[None]:
    """Files that are made meanwhile, by any library, are for their owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@dataclass(frozen=True)
class Spark:
    """A build on Spark: where its data lies, and where it runs.

    `remote` is a Spark Connect server, `master` a cluster's master; neither means a session on this
    machine.
    """

    lake: Path
    remote: str | None = None
    master: str | None = None


@dataclass(frozen=True)
class Settings:
    """The choices of one run; every path is relative to where it runs.

    `systems` empty means every system that is configured. `as_of` None means today; `known_at`
    (UTC) None means everything that has arrived.
    """

    output: Path = Path("warehouse")
    config: Path = Path(".dlt")
    systems: tuple[str, ...] = ()
    imports: Path | None = None
    as_of: date | None = None
    known_at: datetime | None = None
    # Whether to wait for another command that writes here, and whether a position that replaces a
    # later one is meant.
    wait: bool = False
    i_know: bool = False
    # Where the models run, if not in DuckDB.
    spark: Spark | None = None

    @property
    def raw(self) -> Path:
        """The log of everything that arrived."""
        return self.output / "raw.duckdb"

    @property
    def build(self) -> Path:
        """The build's own file: nobody reads it while it works."""
        return self.output / "build.duckdb"

    @property
    def position(self) -> Path:
        """Which position the build is of."""
        return self.output / "build.json"

    @property
    def history(self) -> Path:
        """The life of exceptions: it outlives every rebuild."""
        return self.output / "history.duckdb"

    @property
    def published(self) -> Path:
        """A link to the newest published run, the only thing that BI tools open."""
        return self.output / "published"

    @property
    def marts(self) -> Path:
        """The published marts, under the name by which `marts.<table>` is not ambiguous
        (docs/decisions/0002)."""
        return self.published / "tieout.duckdb"

    @property
    def target(self) -> Path:
        """dbt's artefacts of this output."""
        return self.output / "dbt"

    @property
    def docs(self) -> Path:
        """dbt's docs site, one file."""
        return self.output / "docs" / "index.html"

    @property
    def pack(self) -> Path:
        """What finance reads: a folder of pages."""
        return self.output / "pack"

    def dbt_vars(self) -> dict[str, str]:
        """The position to give, as dbt's vars."""
        values: dict[str, str] = {}
        if self.as_of:
            values["as_of"] = self.as_of.isoformat()
        if self.known_at:
            values["known_at"] = self.known_at.isoformat(sep=" ")
        return values

    def prepare(self) -> None:
        """Makes the output folder, and keeps every library's own files and telemetry inside it;
        learns the secrets."""
        learn_settings(self.config)
        if (memory := os.environ.get("TIEOUT_MEMORY")) is not None and not MEMORY.fullmatch(memory):
            raise TieoutError(f"TIEOUT_MEMORY is {memory!r}", "give it a number and a unit: 3GB")
        if "?" in str(self.output):
            raise TieoutError(
                f"{self.output} cannot hold a warehouse: its name has a ?", "give another --output"
            )
        try:
            self.output.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise TieoutError(f"{self.output} is not a folder", "give another --output") from error
        failures.keep_in(self.output)
        os.environ.update(
            TIEOUT_OUTPUT=str(self.output),
            DBT_TARGET_PATH=str(self.target.resolve()),
            DLT_DATA_DIR=str((self.output / "dlt").resolve()),
            RUNTIME__DLTHUB_TELEMETRY="false",
            # Else dlt keeps the first Ctrl-C to itself until a whole source is read.
            RUNTIME__INTERCEPT_SIGNALS="false",
            GX_ANALYTICS_ENABLED="false",
            DO_NOT_TRACK="1",
        )
