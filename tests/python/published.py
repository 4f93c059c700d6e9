"""Fixtures: the small company, published once; copies of it to change; a browser to open its
pages."""

from __future__ import annotations

import csv
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tieout.run import docs_step, publish_step, run_all
from tieout.settings import Settings

SMALL_COMPANY = Path(__file__).parents[1] / "fixtures" / "small_company"


@pytest.fixture(scope="session")
def small_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Everything a run leaves of the small company at the end of February 2026. Read it; never
    write to it.

    `make test` has landed, checked and built it already, and says where (TIEOUT_SMALL_COMPANY).
    """
    built = os.environ.get("TIEOUT_SMALL_COMPANY")
    settings = Settings(
        output=Path(built) if built else tmp_path_factory.mktemp("small") / "warehouse",
        systems=("imports",),
        imports=SMALL_COMPANY,
        as_of=date(2026, 2, 28),
    )
    settings.prepare()
    if not built:
        run_all(settings)
        return settings
    # Whichever of the processes that share the tests comes first.
    with (settings.output / "published.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not settings.docs.exists():
            publish_step(settings)
            docs_step(settings)
    return settings


@pytest.fixture
def copy_of(tmp_path: Path) -> Iterator[Callable[[Settings], Settings]]:
    """Copies a warehouse, so that a test may change it."""
    before = dict(os.environ)

    def copy(settings: Settings) -> Settings:
        made = len(list(tmp_path.glob("warehouse*")))
        output = tmp_path / (f"warehouse_{made + 1}" if made else "warehouse")
        shutil.copytree(settings.output, output, symlinks=True)
        copied = replace(settings, output=output)
        copied.prepare()
        return copied

    yield copy
    os.environ.clear()
    os.environ.update(before)


def writable(settings: Settings) -> Path:
    """The published file, for a test that plants something in a copy of its own: it is read-only on
    disk."""
    file = settings.marts.resolve()
    for path in (file.parent, file):
        path.chmod(0o755)
    return file


@pytest.fixture(scope="session")
def imports_with() -> Callable[[Path, str, str, str, str], tuple[Path, int]]:
    """Copies the small company's files with one value of a column replaced; says where, and in
    which line."""

    def changed(
        folder: Path, system: str, entity: str, column: str, value: str
    ) -> tuple[Path, int]:
        copied = folder / "imports"
        shutil.copytree(SMALL_COMPANY, copied)
        path = copied / system / f"{entity}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        line = len(rows) // 2
        rows[line][rows[0].index(column)] = value
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return copied, line + 1

    return changed


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine, without a window (tests/components.sh installs it); skipped
    where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        reason = "there is no Chromium on this machine: run tests/components.sh, or install it"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=[*quiet, "--disable-component-update", "--disable-sync"]
        )
        yield browser
        browser.close()
