"""`tieout doctor`: what Tieout needs, looked at one by one, with a remedy where something is not as
it should be."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

import duckdb
from packaging.requirements import Requirement

from tieout import console
from tieout.company.home import Home, home
from tieout.company.judgement import (
    landed,
    overrides,
    unfilled,
    unlisted,
    without_rates,
    without_role,
)
from tieout.errors import TieoutError
from tieout.lock import NAME, holder
from tieout.remedies import CONNECT, HAS_DEMO
from tieout.run import is_configured, sources
from tieout.settings import MEMORY, Settings
from tieout.sources.connectors import connectors

Verdict = Literal["good", "note", "wrong"]
GIB = 1024**3
LEAST_DISK = 5 * GIB
LEAST_MEMORY = 4 * GIB
MOST = 12
"""So many names fit a line."""
STALE = 36
"""Hours after which what a daily run publishes has missed one."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; the remedy where it is wrong, what follows from it where it is
    a note."""

    subject: str
    verdict: Verdict
    said: str
    remedy: str = ""


def doctor_step(config: Path, output: Path) -> None:
    """Prints what was looked at.

    Raises:
        TieoutError: something is wrong.
    """
    found = list(examine(config, output))
    marks = {"good": "✓", "note": "·", "wrong": "✗"}
    rows = [[marks[one.verdict], one.subject, one.said, one.remedy] for one in found]
    console.table("What Tieout needs", ["", "", "found", "what to do"], rows)
    if wrong := [one.subject for one in found if one.verdict == "wrong"]:
        raise TieoutError(f"not as it should be: {', '.join(wrong)}", "see the table above")


def examine(config: Path, output: Path) -> Iterator[Finding]:
    """Every finding, in the order in which a run would need it."""
    yield Finding("Python", "good", sys.version.split()[0])
    yield _packages()
    yield _memory()
    yield _disk(output)
    yield from _settings(config)
    yield _writer(output)
    yield _published(output)
    yield from _judgement(config, output)
    yield _browser()


def _packages() -> Finding:
    missing = []
    for line in requires("tieout") or []:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            if not wanted.specifier.contains(found := version(wanted.name), prereleases=True):
                missing.append(f"{wanted.name} {found}, not {wanted.specifier}")
        except PackageNotFoundError:
            missing.append(f"{wanted.name} is not installed")
    if missing:
        return Finding(
            "packages",
            "wrong",
            "; ".join(missing),
            "remove .venv and install again (make demo does)",
        )
    return Finding("packages", "good", f"as tieout {version('tieout')} asks for them")


def _memory() -> Finding:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    where = "TIEOUT_MEMORY" if "TIEOUT_MEMORY" in os.environ else "memory in tieout.toml"
    limit = os.environ.get("TIEOUT_MEMORY", home().said.get("memory"))
    if limit is None:
        where, limit = "TIEOUT_MEMORY", "3GB"
    said = f"{memory / GIB:.1f} GiB here; a build takes {limit} at most ({where})"
    if not MEMORY.fullmatch(limit):
        return Finding(
            "memory", "wrong", f"TIEOUT_MEMORY is {limit}", "give it a number and a unit: 3GB"
        )
    if memory < LEAST_MEMORY:
        return Finding(
            "memory",
            "note",
            said,
            f"set {where} to two thirds of what is here; what is more spills",
        )
    return Finding("memory", "good", said)


def _disk(output: Path) -> Finding:
    there = next(folder for folder in (output, *output.absolute().parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Finding(
            "output",
            "wrong",
            f"{there} cannot be written to",
            "make it writable, or give another --output",
        )
    free = shutil.disk_usage(there).free
    said = f"{output}, {free / GIB:.1f} GiB free"
    if free < LEAST_DISK:
        return Finding(
            "output", "note", said, "keep five times the size of what your systems export free"
        )
    return Finding("output", "good", said)


def _settings(config: Path) -> Iterator[Finding]:
    for name in ("config.toml", "secrets.toml"):
        path = config / name
        if not path.exists():
            continue
        try:
            sources(path)
        except (OSError, TieoutError) as error:
            yield Finding(str(path), "wrong", str(error), f"mend it: {CONNECT}")
            return
        if name == "secrets.toml" and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            yield Finding(
                str(path), "wrong", "others on this machine can read it", f"chmod 600 {path}"
            )
        else:
            yield Finding(str(path), "good", "can be read")
    systems = [name for name in connectors() if is_configured(name, Settings(config=config))]
    if systems:
        yield Finding("systems", "good", ", ".join(systems))
    else:
        guide = f"{CONNECT}; tieout demo shows it without any" if HAS_DEMO else CONNECT
        yield Finding("systems", "note", f"none is configured in {config}", guide)


def _writer(output: Path) -> Finding:
    path = output / NAME
    if not path.exists():
        return Finding("lock", "good", "nobody writes here")
    with path.open("r", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Finding(
                "lock",
                "note",
                f"being written to: {holder(file)}",
                "commands that write wait with --wait",
            )
    return Finding("lock", "good", "nobody writes here")


def _published(output: Path) -> Finding:
    path = output / "published" / "run.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Finding("published", "note", "nothing yet", "tieout run")
    except (OSError, ValueError) as error:
        return Finding("published", "wrong", f"{path}: {error}", "tieout run")
    age = datetime.now(timezone.utc) - datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    said = f"{record['run_id']}, {age.total_seconds() / 3600:,.0f} hours ago"
    if record["as_of"]:
        said += f", the position of {record['as_of']}"
    if age.total_seconds() > STALE * 3600:
        return Finding(
            "published",
            "note",
            said,
            "a daily run has been missed: look at the scheduler, or tieout run",
        )
    return Finding("published", "good", said)


def _judgement(config: Path, output: Path) -> Iterator[Finding]:
    """What the company's seeds put in another's place, and what they forget."""
    company, settings = home(), Settings(output=output, config=config)
    if company.is_own and "reporting_currency" not in company.said:
        yield Finding(
            "reporting currency",
            "wrong",
            "tieout.toml has none",
            'write reporting_currency = "EUR", or yours',
        )
    systems = _connected(settings)
    try:
        systems |= set(landed(settings))
    except duckdb.Error as error:
        yield _unread(settings.raw, error)
    if found := unlisted(company, systems):
        remedy = f"give each a line in {company.seed('source_systems')}: whose books, which currency, which time zone"
        yield Finding("source_systems", "note", f"without a line: {', '.join(found)}", remedy)
    if found := unfilled(company, datetime.now(timezone.utc).date()):
        remedy = f"give each a line in {company.seed('responsibilities')}, or its exceptions are nobody's to work"
        yield Finding(
            "responsibilities", "note", f"nobody is named for: {', '.join(found)}", remedy
        )
    try:
        yield from _judgement_of_published(company, settings)
    except duckdb.Error as error:
        yield _unread(settings.marts, error)
    if found := overrides(company):
        yield Finding(
            "overrides",
            "note",
            _shown(found),
            "rows of yours in the place of Tieout's; an upgrade keeps them",
        )


def _connected(settings: Settings) -> set[str]:
    """Systems with settings of their own; none where those cannot be read, which is a finding
    already."""
    try:
        return {
            name for name in connectors() if name != "imports" and is_configured(name, settings)
        }
    except TieoutError:
        return set()


def _judgement_of_published(company: Home, settings: Settings) -> Iterator[Finding]:
    """What the published figures lack for want of a row."""
    if found := without_role(company, settings):
        remedy = (
            f"say in {company.seed('account_roles')} what each is, or nothing is compared with it"
        )
        yield Finding(
            "account_roles", "note", f"revenue accounts without a role: {_shown(found)}", remedy
        )
    if found := without_rates(settings):
        yield Finding(
            "exchange rates",
            "note",
            f"none for {', '.join(found)}",
            "land fx_rates from them to yours",
        )


def _unread(path: Path, error: duckdb.Error) -> Finding:
    """A database that gave no answer; most often a run is writing it."""
    said = f"{path} cannot be read: {str(error).strip().splitlines()[0]}"
    return Finding("seeds", "note", said, "ask again once no run is writing, or `tieout run`")


def _shown(found: Sequence[str]) -> str:
    return "; ".join(found[:MOST]) + (
        f"; and {len(found) - MOST} more" if len(found) > MOST else ""
    )


def _browser() -> Finding:
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if found is None:
        return Finding(
            "Chromium", "note", "not found", "only the project's own tests and pictures need it"
        )
    return Finding("Chromium", "good", found)
