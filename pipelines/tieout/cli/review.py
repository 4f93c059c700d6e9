"""`tieout review`: the queues of customers, products, people and jobs, and their answers."""

from __future__ import annotations

import getpass
from dataclasses import asdict, fields
from datetime import date
from typing import Annotated, Literal

import typer

from tieout import console
from tieout.cli.options import HERE, WAREHOUSE, Output, OutputAfter, Shape, settings_of
from tieout.company.home import home
from tieout.errors import TieoutError
from tieout.findings.review import (
    QUESTION_COLUMNS,
    SEED,
    Link,
    Record,
    question,
    questions,
    record,
    write,
)
from tieout.findings.review_candidates import (
    JOB_SEED,
    PERSON_SEED,
    PRODUCT_SEED,
    Candidate,
    Placement,
    candidates,
    job,
    person,
    place,
    placed,
    product,
)
from tieout.settings import Settings
from tieout.shapes import listed

Same = Annotated[bool, typer.Option("--same", help="They are one customer.")]
Different = Annotated[bool, typer.Option("--different", help="They are two.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence.")]
By = Annotated[str | None, typer.Option(help="Who decides (default: the user of this machine).")]

KINDS = {"product": "--products", "person": "--people"}
"""By which option two records of an entity are answered."""

SHOWN = 20
"""So many questions fit a terminal; a spreadsheet or a program gets them all."""

review_app = typer.Typer(
    help="Customers, products, people and jobs that somebody is asked about: list them, look at two, decide.",
    invoke_without_command=True,
    add_completion=False,
)


@review_app.callback()
def review(
    context: typer.Context,
    output: Output = WAREHOUSE,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many (default: 20 in a table, else all).")
    ] = None,
    entity: Annotated[
        Literal["customer", "product", "person", "job"], typer.Option(help="What to list.")
    ] = "customer",
    shape: Shape = "table",
) -> None:
    """List the customers that may be one, those whose answer is worth most first; or products,
    people, records of jobs.

    Answer with `tieout review decide KEY --same --reason "one company, renamed in 2024"`: it is a
    row of `seeds/customer_links.csv`, which always wins, and whose pull request is the approval. A
    link that was wrongly taken is undone by `tieout review link crm:17 ledger:44 --different
    --reason …`, and the next build shows it.
    """
    context.obj = output
    if context.invoked_subcommand is None:
        settings = settings_of(HERE, None, None, output)
        if entity == "customer":
            _list(settings, limit, shape)
        else:
            _list_candidates(settings, entity, limit, shape)


@review_app.command()
def show(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its key, or how it begins.")],
    output: OutputAfter = None,
) -> None:
    """Show both records side by side, with what agrees and what does not."""
    asked, sides = question(settings_of(HERE, None, None, output or context.obj), key)
    rows = [[name.replace("_", " "), _text(left), _text(right)] for name, left, right in sides]
    console.table(asked.key, ["", _named(asked.left), _named(asked.right)], rows)
    console.say(f"{asked.probability:.1%} likely one, and {asked.revenue:,.2f} would move")
    console.say(f"for: {asked.evidence_for or 'nothing'}")
    console.say(f"against: {asked.evidence_against or 'nothing'}")


@review_app.command()
def decide(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its key, or how it begins.")],
    reason: Reason,
    same: Same = False,
    different: Different = False,
    by: By = None,
    output: OutputAfter = None,
) -> None:
    """Answer one question of the queue."""
    asked, _ = question(settings_of(HERE, None, None, output or context.obj), key)
    _write(asked.left, asked.right, same, different, reason, by)


@review_app.command()
def link(
    context: typer.Context,
    left: Annotated[str, typer.Argument(help="One record, as SYSTEM:ID.")],
    right: Annotated[str, typer.Argument(help="The other, as SYSTEM:ID.")],
    reason: Reason,
    same: Same = False,
    different: Different = False,
    by: By = None,
    products: Annotated[
        bool, typer.Option("--products", help="They are products, not customers.")
    ] = False,
    people: Annotated[
        bool, typer.Option("--people", help="They are people, not customers.")
    ] = False,
    output: OutputAfter = None,
) -> None:
    """Say of any two records that they are one customer (product, person), or two, whatever the
    rules make of them."""
    if products and people:
        raise TieoutError("two records are of one kind", "give either --products or --people")
    settings: Settings = settings_of(HERE, None, None, output or context.obj)
    find, seed = (
        (product, PRODUCT_SEED) if products else (person, PERSON_SEED) if people else (record, SEED)
    )
    _write(find(settings, left), find(settings, right), same, different, reason, by, seed)


