"""The commands that read what is published: controls, the bridge, exceptions, and what people decide."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from pipelines.cli_options import HERE, WAREHOUSE, AsOf, IKnow, Output, OutputAfter, Shape, Wait, settings_of

Severity = Literal["low", "medium", "high", "fatal"]
Status = Literal["open", "reopened", "acknowledged", "waived", "resolved"]


def controls(
    output: Output = WAREHOUSE,
    fail_on: Annotated[
        Severity | None, typer.Option(help="Exit with 1 when a control of this severity or worse failed.")
    ] = None,
    shape: Shape = "table",
) -> None:
    """What every control found, on the day that is published.

    A control that had nothing to look at says `no_population`, one whose subjects are all too young to be judged
    `not_due_yet`: neither is passing. One that did not run always fails. Loss is money earned and not coming, or
    charged and not owed; doubt is a record to mend before anyone knows. Each amount is counted once.
    """
    from pipelines.exceptions_view import controls_step

    controls_step(settings_of(HERE, None, None, output), fail_on, shape)


def bridge(
    output: Output = WAREHOUSE,
    customer: Annotated[str | None, typer.Option(help="Only of this customer: a part of its name, or its key.")] = None,
    job: Annotated[str | None, typer.Option(help="Only of this job: its id, code or key.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only of deals of this person.")] = None,
    product: Annotated[
        str | None, typer.Option(help="Only of this product: a part of its name, its code or key.")
    ] = None,
    month: Annotated[datetime | None, typer.Option(formats=["%Y-%m"], help="Only what happened in this month.")] = None,
    first: Annotated[
        str, typer.Option("--from", help="Stage to start at: booked, contracted, delivered, invoiced.")
    ] = "booked",
    last: Annotated[str, typer.Option("--to", help="Stage to end at: contracted … cash, or recognised.")] = "cash",
    shape: Shape = "table",
    pieces: Annotated[bool, typer.Option("--pieces", help="Every piece with the records behind it.")] = False,
    as_of: AsOf = None,
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """Walk from one stage to another: every cent of the difference by its cause, and a residual of nothing.

    `tieout bridge --customer "quill housing" --from delivered --to invoiced --pieces` shows what of its work is not
    billed, and why, record by record. The position is the published one; with --as-of it is that of another day,
    which is built beside it the first time.
    """
    from pipelines.bridge import Asked
    from pipelines.bridge_view import bridge_step

    asked = Asked(customer, job, owner, product, month.date() if month else None)
    day = as_of.date() if as_of else None
    settings = settings_of(HERE, None, None, output, as_of, wait=wait, i_know=i_know)
    bridge_step(settings, asked, first, last, shape, pieces, day)


def trace(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="A job's id or code, an invoice number, a deal's id or name, a payment's id, an exception's key, or "
            "the id of any other record. Where a word can be several things, say which: invoice:1011.",
        ),
    ],
    output: Output = WAREHOUSE,
    shape: Annotated[
        Literal["table", "json"], typer.Option("--format", help="A table for people, or json for a program.")
    ] = "table",
    records: Annotated[bool, typer.Option("--records", help="Each record as it arrived, with its load.")] = False,
) -> None:
    """Follow a figure down to its source records: deal, change orders, work, invoices, cash, journals.

    `tieout trace INV-10042` shows the invoice's job from signature to cash: every event with its day, amounts and
    rules, every piece of the differences between them, its exceptions, and the source's own records.
    """
    from pipelines.trace.view import trace_step

    trace_step(settings_of(HERE, None, None, output), subject, shape, records)


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
        Status | None, typer.Option(help="Only these (default: what is neither waived nor resolved).")
    ] = None,
    severity: Annotated[Severity | None, typer.Option(help="Only of this severity.")] = None,
    job: Annotated[str | None, typer.Option(help="Only of this job, by its id or code.")] = None,
    roots: Annotated[bool, typer.Option("--roots", help="Without what follows from another exception.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many (default: 40 in a table, else all).")
    ] = None,
    shape: Shape = "table",
) -> None:
    """List the exceptions that are open, the largest first. `tieout exceptions show KEY` shows one."""
    context.obj = output
    if context.invoked_subcommand is None:
        from pipelines.controls import Filter
        from pipelines.exceptions_view import list_step

        wanted = Filter(control, owner, status, severity, job, roots)
        list_step(settings_of(HERE, None, None, output), wanted, limit, shape)


@exceptions_app.command()
def show(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its key, or how it begins.")],
    output: OutputAfter = None,
) -> None:
    """Show one exception: what it is, why, what to do, how such went before, and the source's own records."""
    from pipelines.exceptions_view import show_step

    show_step(settings_of(HERE, None, None, output or context.obj), key)


@exceptions_app.command()
def decide(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its key, or how it begins.")],
    reason: Annotated[str, typer.Option(help="Why, in a sentence.")],
    acknowledge: Annotated[bool, typer.Option("--acknowledge", help="Somebody looks at it.")] = False,
    waive: Annotated[bool, typer.Option("--waive", help="It may stand, until a day.")] = False,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The waiver's last day.")] = None,
    approved_by: Annotated[str | None, typer.Option(help="Who approved the waiver: somebody else.")] = None,
    by: Annotated[str | None, typer.Option(help="Who decides (default: the user of this machine).")] = None,
    output: OutputAfter = None,
) -> None:
    """Decide about one exception: a row of `seeds/exception_decisions.csv`; its pull request is the approval."""
    from pipelines.exceptions_view import decide_step

    last_day = until.date() if until else None
    settings = settings_of(HERE, None, None, output or context.obj)
    decide_step(settings, key, reason, acknowledge, waive, last_day, approved_by, by)
