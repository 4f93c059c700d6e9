"""What README and the guides print of the demo company, written by a command: `make printed`.

A page says what it prints in a comment on a line of its own:

    <!-- printed: demo -->      the output of a whole run of the demo company
    <!-- printed: sql -->       the answer to the query above it: a block of SQL, or the text of marts.sql('''…''')
    <!-- printed: $ COMMAND -->  what a command says (`tieout …`, `mf …`), asked of the demo company

The fence that follows is replaced.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
OUTPUT = Path("target/printed")
"""A warehouse of its own, so that it is built from nothing."""
SHOWN = 12
LONGEST = 35
"""A table of more rows is shown by its first twelve; the one of the published marts is whole."""

WAITING = re.compile(r"^(\s*[\u2800-\u28ff]|✔)")
"""What mf says while it works."""

MARK = re.compile(r"^<!-- printed: (?P<what>.+?) -->\n", re.MULTILINE)
FENCE = re.compile(r"^```(?:text)?\n.*?^```\n", re.MULTILINE | re.DOTALL)
QUERY = re.compile(
    r"^```sql\n(?P<block>.*?)^```\n|\.sql\('''(?P<call>.*?)'''\)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Place:
    """A part of a page that is printed: what it shows, where the old text is, and the query above
    it."""

    what: str
    start: int
    end: int
    query: str


def pages() -> list[Path]:
    """The pages that may print something."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def places(text: str) -> Iterator[Place]:
    """The marks of a page, in order."""
    for mark in MARK.finditer(text):
        old = FENCE.match(text, mark.end())
        queries = [
            found["block"] or found["call"] for found in QUERY.finditer(text, 0, mark.start())
        ]
        yield Place(
            mark["what"],
            mark.end(),
            old.end() if old else mark.end(),
            queries[-1] if queries else "",
        )


def replaced(text: str, show: Callable[[Place], str]) -> str:
    """The page with each marked part shown anew."""
    for place in reversed(list(places(text))):
        text = text[: place.start] + show(place) + text[place.end :]
    return text


def told(said: str) -> str:
    """What a command said, with its long tables cut, and without the place of this machine."""
    lines: list[str] = []
    said = said.replace(f"{ROOT}/", "").replace(f"{OUTPUT}/", "warehouse/")
    said = "\n".join(line for line in said.splitlines() if not WAITING.match(line)).strip("\n")
    for in_table, part in groupby(said.splitlines(), key=lambda line: line.startswith("│")):
        rows = [line.rstrip() for line in part]
        lines += [*rows[:SHOWN], "│ …"] if in_table and len(rows) > LONGEST else rows
    return "\n".join(lines)


class Demo:
    """The demo company, built once, and asked."""

    def __init__(self) -> None:
        shutil.rmtree(ROOT / OUTPUT, ignore_errors=True)
        self.said = self.run("tieout", "demo", "--output", str(OUTPUT))

    def run(self, command: str, *arguments: str) -> str:
        """What a command says; its failure ends this one."""
        if command == "mf":
            # It reads what dbt knows of the metrics where dbt leaves it by default.
            shutil.copy(ROOT / OUTPUT / "dbt" / "semantic_manifest.json", ROOT / "target")
        environment = os.environ | {"TIEOUT_OUTPUT": str(OUTPUT), "COLUMNS": "120"}
        done = subprocess.run(
            [str(Path(sys.executable).parent / command), *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(
                f"{command} {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def show(self, place: Place) -> str:
        """The new text of a part."""
        kind, _, rest = place.what.partition(" ")
        if kind == "demo":
            return fenced(told(self.said), "text")
        if kind == "sql":
            return fenced(answer(ROOT / OUTPUT / "published" / "tieout.duckdb", place.query))
        if kind == "$":
            asked = rest.split()
            # The page's reader asks his own warehouse, where it lies by default.
            return fenced(
                told(
                    self.run(*asked, *(["--output", str(OUTPUT)] if asked[0] == "tieout" else []))
                ),
                "text",
            )
        sys.exit(f"nothing prints “{place.what}”: see {Path(__file__).name}")


def fenced(text: str, language: str = "") -> str:
    """A code block."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def answer(marts: Path, query: str) -> str:
    """A query's rows as DuckDB draws them, fifty at most."""
    with duckdb.connect(str(marts), read_only=True) as connection:
        drawn = str(connection.sql(query))
    # Types are of no use to a reader, and what DuckDB says of the number of rows neither.
    head, *lines = [line for line in drawn.splitlines() if not re.search(r"^│ +\d+ rows", line)]
    return "\n".join([head, lines[0], *lines[2:]])


def main() -> None:
    """Builds the demo company, and writes what every page prints of it."""
    texts = {page: page.read_text(encoding="utf-8") for page in pages()}
    marked = {page: text for page, text in texts.items() if MARK.search(text)}
    demo = Demo()
    for page, text in marked.items():
        page.write_text(replaced(text, demo.show), encoding="utf-8")
        print(f"{page.relative_to(ROOT)}: {sum(1 for _ in places(text))} parts")


if __name__ == "__main__":
    main()
