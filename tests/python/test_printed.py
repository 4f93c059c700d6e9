"""What the pages print can be printed: each query runs on what is published, each table is cut
where it is long."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest

from tieout.settings import PROJECT, Settings

sys.path.insert(0, str(PROJECT / "tests"))
import printed

PLACES = [
    pytest.param(place, id=f"{page.stem}: {place.what[:40]}")
    for page in printed.pages()
    for place in printed.places(page.read_text(encoding="utf-8"))
]


def test_the_start_page_prints_something() -> None:
    assert {place.values[0].what for place in PLACES} >= {"demo", "sql"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", PLACES)
def test_what_is_printed_can_be_asked(place: printed.Place, small_warehouse: Settings) -> None:
    kind, _, rest = place.what.partition(" ")
    if kind == "sql":
        with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
            assert connection.execute(place.query).description
    else:
        assert kind == "demo" or (kind == "$" and rest.split()[0] in {"tieout", "mf"})


def test_a_page_is_changed_where_it_is_marked_and_nowhere_else() -> None:
    page = "One.\n\n```sql\nselect 1\n```\n<!-- printed: sql -->\n```\nold\n```\n\n```sql\nselect 2\n```\nkept\n"
    changed = printed.replaced(page, lambda place: printed.fenced(f"new of {place.query.strip()}"))
    assert changed == page.replace("old", "new of select 1")
    assert printed.replaced(changed, lambda place: printed.fenced("new of select 1")) == changed


def test_long_tables_are_cut_and_places_of_a_machine_left_out(tmp_path: Path) -> None:
    rows = "\n".join(f"│ {number} │" for number in range(60))
    said = f"⠋ Initiating query…\n┏━┓\n{rows}\n└─┘\n{printed.ROOT}/{printed.OUTPUT}/pack"
    lines = printed.told(said).splitlines()
    assert lines[:2] == ["┏━┓", "│ 0 │"]
    assert lines[-3:] == ["│ …", "└─┘", "warehouse/pack"]
    assert len(lines) == 1 + printed.SHOWN + 3
