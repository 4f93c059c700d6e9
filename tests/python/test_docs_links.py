"""Every relative link in the pages leads to a file, and every anchor to a heading."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tieout.settings import PROJECT

pytestmark = pytest.mark.unit

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
PAGES = [
    PROJECT / "README.md",
    PROJECT / "CONTRIBUTING.md",
    *sorted((PROJECT / "docs").rglob("*.md")),
]


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    headings = HEADING.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_relative_links_resolve(page: Path) -> None:
    broken = []
    for link in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_the_start_page_names_every_decision_and_guide() -> None:
    start = PROJECT / "docs" / "README.md"
    linked = set(LINK.findall(start.read_text(encoding="utf-8")))
    pages = {str(path.relative_to(start.parent)) for path in start.parent.glob("*/*.md")}
    assert pages <= linked


def test_each_decision_has_a_number_of_its_own() -> None:
    names = sorted(path.name for path in (PROJECT / "docs" / "decisions").glob("*.md"))
    numbers = [name[:4] for name in names]
    # Pages that are written at the same time leave room for one another: a number may be free, none
    # is taken twice.
    assert len(set(numbers)) == len(numbers)
    assert all(number.isdigit() for number in numbers)
