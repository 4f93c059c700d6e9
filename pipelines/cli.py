"""`tieout …`: parses, calls, prints. What it calls lives in the module of the same name."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn, TextIO, cast

import typer

from pipelines import cli_findings, cli_pack, cli_review, console, failures
from pipelines.cli_options import (
    HERE,
    WAREHOUSE,
    AsOf,
    Config,
    IKnow,
    Imports,
    KnownAt,
    Output,
    Systems,
    Wait,
    settings_of,
)
from pipelines.errors import TieoutError
from pipelines.safe_text import Hiding

app = typer.Typer(
    name="tieout",
    help="Joins CRM, work-order and ledger data and explains, to the cent, why booked, delivered, invoiced, "
    "recognised and cash differ.\n\n`tieout demo` shows it on a company that comes along; `tieout run` does it on "
    "yours. `--as-of DAY` gives the position of a past day, `--known-at TIME` what was known by then.",
    epilog="Exit status: 0 when all went well; 1 when something failed, with its cause and remedy; 2 for a call that "
    "cannot be read. `tieout COMMAND --help` teaches each.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tieout {version('tieout')}")
        raise typer.Exit


@app.callback()
def tieout(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Reads what concerns all commands."""


@app.command()
def land(
    config: Config = HERE,
    systems: Systems = None,
    imports: Imports = None,
    output: Output = WAREHOUSE,
    wait: Wait = False,
) -> None:
    """Fetch what is new from every system into the log, `raw.duckdb`.

    Each version of a record is kept once; landing the same data twice adds nothing. A system that cannot be landed
    stops by itself and is named; the others still land.
    """
    from pipelines.run import land_step

    land_step(settings_of(config, systems, imports, output, wait=wait))
    _next("check", output)


@app.command()
def check(
    output: Output = WAREHOUSE,
    systems: Systems = None,
    as_of: AsOf = None,
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """Check what has arrived, with Great Expectations, before any model may use it.

    A load that fails is marked and kept out; what was good before stays in use. The findings are pages:
    `data_docs/index.html` in the output folder.
    """
    from pipelines.run import check_step

    check_step(settings_of(HERE, systems, None, output, as_of, wait=wait, i_know=i_know))
    _next("build", output)


@app.command()
def build(
    output: Output = WAREHOUSE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    answers: Annotated[
        bool,
        typer.Option(
            "--answers", help="Only what hangs on the answers of `tieout review`, in the build that is there."
        ),
    ] = False,
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """Build and test every model with dbt, into `build.duckdb`.

    With `--as-of` or `--known-at` it is the position of a past day, or of what was known then.
    """
    from pipelines.run import build_step, rebuild_step

    step = rebuild_step if answers else build_step
    step(settings_of(HERE, None, None, output, as_of, known_at, wait=wait, i_know=i_know))
    _next("publish", output)


@app.command()
def publish(
    output: Output = WAREHOUSE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """Test the build again, then switch the published marts to it in one step.

    Readers of the published file are never blocked and never see half a build.
    """
    from pipelines.run import publish_all

    publish_all(settings_of(HERE, None, None, output, as_of, known_at, wait=wait, i_know=i_know))
    _next("docs", output)


@app.command()
def docs(output: Output = WAREHOUSE, wait: Wait = False) -> None:
    """Write the docs site: every mart, column, test and its lineage, one file that opens from disk."""
    from pipelines.run import docs_step

    settings = settings_of(HERE, None, None, output, wait=wait)
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
    wait: Wait = False,
    i_know: IKnow = False,
) -> None:
    """All of it in order: land, check, build, publish, docs, pack.

    Run it as often as you like, by hand or from a scheduler: what has not changed is not landed again, and only a
    build whose laws hold is published.
    """
    from pipelines.run import run_all

    settings = settings_of(config, systems, imports, output, as_of, known_at, wait=wait, i_know=i_know)
    run_all(settings)
    console.next_step(f"open {settings.pack / 'index.html'}, or query {settings.marts}, read-only")


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
    wait: Wait = False,
) -> None:
    """Start the demo company's CRM, work-order and ledger systems, and run against them.

    Run it again with a later `--until` to live through the days between; run it again with nothing changed and
    nothing lands. Faults are planted, and listed in `demo/truth.csv` of the output folder.
    """
    from pipelines.demo.run import run_demo

    settings = run_demo(
        settings_of(HERE, None, None, output, wait=wait), until.date(), scale=scale, seed=seed, database=database
    )
    if measure:
        from pipelines.exceptions_view import measure_step

        measure_step(settings)
    console.next_step(f"open {settings.pack / 'index.html'}, or query {settings.marts}, read-only")


@app.command()
def doctor(config: Config = HERE, output: Output = WAREHOUSE) -> None:
    """Say whether everything that Tieout needs is here, and what to do where it is not.

    It looks at the Python and its packages, the disk and memory, the settings of your systems and who may read them,
    the output folder, and what is published there. It lands nothing and calls no system.
    """
    from pipelines.doctor import doctor_step

    doctor_step(config, output)


app.command()(cli_findings.controls)
app.command()(cli_findings.bridge)
app.command()(cli_findings.trace)
app.command()(cli_pack.pack)
app.command()(cli_review.train)
app.add_typer(cli_findings.exceptions_app, name="exceptions")
app.add_typer(cli_review.review_app, name="review")


def _next(verb: str, output: Path) -> None:
    console.next_step(f"tieout {verb}" + ("" if output == WAREHOUSE else f" --output {output}"))


@app.command()
def history(
    back_to: Annotated[
        datetime,
        typer.Option("--back-to", formats=["%Y-%m-%d"], help="What the history learnt after this day is taken back."),
    ],
    output: Output = WAREHOUSE,
    wait: Wait = False,
) -> None:
    """Correct the history of exceptions: forget what runs of later days wrote into it.

    For a run that was dated wrongly, or made from wrong records. The history before the correction is kept beside it,
    and the next run writes the present anew.
    """
    from pipelines.run import correct_history_step

    correct_history_step(settings_of(HERE, None, None, output, wait=wait), back_to.date())
    _next("build", output)


STOPPED = 130
"""As the shell reports it: 128 + SIGINT."""


STOP_AGAIN = 5.0
"""Seconds after which a Ctrl-C that nobody heard is said again."""


@contextmanager
def _heard() -> Iterator[None]:
    """Ctrl-C is said again until it is heard: DuckDB, for one, swallows it for a second while it looks for pandas."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        yield
        return

    def stop(*_: object) -> NoReturn:
        signal.setitimer(signal.ITIMER_REAL, STOP_AGAIN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _stopped() -> NoReturn:
    console.fail(TieoutError("stopped by hand", "run the same command again: it goes on where it was"))
    sys.exit(STOPPED)


def main() -> None:
    """The console script: a failure a person can act on is told in two lines, never as a traceback."""
    # The last wall: whatever writes to them, a library or the interpreter itself, no secret gets through.
    sys.stdout, sys.stderr = cast("TextIO", Hiding(sys.stdout)), cast("TextIO", Hiding(sys.stderr))
    # A log that cannot be written, on a full disk, would print a traceback for each of its lines.
    logging.raiseExceptions = False
    try:
        with _heard():
            app()
    except KeyboardInterrupt:
        _stopped()
    except SystemExit as end:
        # Typer makes this of Ctrl-C.
        if end.code == STOPPED:
            _stopped()
        raise
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if failures.by_hand(error):
            _stopped()
        console.fail(error if isinstance(error, TieoutError) else failures.unforeseen(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
