"""`tieout new`: the files of something new, for who works on the product itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import typer

from tieout import console
from tieout.cli.options import Severity
from tieout.settings import PROJECT

Assertion = Literal[
    "completeness", "occurrence", "accuracy", "cut_off", "classification", "rights", "valuation"
]
Owner = Literal["billing", "account_manager", "operations", "finance"]

new_app = typer.Typer(
    help="Write the files of something new, in a checkout of the repository.", add_completion=False
)


@new_app.callback()
def new() -> None:
    """Holds the things that can be new."""


@new_app.command()
def control(
    name: Annotated[str, typer.Argument(help="Its id: what is wrong, in words with _ between.")],
    family: Annotated[str, typer.Option(help="Its folder in models/controls.", prompt=True)],
    title: Annotated[str, typer.Option(help="What it is called.", prompt=True)],
    why: Annotated[
        str, typer.Option(help="Why it matters, in a sentence.", prompt="Why it matters")
    ],
    how: Annotated[
        str, typer.Option(help="How to resolve what it finds.", prompt="How to resolve it")
    ],
    decided_by: Annotated[str, typer.Option(help="Who decided the rule.", prompt=True)],
    approved_by: Annotated[str, typer.Option(help="Who approved it.", prompt=True)],
    assertion: Annotated[
        Assertion, typer.Option(help="The auditors' assertion that it tests.")
    ] = "accuracy",
    owner: Annotated[Owner, typer.Option(help="Who acts on what it finds.")] = "finance",
    severity: Annotated[Severity, typer.Option(help="How bad it is.")] = "medium",
    risk: Annotated[
        Literal["doubt", "none"],
        typer.Option(help="What its amounts are; a loss also needs its gap of the bridge."),
    ] = "doubt",
    window_days: Annotated[int, typer.Option(min=0, help="Days that may pass first.")] = 0,
) -> None:
    """Write a control that runs: a model, its description, its test, its place in the list, its row
    of the register.

    The model asks a sample question of every invoice. Change it into your rule, then say in
    `tests/python/control_faults.py` what the smallest fault is that it must find.
    """
    from tieout.findings.new_control import Control, write_control

    today = date.today().isoformat()  # noqa: DTZ011 - a rule holds from a day of its author's calendar
    waits = "true" if window_days else "false"
    words = (
        title,
        family,
        assertion,
        owner,
        severity,
        risk,
        "0",
        "0",
        str(window_days),
        waits,
        "",
        "",
        today,
    )
    written = write_control(
        PROJECT, Control(name, *words, why.rstrip("."), how.rstrip("."), decided_by, approved_by)
    )
    for path in written:
        console.say(str(path.relative_to(PROJECT)))
    console.next_step(
        f"write the rule in {written[0].name}, and its smallest fault in tests/python/control_faults.py"
    )
