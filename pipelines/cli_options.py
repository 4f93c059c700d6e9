"""Options that several commands of `tieout` share, and the settings that they make."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.settings import Settings

Config = Annotated[Path, typer.Option(help="Folder with dlt's config.toml and secrets.toml: where your systems are.")]
Systems = Annotated[
    str | None, typer.Option(help="Only these, with commas between: hubspot, xero, field_service, imports.")
]
Imports = Annotated[Path | None, typer.Option(help="Folder with a folder of files a system, for `imports`.")]
Output = Annotated[Path, typer.Option(help="Where everything a run leaves goes.")]
AsOf = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Give the position by events up to this day.")
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Use only what had arrived by then (UTC)."),
]

HERE = Path(".dlt")
WAREHOUSE = Path("warehouse")


def settings_of(
    config: Path,
    systems: str | None,
    imports: Path | None,
    output: Path,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> Settings:
    """The settings of a command, its output folder made."""
    names = tuple(name.strip() for name in (systems or "").split(",") if name.strip())
    settings = Settings(
        output=output,
        config=config,
        systems=names,
        imports=imports,
        as_of=as_of.date() if as_of else None,
        known_at=known_at,
    )
    settings.prepare()
    return settings
