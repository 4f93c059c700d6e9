"""Kills the steps of a demo's run, each from the state that it begins with, runs them again, and
compares.

A thousand whole demos would take a month of one core. A step depends on nothing but the files that
the ones before it left: what it changes is kept as it was before, and put back before each kill.
After the kill the step is run again, and what follows from it is compared: what landed, what was
accepted, the bytes that are published, the pages. Every tenth kill of landing or checking, the rest
of the run follows as well, to its publication.

    python tests/python/killed_demo.py DEMO KILLS SEED [SECONDS]

`DEMO` is the output of `tieout demo`; `KILLS` is how many have to come in time. Each is a line of
`DEMO/kills.jsonl`.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timezone
from datetime import time as clock
from pathlib import Path
from typing import Any

import duckdb
from demo_runs import doubled_rows, exported, raw_content
from killed_steps import READER, in_a_process, leftovers, steps

from tieout.settings import Settings
from tieout_demo.company import Company
from tieout_demo.run import HUBSPOT_FAULTS, XERO_FAULTS, XERO_MINUTE_SECONDS, _write_config
from tieout_demo.servers.hubspot import server as hubspot_server
from tieout_demo.servers.xero import server as xero_server

# What a step changes, beside its pages; and how often it is killed, as its time allows.
CHANGES = {"land": ("raw.duckdb", "dlt"), "check": ("raw.duckdb",), "publish": ("history.duckdb",)}
SHARES = {"land": 6, "check": 5, "build": 1, "publish": 16, "docs": 4, "pack": 4}
WHOLE = 10


def serve(output: Path) -> None:
    """The company's CRM and ledger, until somebody closes standard input."""
    told = json.loads((output / "demo" / "company.json").read_text(encoding="utf-8"))
    until = date.fromisoformat(told["until"])
    state = Company(seed=told["seed"], scale=told["scale"]).state(until)
    now = datetime.combine(until, clock(23, 59, 59), timezone.utc)
    xero = xero_server.serve(
        state.xero, now=now, faults=XERO_FAULTS, minute_seconds=XERO_MINUTE_SECONDS
    )
    with hubspot_server.serve(state.hubspot, faults=HUBSPOT_FAULTS) as crm, xero as ledger:
        url = f"sqlite:///{(output / 'demo' / 'work_orders.db').resolve()}"
        _write_config(output / "demo" / ".dlt", crm, ledger, url)
        print("ready", flush=True)
        sys.stdin.read()


