"""Options that several commands of `tieout` share, and the settings that they make."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Literal

import typer

from tieout import console
from tieout.company.home import home
from tieout.company.link import link
from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout.sources.connectors import connectors

Config = Annotated[
    Path,
    typer.Option(help="Folder with dlt's config.toml and secrets.toml: where your systems are."),
]
Systems = Annotated[
    str | None, typer.Option(help=f"Only these, with commas between: {', '.join(connectors())}.")
]
Imports = Annotated[
    Path | None, typer.Option(help="Folder with a folder of files a system, for `imports`.")
]
Output = Annotated[Path, typer.Option(help="Where everything a run leaves goes.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Give the position by events up to this day."),
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Use only what had arrived by then (UTC)."
    ),
]
OutputAfter = Annotated[
    Path | None,
    typer.Option(
        "--output", help="Where everything a run leaves goes; here or before the sub-command."
    ),
]
Shape = Annotated[
    Literal["table", "csv", "json"],
    typer.Option(
        "--format",
        help="A table for people, or every column for a spreadsheet (csv) or a program (json).",
    ),
]
Severity = Literal["low", "medium", "high", "fatal"]
Wait = Annotated[
    bool,
    typer.Option(
        "--wait", help="If another command writes here, wait for it to end (an hour at most)."
    ),
]
IKnow = Annotated[
    bool,
    typer.Option(
        "--i-know", help="A position of a day to come, or one that replaces a later one, is meant."
    ),
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
    *,
    wait: bool = False,
    i_know: bool = False,
) -> Settings:
    """The settings of a command, its output folder made.

    Raises:
        TieoutError: the position is of a day to come, and nobody said that this is meant.
    """
    # Of the place on earth where the day is latest: nobody's today is refused.
    latest = (datetime.now(timezone.utc) + timedelta(hours=14)).replace(tzinfo=None)
    for option, asked in (("--as-of", as_of), ("--known-at", known_at)):
        if asked is not None and asked > latest and not i_know:
            raise TieoutError(
                f"{option} {asked:%Y-%m-%d} lies in the future",
                "give a day that has come; with --i-know it is built all the same, and its history is taken back by"
                " the next run of a day that has come",
            )
    names = tuple(name.strip() for name in (systems or "").split(",") if name.strip())
    settings = Settings(
        output=output,
        config=config,
        systems=names,
        imports=imports,
        as_of=as_of.date() if as_of else None,
        known_at=known_at,
        wait=wait,
        i_know=i_know,
    )
    # First: a folder that is no company's is left as it is.
    link(home())
    settings.prepare()
    return settings


def next_verb(verb: str, output: Path) -> None:
    """Says which verb comes next, with the output folder where it is not the usual one."""
    console.next_step(f"tieout {verb}" + ("" if output == WAREHOUSE else f" --output {output}"))
