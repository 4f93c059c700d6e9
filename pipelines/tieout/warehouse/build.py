"""Builds the warehouse with dbt, in this process, which parses the project once for all the
commands that it runs."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import duckdb

from tieout import failures
from tieout.company.home import home
from tieout.errors import TieoutError
from tieout.identity.answers import check_answers
from tieout.settings import Settings
from tieout.warehouse.history import prepare_history

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""

Rows = Callable[[str], list[tuple[Any, ...]]]
"""Asks the engine that builds."""

SPARK = "spark"
"""The target of profiles.yml that runs on Spark."""

_Graph = tuple[str | None, str]
"""The target, and the variables that decide what there is to build."""

_PARSED: dict[_Graph, Manifest] = {}
"""The project as it was parsed in this process."""

_COMPILED: dict[_Graph, tuple[Path, str]] = {}
"""The output and the position that a parsed project was last compiled for."""

DECISIONS = ("customer_links+", "product_links+", "person_links+", "job_links+")
"""What people say of who is who, and all that hangs on it."""

SHOWN = 5
"""So many rows of a failed test are shown, where they name what is to be corrected."""

CONTROL_TEST = "control_"
"""How the test of a control is called, before the control's id."""

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
        TieoutError: nothing has landed, people's answers contradict each other, or a model or a test of severity error
            failed; the message names each one.
    """
    if not settings.raw.exists():
        raise TieoutError(
            f"there is nothing to build from: {settings.raw} does not exist",
            "run `tieout land` first, or `tieout run` for all of it in order",
        )
    check_answers()
    # Unit tests are about the code, not about what landed: `dbt build` and `make test` run them.
    # Of what is selected, those tests that need nothing else.
    chosen = ["--select", *select, "--indirect-selection", "cautious"] if select else []
    arguments = ["build", "--exclude-resource-type", "unit_test", *chosen]
    if settings.spark is None:
        _make_room(settings, select)
        return _run(settings, arguments, progress)
    from tieout.spark.engine import engine

    with engine(settings, settings.spark, lambda: _make_room(settings, select)) as rows:
        return _run(settings, arguments, progress, rows)


def _make_room(settings: Settings, select: Sequence[str]) -> None:
    """Takes the build that is there away, where everything is made anew: nothing has to be moved
    out of the way first, and the file does not grow."""
    if not select:
        for path in (settings.build, settings.build.with_name(f"{settings.build.name}.wal")):
            path.unlink(missing_ok=True)
        _keep_position(settings)


def rebuild(settings: Settings, progress: Progress) -> BuildResult:
    """Takes people's answers (the seeds of links) into a build that is there, and tests what hangs
    on them.

    What landed since, staging and the input layer stay as they were built, and so does the
    position.

    Raises:
        TieoutError: nothing is built, it is of another position than the one that is asked for, people's answers
            contradict each other, or a model or a test of severity error failed; the message names each one.
    """
    if not settings.build.exists():
        raise TieoutError(f"there is no build in {settings.output}", "run `tieout build` first")
    check_answers()
    settings = as_built(settings)
    return _run(
        settings,
        ["build", "--exclude-resource-type", "unit_test", "--select", *DECISIONS],
        progress,
    )


def as_built(settings: Settings) -> Settings:
    """The settings with the position of the build that is there, which is the one meant where none
    is named.

    Raises:
        TieoutError: another one is named.
    """
    if not settings.position.exists():
        return settings  # built by dbt itself
    said = json.loads(settings.position.read_text(encoding="utf-8"))
    built = replace(
        settings,
        as_of=date.fromisoformat(said["as_of"]) if said["as_of"] else None,
        known_at=datetime.fromisoformat(said["known_at"]) if said["known_at"] else None,
    )
    asked = (settings.as_of, settings.known_at)
    if asked not in ((None, None), (built.as_of, built.known_at)):
        raise TieoutError(
            f"the build in {settings.output} is {_told_position(built)}, and this asks for {_told_position(settings)}",
            "run `tieout build` with the same --as-of and --known-at first, or leave them out here",
        )
    return built


def _keep_position(settings: Settings) -> None:
    said = {
        "as_of": settings.as_of.isoformat() if settings.as_of else None,
        "known_at": settings.known_at.isoformat() if settings.known_at else None,
    }
    made = settings.position.with_name(f".{settings.position.name}.new")
    made.write_text(json.dumps(said) + "\n", encoding="utf-8")
    made.replace(settings.position)


def _told_position(settings: Settings) -> str:
    day = f"the position of {settings.as_of}" if settings.as_of else "the present position"
    return day + (f" as known at {settings.known_at}" if settings.known_at else "")


def test(settings: Settings, progress: Progress) -> BuildResult:
    """Runs every data test over what is built.

    Raises:
        TieoutError: nothing is built, or a test of severity error failed; the message names each one.
    """
    if not settings.build.exists():
        raise TieoutError(f"there is no build in {settings.output}", "run `tieout build` first")
    return _run(settings, ["test", "--exclude-resource-type", "unit_test"], progress)


def dbt(
    settings: Settings,
    arguments: Sequence[str],
    callbacks: Sequence[Callable[[Any], None]] = (),
    variables: Mapping[str, object] | None = None,
) -> dbtRunnerResult:
    """One dbt command over this project and this output, without its own console output.

    Args:
        settings: where to, and for which position.
        arguments: the command and its options.
        callbacks: told of each of dbt's events.
        variables: dbt's vars, beside those of the position.

    Raises:
        TieoutError: the project cannot be parsed.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    settings.prepare()
    prepare_history(settings.history)
    target = SPARK if settings.spark is not None else None
    graph, position = (
        (target, _as_vars(variables or {})),
        _as_vars({**settings.dbt_vars(), **(variables or {})}),
    )
    project = home().folder
    fixed = ["--project-dir", str(project), "--profiles-dir", str(project)]
    fixed += ["--target", target] if target else []
    fixed += [
        "--log-path",
        str(settings.target / "logs"),
        "--log-level",
        "none",
        "--log-level-file",
        "info",
    ]
    try:
        if graph not in _PARSED:
            with _from_the_root(project, target):
                parsed = _not_by_hand(dbtRunner().invoke(["parse", *fixed, "--vars", graph[1]]))
            if parsed.exception is not None:
                raise TieoutError(
                    str(parsed.exception).strip(), f"see {settings.target / 'logs' / 'dbt.log'}"
                )
            _PARSED[graph] = cast("Manifest", parsed.result)
        _COMPILED[graph] = (settings.output, position)
        runner = dbtRunner(manifest=_PARSED[graph], callbacks=list(callbacks))
        return _not_by_hand(runner.invoke([*arguments, *fixed, "--vars", position]))
    finally:
        # The adapter would keep the build's file open for as long as this process lives, and nobody
        # else could read it.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


