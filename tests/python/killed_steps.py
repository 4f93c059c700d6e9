"""Kills the steps of a run over a warehouse that is there, runs each again, and compares. Run as a
script by its test.

The parent imports everything once, opens no database, and forks a process for each step, so that a
kill hits the step and not the seconds of imports before it. Beside it, readers read what is
published all the time.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import tieout.contracts.check
import tieout.landing.land
import tieout.pack.step
import tieout.run
from tieout.errors import TieoutError
from tieout.settings import Settings

READER = """
import json, sys, time
from pathlib import Path
import duckdb

link, stop = Path(sys.argv[1]), Path(sys.argv[2])
opened = 0
while not stop.exists():
    folder = link.resolve()
    record = json.loads((folder / "run.json").read_text())
    with duckdb.connect(str(folder / "tieout.duckdb"), read_only=True) as connection:
        for mart, rows in record["rows"].items():
            (found,) = connection.execute(f'select count(*) from marts."{mart}"').fetchone()
            assert found == rows, (folder, mart, found, rows)
    opened += 1
    time.sleep(float((sys.argv[3:] or ["0.2"])[0]))
print(opened)
"""


def steps(settings: Settings) -> dict[str, Callable[[], object]]:
    """Each step as a run does it; publishing goes with the history."""

    def publish() -> None:
        tieout.run.publish_step(settings)
        tieout.run.history_step(settings)

    return {
        "land": lambda: tieout.run.land_step(settings),
        "check": lambda: tieout.run.check_step(settings),
        "build": lambda: tieout.run.build_step(settings),
        "publish": publish,
        "docs": lambda: tieout.run.docs_step(settings),
        "pack": lambda: tieout.pack.step.pack_step(settings),
    }


def in_a_process(
    work: Callable[[], object], killed_after: float | None = None, how: int = signal.SIGKILL
) -> int:
    """Runs work in a process group of its own; its wait status. What it says goes to a file, which
    the parent shows."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        signal.signal(
            signal.SIGINT, signal.default_int_handler
        )  # what runs in the background ignores it
        code = 0
        try:
            work()
        except TieoutError as error:
            print(f"error: {error.cause}\nremedy: {error.remedy}", file=sys.stderr)
            code = 1
        except KeyboardInterrupt:
            code = 130
        except BaseException as error:
            print(f"Traceback: {type(error).__name__}: {error}", file=sys.stderr)
            code = 2
        sys.stderr.flush()
        os._exit(code)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, how)
    return os.waitpid(child, 0)[1]


def published(settings: Settings) -> dict[str, str]:
    """The bytes of what is published, by file; what names the run itself is left out."""
    found = {}
    for path in sorted((settings.published / "parquet").resolve().iterdir()):
        found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def leftovers(output: Path) -> list[str]:
    """What is half done."""
    patterns = (".published*", ".pack*", "*.partial", "dlt/*/spool", ".history*")
    return sorted(
        str(path.relative_to(output)) for pattern in patterns for path in output.glob(pattern)
    )


def kill(settings: Settings, kills: int, seed: int, names: list[str]) -> dict[str, object]:
    """Kills or stops each step its share of times, at moments drawn at random; run again, it must
    end as it did."""
    work, moments = steps(settings), random.Random(seed)  # noqa: S311 - to be drawn again
    took, before = {}, published(settings)
    stop = settings.output.parent / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(settings.published), str(stop)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    counts: dict[str, int] = dict.fromkeys(names, 0)
    try:
        for name in names:
            started = time.monotonic()
            if in_a_process(work[name]):
                raise SystemExit(f"{name} fails undisturbed")
            took[name] = time.monotonic() - started
        for number in range(kills):
            name = names[number % len(names)]
            # Now and then by hand (Ctrl-C), which may clean up and must leave no less.
            how = signal.SIGINT if number % 4 == 3 else signal.SIGKILL
            status = in_a_process(work[name], moments.uniform(0, took[name]), how)
            counts[name] += os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) != 0
            if in_a_process(work[name]):
                raise SystemExit(f"{name} fails after kill {number}")
            if name == "build" and in_a_process(work["publish"]):
                raise SystemExit(f"publish fails after kill {number}, of build")
            if published(settings) != before:
                raise SystemExit(f"after kill {number}, of {name}, other bytes are published")
            if left := leftovers(settings.output):
                raise SystemExit(f"after kill {number}, of {name}, there is left {left}")
    finally:
        stop.touch()
        opened = [reader.communicate()[0] for reader in readers]
    if any(reader.returncode for reader in readers):
        raise SystemExit("a reader met an error")
    return {"killed": counts, "opened": sum(int(text) for text in opened)}


def starve(settings: Settings, name: str, how: str) -> dict[str, object]:
    """One step without what it needs; then with it again."""
    before, link = published(settings), settings.published.readlink()
    output = settings.output

    def starved() -> None:
        if how == "disk":
            # As a full disk: no file may become longer than this.
            resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        elif how == "memory":
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + (96 << 20), used + (96 << 20)))
        elif how == "closed":
            # In a world of mounts of its own: the superuser, who may write everywhere, may not
            # write here either.
            if ctypes.CDLL(None, use_errno=True).unshare(0x00020000) == 0:
                for options in (
                    ["--make-rprivate", "/"],
                    ["--bind", output, output],
                    ["-o", "remount,ro,bind", output],
                ):
                    subprocess.run(["mount", *map(str, options)], check=True)
            os.chdir("/")
        elif how == "handles":
            resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))
        try:
            steps(settings)[name]()
        except Exception as error:
            # As `main` says it.
            from tieout import console, failures  # noqa: PLC0415

            console.fail(failures.unforeseen(error))
            os._exit(1)

    status = in_a_process(starved)
    same = published(settings) == before and settings.published.readlink() == link
    again = in_a_process(steps(settings)[name])
    mended = in_a_process(steps(settings)["publish"]) if name == "build" else 0
    return {
        "ended": os.waitstatus_to_exitcode(status),
        "published stands": same,
        "again": again or mended,
        "published again": published(settings) == before,
        "left": leftovers(output),
    }


def main(output: Path, imports: Path, as_of: str, what: str) -> None:
    settings = Settings(
        output=output, systems=("imports",), imports=imports, as_of=date.fromisoformat(as_of)
    )
    settings.prepare()
    if what == "kill":
        print(
            json.dumps(kill(settings, int(sys.argv[5]), int(sys.argv[6]), sys.argv[7].split(",")))
        )
    else:
        shutil.rmtree(output / "errors", ignore_errors=True)
        print(json.dumps(starve(settings, sys.argv[5], what)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
