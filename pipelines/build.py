"""Builds the warehouse with dbt, in this process: the second call parses in a third of a second instead of ten."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult

from pipelines.errors import TieoutError
from pipelines.settings import PROJECT, Settings

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""

FAILED = {"error", "fail", "runtime error", "partial success"}


@dataclass(frozen=True)
class Outcome:
    """One node of a dbt run that did not simply pass."""

    name: str
    status: str
    message: str


@dataclass(frozen=True)
class BuildResult:
    """What a dbt run did: counts of nodes by kind, and every warning."""

    models: int
    tests: int
    seeds: int
    warnings: tuple[Outcome, ...]
    seconds: float


def build(settings: Settings, progress: Progress, select: Sequence[str] = ()) -> BuildResult:
    """Builds and tests the models into `<output>/build.duckdb`.

    Args:
        settings: where to, and for which position.
        progress: told of each node.
        select: dbt's node selection; empty means everything.

    Raises:
        TieoutError: nothing has landed, or a model or a test of severity error failed; the message names each one.
    """
    if not settings.raw.exists():
        raise TieoutError(
            f"there is nothing to build from: {settings.raw} does not exist",
            "run `tieout land` first, or `tieout run` for all of it in order",
        )
    # Unit tests are about the code, not about what landed: `dbt build` and `make test` run them.
    arguments = ["build", "--exclude-resource-type", "unit_test", *(["--select", *select] if select else [])]
    return _run(settings, arguments, progress)


def test(settings: Settings, progress: Progress) -> BuildResult:
    """Runs every data test over what is built.

    Raises:
        TieoutError: nothing is built, or a test of severity error failed; the message names each one.
    """
    if not settings.build.exists():
        raise TieoutError(f"there is no build in {settings.output}", "run `tieout build` first")
    return _run(settings, ["test", "--exclude-resource-type", "unit_test"], progress)


def dbt(
    settings: Settings, arguments: Sequence[str], callbacks: Sequence[Callable[[Any], None]] = ()
) -> dbtRunnerResult:
    """One dbt command over this project and this output, without its own console output."""
    settings.prepare()
    variables = ["--vars", json.dumps(settings.dbt_vars())] if settings.dbt_vars() else []
    fixed = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--log-path", str(settings.target / "logs")]
    try:
        return dbtRunner(callbacks=list(callbacks)).invoke(
            [*arguments, *variables, *fixed, "--log-level", "none", "--log-level-file", "info"]
        )
    finally:
        # The adapter would keep the build's file open for as long as this process lives, and nobody else could read it.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


def _run(settings: Settings, arguments: Sequence[str], progress: Progress) -> BuildResult:
    started = time.monotonic()
    seen = {"done": 0, "total": 0}

    def follow(event: Any) -> None:
        if event.info.name == "ConcurrencyLine":
            seen["total"] = event.data.node_count
        elif event.info.name == "NodeStart":
            progress(event.data.node_info.node_name, seen["done"], seen["total"])
        elif event.info.name == "NodeFinished":
            seen["done"] += 1
            progress(event.data.node_info.node_name, seen["done"], seen["total"])

    answer = dbt(settings, arguments, [follow])
    results: list[Any] = list(getattr(answer.result, "results", None) or [])
    if answer.exception is not None or not results:
        cause = str(answer.exception or "dbt ran no node").strip()
        raise TieoutError(cause, f"see {settings.target / 'logs' / 'dbt.log'}")
    failures = [_outcome(result) for result in results if str(result.status) in FAILED]
    if failures:
        raise TieoutError(_told(failures), f"nothing was published; see {settings.target / 'logs' / 'dbt.log'}")
    return BuildResult(
        models=sum(result.node.resource_type == "model" for result in results),
        tests=sum(result.node.resource_type == "test" for result in results),
        seeds=sum(result.node.resource_type == "seed" for result in results),
        warnings=tuple(_outcome(result) for result in results if str(result.status) == "warn"),
        seconds=time.monotonic() - started,
    )


def _outcome(result: Any) -> Outcome:
    message = " ".join(str(result.message or "").split())
    return Outcome(name=str(result.node.name), status=str(result.status), message=message)


def _told(failures: Sequence[Outcome]) -> str:
    lines = [f"  {failure.name}: {failure.message}" for failure in failures]
    return f"{len(failures)} of the build's models or tests failed:\n" + "\n".join(lines)