def _not_by_hand(answer: dbtRunnerResult) -> dbtRunnerResult:
    """The answer, unless it is that a person stopped it: dbt hands that over like any failure."""
    if answer.exception is not None and failures.by_hand(answer.exception):
        raise KeyboardInterrupt from answer.exception
    return answer


def is_compiled(settings: Settings) -> bool:
    """Whether this process last built this output for this position, so that it has each model's
    SQL already."""
    graph = (None, _as_vars({}))
    if _COMPILED.get(graph) != (settings.output, _as_vars(settings.dbt_vars())):
        return False
    return all(
        getattr(node, "compiled", True)
        for node in _PARSED[graph].nodes.values()
        if str(node.resource_type) == "model"
    )


def _as_vars(variables: Mapping[str, object]) -> str:
    return json.dumps(dict(variables), sort_keys=True)


@contextmanager
def _from_the_root(project: Path, target: str | None) -> Iterator[None]:
    """Parses as dbt itself does from the repo's root, whatever the output: what it saves in target/
    serves them all.

    What there is to build depends on neither the output nor the position. Reading it all takes many
    seconds, reading what has changed since takes two. A project that cannot be written to is read
    anew for each output. Another target is saved apart: what is saved is of one.
    """
    names = ("TIEOUT_OUTPUT", "DBT_TARGET_PATH") if os.access(project, os.W_OK) else ()
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    if names and target is not None:
        os.environ["DBT_TARGET_PATH"] = str(project / "target" / f"for_{target}")
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)
        os.environ.update(before)


def _run(
    settings: Settings, arguments: Sequence[str], progress: Progress, rows: Rows | None = None
) -> BuildResult:
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
        if answer.exception is not None and (known := failures.explained(answer.exception)):
            raise known
        cause = str(answer.exception or "dbt ran no node").strip()
        raise TieoutError(cause, f"see {settings.target / 'logs' / 'dbt.log'}")
    ask = rows or (lambda sql: _rows(settings.build, sql))
    failed = [_named(ask, result) for result in results if str(result.status) in FAILED]
    if failed:
        # Of a disk that is full or of memory that is gone, the models that it met tell nothing.
        for failure in failed:
            if known := failures.explained_text(failure.message):
                raise TieoutError(f"{failure.name}: {known.cause}", known.remedy)
        raise TieoutError(
            _told(failed), f"nothing was published; see {settings.target / 'logs' / 'dbt.log'}"
        )
    return BuildResult(
        models=sum(result.node.resource_type == "model" for result in results),
        tests=sum(result.node.resource_type == "test" for result in results),
        seeds=sum(result.node.resource_type == "seed" for result in results),
        warnings=tuple(_outcome(result) for result in results if str(result.status) == "warn"),
        seconds=time.monotonic() - started,
    )


def _rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _named(ask: Rows, result: Any) -> Outcome:
    """What failed; of a test whose rows are what a person has to correct, the first of them too."""
    outcome = _outcome(result)
    if outcome.status != "fail" or not result.node.config.meta.get("shows_rows"):
        return outcome
    rows = ask(f"select * from ({result.node.compiled_code}) order by all")
    shown = [" ".join(str(value) for value in row if value is not None) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        shown.append(f"and {len(rows) - SHOWN:,} more")
    return Outcome(outcome.name, outcome.status, f"{outcome.message}: {'; '.join(shown)}")


def _outcome(result: Any) -> Outcome:
    name, status = str(result.node.name), str(result.status)
    message = " ".join(str(result.message or "").split())
    if status in {"warn", "fail"} and result.failures:
        message = _found(name, int(result.failures), str(result.node.description))
    return Outcome(name, status, message)


def _found(name: str, count: int, description: str) -> str:
    """What a test found, in place of dbt's "Got 3 results, configured to warn if != 0"."""
    if name.startswith(CONTROL_TEST):
        control = name.removeprefix(CONTROL_TEST)
        return f"{count:,} exception{'s' * (count != 1)}: tieout exceptions --control {control}"
    rows = f"{count:,} row{'s' * (count != 1)}"
    return f"{rows}: {' '.join(description.split())}" if description else rows


def _told(failures: Sequence[Outcome]) -> str:
    lines = [f"  {failure.name}: {failure.message}" for failure in failures]
    return f"{len(failures)} of the build's models or tests failed:\n" + "\n".join(lines)