@review_app.command(name="place")
def place_record(
    context: typer.Context,
    named: Annotated[
        str, typer.Argument(help="The record, as SYSTEM:ENTITY:ID.", metavar="RECORD")
    ],
    reason: Reason,
    to: Annotated[str | None, typer.Option("--job", help="Its job, as SYSTEM:ID.")] = None,
    none: Annotated[bool, typer.Option("--no-job", help="It belongs to none.")] = False,
    by: By = None,
    output: OutputAfter = None,
) -> None:
    """Say to which job a record belongs: `tieout review place xero:invoice_lines:L-7 --job
    field_service:J-12 …`."""
    if (to is None) != none:
        raise TieoutError(
            "there is one answer at a time", "give either --job SYSTEM:ID or --no-job"
        )
    settings: Settings = settings_of(HERE, None, None, output or context.obj)
    job_system, job_id = job(settings, to) if to else (None, None)
    today = date.today()  # noqa: DTZ011 - people decide by their own calendar
    seed = home().seed(JOB_SEED)
    place(
        Placement(
            *placed(settings, named), job_system, job_id, reason, by or getpass.getuser(), today
        ),
        seed,
    )
    console.say(f"{named} belongs to {to or 'no job'}, in {seed}")
    console.next_step("commit the seed, then tieout build --answers")


def _list(settings: Settings, limit: int | None, shape: str) -> None:
    found, total = questions(settings, limit or (SHOWN if shape == "table" else None))
    if listed([asked.flat() for asked in found], QUESTION_COLUMNS, shape):
        return
    if not found:
        console.say("nobody needs to be asked")
        return
    rows: list[list[object]] = [
        [
            asked.key[:8],
            f"{asked.left_name} ({_named(asked.left)})",
            f"{asked.right_name} ({_named(asked.right)})",
            f"{asked.probability:.1%}",
            asked.evidence_for or "",
            asked.evidence_against or "",
            f"{asked.revenue:,.2f}",
        ]
        for asked in found
    ]
    console.table(
        f"{len(found)} of {total} questions",
        ["key", "one", "other", "likely", "for", "against", "revenue"],
        rows,
    )


def _list_candidates(settings: Settings, entity: str, limit: int | None, shape: str) -> None:
    found, total = candidates(settings, entity, limit or (SHOWN if shape == "table" else None))
    if listed(
        [asdict(asked) for asked in found], [field.name for field in fields(Candidate)], shape
    ):
        return
    if not found:
        console.say("nobody needs to be asked")
        return
    rows: list[list[object]] = [
        [
            asked.record + (f" ({asked.record_name})" if asked.record_name else ""),
            f"{asked.seed_name} ({asked.name})",
            asked.rule,
            asked.evidence_for or "",
            asked.evidence_against or "",
            f"{asked.amount:,.2f}",
        ]
        for asked in found
    ]
    console.table(
        f"{len(found)} of {total} answers that could be given",
        ["record", f"the {entity} it may be", "found by", "for", "against", "amount"],
        rows,
    )
    if entity in KINDS:
        console.next_step(
            f'tieout review link SYSTEM:ID SYSTEM:ID {KINDS[entity]} --same (or --different) --reason "…"'
        )
    else:
        console.next_step('tieout review place RECORD --job SYSTEM:ID (or --no-job) --reason "…"')


def _write(
    left: Record,
    right: Record,
    same: bool,
    different: bool,
    reason: str,
    by: str | None,
    seed: str = SEED,
) -> None:
    if same == different:
        raise TieoutError("there is one answer at a time", "give either --same or --different")
    decision = "same" if same else "different"
    today = date.today()  # noqa: DTZ011 - people decide by their own calendar
    file = home().seed(seed)
    write(Link(*left, *right, decision, reason, by or getpass.getuser(), today), file)
    console.say(f"{_named(left)} and {_named(right)} are {decision}, in {file}")
    console.next_step("commit the seed, then tieout build --answers")


def _named(of: Record) -> str:
    return ":".join(of)


def _text(value: object) -> str:
    return "" if value is None else str(value)
