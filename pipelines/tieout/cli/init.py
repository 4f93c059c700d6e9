"""`tieout init`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer

from tieout import console


def init(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="The company's folder; it is made where it is missing."),
    ],
    template: Annotated[
        Literal["files"] | None,
        typer.Option(
            help="`files`: also a commented file without rows for each entity, in `templates/`."
        ),
    ] = None,
) -> None:
    """Write a company's own folder: its settings, the judgement of its people, and a sample to try
    it on.

    What is there already stays as it is, so that `tieout init .` adds what a newer Tieout asks for.
    Then `cd DIR && tieout run`.
    """
    from tieout.company.init import write_folder, write_templates

    written = write_folder(folder)
    if template == "files":
        written += write_templates(folder / "templates")
    console.say(f"{len(written)} files written in {folder}")
    if not any((folder / "wheels").glob("tieout-*.whl")):
        console.say(
            "for another machine, put the wheel that you installed into its wheels/"
            " (README.md, On another machine)"
        )
    console.next_step(
        "tieout run"
        if folder.resolve() == Path.cwd()
        else f"cd {shlex.quote(str(folder))} && tieout run"
    )
