"""The verbs of a run, each with its progress and its summary, and all of them in order."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout import console
from tieout.company.home import home
from tieout.errors import TieoutError
from tieout.lock import writing
from tieout.pack.step import pack_step
from tieout.remedies import CONNECT, HAS_DEMO
from tieout.settings import Settings
from tieout.sources.connectors import connectors
from tieout.warehouse.build import BuildResult, as_built, build, rebuild, test
from tieout.warehouse.docs_site import write_docs
from tieout.warehouse.history import correct_history, take_back_future, write_history
from tieout.warehouse.publish import Published, guard_position, publish

if TYPE_CHECKING:
    from tieout.contracts.findings import SystemCheck
    from tieout.landing.land import Landed

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def run_all(settings: Settings) -> None:
    """Land, check, build, publish, docs, pack.

    A system that could not be landed, or whose load did not pass its checks, does not hold up the
    others: what was good before stays in use, the rest goes on, and the run ends with that error.
    When no system at all could be landed, the run ends there, and what was published stays as it
    is.

    Raises:
        TieoutError: a step failed, or the above.
    """
    with held(settings, "run"):
        guard_position(settings)
        _run_all(settings)


def _run_all(settings: Settings) -> None:
    landed = _land(settings)
    left_out = _refused_landings(landed)
    if left_out and all(result.error for result in landed):
        raise TieoutError("\n".join(left_out))
    left_out += _refused_loads(_check(settings))
    build_step(settings)
    publish_step(settings)
    history_step(settings)
    docs_step(settings)
    pack_step(settings)
    if left_out:
        raise TieoutError(
            "published without what is new from some systems:\n" + "\n".join(left_out)
        )


def held(settings: Settings, command: str) -> AbstractContextManager[None]:
    """The lock of the output, for as long as a command writes there."""
    return writing(settings.output, command, wait=settings.wait, say=console.aside)


def publish_all(settings: Settings) -> None:
    """Tests the build again, publishes it, and takes it into the history if it is of the
    present."""
    with held(settings, "publish"):
        # A build is published as what it is, whatever day it is today.
        built = as_built(settings)
        guard_position(built)
        retest_step(built)
        publish_step(built)
        # A day that is asked for by name is only looked at: it leaves no history.
        if settings.as_of is None and settings.known_at is None:
            history_step(built)


def land_step(settings: Settings) -> None:
    """Lands, and says what came.

    Raises:
        TieoutError: a system could not be landed; those that could are.
    """
    with held(settings, "land"):
        landed = _land(settings)
    if refused := _refused_landings(landed):
        raise TieoutError("\n".join(refused))


def check_step(settings: Settings) -> None:
    """Checks what arrived, and says what was found.

    Raises:
        TieoutError: a load did not pass, and is kept out.
    """
    with held(settings, "check"):
        checked = _check(settings)
    if refused := _refused_loads(checked):
        raise TieoutError("\n".join(refused), f"see {settings.output / 'data_docs' / 'index.html'}")


def build_step(settings: Settings) -> BuildResult:
    """Builds and tests, and says how many of each, with every warning."""
    with held(settings, "build"):
        _take_back_future(settings)
        with console.working("Build") as report:
            result = build(settings, report)
    return _told_build(result, "Built")


def rebuild_step(settings: Settings) -> BuildResult:
    """Builds and tests what hangs on people's answers, and says how many of each, with every
    warning."""
    with held(settings, "build --answers"), console.working("Build") as report:
        result = rebuild(settings, report)
    return _told_build(result, "Built")


def retest_step(settings: Settings) -> BuildResult:
    """Runs the data tests over what is built, and says how many there were, with every warning."""
    with held(settings, "test"), console.working("Test") as report:
        result = test(settings, report)
    return _told_build(result, "Tested")


def publish_step(settings: Settings) -> Published:
    """Publishes, and says how many rows of each mart."""
    with held(settings, "publish build"), console.working("Publish") as report:
        result = publish(settings, report)
    rows = list(result.rows.items())
    console.table(f"Published in {settings.published}", ["mart", "rows"], rows)
    return result


def history_step(settings: Settings) -> None:
    """Takes what the controls found into the history of exceptions, unless it is a position of the
    past."""
    with held(settings, "history"):
        _take_back_future(settings)
        written = write_history(settings)
    if not written:
        console.say(f"a position of the past: {settings.history} stays as it is")


def _take_back_future(settings: Settings) -> None:
    if day := take_back_future(settings):
        console.say(
            f"what a run dated {day} wrote into {settings.history} is taken back: that day is to come"
        )


def correct_history_step(settings: Settings, day: date) -> None:
    """Takes back what the history learnt after a day, and says what that was."""
    with held(settings, "history"):
        kept, counts = correct_history(settings, day)
    console.table(f"Taken back: what came after {day}", ["of", "rows"], list(counts.items()))
    console.say(f"as it was before: {kept}")


def docs_step(settings: Settings) -> None:
    """Writes the docs site."""
    with held(settings, "docs"), console.working("Docs"):
        write_docs(settings)


def chosen_systems(settings: Settings) -> Sequence[str]:
    """The systems of this run: those named, here or in `tieout.toml`, else those that have
    settings.

    Raises:
        TieoutError: none is named and none has settings.
    """
    if chosen := settings.systems or home().systems:
        return chosen
    configured = [name for name in connectors() if is_configured(name, settings)]
    if not configured:
        raise TieoutError(
            f"no system is configured in {settings.config}",
            f"{'try `tieout demo`, ' if HAS_DEMO else ''}give a folder of files with --imports DIR, or see {CONNECT}",
        )
    return configured


def is_configured(name: str, settings: Settings) -> bool:
    """Whether the settings, the environment or an option say where the system is."""
    if name == "imports" and settings.imports is not None:
        return True
    if any(variable.startswith(f"SOURCES__{name.upper()}__") for variable in os.environ):
        return True
    return any(name in sources(settings.config / file) for file in ("config.toml", "secrets.toml"))


def sources(path: Path) -> dict[str, Any]:
    """The systems of a settings file; none where there is no file.

    Raises:
        TieoutError: it is not TOML.
    """
    if not path.exists():
        return {}
    try:
        settings: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TieoutError(f"{path} is not TOML: {error}", "correct the line it names") from error
    found: dict[str, Any] = settings.get("sources", {})
    return found


def _land(settings: Settings) -> list[Landed]:
    from tieout.landing.land import land

    systems = chosen_systems(settings)
    with console.working("Land") as report:

        def follow(system: str, step: str) -> None:
            report(f"{system}: {step}", 0, 0)

        results = land(systems, settings.imports, settings.config, settings.output, follow)
    rows = [_landed_row(result) for result in results]
    console.table(
        "Landed", ["system", "received", "new", "changed", "deleted", "seconds", ""], rows
    )
    for result in results:
        for table, columns in result.drift.items():
            console.say(
                f"new in {result.source_system}.{table}, kept as text: {', '.join(columns)}"
            )
        for table, why in result.refused.items():
            console.say(f"missing: {result.source_system}.{table}, and what hangs on it. {why}")
        for keys in result.alike:
            console.say(
                f"alike in {result.source_system}.{keys} differ by case, blanks or Unicode form alone"
            )
    return results


def _landed_row(result: Landed) -> list[object]:
    def total(count: str) -> int:
        return sum(getattr(entity, count) for entity in result.entities)

    counts = [
        total("received_count"),
        total("new_count"),
        total("changed_count"),
        total("deleted_count"),
    ]
    remark = (
        "not landed"
        if result.error
        else "an interrupted run's, completed"
        if result.resumed
        else ""
    )
    return [result.source_system, *counts, result.seconds, remark]


def _refused_landings(results: Sequence[Landed]) -> list[str]:
    return [
        f"{error}\n{error.remedy}".strip()
        for error in (result.error for result in results)
        if error
    ]


def _check(settings: Settings) -> Sequence[SystemCheck]:
    from tieout.contracts.check import check

    with console.working("Check") as report:
        results = check(settings, report)
    rows = [
        [
            result.source_system,
            len(result.load_ids),
            sum(table.record_count for table in result.tables),
            sum(table.rule_count for table in result.tables),
            sum(len(table.findings) for table in result.tables),
            result.status,
        ]
        for result in results
    ]
    console.table("Checked", ["system", "loads", "records", "rules", "findings", "status"], rows)
    for result in results:
        for finding in result.findings:
            console.say(f"{finding.severity}, {result.source_system}.{finding}")
    return results


def _refused_loads(results: Sequence[SystemCheck]) -> list[str]:
    return [
        f"{result.source_system}: {result.reason}"
        for result in results
        if result.status == "rejected"
    ]


def _told_build(result: BuildResult, title: str) -> BuildResult:
    rows = [["models", result.models], ["seeds", result.seeds], ["tests", result.tests]]
    console.table(
        f"{title} in {result.seconds:.1f} s", ["", "count"], [row for row in rows if row[1]]
    )
    if result.warnings:
        console.table(
            "Warnings", ["test", "what it found"], [[w.name, w.message] for w in result.warnings]
        )
    return result
