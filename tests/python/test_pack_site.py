"""The pack's pages open from disk, ask nobody for anything, log no error, and replace nothing but a
pack."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import pytest
from playwright.sync_api import Browser, Page

from tieout.errors import TieoutError
from tieout.pack.step import pack_step
from tieout.settings import Settings


@pytest.fixture(scope="module")
def pack(small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small company's pack of its last month, alone in a folder."""
    return pack_step(small_warehouse, output=tmp_path_factory.mktemp("pack") / "site")


@pytest.fixture(scope="module")
def marts(small_warehouse: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as connection:
        connection.execute("set schema = 'marts'")
        yield connection


@pytest.fixture
def browsing(chromium: Browser) -> Iterator[tuple[Page, list[str], list[str]]]:
    """A browser's page, the errors on its console, and what it asked for that is not on this
    disk."""
    errors: list[str] = []
    asked: list[str] = []
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.on(
        "console",
        lambda said: errors.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: None if local(request.url) else asked.append(request.url))
    yield page, errors, asked
    page.close()


def local(address: str) -> bool:
    return address.startswith(("file:", "data:", "blob:"))


def amount(text: str) -> Decimal:
    """An amount as a page writes it."""
    return Decimal(text.replace(",", ""))


def test_the_six_stages_and_the_margin_are_the_marts(
    pack: Path, marts: duckdb.DuckDBPyConnection, browsing: tuple[Page, list[str], list[str]]
) -> None:
    page, _, _ = browsing
    page.goto((pack / "index.html").as_uri())
    shown = {
        str(figure.get_attribute("data-figure")): amount(figure.inner_text())
        for figure in page.locator("[data-figure]").all()
    }
    expected = {}
    for scope, condition in (("period", "month = date '2026-02-01'"), ("to_date", "true")):
        sums = marts.execute(f"""
            select sum(booked_amount), sum(contracted_amount), sum(delivered_amount),
                sum(invoiced_amount + credited_amount), sum(recognised_amount), sum(cash_amount)
            from fct_quote_to_cash_monthly where {condition}
        """).fetchall()[0]
        names = ("booked", "contracted", "delivered", "invoiced", "recognised", "cash")
        expected |= {f"{name}.{scope}": value for name, value in zip(names, sums, strict=True)}
        ((margin,),) = marts.execute(
            f"select sum(realised_margin_amount) from fct_job_margin_monthly where {condition}"
        ).fetchall()
        expected[f"margin.{scope}"] = margin
    assert shown == expected


def test_pages_open_from_disk_ask_nobody_and_log_nothing(
    pack: Path, browsing: tuple[Page, list[str], list[str]]
) -> None:
    page, errors, asked = browsing
    for path in sorted(pack.glob("*.html")):
        page.goto(path.as_uri())
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(100)
    assert errors == []
    assert asked == []


def test_a_month_without_anything_is_refused(small_warehouse: Settings, tmp_path: Path) -> None:
    with pytest.raises(TieoutError, match="nothing to tell of 2031-01"):
        pack_step(small_warehouse, date(2031, 1, 1), tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_what_is_not_a_pack_is_not_replaced(small_warehouse: Settings, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(TieoutError, match="not a pack"):
        pack_step(small_warehouse, output=tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


@pytest.mark.parametrize("moment", ["the old one is moved away", "the old one is being removed"])
def test_a_pack_killed_in_its_switch_is_made_anew(
    small_warehouse: Settings, tmp_path: Path, moment: str
) -> None:
    """Nothing that a kill leaves there is ever taken for somebody else's folder."""
    old, site = tmp_path / ".site.old", tmp_path / "site"
    old.mkdir()
    if moment == "the old one is moved away":
        (old / "pack.json").write_text("{}")
    else:
        (old / "half.html").write_text("")
        site.mkdir()
        (site / "pack.json").write_text("{}")
    pack_step(small_warehouse, output=site)
    assert (site / "index.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_every_link_of_a_pack_alone_stays_in_its_folder(pack: Path) -> None:
    found = 0
    for page in [*pack.glob("*.html"), pack / "data_docs" / "index.html"]:
        for address in re.findall(r'(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8")):
            if not address.startswith(("#", "data:", "http:", "https:", "mailto:")):
                target = (page.parent / unquote(urlsplit(html.unescape(address)).path)).resolve()
                assert target.is_relative_to(pack.resolve()) and target.is_file(), (
                    page.name,
                    address,
                )
                found += 1
    evidence = (pack / "evidence.html").read_text(encoding="utf-8")
    assert (
        found and 'href="docs/index.html"' in evidence and 'href="data_docs/index.html"' in evidence
    )
