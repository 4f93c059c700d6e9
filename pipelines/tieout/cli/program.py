"""`tieout …`: the verbs together, and what every one of them ends with."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, NoReturn, TextIO, cast

import typer

from tieout import console, failures
from tieout.cli import (
    bridge,
    build,
    check,
    controls,
    docs,
    doctor,
    exceptions,
    history,
    init,
    lake,
    land,
    margin,
    new,
    pack,
    publish,
    review,
    run,
    trace,
    train,
)
from tieout.errors import TieoutError
from tieout.remedies import HAS_DEMO
from tieout.safe_text import Hiding

_SHOWN = "`tieout demo` shows it on a company that comes along; " if HAS_DEMO else ""
app = typer.Typer(
    name="tieout",
    help="Joins CRM, work-order and ledger data and explains, to the cent, why booked, delivered, invoiced, "
    f"recognised and cash differ.\n\n{_SHOWN}`tieout run` does it on "
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
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Say which version this is."
        ),
    ] = False,
) -> None:
    """Reads what concerns all commands."""


_STEPS: tuple[Callable[..., None], ...] = (
    init.init,
    land.land,
    check.check,
    build.build,
    publish.publish,
    docs.docs,
    run.run,
)
# The demo company is a package of its own, which may be left out.
_DEMO: tuple[Callable[..., None], ...] = (
    (import_module("tieout_demo.command").demo,) if HAS_DEMO else ()
)


def _no_demo() -> None:
    """Run the demo company."""
    raise TieoutError(
        "the demo company is not installed: it comes with the repository, not with the wheel",
        "clone the repository and run `make demo`, or try `tieout init DIR`, which has a sample",
    )


_OTHERS: tuple[Callable[..., None], ...] = (
    doctor.doctor,
    controls.controls,
    bridge.bridge,
    margin.margin,
    trace.trace,
    pack.pack,
    train.train,
    history.history,
)
for verb in (*_STEPS, *_DEMO, *_OTHERS):
    app.command()(verb)
if not HAS_DEMO:
    # Whatever was asked of it, the answer is the same.
    anything = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("demo", hidden=True, context_settings=anything)(_no_demo)
app.add_typer(exceptions.exceptions_app, name="exceptions")
app.add_typer(review.review_app, name="review")
app.add_typer(lake.lake_app, name="lake")
app.add_typer(new.new_app, name="new")


STOPPED = 130
"""As the shell reports it: 128 + SIGINT."""


STOP_AGAIN = 5.0
"""Seconds after which a Ctrl-C that nobody heard is said again."""


@contextmanager
def _heard() -> Iterator[None]:
    """Ctrl-C is said again until it is heard: DuckDB, for one, swallows it for a second while it
    looks for pandas."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    ):
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
    console.fail(
        TieoutError("stopped by hand", "run the same command again: it goes on where it was")
    )
    sys.exit(STOPPED)


def main() -> None:
    """The console script: a failure a person can act on is told in two lines, never as a
    traceback."""
    # The last wall: whatever writes to them, a library or the interpreter itself, no secret gets
    # through.
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
