"""`tieout trace`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tieout.cli.options import HERE, WAREHOUSE, Output, settings_of


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
        Literal["table", "json"],
        typer.Option("--format", help="A table for people, or json for a program."),
    ] = "table",
    records: Annotated[
        bool, typer.Option("--records", help="Each record as it arrived, with its load.")
    ] = False,
) -> None:
    """Follow a figure down to its source records: deal, change orders, work, invoices, cash,
    journals.

    `tieout trace INV-10042` shows the invoice's job from signature to cash: every event with its
    day, amounts and rules, every item of the differences between them, its exceptions, and the
    source's own records.
    """
    from tieout.trace.view import trace_step

    trace_step(settings_of(HERE, None, None, output), subject, shape, records)
