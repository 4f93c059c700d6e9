"""What a person sees of a run: a bar while it works, a table when it is done, two lines when it fails."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines.errors import TieoutError

Report = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are (0: not known)."""

# Into a file or a CI log, tables keep their figures whole instead of folding to 80 columns.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
err = Console(stderr=True, highlight=False)


@contextmanager
def working(title: str, to: Console = out) -> Iterator[Report]:
    """A progress bar for as long as the block runs, then one line with the seconds it took.

    `to` is standard error where standard output is what a program reads.
    """
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=28), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("[dim]{task.fields[now]}"), console=to, transient=True) as progress:
        task = progress.add_task(escape(title), total=None, now="")

        def report(now: str, done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None, now=escape(now[:60]))

        yield report
    to.print(f"[green]✓[/] {escape(title)} [dim]{time.monotonic() - started:.1f} s[/]")


def table(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table of what was done; columns whose cells are all numbers stand to the right."""
    drawn = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    for position, header in enumerate(headers):
        numbers = bool(rows) and all(_is_number(row[position]) for row in rows)
        # Folded where it is narrow, never cut: names and ids are there to be copied.
        drawn.add_column(escape(header), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(escape(_shown(cell)) for cell in row))
    out.print(drawn)


def say(text: str) -> None:
    """One line for the person; what it quotes from data is shown, never obeyed."""
    out.print(escape(text))


def next_step(text: str) -> None:
    """What to do now."""
    out.print(f"[bold]Next:[/] {escape(text)}")


def fail(error: TieoutError) -> None:
    """The cause and the remedy, on standard error."""
    err.print(f"[red bold]error:[/] {escape(error.cause)}", soft_wrap=True)
    if error.remedy:
        err.print(f"[bold]remedy:[/] {escape(error.remedy)}", soft_wrap=True)


def _is_number(cell: object) -> bool:
    return cell in ("", "–") or _shown(cell).replace(",", "").replace(".", "").lstrip("-").isdigit()


def _shown(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.1f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
