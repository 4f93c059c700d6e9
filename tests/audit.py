"""Audits what requirements.lock pins against the Python advisory database; says plainly where that
cannot be reached.

Ends with 1 where a pinned version has a known vulnerability. Where there is no way to the database,
the pins stand with the day on which they were made (docs/security.md), and the exit status is 0:
nothing was found because nobody looked.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
TOOL = "pip-audit==2.10.1"


def main() -> int:
    """Runs pip-audit, which is not among the project's dependencies."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        installed = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", TOOL],
            capture_output=True,
            text=True,
            check=False,
        )
        if installed.returncode:
            return _not_reached(f"{TOOL} cannot be installed")
        command = [
            python,
            "-m",
            "pip_audit",
            "--requirement",
            LOCK,
            "--no-deps",
            "--disable-pip",
            "--timeout",
            "30",
        ]
        answer = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    pinned = sum("==" in line for line in LOCK.read_text(encoding="utf-8").splitlines())
    skipped = answer.stdout.count("could not be audited")
    if answer.returncode not in (0, 1) or skipped > pinned // 2:
        return _not_reached(f"{skipped} of {pinned} packages could not be looked up")
    print(answer.stdout or answer.stderr)
    print(f"{pinned - skipped} of {pinned} packages were looked up")
    return answer.returncode


def _not_reached(why: str) -> int:
    print(
        f"not audited: {why}. The pins stand as they were made; run this where the advisory database can be reached."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
