"""The pages about margins say what the marts say, customer by customer and person by person."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pack_world import data
from playwright.sync_api import Browser
from published import writable
from site_expected import asked, line, read, tables

from tieout.pack.commentary import margin as commentary
from tieout.pack.margin import waterfall
from tieout.pack.marts import position, published
from tieout.pack.step import pack_step
from tieout.settings import Settings

SUMS = """
    sum(coalesce(planned_margin_amount, booked_amount)), sum(realised_value_amount), sum(cost_amount) - sum(wip_amount),
    sum(realised_margin_amount)
"""


@pytest.fixture(scope="module")
def pack(small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack_step(small_warehouse, None, tmp_path_factory.mktemp("margins") / "site")


@pytest.fixture(scope="module")
def marts(small_warehouse: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with published(small_warehouse) as connection:
        yield connection


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Of a hundred, to a tenth; nothing of nothing."""
    if not whole or whole <= 0 or part is None:
        return None
    return (100 * part / whole).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def test_the_walk_starts_at_the_plan_and_ends_at_what_was_earned(
    pack: Path, marts: duckdb.DuckDBPyConnection
) -> None:
    shown = tables(pack / "margin.html")[0][2]
    [(planned, _, _, realised)] = asked(marts, f"select {SUMS} from fct_job_margin")
    effects = asked(
        marts,
        """
        select replace(effect, '_', ' '), sum(value_amount) - sum(cost_amount) as amount
        from fct_margin_walk group by effect having amount <> 0
        """,
    )
    assert shown[0] == line("Planned", planned)
    assert shown[-1] == line("Realised", realised)
    assert sorted(figures for _, figures in shown[1:-1]) == sorted(
        line("", amount)[1] for _, amount in effects
    )
    for name, amount in effects:
        assert any(
            words.startswith(name.capitalize()) and one == ((amount,),) for words, one in shown
        )
    assert realised == planned + sum(amount for _, amount in effects)


def test_each_bar_begins_where_the_one_before_it_ends(pack: Path) -> None:
    """Of the walk as it is drawn: its rectangles, from the page."""
    page = (pack / "margin.html").read_text(encoding="utf-8")
    amounts = [figures[-1][0] for _, figures in tables(pack / "margin.html")[0][2]]
    bars = [
        (float(x), float(x) + float(width))
        for x, width in re.findall(r'<rect x="([\d.]+)" y="1" width="([\d.]+)"', page)
    ]
    assert len(bars) == len(amounts) > 2
    # Where nothing is, from the two totals, which stand on it.
    scale = (bars[0][1] - bars[0][0]) / float(abs(amounts[0]))
    nothing = bars[0][0] if amounts[0] > 0 else bars[0][1]
    level = amounts[0]
    for (left, right), amount in zip(bars[1:-1], amounts[1:-1], strict=True):
        ends = sorted(nothing + scale * float(end) for end in (level, level + amount))
        assert (left, right) == pytest.approx(ends, abs=0.05)
        level += amount
    assert level == amounts[-1]


def test_a_walk_of_nothing_is_drawn_without_a_width() -> None:
    zero = Decimal("0.00")
    steps = waterfall.drawn(("planned", zero), [], ("realised", zero))
    assert [(step.x, step.width) for step in steps] == [(0.0, 0.0), (0.0, 0.0)]


def keys(marts: duckdb.DuckDBPyConnection, noun: str) -> list[str]:
    return [key for (key,) in asked(marts, f"select {noun}_key from dim_{noun} order by 1")]


def test_each_job_and_product_has_its_margin_effects_and_records(
    pack: Path, marts: duckdb.DuckDBPyConnection
) -> None:
    customers, jobs, products = (keys(marts, noun) for noun in ("customer", "job", "product"))
    told = data(pack, "margins")
    shown = Counter(
        (customers[row[0]], jobs[row[1]], products[row[2]], *map(Decimal, row[3:7]), row[7])
        for row in told["rows"]
    )
    assert shown == Counter(
        asked(
            marts,
            """
            select customer_key, job_key, product_key, coalesce(planned_margin_amount, booked_amount),
                realised_value_amount, cost_amount - wip_amount, realised_margin_amount,
                planned_margin_amount is null
            from fct_job_margin
            """,
        )
    )
    effects = {
        (jobs[row[1]], products[row[2]], told["effects"][place][0]): Decimal(amount)
        for row in told["rows"]
        for place, amount in row[8]
    }
    assert effects == {
        key: amount
        for *key_parts, amount in asked(
            marts,
            "select job_key, product_key, effect, sum(value_amount - cost_amount) from fct_margin_walk group by all",
        )
        if amount
        for key in [tuple(key_parts)]
    }
    for row in told["rows"]:
        assert Decimal(row[3]) + sum(Decimal(amount) for _, amount in row[8]) == Decimal(row[6])
    records: Counter[Any] = Counter()
    for path in (pack / "data").glob("margin-*.js"):
        shard = data(pack, path.stem)
        words = [*shard["words"], None]
        for row in shard["records"]:
            records[
                (
                    jobs[row[0]],
                    products[row[1]],
                    told["effects"][row[2]][0],
                    *(words[row[place]] for place in (3, 4)),
                    row[5],
                    *map(Decimal, row[6:9]),
                    row[9],
                    *(words[row[place]] for place in (10, 11, 12)),
                    row[13],
                )
            ] += 1
    assert records == Counter(
        asked(
            marts,
            """
            select walk.job_key, walk.product_key, effect, reason, gap_class, effect_on::text, value_amount,
                cost_amount, value_amount - cost_amount, entity_label, stage, events.source_system,
                events.source_entity, source_id
            from fct_margin_walk as walk left join fct_stage_events as events using (event_key)
            """,
        )
    )


