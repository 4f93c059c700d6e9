"""`tieout …`: parses, calls, prints. What it calls lives in the module of the same name."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines import console
from pipelines.errors import TieoutError
from pipelines.settings import Settings

app = typer.Typer(
    name="tieout",
    help="Joins CRM, work-order and ledger data and explains, to the cent, why booked, delivered, invoiced, "
    "recognised and cash differ.\n\n`tieout demo` shows it on a company that comes along; `tieout run` does it on "
    "yours.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

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


@app.command()
def land(config: Config = HERE, systems: Systems = None, imports: Imports = None, output: Output = WAREHOUSE) -> None:
    """Fetch what is new from every system into the log, `raw.duckdb`.

    Each version of a record is kept once; landing the same data twice adds nothing. A system that cannot be landed
    stops by itself and is named; the others still land.
    """
    from pipelines.run import land_step

    land_step(_settings(config, systems, imports, output))
    _next("check", output)


@app.command()
def check(output: Output = WAREHOUSE, systems: Systems = None, as_of: AsOf = None) -> None:
    """Check what has arrived, with Great Expectations, before any model may use it.

    A load that fails is marked and kept out; what was good before stays in use. The findings are pages:
    `data_docs/index.html` in the output folder.
    """
    from pipelines.run import check_step

    check_step(_settings(HERE, systems, None, output, as_of))
    _next("build", output)


@app.command()
def build(output: Output = WAREHOUSE, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """Build and test every model with dbt, into `build.duckdb`.

    With `--as-of` or `--known-at` it is the position of a past day, or of what was known then.
    """
    from pipelines.run import build_step

    build_step(_settings(HERE, None, None, output, as_of, known_at))
    _next("publish", output)


@app.command()
def publish(output: Output = WAREHOUSE, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """Test the build again, then switch the published marts to it in one step.

    Readers of the published file are never blocked and never see half a build.
    """
    from pipelines.run import history_step, publish_step, retest_step

    settings = _settings(HERE, None, None, output, as_of, known_at)
    retest_step(settings)
    publish_step(settings)
    # A day that is asked for by name is looked at; only `tieout run` lives through it.
    if as_of is None and known_at is None:
        history_step(settings)
    _next("docs", output)


@app.command()
def docs(output: Output = WAREHOUSE) -> None:
    """Write the docs site: every mart, column, test and its lineage, one file that opens from disk."""
    from pipelines.run import docs_step

    settings = _settings(HERE, None, None, output)
    docs_step(settings)
    console.next_step(f"open {settings.docs}")


@app.command()
def run(
    config: Config = HERE,
    systems: Systems = None,
    imports: Imports = None,
    output: Output = WAREHOUSE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """All of it in order: land, check, build, publish, docs.

    Run it as often as you like, by hand or from a scheduler: what has not changed is not landed again, and only a
    build whose laws hold is published.
    """
    from pipelines.run import run_all

    settings = _settings(config, systems, imports, output, as_of, known_at)
    run_all(settings)
    console.next_step(f"open {settings.docs}, or query {settings.marts}, read-only")


@app.command()
def demo(
    output: Output = WAREHOUSE,
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day the demo company has reached.")
    ] = datetime(2026, 6, 30),  # noqa: DTZ001 - a day, not an instant
    scale: Annotated[float, typer.Option(min=0.02, max=10, help="1 is about 480 customers and 2,500 deals.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 1,
    database: Annotated[
        str | None, typer.Option(help="postgresql://… to keep the work orders there instead of in SQLite.")
    ] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Then say what the controls found of the faults that were planted.")
    ] = False,
) -> None:
    """Start the demo company's CRM, work-order and ledger systems, and run against them.

    Run it again with a later `--until` to live through the days between; run it again with nothing changed and
    nothing lands. Faults are planted, and listed in `demo/truth.csv` of the output folder.
    """
    from pipelines.demo.run import run_demo

    settings = run_demo(_settings(HERE, None, None, output), until.date(), scale=scale, seed=seed, database=database)
    if measure:
        from pipelines.exceptions_view import measure_step

        measure_step(settings)
    console.next_step(f"open {settings.docs}, or query {settings.marts}, read-only")


@app.command()
def controls(
    output: Output = WAREHOUSE,
    fail_on: Annotated[
        str | None,
        typer.Option(help="Exit with 1 when a control of this severity or worse failed: low, medium, high or fatal."),
    ] = None,
) -> None:
    """What every control found, on the day that is published.

    A control that had nothing to look at says `no_population`, which is not passing; one that did not run always fails.
    """
    from pipelines.exceptions_view import controls_step

    controls_step(_settings(HERE, None, None, output), fail_on)


@app.command()
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
    shape: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    pieces: Annotated[bool, typer.Option("--pieces", help="Every piece with the records behind it.")] = False,
) -> None:
    """Walk from one stage to another: every cent of the difference by its cause, and a residual of nothing.

    `tieout bridge --customer alder --from delivered --to invoiced --pieces` shows what of Alder's work is not billed,
    and why, record by record. The position is the published one; `tieout build --as-of DATE` gives another.
    """
    from pipelines.bridge import Asked
    from pipelines.bridge_view import bridge_step

    asked = Asked(customer, job, owner, product, month.date() if month else None)
    bridge_step(_settings(HERE, None, None, output), asked, first, last, shape, pieces)


exceptions_app = typer.Typer(
    help="What needs a person: list it, look at one, decide about it.",
    invoke_without_command=True,
    add_completion=False,
)
app.add_typer(exceptions_app, name="exceptions")


@exceptions_app.callback()
def exceptions(
    context: typer.Context,
    output: Output = WAREHOUSE,
    control: Annotated[str | None, typer.Option(help="Only of this control.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only whose owner's name holds this.")] = None,
    status: Annotated[
        str | None, typer.Option(help="Only these: open, reopened, acknowledged, waived or resolved.")
    ] = None,
    severity: Annotated[str | None, typer.Option(help="Only of this severity.")] = None,
    job: Annotated[str | None, typer.Option(help="Only of this job, by its id or code.")] = None,
    roots: Annotated[bool, typer.Option("--roots", help="Without what follows from another exception.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 40,
) -> None:
    """List the exceptions that are open, the largest first. `tieout exceptions show KEY` shows one."""
    context.obj = output
    if context.invoked_subcommand is None:
        from pipelines.controls import Filter
        from pipelines.exceptions_view import list_step

        wanted = Filter(control, owner, status, severity, job, roots)
        list_step(_settings(HERE, None, None, output), wanted, limit)


@exceptions_app.command()
def show(context: typer.Context, key: Annotated[str, typer.Argument(help="Its key, or how it begins.")]) -> None:
    """Show one exception: what it is, why, what to do, how such went before, and the source's own records."""
    from pipelines.exceptions_view import show_step

    show_step(_settings(HERE, None, None, context.obj), key)


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
) -> None:
    """Decide about one exception: a row of `seeds/exception_decisions.csv`; its pull request is the approval."""
    from pipelines.exceptions_view import decide_step

    last_day = until.date() if until else None
    decide_step(_settings(HERE, None, None, context.obj), key, reason, acknowledge, waive, last_day, approved_by, by)


def _next(verb: str, output: Path) -> None:
    console.next_step(f"tieout {verb}" + ("" if output == WAREHOUSE else f" --output {output}"))


def _settings(
    config: Path,
    systems: str | None,
    imports: Path | None,
    output: Path,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> Settings:
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


def main() -> None:
    """The console script: a failure a person can act on is told in two lines, never as a traceback."""
    try:
        app()
    except TieoutError as error:
        console.fail(error)
        sys.exit(1)
    except KeyboardInterrupt:
        console.fail(TieoutError("stopped by hand", "run the same command again: it goes on where it was"))
        # As the shell reports it: 128 + SIGINT.
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
