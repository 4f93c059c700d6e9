"""The pack's pages: hostile names only show, anyone can use them, commentary and drafts are
checked."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from pack_world import HOSTILE, data, hostile_pack
from playwright.sync_api import Browser

from tieout.errors import TieoutError
from tieout.pack.commentary import text as commentary
from tieout.pack.commentary.draft import Endpoint, drafted, endpoint
from tieout.pack.commentary.figures import Figure, Sentence, Source, check, faults
from tieout.pack.marts import position, published
from tieout.pack.step import pack_step
from tieout.settings import Settings
from tieout.trace.chain import taken_back


@pytest.fixture(scope="module")
def hostile(small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_pack(small_warehouse, tmp_path_factory.mktemp("hostile"), copies=3)


@pytest.fixture(scope="module")
def marts(small_warehouse: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with published(small_warehouse) as connection:
        yield connection


def test_the_chain_of_a_job_is_on_its_page(hostile: Path, chromium: Browser) -> None:
    ((place, *_),) = data(hostile, "traced")["jobs"]
    chain = data(hostile, f"trace-{place}")
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.goto(f"{(hostile / 'trace.html').as_uri()}#{place}")
    page.get_by_role("heading", name="Delivered to invoiced").wait_for()
    totals = page.locator("#chain tfoot td.right").all_inner_texts()
    expected = [amount for _, amount in chain["stages"]]
    expected += [amount for _, *amounts in chain["gaps"] for amount in amounts]
    assert [text.replace(",", "") for text in totals] == expected
    page.locator("#chain button[data-event]").first.click()
    assert "load" in page.locator("#record caption").inner_text()
    page.close()


def test_hostile_names_only_show(hostile: Path, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    errors: list[str] = []
    page.on("dialog", lambda dialog: errors.append(f"a script of the data ran: {dialog.message}"))
    page.on(
        "console",
        lambda said: errors.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in sorted(hostile.glob("*.html")):
        page.goto(path.as_uri())
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(150)
        assert page.locator("img").count() == 0, path.name
    page.goto((hostile / "exceptions.html").as_uri())
    page.locator("#unresolved button[data-place]").first.click()
    page.get_by_role("rowheader", name="What to do").wait_for()
    assert page.locator("#detail bdi", has_text="=HYPERLINK").first.inner_text().startswith(HOSTILE)
    page.goto((hostile / "customers.html").as_uri())
    shown = page.locator("#members bdi", has_text="=HYPERLINK").first.inner_text()
    assert shown.startswith(HOSTILE)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV").click()
    text = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    assert '"\'=HYPERLINK(""x"")' in text
    assert '"=HYPERLINK' not in text
    assert errors == []
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(1600, "light"), (360, "dark")])
def test_anyone_can_use_every_page(
    hostile: Path, chromium: Browser, width: int, scheme: Any
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    faults: list[Any] = []
    for path in sorted(hostile.glob("*.html")):
        page.goto(path.as_uri())
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(150)
        found = (
            Axe()
            .run(page, options={"preload": False, "resultTypes": ["violations"]})
            .response["violations"]
        )
        faults += [
            (path.name, v["id"], v["nodes"][0]["html"])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults += [(path.name, "is wider than the screen", wide)] if wide > width else []
    assert faults == []
    page.close()


def test_at_390_pixels_every_amount_is_on_screen(hostile: Path, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    counted = 0
    for path in sorted(hostile.glob("*.html")):
        page.goto(path.as_uri())
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(150)
        for pressed in ("#members button.who", "#unresolved button[data-place]"):
            if page.locator(pressed).count():
                page.locator(pressed).first.click()
                page.locator("#detail .close").wait_for()
                page.wait_for_timeout(300)
        places = page.locator("main .amount").evaluate_all(
            """amounts => amounts.map(amount => amount.getBoundingClientRect())
                .filter(box => box.width).map(box => [box.left, box.right])"""
        )
        assert [place for place in places if place[0] < 0 or place[1] > 390] == [], path.name
        counted += len(places)
    assert counted > 200
    page.close()


def test_what_is_pressed_opens_where_it_was_pressed(
    small_warehouse: Settings, tmp_path: Path, chromium: Browser
) -> None:
    pack = hostile_pack(small_warehouse, tmp_path, copies=200)
    under = "(box) => box.closest('tr.opened').previousElementSibling.innerText"
    page = chromium.new_page(viewport={"width": 1280, "height": 900})

    def pressed(button: Any) -> str:
        button.click()
        page.wait_for_timeout(200)
        return str(button.evaluate("button => button.closest('tr').innerText"))

    page.goto((pack / "exceptions.html").as_uri())
    button = page.locator("#unresolved button[data-place]").nth(30)
    row = pressed(button)
    assert page.locator("#detail").evaluate(under) == row
    assert page.locator("#detail h2").is_visible()
    top = page.locator("#detail h2").evaluate("heading => heading.getBoundingClientRect().top")
    assert 0 <= top <= 900
    pressed(button)
    assert page.locator("#detail").is_hidden(), "pressed again it closes"
    # A chain leads to an exception on whichever page of the table it stands.
    last = data(pack, "exceptions")["rows"][-1]
    page.goto("about:blank")
    page.goto(f"{(pack / 'exceptions.html').as_uri()}#{last[1]}")
    page.get_by_role("rowheader", name="What to do").wait_for()
    assert page.locator("#detail").evaluate(
        "box => box.closest('tr.opened').previousElementSibling.querySelector('[data-place]').dataset.place"
    ) == str(last[0])

    page.goto((pack / "customers.html").as_uri())
    row = pressed(page.locator("#members button.who").last)
    assert page.locator("#detail").evaluate(under) == row
    row = pressed(page.locator("#detail button[data-pieces]").last)
    page.locator("#pieces tfoot").wait_for()
    assert page.locator("#pieces").evaluate(under) == row
    record = page.locator("#pieces button[data-row]").first
    row = pressed(record)
    box = page.get_by_label("The records", exact=True)
    assert box.evaluate(under) == row and box.is_visible()
    page.close()


def test_evidence_calls_a_record_by_its_number_where_one_record_has_the_id(
    small_warehouse: Settings, tmp_path: Path
) -> None:
    pack = hostile_pack(
        small_warehouse,
        tmp_path,
        evidence={"copied_invoice_id": "3", "bank_transaction_id": "B-1", "days": 3},
    )
    exception = data(pack, "evidence-0")[0]
    assert exception["evidence"] == [
        ["copied_invoice_id", "3", f"{HOSTILE}INV-003"],
        ["bank_transaction_id", "B-1"],
        ["days", "3"],
    ]


def test_a_trace_folds_accruals_that_were_taken_back() -> None:
    def posting(key: str, day: int, amount: str, rule: str = "journal_accrual") -> dict[str, Any]:
        told = {"event_key": key, "event_on": date(2026, 1, day), "currency": "GBP"}
        return {**told, "valuation_rule": rule, "document_amount": Decimal(amount)}

    postings = [
        posting("accrued", 1, "100.00"),
        posting("standing", 2, "100.00"),
        posting("invoice", 3, "-100.00", "journal_credit_note"),
        posting("back", 4, "-100.00"),
        posting("other", 5, "70.00"),
        posting("part of other", 6, "-30.00"),
    ]
    assert taken_back(postings) == {"accrued", "back"}
    assert taken_back([posting("credit", 1, "-5.00"), posting("its end", 2, "5.00")]) == {
        "credit",
        "its end",
    }


def test_ten_thousand_exceptions_are_a_page_of_fifty_rows(
    small_warehouse: Settings, tmp_path: Path, chromium: Browser
) -> None:
    pack = hostile_pack(small_warehouse, tmp_path, copies=10_000)
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.goto((pack / "exceptions.html").as_uri())
    page.locator("#unresolved tfoot").wait_for()
    assert page.locator("#unresolved tbody tr").count() == 50
    total = page.locator("#unresolved tfoot td.num").last.inner_text()
    assert Decimal(total.replace(",", "")) == sum(n + Decimal("0.01") for n in range(1, 10_001))
    page.get_by_role("searchbox").first.fill("amp;9999")
    shown = page.locator("#unresolved tfoot td.num").last.inner_text()
    assert Decimal(shown.replace(",", "")) == Decimal("9999.01")
    page.close()


def test_each_figure_of_the_commentary_adds_up_again(
    small_warehouse: Settings, marts: duckdb.DuckDBPyConnection
) -> None:
    told = commentary.sentences(marts, position(small_warehouse, marts, None))
    assert len(told) >= 8
    for sentence in told:
        for figure in sentence.figures.values():
            total = Decimal(0)
            for source in figure.sources:
                assert not any("." in column for column, _, _ in source.where), (
                    "the small company has no region"
                )
                where = (
                    " and ".join(f"{column} {operator} ?" for column, operator, _ in source.where)
                    or "true"
                )
                (value,) = marts.execute(
                    f"select {source.aggregate}({source.column}) from {source.mart} where {where}",
                    [value for _, _, value in source.where],
                ).fetchall()[0]
                total += source.sign * value
            assert figure.value == total


def test_a_figure_that_does_not_resolve_stops_the_pack(marts: duckdb.DuckDBPyConnection) -> None:
    source = Source("fct_quote_to_cash_monthly", "cash_amount", (("month", "=", date(2026, 2, 1)),))
    wrong = Sentence("cash", "Cash is {now}.", {"now": Figure(Decimal("1.00"), (source,))}, {})
    with pytest.raises(TieoutError, match=r"says 1\.00 for now"):
        check(marts, wrong)
    assert faults("Cash rose by half to {now}.", wrong.figures, {}) == [
        "has a figure of nobody's: half"
    ]
    assert faults("Cash is {then}.", wrong.figures, {})


@contextmanager
def model(answer: Callable[[str], str]) -> Iterator[Endpoint]:
    """A language model on this machine that answers a template; it fails where a figure was shown
    to it."""

    class Model(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            template = asked["messages"][-1]["content"]
            assert not re.search(r"\d", template), "a figure was shown to the model"
            body = json.dumps({"choices": [{"message": {"content": answer(template)}}]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Endpoint(f"http://127.0.0.1:{server.server_port}", "m")
    finally:
        server.shutdown()
        server.server_close()


def test_a_draft_that_says_something_else_is_dropped_for_the_template(tmp_path: Path) -> None:
    drafts = {
        "At {now}, cash is {change} higher.": None,
        "Cash is {now}, {change} more, or 7.": "has a figure of nobody's: 7",
        "Cash is {now}.": "leaves out change",
        "Cash is {now}, {change} more, {other}.": "names other, which does not exist",
        "Cash is {change}, {now} more.": "tells the figures in another order",
        "Cash is {now}, {change} less.": "says “less”, which the template does not",
    }
    answers = iter(drafts)
    source = Source("fct_quote_to_cash_monthly", "cash_amount", ())
    figures = {name: Figure(Decimal("4321.00"), (source,)) for name in ("now", "change")}
    sentence = Sentence("cash", "Cash is {now}, {change} more.", figures, {})
    with model(lambda _: next(answers)) as where:
        (good, *bad), remarks = drafted([sentence] * len(drafts), where)
    assert (good.template, good.drafted) == (next(iter(drafts)), True)
    assert bad == [sentence] * 5
    assert remarks == [
        f"the draft on cash {why}; the template stands" for why in drafts.values() if why
    ]
    assert endpoint(tmp_path) is None


def test_drafted_sentences_are_marked_on_the_page(
    small_warehouse: Settings, tmp_path: Path
) -> None:
    with model(
        lambda template: (
            f"In short: {template}" if template.startswith("Cash") else f"{template} Or 7."
        )
    ) as where:
        (tmp_path / "config.toml").write_text(
            f'[commentary]\nbase_url = "{where.base_url}"\nmodel = "{where.model}"\n',
            encoding="utf-8",
        )
        pack = pack_step(replace(small_warehouse, config=tmp_path), output=tmp_path / "pack")
    page = (pack / "commentary.html").read_text(encoding="utf-8")
    assert page.count("In short: Cash") == page.count(">drafted</span>") == 1
    assert "Or 7" not in page
    assert "has a figure of nobody&#39;s: 7; the template stands" in page