class Killed:
    """A demo's output, the state that each of its steps begins with, and what each must end in."""

    def __init__(self, output: Path, kept: Path) -> None:
        told = json.loads((output / "demo" / "company.json").read_text(encoding="utf-8"))
        folder = output / "demo"
        self.settings = Settings(
            output=output,
            config=folder / ".dlt",
            imports=folder / "imports",
            as_of=date.fromisoformat(told["until"]),
            i_know=True,
        )
        self.settings.prepare()
        self.steps, self.kept, self.took = steps(self.settings), kept, dict[str, float]()
        self.said = kept / "said"

    def quietly(self, name: str) -> Callable[[], object]:
        """The step; what it says goes to a file."""

        def work() -> object:
            said = os.open(self.said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(said, 1)
            os.dup2(said, 2)
            return self.steps[name]()

        return work

    def run(self, name: str) -> None:
        """The step to its end."""
        started = time.monotonic()
        if status := in_a_process(self.quietly(name)):
            said = self.said.read_text(errors="replace")[-3000:]
            raise SystemExit(f"{name} ends with {os.waitstatus_to_exitcode(status)}: {said}")
        self.took[name] = time.monotonic() - started

    def prepare(self) -> None:
        """Runs every step once, from nothing; keeps what each begins with, and what it ends in."""
        self._remove("raw.duckdb", "dlt", "history.duckdb")
        for name in ("land", "check", "build", "publish", "docs", "pack"):
            self._keep(name)
            self.run(name)
            print(f"{name}: {self.took[name]:.1f} s", flush=True)
        self.want = {name: self.outcome(name) for name in self.steps}
        self.bytes = self.outcome("publish")
        self.figures = self._figures()

    def begin(self, name: str) -> None:
        """Puts back what the step begins with."""
        if name in CHANGES:
            self._remove(*CHANGES[name])
            for path in (self.kept / name).iterdir():
                copy = self.settings.output / path.name
                shutil.copytree(path, copy) if path.is_dir() else shutil.copy2(path, copy)

    def outcome(self, name: str) -> object:
        """What a step left, but for the names of runs and loads and the time of day."""
        settings = self.settings
        if name == "land":
            return raw_content(settings.raw), doubled_rows(settings.raw)
        if name == "check":
            with duckdb.connect(str(settings.raw), read_only=True) as connection:
                return connection.execute(
                    "select source_system, status, reason from tieout_meta.loads order by all"
                ).fetchall()
        if name == "docs":
            return _is_whole(settings.docs)
        if name == "pack":
            # What it holds names the run and the time; whether it is whole does not.
            return sorted(
                (str(path.relative_to(settings.pack)), path.suffix != ".html" or _is_whole(path))
                for path in settings.pack.rglob("*.*")
            )
        return _bytes((settings.published / "parquet").resolve())

    def whole(self, load_ids_differ: bool) -> str | None:
        """The rest of the run; what is wrong with its end."""
        for name in ("check", "build", "publish"):
            self.run(name)
        if load_ids_differ:
            return None if self._figures() == self.figures else "the figures"
        return None if self.outcome("publish") == self.bytes else "the published bytes"

    def _figures(self) -> dict[str, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            return exported(self.settings.marts, Path(folder) / "csv")

    def _keep(self, name: str) -> None:
        folder = self.kept / name
        folder.mkdir(parents=True)
        for changed in CHANGES.get(name, ()):
            path = self.settings.output / changed
            if path.is_dir():
                shutil.copytree(path, folder / changed)
            elif path.exists():
                shutil.copy2(path, folder / changed)

    def _remove(self, *names: str) -> None:
        for name in names:
            path = self.settings.output / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            path.with_name(f"{name}.wal").unlink(missing_ok=True)


def _is_whole(page: Path) -> bool:
    return page.read_text(encoding="utf-8").rstrip().endswith("</html>")


def _bytes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def one(company: Killed, name: str, number: int, moment: float, how: int) -> dict[str, Any]:
    """One kill, and what follows."""
    company.begin(name)
    before = company.outcome("publish")
    status = in_a_process(company.quietly(name), moment, how)
    in_time = os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) != 0
    wrong = []
    if company.outcome("publish") != before:
        wrong.append("what was published, after the kill")
    if not company.outcome("docs"):
        wrong.append("half a page of the docs, after the kill")
    if name == "pack" and company.outcome("pack") != company.want["pack"]:
        wrong.append("the pack, after the kill")
    company.run(name)
    if name == "build":
        company.run("publish")
    whole = name in ("land", "check") and number % WHOLE == 0
    ended = company.outcome(name) if name != "build" else company.outcome("publish")
    if ended != (company.want[name] if name != "build" else company.bytes):
        wrong.append(f"what {name} leaves, run again")
    if whole and (differs := company.whole(name == "land")):
        wrong.append(f"{differs}, at the end of the run")
    if left := leftovers(company.settings.output):
        wrong.append(f"left over: {left}")
    told = {"kill": number, "step": name, "after": round(moment, 2), "by": signal.Signals(how).name}
    return {**told, "in time": in_time, "whole run": whole, "wrong": wrong}


def kill(output: Path, kills: int, seed: int, seconds: float) -> int:
    """Kills until so many have come in time, or the time is over."""
    moments, ends = random.Random(seed), time.monotonic() + seconds  # noqa: S311 - to be drawn again
    with tempfile.TemporaryDirectory(dir=output.parent) as kept:
        company = Killed(output, Path(kept))
        company.prepare()
        stop = Path(kept) / "stop"
        readers = [
            subprocess.Popen(
                [sys.executable, "-c", READER, str(company.settings.published), str(stop), "1"],
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        came, wrong, number = Counter[str](), 0, 0
        names, shares = list(SHARES), list(SHARES.values())
        try:
            while came.total() < kills and time.monotonic() < ends:
                number += 1
                name = moments.choices(names, shares)[0]
                how = signal.SIGINT if number % 4 == 3 else signal.SIGKILL
                result = one(company, name, number, moments.uniform(0, company.took[name]), how)
                came[name] += result["in time"]
                wrong += bool(result["wrong"])
                with (output / "kills.jsonl").open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(result) + "\n")
                if any(reader.poll() is not None for reader in readers):
                    raise SystemExit(f"a reader met an error at kill {number}")
        finally:
            stop.touch()
            opened = sum(int(reader.communicate()[0] or 0) for reader in readers)
    print(
        json.dumps({"killed": came, "wrong": wrong, "opened by readers": opened, "tried": number})
    )
    return int(wrong > 0 or any(reader.returncode for reader in readers))


def main(output: Path, kills: int, seed: int, seconds: float) -> int:
    """Serves the company in a process of its own, for steps are forked from this one, and kills."""
    server = subprocess.Popen(
        [sys.executable, __file__, "serve", str(output)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        if server.stdout.readline() != "ready\n":
            raise SystemExit("the company's systems do not start")
        return kill(output, kills, seed, seconds)
    finally:
        server.kill()
        server.communicate()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Path(sys.argv[2]))
    else:
        sys.exit(
            main(
                Path(sys.argv[1]),
                int(sys.argv[2]),
                int(sys.argv[3]),
                float((sys.argv[4:] or ["86400"])[0]),
            )
        )
