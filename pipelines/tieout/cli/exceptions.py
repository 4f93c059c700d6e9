"""`tieout exceptions`: list them, look at one, decide."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from tieout.cli.options import HERE, WAREHOUSE, Output, OutputAfter, Severity, Shape, settings_of

Status = Literal["open", "reopened", "acknowledged", "waived", "resolved"]

exceptions_app = typer.Typer(
    help="What needs a person: list it, look at one, decide about it.\n\n"
    "In the list `days` counts from the first day on which it could be found, `loss` is money earned and not coming "
    "or charged and not owed, `doubt` hangs on a record to mend, and `counted` is how much of the two is its own: what "
    "follows from another exception counts there.",
    invoke_without_command=True,
    add_completion=False,
)


@exceptions_app.callback()
def exceptions(
    context: typer.Context,
    output: Output = WAREHOUSE,
    control: Annotated[str | None, typer.Option(help="Only of this control.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only whose owner's name holds this.")] = None,
    status: Annotated[
        Status | None,
        typer.Option(help="Only these (default: what is neither waived nor resolved)."),
    ] = None,
    severity: Annotated[Severity | None, typer.Option(help="Only of this severity.")] = None,
    job: Annotated[str | None, typer.Option(help="Only of this job, by its id or code.")] = None,
    roots: Annotated[
        bool, typer.Option("--roots", help="Without what follows from another exception.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many (default: 40 in a table, else all).")
    ] = None,
    shape: Shape = "table",
) -> None:
    """List the exceptions that are open, the largest first. `tieout exceptions show KEY` shows
    one."""
    context.obj = output
    if context.invoked_subcommand is None:
        from tieout.findings.controls import Filter
        from tieout.findings.exceptions import list_step

        wanted = Filter(control, owner, status, severity, job, roots)
        list_step(settings_of(HERE, None, None, output), wanted, limit, shape)


@exceptions_app.command()
def show(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its key, or how it begins.")],
    output: OutputAfter = None,
) -> None:
    """Show one exception: what it is, why, what to do, how such went before, and the source's own
    records."""
    from tieout.findings.exceptions import show_step

    show_step(settings_of(HERE, None, None, output or context.obj), key)


@exceptions_app.command()
def decide(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its key, or how it begins.")],
    reason: Annotated[str, typer.Option(help="Why, in a sentence.")],
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="Somebody looks at it.")
    ] = False,
    waive: Annotated[bool, typer.Option("--waive", help="It may stand, until a day.")] = False,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The waiver's last day.")
    ] = None,
    approved_by: Annotated[
        str | None, typer.Option(help="Who approved the waiver: somebody else.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who decides (default: the user of this machine).")
    ] = None,
    output: OutputAfter = None,
) -> None:
    """Decide about one exception: a row of `seeds/exception_decisions.csv`; its pull request is the
    approval."""
    from tieout.findings.exceptions import decide_step

    last_day = until.date() if until else None
    settings = settings_of(HERE, None, None, output or context.obj)
    decide_step(settings, key, reason, acknowledge, waive, last_day, approved_by, by)
