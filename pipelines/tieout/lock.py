"""One writer a warehouse: every command that writes into an output folder holds its lock for as
long as it runs."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from pathlib import Path
from typing import IO

from tieout.errors import InUse, TieoutError
from tieout.safe_text import safe

NAME = "tieout.lock"
LONGEST_WAIT = 3600.0
"""Seconds that `--wait` waits at most."""
_EVERY = 0.5

# Of this thread and what it calls: a step that a run calls is inside the run's lock.
_held: ContextVar[frozenset[tuple[Path, str]]] = ContextVar("held_warehouses", default=frozenset())


@contextmanager
def writing(
    output: Path,
    command: str,
    *,
    wait: bool = False,
    say: Callable[[str], None] = lambda text: None,
    longest: float = LONGEST_WAIT,
) -> Iterator[None]:
    """Holds the lock of an output folder. It goes with the process, however that ends.

    Raises:
        InUse: somebody else holds it; who, and since when. With `wait`, only after `longest` seconds.
    """
    folder = output.resolve()
    if any(path == folder and holder != command for path, holder in _held.get()):
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    # Not truncated when opened: what stands there is the other one's.
    with path.open("a+", encoding="utf-8") as file:
        _take(file, output, wait, say, longest)
        file.seek(0)
        file.truncate()
        json.dump(_who(command), file)
        file.flush()
        token = _held.set(_held.get() | {(folder, command)})
        try:
            yield
        finally:
            _held.reset(token)
            file.seek(0)
            file.truncate()


def _take(
    file: IO[str], output: Path, wait: bool, say: Callable[[str], None], longest: float
) -> None:
    began, told = time.monotonic(), False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            waited = time.monotonic() - began
            if not wait or waited >= longest:
                spent = f" after {waited:.0f} s of waiting" if wait else ""
                remedy = (
                    "Wait for it to end (with --wait this command does), or give another --output."
                )
                raise InUse(
                    f"{output} is being written to{spent}: {holder(file)}", remedy
                ) from error
            if not told:
                say(
                    f"{output} is being written to: {holder(file)}; waiting for it, {longest / 60:.0f} minutes at most"
                )
                told = True
            time.sleep(min(_EVERY, longest))
        except OSError as error:
            raise TieoutError(
                f"{output / NAME} cannot be locked: {error.strerror}",
                "keep the output on a disk whose file system has locks (a local one)",
            ) from error
        else:
            return


def _who(command: str) -> dict[str, object]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    since = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    return {
        "command": command,
        "process": os.getpid(),
        "user": user,
        "host": socket.gethostname(),
        "since": since,
    }


def holder(file: IO[str]) -> str:
    """Who holds the lock, as it wrote it; it may be about to."""
    for _ in range(10):
        file.seek(0)
        try:
            said = json.loads(file.read())
            return safe(
                f"`tieout {said['command']}` (process {said['process']} of {said['user']} on {said['host']},"
                f" since {said['since']})"
            )
        except (ValueError, KeyError, TypeError):
            time.sleep(0.02)
    return "by a command that did not say which"
