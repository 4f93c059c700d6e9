"""Lands a made-up source day by day in processes that are killed. Run as a script by test_land.py.

The parent imports everything once and forks a process for each landing, so that a kill hits the
landing itself and not the seconds of imports before it. It never opens a database, as a fork must
not inherit one.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dlt.destinations.impl.duckdb.duck import DuckDbClient
from dlt.extract.extract import Extract as ExtractStep
from dlt.pipeline.pipeline import Pipeline
from fake_systems import INVOICES, LINES, Batch, connector, install, invoice, line

import tieout.landing.destination
import tieout.landing.land
from tieout.landing.table_types import Extract

DAYS = 3


def one_day(said: Extract) -> Iterator[Batch]:
    """The next day of the source: new invoices with lines, changes of older ones, one deletion."""
    day = said.state.get("day", 0)
    if day == DAYS:
        return
    first = day * 40
    numbers = [*range(first, first + 40), *(range(first - 10, first) if day else ())]
    yield (
        "invoices",
        [invoice(f"i{n}", f"{n + day}.00", changed_at=f"2025-01-{day + 1:02}") for n in numbers],
    )
    yield "invoice_lines", [line(f"i{n}", k, k + day) for n in numbers for k in range(3 - day % 2)]
    if day:
        said.delete("invoices", [(f"i{first - 20}",)])
    said.state["day"] = day + 1


def land_a_day(output: Path) -> None:
    install(hubspot=connector("hubspot", (INVOICES, LINES), one_day))
    for landed in tieout.landing.land.land(["hubspot"], None, output / ".dlt", output):
        if landed.error is not None:
            raise landed.error


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_before(owner: Any, name: str) -> None:
    setattr(owner, name, die)


def dies_after(owner: Any, name: str) -> None:
    whole = getattr(owner, name)

    def then_die(*arguments: Any, **named: Any) -> Any:
        whole(*arguments, **named)
        die()

    setattr(owner, name, then_die)


def dies_removing(owner: Any) -> None:
    """Dies with the folders of packages gone, and the file beside them, which says that they are
    there, not."""
    whole = owner.rmtree

    def begin_to(folder: Path, **named: Any) -> None:
        if (folder / "load").exists():
            for packages in (*(folder / "load").iterdir(), *(folder / "normalize").iterdir()):
                if packages.is_dir():
                    whole(packages)
            die()
        whole(folder, **named)

    owner.rmtree = begin_to


# The seams of a landing: what is done before each is durable, what comes after is not.
SEAMS: dict[str, Callable[[], None]] = {
    "rows extracted, package not yet committed": lambda: dies_after(ExtractStep, "extract"),
    "package committed, not normalised": lambda: dies_before(Pipeline, "normalize"),
    "package normalised, nothing loaded": lambda: dies_before(Pipeline, "load"),
    "inside the transaction of a file": lambda: dies_after(
        tieout.landing.destination.Stamping, "run"
    ),
    "a file is in, dlt does not know": lambda: dies_after(
        tieout.landing.destination.StampJob, "run"
    ),
    "all files are in, the package is not complete": lambda: dies_before(
        DuckDbClient, "complete_load"
    ),
    "the package is complete, its folder is still there": lambda: dies_after(
        DuckDbClient, "complete_load"
    ),
    "the load is not yet visible": lambda: dies_before(tieout.landing.land, "admit_loads"),
    "the working folder is half removed": lambda: dies_removing(tieout.landing.land.shutil),
}


def in_a_process(work: Callable[[], None], killed_after: float | None = None) -> int:
    """Runs work in a process of its own; its wait status."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(1)
        os._exit(0)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def finish(output: Path) -> None:
    """Lands what remains, and must not fail."""
    for _ in range(DAYS):
        if in_a_process(lambda: land_a_day(output)) != 0:
            raise SystemExit("a landing after the kill failed")


def main(output: Path, how: str) -> None:
    if how in SEAMS:
        in_a_process(lambda: land_a_day(output))

        def dying() -> None:
            SEAMS[how]()
            land_a_day(output)

        status = in_a_process(dying)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"the landing did not reach the seam: {how}")
    elif how.startswith("random "):
        started = time.monotonic()
        in_a_process(lambda: land_a_day(output))
        duration = time.monotonic() - started
        moments = random.Random(int(how.split()[1]))  # noqa: S311 - moments, not secrets
        kills = sum(
            os.WIFSIGNALED(in_a_process(lambda: land_a_day(output), moments.uniform(0, duration)))
            for _ in range(12)
        )
        print(f"{kills} kills")
    finish(output)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