def test_a_browser_goes_from_a_customer_to_the_records(
    pack: Path, marts: duckdb.DuckDBPyConnection, chromium: Browser
) -> None:
    """Each customer's and job's walk and total, and the records of one product."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((pack / "margin.html").as_uri())
    ((customers, realised),) = asked(
        marts,
        "select count(distinct customer_key), sum(realised_margin_amount) from fct_job_margin",
    )
    total = page.locator("#members tfoot").inner_text()
    assert f"{customers} rows" in total and f"{realised:,.2f}" in total
    jobs = keys(marts, "job")
    for (job,) in asked(marts, "select distinct job_key from fct_job_margin order by 1"):
        page.goto("about:blank")
        page.goto(f"{(pack / 'margin.html').as_uri()}#job/{jobs.index(job)}")
        page.locator("#job table.data tfoot").wait_for()
        ((planned, earned),) = asked(
            marts,
            "select sum(coalesce(planned_margin_amount, booked_amount)), sum(realised_margin_amount)"
            " from fct_job_margin where job_key = ?",
            [job],
        )
        walk = read(page.locator("#job > table.falls").first.evaluate("table => table.outerHTML"))
        assert walk[0][2][0][1] == ((planned,),) and walk[0][2][-1][1] == ((earned,),)
    # Records are there for whatever has effects; what has none has no row.
    page.locator("#job button[data-level='2']").first.click()
    page.locator("#product table.data").wait_for()
    ((job,),) = asked(
        marts, "select job_key from fct_margin_walk group by 1 order by count(*) desc, 1 limit 1"
    )
    page.goto("about:blank")
    page.goto(f"{(pack / 'margin.html').as_uri()}#job/{jobs.index(job)}")
    product = page.locator("#job button[data-level='2']").first
    product.click()
    page.locator("#product table.data tfoot").wait_for()
    place = int(str(product.get_attribute("data-member")))
    ((number, effect),) = asked(
        marts,
        "select count(*), sum(effect_amount) from fct_margin_walk where job_key = ? and product_key = ?",
        [job, keys(marts, "product")[place]],
    )
    total = page.locator("#product table.data tfoot").inner_text()
    assert f"Total of {number} row" in total and f"{effect:,.2f}" in total
    # An effect opens its records; pressed again, and with its job, all of it closes.
    step = page.locator("#job > table.falls button[data-effect]").first
    step.click()
    page.locator("#records tfoot").wait_for()
    step.click()
    assert page.locator("#records").is_hidden()
    page.locator("#detail button[data-shuts='0']").click()
    assert page.locator("#detail").is_hidden() and page.locator("#product").is_hidden()
    assert errors == []
    page.close()


@pytest.mark.parametrize(
    ("title", "mart", "column"),
    [
        ("By representative", "fct_margin_by_rep", "owner_key"),
        ("By product category", "fct_margin_by_rep", "product_category"),
        (
            "By region of the customer",
            "fct_job_margin join dim_customer using (customer_key)",
            "coalesce(region, 'unknown')",
        ),
    ],
)
def test_who_earns_less_than_the_company_of_the_same_value(
    pack: Path, marts: duckdb.DuckDBPyConnection, title: str, mart: str, column: str
) -> None:
    ((value, realised),) = asked(
        marts, "select sum(realised_value_amount), sum(realised_margin_amount) from fct_job_margin"
    )
    expected = []
    for _, own, earned in asked(
        marts,
        f"select {column}, sum(realised_value_amount), sum(realised_margin_amount) from {mart} group by 1",
    ):
        if own > 0 and (short := earned - (own * realised / value).quantize(Decimal("0.01"))) < 0:
            expected.append((short, line("", own, earned, percent(earned, own), short)[1]))
    shown = [
        figures
        for _, caption, lines in tables(pack / "margin.html")
        if caption.startswith(title)
        for _, figures in lines
    ]
    assert shown == [figures for _, figures in sorted(expected)][:15]


def test_each_person_has_what_he_is_credited_with(
    pack: Path, marts: duckdb.DuckDBPyConnection
) -> None:
    shown = tables(pack / "representatives.html")[0][2]
    expected = asked(
        marts,
        """
        select case when owner_key = 'unknown' then 'Unknown owner' else full_name end,
            sum(booked_amount), sum(realised_value_amount), sum(realised_margin_amount),
            sum(discount_after_quote_effect_amount), sum(concession_effect_amount),
            sum(flexed_cost_amount) - sum(missed_cost_amount), sum(flexed_cost_amount), owner_key
        from fct_margin_by_rep as credited left join dim_person on owner_key = person_key
        group by owner_key, full_name order by sum(realised_margin_amount) desc, owner_key
        """,
    )
    prices = _prices(marts)
    assert len(shown) == len(expected) > 0
    for (words, figures), (
        *(who, booked, value, realised, discount, concession, met, planned, owner),
    ) in zip(shown, expected, strict=True):
        assert words.startswith(who)
        pocket, listed = prices.get(owner, (None, None))
        shares = percent(realised, value), percent(pocket, listed), percent(met, planned)
        wanted = line(who, booked, value, realised, *shares, discount, concession)
        assert figures == wanted[1]
    assert any(listed for _, listed in prices.values())


def _prices(marts: duckdb.DuckDBPyConnection) -> dict[str, tuple[Decimal, Decimal]]:
    """What reached the pocket and the list value of the work that each person is credited with."""
    work: dict[Any, dict[str, Decimal]] = {}
    for owner, job, product, amount in asked(
        marts,
        "select owner_key, job_key, product_key, reporting_amount from fct_attribution where stage = 'delivered'",
    ):
        of = work.setdefault((job, product), {})
        of[owner] = of.get(owner, Decimal(0)) + (amount or 0)
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for job, product, *amounts in asked(
        marts,
        """select job_key, product_key, pocket_value_amount, list_value_amount from fct_price_realisation
        where list_value_amount is not null""",
    ):
        own = work[job, product]
        for owner, amount in own.items():
            pocket, listed = found.get(owner, (Decimal(0), Decimal(0)))
            share = amount / sum(own.values())
            found[owner] = (pocket + amounts[0] * share, listed + amounts[1] * share)
    return found


def test_what_nobody_is_credited_with_is_told_by_cause(
    small_warehouse: Settings, tmp_path: Path
) -> None:
    settings = Settings(output=tmp_path, as_of=small_warehouse.as_of)
    shutil.copytree(small_warehouse.published.resolve(), settings.published)
    with duckdb.connect(str(writable(settings))) as marts:
        marts.execute("set schema = 'marts'")
        ((job,),) = asked(
            marts,
            """select job_key from fct_attribution where stage = 'booked' and job_key <> 'unknown'
            order by 1 limit 1""",
        )
        marts.execute("update fct_attribution set owner_key = 'unknown' where job_key = ?", [job])
        marts.execute(
            """
            insert into fct_exceptions by name
            select * replace ('deal_without_owner' as cause, 'rep_unattributed' as control_id,
                'of nobody' as exception_key, ? as job_key)
            from fct_exceptions limit 1
            """,
            [job],
        )
        sums = asked(
            marts,
            """
            select if(job_key = 'unknown', 'no job', 'deal without owner'), count(distinct event_key),
                coalesce(sum(reporting_amount) filter (stage in ('booked', 'change_order')), 0),
                coalesce(sum(reporting_amount) filter (stage = 'cost'), 0)
            from fct_attribution where owner_key = 'unknown' and stage in ('booked', 'change_order', 'cost')
            group by 1
            """,
        )
    told = [
        rows
        for _, caption, rows in tables(pack_step(settings) / "representatives.html")
        if caption.startswith("Credited to nobody")
    ]
    assert dict(told[0]) == dict(line(why, (records,), *amounts) for why, records, *amounts in sums)
    assert len(sums) > 0 and any(row[2] for row in sums)


def test_each_person_leads_to_the_jobs_he_is_credited_for(
    pack: Path, marts: duckdb.DuckDBPyConnection, chromium: Browser
) -> None:
    people = [key for (key,) in asked(marts, "select person_key from dim_person order by 1")]
    jobs, told = keys(marts, "job"), data(pack, "by-person")["jobs"]
    shown = {(people[row[0]], jobs[row[1]]): tuple(map(Decimal, row[4:])) for row in told}
    margins = {
        job: figures
        for job, *figures in asked(
            marts,
            "select job_key, sum(realised_value_amount), sum(realised_margin_amount) from fct_job_margin group by 1",
        )
    }
    credited: dict[Any, list[Decimal]] = {}
    for owner, job, stage, amount in asked(
        marts, "select owner_key, job_key, stage, reporting_amount from fct_attribution"
    ):
        place = {"booked": 0, "change_order": 0, "delivered": 1, "cost": 2}.get(stage)
        if place is not None:
            credited.setdefault((owner, job), [Decimal(0)] * 3)[place] += amount or 0
    zero = [Decimal(0)] * 2
    assert shown == {
        key: (*amounts, *margins.get(key[1], zero))
        for key, amounts in credited.items()
        if any(amounts)
    }
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto((pack / "representatives.html").as_uri())
    button = page.locator("[data-person]").first
    button.click()
    page.locator("#jobs tfoot").first.wait_for()
    person = people[int(str(button.get_attribute("data-person")))]
    own = [amounts for (owner, _), amounts in shown.items() if owner == person]
    total = page.locator("#jobs tfoot").first.inner_text()
    assert f"Total of {len(own)} row" in total
    assert f"{sum(amounts[1] for amounts in own):,.2f}" in total
    page.locator("#jobs a.job").first.click()
    page.locator("#job table.data tfoot").wait_for()
    page.close()


def test_the_commentary_tells_what_moved_the_margin_most(
    small_warehouse: Settings, marts: duckdb.DuckDBPyConnection
) -> None:
    at = position(small_warehouse, marts, None)
    told = [s for s in commentary.sentences(marts, at, "", {}) if s.topic == "margin"]
    effects = asked(
        marts,
        """
        select effect, abs(sum(effect_amount)) as size from fct_margin_period_walk
        where grouped_by = 'customer' and to_month = '2026-02-01'
        group by 1 having size > 0 order by size desc, 1 limit 3
        """,
    )
    said = [s for s in told if s.template.startswith("Since the month before")]
    assert [s.figures["amount"].value for s in said] == [size for _, size in effects] != []
    called = {"other": "what has no quantity"}
    for sentence, (effect, _) in zip(said, effects, strict=True):
        assert f"Since the month before, {called.get(effect, effect)} " in sentence.template
    ((now, then),) = asked(
        marts,
        """
        select sum(if(month = '2026-02-01', realised_margin_amount, 0)),
            sum(if(month = '2026-01-01', realised_margin_amount, 0)) from fct_job_margin_monthly
        """,
    )
    assert told[0].figures["now"].value == now
    assert told[0].figures["change"].value == abs(now - then)
    assert (" more " if now >= then else " less ") in told[0].template


def test_quote_accuracy_is_made_of_what_was_planned_and_missed(
    small_warehouse: Settings, tmp_path: Path, chromium: Browser
) -> None:
    settings = Settings(output=tmp_path, as_of=small_warehouse.as_of)
    shutil.copytree(small_warehouse.published.resolve(), settings.published)
    with duckdb.connect(str(writable(settings))) as marts:
        marts.execute("set schema = 'marts'")
        marts.execute("update fct_margin_by_rep set flexed_cost_amount = 0, missed_cost_amount = 0")
        ((owner,),) = asked(
            marts, "select owner_key from fct_margin_by_rep group by 1 having count(*) > 1 limit 1"
        )
        keys_of = "select margin_by_rep_key from fct_margin_by_rep where owner_key = ? order by 1"
        for (key,), planned, missed in zip(
            asked(marts, keys_of, [owner]), (900, 100), (50, 60), strict=False
        ):
            marts.execute(
                """update fct_margin_by_rep set flexed_cost_amount = ?, missed_cost_amount = ?
                where margin_by_rep_key = ?""",
                [planned, missed, key],
            )
        people = [row[0] for row in asked(marts, "select person_key from dim_person order by 1")]
    folder = pack_step(settings)
    told = data(folder, "by-person")["accuracy"]
    assert {people[row[0]] for row in told} == {owner}
    assert sorted(tuple(map(Decimal, row[4:])) for row in told) == [
        (Decimal(100), Decimal(60), Decimal("40.0")),
        (Decimal(900), Decimal(50), Decimal("94.4")),
    ]
    page = chromium.new_page()
    page.goto((folder / "representatives.html").as_uri())
    person = people.index(owner)
    row = page.locator(f"tr:has([data-person='{person}'])").first
    # 890 of 1,000, and not the mean of 40 and 94.4.
    assert "89.0 %" in row.inner_text()
    page.locator(f"[data-person='{person}']").click()
    page.get_by_text("94.4 %").wait_for()
    page.close()
