"""What a person sees of a run: a bar while it works, a table when it is done, two lines when it
fails."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tieout import failures
from tieout.errors import TieoutError
from tieout.safe_text import in_json, safe

Report = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are (0: not
known)."""

# Into a file or a CI log, tables keep their figures whole instead of folding to 80 columns.
LONGEST = 30
"""Lines that a failure takes at most; what is longer is in a file as well."""
_WIDEST = 1_000

out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
err = Console(stderr=True, highlight=False)


@contextmanager
def working(title: str, to: Console = out) -> Iterator[Report]:
    """A progress bar for as long as the block runs, then one line with the seconds it took.

    `to` is standard error where standard output is what a program reads.
    """
    started = time.monotonic()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, TextColumn("[dim]{task.fields[now]}"), console=to, transient=True
    ) as progress:
        task = progress.add_task(_told(title), total=None, now="")

        def report(now: str, done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None, now=_told(now)[:60])

        yield report
    to.print(f"[green]✓[/] {_told(title)} [dim]{time.monotonic() - started:.1f} s[/]")


def table(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table of what was done; columns whose cells are all numbers stand to the right."""
    drawn = Table(title=_told(title), title_justify="left", title_style="bold", header_style="bold")
    for position, header in enumerate(headers):
        numbers = bool(rows) and all(_is_number(row[position]) for row in rows)
        # Folded where it is narrow, never cut: names and ids are there to be copied.
        drawn.add_column(_told(header), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(_told(_shown(cell).replace("\n", "\\n")) for cell in row))
    out.print(drawn)


def say(text: str) -> None:
    """One line for the person; what it quotes from data is shown, never obeyed."""
    out.print(_told(text))


def aside(text: str) -> None:
    """One line beside what the command prints: on standard error."""
    err.print(_told(text), soft_wrap=True)


def next_step(text: str) -> None:
    """What to do now."""
    out.print(f"[bold]Next:[/] {_told(text)}")


def write(text: str) -> None:
    """What another program reads, on standard output: as it is, but for secrets and what a terminal
    would obey."""
    sys.stdout.write(safe(text))


def write_json(value: object) -> None:
    """A document for another program: amounts as text, for a JSON number is a floating-point one
    for most readers."""
    sys.stdout.write(in_json(json.dumps(value, default=str, ensure_ascii=False, indent=2)) + "\n")


def fail(error: TieoutError) -> None:
    """The cause and the remedy, on standard error; what is longer than a screen goes to a file,
    which is named."""
    cause, remedy = _shortened(error.cause, LONGEST - 8), _shortened(error.remedy, 6)
    if (cause, remedy) != (error.cause, error.remedy):
        path = failures.write("failure", f"error: {error.cause}\nremedy: {error.remedy}\n")
        remedy += f"\nall of it is in {path}" if path else ""
    err.print(f"[red bold]error:[/] {_told(cause)}", soft_wrap=True)
    if remedy.strip():
        err.print(f"[bold]remedy:[/] {_told(remedy.strip())}", soft_wrap=True)


def _shortened(text: str, most: int) -> str:
    lines = text.splitlines()
    shown = [line if len(line) <= _WIDEST else f"{line[:_WIDEST]} …" for line in lines[:most]]
    if len(lines) > most:
        shown[-1] = f"… and {len(lines) - most + 1} lines more"
    return "\n".join(shown)


def _told(text: str) -> str:
    """What is quoted from data is shown, never obeyed, neither by the terminal nor by rich; secrets
    are hidden."""
    return escape(safe(text))


def _is_number(cell: object) -> bool:
    return cell in ("", "–") or _shown(cell).replace(",", "").replace(".", "").lstrip("-").isdigit()


def _shown(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.1f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
