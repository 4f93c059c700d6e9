"""The docs site is one file that opens from disk in a browser, asks nobody for anything, and
describes every mart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tieout.settings import Settings
from tieout.warehouse.publish import public_models


@pytest.fixture(scope="module")
def site(
    chromium: Browser, small_warehouse: Settings
) -> Iterator[tuple[Page, list[str], list[str]]]:
    """The opened site, the errors on its console, and every address it asked for."""
    errors: list[str] = []
    requests: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def on_request(request: Request) -> None:
        requests.append(request.url)

    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.on("console", on_console)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", on_request)
    page.goto(small_warehouse.docs.resolve().as_uri())
    page.get_by_text("The six figures").wait_for()
    yield page, errors, requests
    page.close()


def test_it_opens_on_a_page_for_finance(site: tuple[Page, list[str], list[str]]) -> None:
    page, _, _ = site
    for heading in (
        "The six figures",
        "How to read a mart",
        "Why the figures differ",
        "Who owns what",
    ):
        assert page.get_by_role("heading", name=heading).is_visible()


def test_it_asks_nobody_for_anything_and_logs_no_error(
    site: tuple[Page, list[str], list[str]],
) -> None:
    _, errors, requests = site
    assert [
        address for address in requests if not address.startswith(("file:", "data:", "blob:"))
    ] == []
    assert errors == []


def test_a_mart_can_be_opened_and_read(
    site: tuple[Page, list[str], list[str]], small_warehouse: Settings
) -> None:
    page, _, _ = site
    page.goto(small_warehouse.docs.resolve().as_uri() + "#!/model/model.tieout.fct_stage_events")
    page.get_by_role("heading", name="fct_stage_events").first.wait_for()
    assert page.get_by_text("reporting_amount").first.is_visible()


def test_on_a_phone_a_page_is_as_wide_as_the_screen(
    chromium: Browser, small_warehouse: Settings
) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    page.goto(small_warehouse.docs.resolve().as_uri() + "#!/model/model.tieout.fct_stage_events")
    text = page.locator(".app-content").get_by_role("heading", name="fct_stage_events").first
    text.wait_for()
    box = text.bounding_box()
    assert box is not None
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_every_mart_and_every_column_is_described(small_warehouse: Settings) -> None:
    catalog: dict[str, Any] = json.loads(
        (small_warehouse.target / "catalog.json").read_text(encoding="utf-8")
    )
    columns = {
        key.rpartition(".")[2]: set(node["columns"]) for key, node in catalog["nodes"].items()
    }
    missing = []
    for mart in public_models(small_warehouse):
        missing += [mart.name] * (not mart.description.strip())
        missing += [
            f"{mart.name}.{name}"
            for name in columns[mart.name]
            if not mart.columns.get(name, "").strip()
        ]
    assert missing == []


def test_every_fact_says_what_it_is_not_for_and_shows_a_query(small_warehouse: Settings) -> None:
    facts = [mart for mart in public_models(small_warehouse) if mart.name.startswith("fct_")]
    assert facts
    lacking = [
        f.name
        for f in facts
        if "not for" not in f.description.lower() or "```sql" not in f.description
    ]
    assert lacking == []
