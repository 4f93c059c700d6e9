"""What a failure of the machine means for a person: the disk is full, memory is gone, a folder
cannot be written to.

And what nobody thought of: its traceback goes to a file, and the message says where.
"""

from __future__ import annotations

import errno
import re
import tempfile
import traceback
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from tieout.errors import TieoutError
from tieout.safe_text import safe

_STAYS = "what was published stays as it is"
_DISK = (
    "the disk is full",
    f"free some space, or give another --output, and run again; {_STAYS}",
)
_LIMIT = (
    "a file may not grow further: this machine limits the size of a file",
    f"raise the limit (ulimit -f), and run again; {_STAYS}",
)
_CLOSED = (
    "this folder or file cannot be written to",
    f"make it writable for this user, or give another --output; {_STAYS}",
)
_UNREADABLE = ("this file cannot be read by this user", "let this user read it, and run again")
_MEMORY = (
    "there is not enough memory",
    f"close other programs, or say how much a build may take (TIEOUT_MEMORY=2GB), and run again; {_STAYS}",
)
_SESSION = (
    "Spark's session is gone",
    f"most often it had too little memory: say how much it may take (TIEOUT_MEMORY=6GB), and run again; {_STAYS}",
)
_HANDLES = ("too many files are open", f"raise the limit (ulimit -n), and run again; {_STAYS}")
_BROKEN = (
    "this is no DuckDB database, or a damaged one",
    "put its backup in its place; `build.duckdb` alone may be deleted: `tieout build` makes it anew",
)
_BY_NUMBER = {
    errno.ENOSPC: _DISK,
    errno.EDQUOT: _DISK,
    errno.EFBIG: _LIMIT,
    errno.EROFS: _CLOSED,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EMFILE: _HANDLES,
    errno.ENFILE: _HANDLES,
    errno.ENOMEM: _MEMORY,
}
# As DuckDB, SQLite, Spark and dbt's adapters put it; the first that is found is the cause.
_BY_WORDS = (
    (
        re.compile(
            r"no space left on device|disk quota exceeded|database or disk is full|disk full", re.I
        ),
        _DISK,
    ),
    (re.compile(r"file too large|file size limit", re.I), _LIMIT),
    (
        re.compile(
            r"read-only file system|permission denied|attempt to write a readonly database", re.I
        ),
        _CLOSED,
    ),
    (re.compile(r"too many open files", re.I), _HANDLES),
    (
        re.compile(
            r"out of memory|cannot allocate memory|std::bad_alloc|failed to allocate|could not allocate|MemoryError"
            r"|can't start new thread|memory_limit|OutOfMemoryError|Java heap space",
            re.I,
        ),
        _MEMORY,
    ),
    (re.compile(r"Answer from Java side is empty|Py4JNetworkError", re.I), _SESSION),
    (
        re.compile(
            r"not a valid DuckDB database file|checksum.{0,40}does not match|Serialization Error|corrupt",
            re.I,
        ),
        _BROKEN,
    ),
)
_PATH = re.compile(r"\"((?:/|[A-Za-z]:\\)[^\"]+)\"|'((?:/|[A-Za-z]:\\)[^']+)'")

_kept_in: list[Path] = []


def keep_in(output: Path) -> None:
    """Tracebacks of what nobody thought of go to this output."""
    _kept_in[:] = [output]


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it came from."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def by_hand(error: BaseException) -> bool:
    """Whether a person stopped it. Libraries make errors of their own of that: DuckDB of its query,
    dlt of its step."""
    return any(isinstance(cause, KeyboardInterrupt) for cause in chain(error))


def explained(error: BaseException) -> TieoutError | None:
    """The failure of the machine that an error tells of, with its remedy; None where it is
    something else."""
    for cause in chain(error):
        if isinstance(cause, TieoutError):
            return cause
        if isinstance(cause, MemoryError):
            return TieoutError(*_MEMORY)
        if isinstance(cause, OSError) and cause.errno in _BY_NUMBER:
            said, remedy = _BY_NUMBER[cause.errno]
            if said is _CLOSED[0] and cause.filename and _exists_unreadable(cause.filename):
                said, remedy = _UNREADABLE
            where = f"{cause.filename}: " if cause.filename else ""
            return TieoutError(f"{where}{said}", remedy)
        if found := explained_text(str(cause)):
            return found
    return None


def explained_text(text: str) -> TieoutError | None:
    """As `explained`, of what another program said."""
    for words, (said, remedy) in _BY_WORDS:
        if found := words.search(text):
            paths = [a or b for a, b in _PATH.findall(text)]
            line = next((line for line in text.splitlines() if words.search(line)), text)
            told = " ".join(line.split())[:300] if found else ""
            return TieoutError(f"{paths[0] + ': ' if paths else ''}{said} ({told})", remedy)
    return None


def unforeseen(error: BaseException) -> TieoutError:
    """What to say of an error that nobody thought of; its traceback is in a file."""
    if known := explained(error):
        return known
    told = " ".join(str(error).split())[:500]
    return TieoutError(
        f"{type(error).__name__}: {told}" if told else type(error).__name__, keep(error)
    )


def keep(error: BaseException) -> str:
    """Writes the traceback to a file; the remedy, which says where."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    path = write("traceback", text)
    where = (
        f"the traceback is in {path}" if path else "there was no place to write the traceback to"
    )
    return f"run again; if it happens again, report it: {where}"


def write(kind: str, text: str) -> Path | None:
    """Puts a long text into a file of the output, or of the system's temporary folder; None where
    neither can be."""
    name = f"{kind}-{datetime.now(timezone.utc):%Y%m%dT%H%M%S.%fZ}.txt"
    for folder in (*(output / "errors" for output in _kept_in), Path(tempfile.gettempdir())):
        try:
            if folder.name == "errors":
                folder.mkdir(exist_ok=True)
            path = folder / name
            path.touch(mode=0o600)
            path.write_text(safe(text), encoding="utf-8")
        except OSError:
            continue
        return path
    return None


def _exists_unreadable(name: object) -> bool:
    try:
        path = Path(str(name))
        if not path.is_file():
            return False
        path.open("rb").close()
    except PermissionError:
        return True
    except OSError:
        return False
    return False
