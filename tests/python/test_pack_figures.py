"""Every figure of every page is the mart's: in the pages, in their data, and in what a browser
shows of it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pack_world import data, with_figures, without_exceptions
from playwright.sync_api import Browser
from site_expected import STAGES, WALK, Line, Walks, asked, line, numbers, read, same, tables

from tieout.pack.marts import Position, opened, position, published
from tieout.pack.pages import reconciliation
from tieout.pack.pages.exceptions import page_of
from tieout.pack.step import pack_step
from tieout.settings import Settings

KEYS = {
    "customer": ("dim_customer", "customer_key", "customer_key"),
    "owner": ("dim_person", "person_key", "owner_key"),
    "product": ("dim_product", "product_key", "product_key"),
    "job": ("dim_job", "job_key", "job_key"),
}
"""Of each noun its dimension, that one's key, and the key's name in facts."""
LIVE = "status in ('open', 'acknowledged', 'reopened')"
MONTHS = ["2026-01", "2026-02"]


@pytest.fixture(scope="module")
def world(small_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The small company with figures on every page, and a run before that had none of them."""
    settings = Settings(output=tmp_path_factory.mktemp("figures"), as_of=small_warehouse.as_of)
    for run in ("published.1", "published.2"):
        shutil.copytree(small_warehouse.published.resolve(), settings.output / run)
    settings.published.symlink_to("published.2")
    without_exceptions(settings.output / "published.1" / "marts.duckdb")
    with_figures(settings.marts)
    settings.raw.symlink_to(small_warehouse.raw.resolve())
    return settings


@pytest.fixture(scope="module")
def marts(world: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with published(world) as connection:
        yield connection


@pytest.fixture(scope="module")
def packs(world: Settings, marts: duckdb.DuckDBPyConnection) -> dict[str, tuple[Path, Position]]:
    """The packs of January, which is past, and of February, which the position is of."""
    return {
        month: (pack_step(world, day, world.output / month / "site"), position(world, marts, day))
        for month, day in ((month, date.fromisoformat(f"{month}-01")) for month in MONTHS)
    }


@pytest.fixture(params=MONTHS)
def pack(
    request: pytest.FixtureRequest, packs: dict[str, tuple[Path, Position]]
) -> tuple[Path, Position]:
    return packs[request.param]


def ends(rows: list[tuple[Any, ...]]) -> list[Line]:
    return [line(*row) for row in rows]


def test_the_overview_says_what_the_marts_say(
    pack: tuple[Path, Position], world: Settings, marts: duckdb.DuckDBPyConnection
) -> None:
    folder, at = pack
    everybody = Walks(marts, at, "'all'")
    answers, period, to_date, families, losses, changes, laws, tie_outs = (
        lines for _, _, lines in tables(folder / "index.html")
    )
    before_and_now = answered(world, marts)
    same(
        answers,
        [
            line(
                question,
                tuple(before_and_now[name][1] for name in names),
                tuple(
                    now - before
                    for before, now in (before_and_now[name] for name in names)
                    if before is not None
                ),
            )
            for question, names in ANSWERS.items()
        ],
    )
    same(period, everybody.overview("period"))
    same(to_date, everybody.overview("to_date"))
    drawn = data(folder, "walk")
    for scope in ("period", "to_date"):
        sides = [[gap["from"], gap["to"]] for gap in drawn[scope]]
        steps = {
            (g["gap"], r[0]): Decimal(r[1])
            for g in drawn[scope]
            for kind in g["classes"]
            for r in kind["reasons"]
        }
        own = everybody.steps["all", scope]
        assert steps == {key: s[1] - s[0] for key, s in own.items() if s[1] != s[0]}
        assert [[Decimal(amount) for _, amount in pair] for pair in sides] == [
            [sum(step[side] for (of, _), step in own.items() if of == gap) for side in (0, 1)]
            for gap in WALK
        ]
        assert all(
            Decimal(kind["amount"]) == sum(Decimal(reason[1]) for reason in kind["reasons"])
            for gap in drawn[scope]
            for kind in gap["classes"]
        )
    found = asked(
        marts,
        """select family, sum(case status when 'failed' then 1 else 0 end), count(*), sum(exception_count),
            sum(counted_loss_amount), sum(counted_amount) - sum(counted_loss_amount)
        from fct_control_results where is_latest group by 1 order by 5 desc, 6 desc, 1""",
    )
    totals = [sum(Decimal(row[place]) for row in found) for place in (1, 2, 3, 4, 5)]
    rows = [
        line(family.replace("_", " "), (failed, of), *amounts)
        for family, failed, of, *amounts in found
    ]
    same(families, [*rows, line("together", (totals[0], totals[1]), *totals[2:])])
    same(losses, where_the_loss_lies(marts))
    ((number, counted),) = asked(
        marts, f"select count(*), sum(counted_amount) from fct_exceptions where {LIVE}"
    )
    now = stages_of_all(marts)
    figures = [line(stage, amount, amount, 0) for stage, amount in now.items()]
    figures += [
        line(name, before, after, after - before)
        for name, (before, after) in before_and_now.items()
        if before is not None
    ]
    figures.append(line("value at risk", 0, counted, counted))
    same(changes, [*figures, line("unresolved", 0, number, number)])
    between = dict(
        asked(marts, "select gap, sum(from_amount) - sum(to_amount) from fct_bridge group by 1")
    )
    expected = [
        line(f"holds from {first} to {last}", between[gap], between[gap], 0)
        for gap, (first, last) in WALK.items()
    ]
    ((months,),) = asked(marts, "select sum(from_amount) - sum(to_amount) from fct_bridge_monthly")
    ((jobs,),) = asked(
        marts, "select sum(reporting_amount) from fct_stage_events where stage <> 'cost'"
    )
    ((events,),) = asked(marts, "select count(*) from fct_stage_events")
    expected += [line("holds the months", months, months, 0), line("holds the jobs", jobs, jobs, 0)]
    same(laws, [*expected, line("holds nothing counts twice", events, events, 0)])
    known = {"passed": "ties", "failed": "differs"}
    same(
        tie_outs,
        [
            line(
                f"{known.get(status, status.replace('_', ' '))} {title}", looked_at, number, amount
            )
            for title, status, looked_at, number, amount in asked(
                marts,
                """select title, status, population_count, exception_count, value_at_risk_amount
                from fct_control_results as results inner join dim_control using (control_id)
                where is_latest and (control_id = 'landed_incomplete' or results.family = 'ledger')
                order by status = 'passed', status <> 'failed', value_at_risk_amount desc, control_id""",
            )
        ],
    )
    ((exceptions, loss, doubt),) = asked(
        marts,
        """select sum(exception_count), sum(counted_loss_amount), sum(counted_doubt_amount)
        from fct_control_results where is_latest""",
    )
    page = (folder / "index.html").read_text(encoding="utf-8")
    # What the second line adds to the leakage would be loss of nothing that was lost.
    said = "good" if losses[1][1][0][0] <= 0 else "bad"
    assert f'and what lies outside it <span class="state {said}">' in page
    lost, doubtful = (
        f'{at.currency} <span class="amount">{amount:,.2f}</span>' for amount in (loss, doubt)
    )
    ((holding,),) = asked(
        marts, f"select count(*) from fct_exceptions where {LIVE} and counted_loss_amount > 0"
    )
    assert f"{holding:,} exceptions hold {lost} of loss" in page
    assert f"{doubtful} more is in doubt" in page
    assert exceptions > holding
    ((differ, compared, held),) = asked(
        marts,
        """select count(*) filter (status = 'failed'), count(*) filter (status in ('failed', 'passed')), count(*)
        from fct_control_results where is_latest and (control_id = 'landed_incomplete' or family = 'ledger')""",
    )
    assert compared < held, "one without a population neither ties nor differs"
    assert f"{differ} of {compared} tie-outs differ" in page
    assert f"{held - compared} had nothing to compare" in page


ANSWERS = {
    "Did it tie?": ("tie-outs that differ",),
    "What was lost, and who acts on it?": ("loss",),
    "What was earned, and why not what was quoted?": ("realised margin",),
    "What is ready to bill, and what is past due?": ("ready to bill", "past due"),
    "What changed since the last close?": ("entered after closing",),
}
"""The questions of the first page in their order, and the figures that answer each."""


def answered(
    world: Settings, marts: duckdb.DuckDBPyConnection
) -> dict[str, tuple[Decimal | None, Decimal]]:
    """Each figure as the publication before has it, and as this one has it; None where no ledger
    had said which months are closed."""
    figures = {
        "tie-outs that differ": """select count(*) from fct_control_results join dim_control using (control_id)
            where is_latest and status = 'failed'
                and (control_id = 'landed_incomplete' or fct_control_results.family = 'ledger')""",
        "loss": "select sum(counted_loss_amount) from fct_control_results where is_latest",
        "realised margin": """select sum(realised_value_amount) - sum(cost_amount) + sum(wip_amount)
            from fct_job_margin""",
        "ready to bill": """select coalesce(sum(from_amount) - sum(to_amount), 0) from fct_bridge
            where gap = 'delivered_to_invoiced' and reason like '%billing_window'""",
        "past due": "select coalesce(sum(if(days_overdue > 0, open_amount, 0)), 0) from fct_receivables",
        "entered after closing": f"""select if(population_count = 0, null, (select
                coalesce(sum(value_at_risk_amount), 0) from fct_exceptions as found
                where found.control_id = results.control_id and {LIVE}))
            from fct_control_results as results where control_id = 'posted_to_closed_period'""",
    }
    with opened(world.output / "published.1" / "marts.duckdb") as before:
        return {name: (one(before, sql), one(marts, sql)) for name, sql in figures.items()}


def where_the_loss_lies(marts: duckdb.DuckDBPyConnection) -> list[Line]:
    """The loss of the controls as a sum, from the leakage of the bridge on."""
    ((leakage,),) = asked(
        marts,
        "select coalesce(sum(abs(from_amount - to_amount)), 0) from fct_bridge where gap_class = 'leakage'",
    )
    outside = dict(
        asked(
            marts,
            """select outside_bridge, sum(counted_loss_amount)
            from fct_control_results join dim_control using (control_id)
            where is_latest and outside_bridge is not null group by 1 order by 1""",
        )
    )
    ((loss,),) = asked(
        marts, "select sum(counted_loss_amount) from fct_control_results where is_latest"
    )
    inside = loss - sum(outside.values())
    lines = [
        line("leakage in the bridge", leakage),
        line("leakage that no control counts as loss", inside - leakage),
    ]
    lines += [line("loss in the bridge", inside)]
    lines += [line(f"outside the bridge: {name}", amount) for name, amount in outside.items()]
    return [*lines, line("loss", loss)]


def stages_of_all(marts: duckdb.DuckDBPyConnection) -> dict[str, Decimal]:
    sums = "sum(booked_amount), sum(contracted_amount), sum(delivered_amount), sum(invoiced_amount + credited_amount)"
    (row,) = asked(
        marts, f"select {sums}, sum(recognised_amount), sum(cash_amount) from fct_quote_to_cash"
    )
    return dict(zip(STAGES, row, strict=True))


def test_controls_evidence_and_identity_say_what_the_marts_say(
    pack: tuple[Path, Position], marts: duckdb.DuckDBPyConnection
) -> None:
    folder, at = pack
    register, *others = tables(folder / "controls.html")
    figures = (
        "population_count, too_young_count, population_amount, exception_count, waived_count,"
        " value_at_risk_amount"
    )
    figures += ", counted_loss_amount, counted_doubt_amount, counted_amount"
    results = asked(
        marts,
        f"select title, control_id, {figures} from fct_control_results join dim_control using (control_id)",
    )
    assert Counter(cells for _, cells in register[2]) == Counter(
        line("", *row[2:-1])[1] for row in results
    )
    for words, cells in register[2]:
        assert any(
            words.startswith(row[0]) and cells == line("", *row[2:-1])[1] for row in results
        ), words
    shown = {(section, caption): lines for section, caption, lines in others}
    for _, control, looked_at, _, _, number, *_others, counted in results:
        lines = shown.pop((control, "Each run that is kept"))
        assert [cells for _, cells in lines] == [line("", looked_at, number, counted)[1]]
    weeks = asked(
        marts,
        """select control_id, week_ends_on, sum(open_count), sum(open_amount) from fct_exception_trends
        group by 1, 2 order by 1, 2""",
    )
    for control in sorted({row[0] for row in weeks}):
        same(
            shown.pop((control, "Open at the end of each week")),
            [
                line(f"{on.day} {on:%b %Y}", number, amount)
                for of, on, number, amount in weeks
                if of == control
            ],
        )
    assert not shown

    found = {caption: lines for _, caption, lines in tables(folder / "evidence.html")}
    recorded = at.record["tests"]
    same(
        found.pop("The run"),
        [line(f"dbt tests: {status}", number) for status, number in recorded.items()],
    )
    inputs = asked(
        marts,
        """select source_system, count(*), sum(reporting_amount) from fct_stage_events
        group by source_system, source_entity, load_id order by source_system, source_entity, load_id""",
    )
    same(found.pop(f"Inputs: the events of each load, {at.currency}"), ends(inputs))
    checks = asked(
        marts,
        """select replace(status, '_', ' '), count(*), sum(exception_count) from fct_control_results
        group by status order by status""",
    )
    same(found.pop("Controls of this run"), ends(checks))
    names = asked(
        marts, "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
    )
    counted_rows = [line(name, one(marts, f"select count(*) from {name}")) for (name,) in names]
    same(found.pop("Published marts: rows, and the SHA-256 of each Parquet file"), counted_rows)
    assert not found

    ((_, _, links),) = tables(folder / "identity.html")
    expected: Counter[Any] = Counter()
    for noun in ("customer", "product", "person", "job"):
        expected.update(
            line(noun, number, least)
            for number, least in asked(
                marts,
                f"""select count(*), min(match_probability) from xref_{noun}
                group by source_entity, match_status, match_rule""",
            )
        )
    assert Counter(links) == expected
    review = data(folder, "review")["rows"]
    assert sorted(
        (row[2][1], row[3][1], *map(Decimal, (row[4], *row[9:12]))) for row in review
    ) == asked(
        marts,
        """select left_id, right_id, match_probability, revenue_at_stake_amount, left_revenue_amount,
            right_revenue_amount from fct_match_review order by 1, 2""",
    )
    assert Counter(
        (*row[:3], row[3], *map(Decimal, row[4:])) for row in data(folder, "sensitivity")
    ) == Counter(
        asked(
            marts,
            """select measure, match_rule, probability_band, subject_count, amount, total_amount, amount_if_cut
            from fct_match_sensitivity where entity = 'customer'""",
        )
    )
    assert len(review) == 5 and len(data(folder, "customer-changes")) == 3


def one(marts: duckdb.DuckDBPyConnection, sql: str, *values: object) -> Any:
    ((found,),) = asked(marts, sql, list(values))
    return found


def test_exceptions_say_what_the_marts_say(
    pack: tuple[Path, Position], marts: duckdb.DuckDBPyConnection
) -> None:
    folder, _ = pack
    standings, *summaries = (lines for _, _, lines in tables(folder / "exceptions.html"))
    states = {"unresolved": LIVE, "waived": "status = 'waived'", "resolved": "status = 'resolved'"}
    sums = "count(*), sum(value_at_risk_amount), sum(counted_amount), sum(counted_loss_amount)"
    same(
        standings,
        [
            line(state, *asked(marts, f"select {sums} from fct_exceptions where {when}")[0])
            for state, when in states.items()
        ],
    )
    ages = {
        "0 to 7 days": "<= 7",
        "8 to 30 days": "between 8 and 30",
        "31 to 90 days": "between 31 and 90",
    }
    ages["over 90 days"] = "> 90"
    sizes = {
        "no amount": "= 0",
        "under 100": "between 0.01 and 99.99",
        "100 to 1,000": "between 100 and 999.99",
    }
    sizes |= {"1,000 to 10,000": "between 1000 and 9999.99", "10,000 and more": ">= 10000"}
    title = "(select title from dim_control as rules where rules.control_id = x.control_id)"
    by_owner, by_control = (
        Counter(
            line(*row)
            for row in asked(
                marts,
                f"select {what}, {sums}, max(age_days) from fct_exceptions as x where {LIVE} group by {what}",
            )
        )
        for what in ("owner", title)
    )
    by_age, by_value = (
        Counter(
            line(name, *row)
            for name, when in parts.items()
            for row in asked(
                marts,
                f"""select {sums}, max(age_days) from fct_exceptions where {LIVE} and {column} {when}
                having count(*) > 0""",
            )
        )
        for column, parts in (("age_days", ages), ("value_at_risk_amount", sizes))
    )
    month = "greatest(date_trunc('month', found_from_on)::date, '2024-08-01')"
    by_month = Counter(
        line(f"{start:%b %Y}", number, counted)
        for start, number, counted in asked(
            marts,
            f"select {month}, count(*), sum(counted_amount) from fct_exceptions where {LIVE} group by 1",
        )
    )
    by_week = Counter(
        line(f"{week.day} {week:%b %Y}", *figures)
        for week, *figures in asked(
            marts,
            """select week_ends_on, sum(opened_count + reopened_count)::bigint, sum(resolved_count)::bigint,
                sum(open_count)::bigint, sum(open_amount) from fct_exception_trends group by 1""",
        )
    )
    told = [Counter(lines) for lines in summaries]
    assert told == [by_owner, by_control, by_age, by_value, by_month, by_week]

    told = data(folder, "exceptions")
    columns = """exception_key, owner, status, severity, entity, entity_id, source_system, occurred_on::text, age_days,
        value_at_risk_amount, counted_amount, control_id, loss_amount, doubt_amount, counted_loss_amount,
        entity_label"""
    rows = told["rows"]
    assert Counter(
        (
            row[1],
            *row[3:5],
            *row[6:10],
            *row[13:15],
            *map(Decimal, row[15:17]),
            row[17],
            *map(Decimal, row[19:22]),
            row[22],
        )
        for row in rows
    ) == Counter(asked(marts, f"select {columns} from fct_exceptions"))
    details = {}
    for row in rows:
        details[row[1]] = data(folder, f"evidence-{row[0] // told['chunk']}")[
            row[0] % told["chunk"]
        ]
    numbers_of = (
        "document_amount, expected_amount, actual_amount, times_reopened, similar_resolved_count"
    )
    for key, evidence, *figures in asked(
        marts, f"select exception_key, evidence, {numbers_of} from fct_exceptions"
    ):
        found = details[key]
        shown = [found[name.strip()] for name in numbers_of.split(",")]
        assert [None if value is None else Decimal(value) for value in shown] == figures
        days = evidence.partition('"days": ')[2].partition(",")[0]
        assert found["evidence"] == [["amount", "12.30"], ["days", days], ["who", "–"]]


def test_receivables_say_what_the_marts_say(
    pack: tuple[Path, Position], marts: duckdb.DuckDBPyConnection
) -> None:
    folder, at = pack
    ((_, _, ageing),) = tables(folder / "receivables.html")
    sums = "count(*) filter (document_open_amount <> 0), coalesce(sum(reporting_open_amount), 0)"
    buckets = ["current", "1-30", "31-60", "61-90", "91-120", "over 120"]
    same(
        ageing,
        [
            line(
                b,
                *asked(marts, f"select {sums} from fct_receivables where ageing_bucket = ?", [b])[
                    0
                ],
            )
            for b in buckets
        ]
        + [line("together", *asked(marts, f"select {sums} from fct_receivables")[0])],
    )
    (number, together) = asked(marts, f"select {sums} from fct_receivables")[0]
    page = (folder / "receivables.html").read_text(encoding="utf-8")
    assert f'{number} documents, {at.currency} <span class="amount">{together:,.2f}</span>' in page
    told = data(folder, "receivables")
    assert told["buckets"] == buckets
    assert Counter(
        (row[0], row[3], row[4], row[5], row[6], row[7], *map(Decimal, row[8:12]), row[12])
        for row in told["invoices"]
    ) == Counter(
        asked(
            marts,
            """select invoice_number, issued_on::text, due_on::text, days_overdue, ageing_bucket, currency,
                document_gross_amount, document_applied_amount, document_open_amount, reporting_open_amount,
                source_system
            from fct_receivables where document_open_amount <> 0""",
        )
    )
    owed = ", ".join(
        f"coalesce(sum(if(ageing_bucket = '{b}', reporting_open_amount, 0)), 0)" for b in buckets
    )
    assert Counter(tuple(map(Decimal, row[2:])) for row in told["customers"]) == Counter(
        asked(
            marts,
            f"""select {owed}, coalesce(sum(reporting_open_amount), 0) from fct_receivables
            where document_open_amount <> 0 group by customer_key""",
        )
    )


@pytest.mark.parametrize("noun", reconciliation.NOUNS)
def test_every_figure_of_the_reconciliation_is_the_marts(
    noun: str, pack: tuple[Path, Position], marts: duckdb.DuckDBPyConnection
) -> None:
    folder, at = pack
    column = KEYS[noun][2] if noun in KEYS else "month"
    walks, keys, shared = Walks(marts, at, column), members(marts, noun), data(folder, "shared")
    told = data(folder, f"by-{noun}")
    shown: dict[tuple[Any, str], tuple[Decimal, ...]] = {}
    for member, period, to_date in told["stages"]:
        shown[keys[member], "period"], shown[keys[member], "to_date"] = (
            tuple(map(Decimal, amounts)) for amounts in (period, to_date)
        )
    nothing = (Decimal(0),) * 6
    expected = {key: tuple(stages.values()) for key, stages in walks.stages.items()}
    assert {key: row for key, row in shown.items() if row != nothing} == {
        key: row for key, row in expected.items() if row != nothing
    }
    steps: dict[tuple[Any, str], dict[tuple[str, str], list[Any]]] = {}
    for member, gap, reason, *figures, _ in told["steps"]:
        for scope, (first, last, pieces) in (("period", figures[:3]), ("to_date", figures[3:])):
            if pieces:
                step = [Decimal(first), Decimal(last), pieces]
                steps.setdefault((keys[member], scope), {})[
                    shared["gaps"][gap][0], shared["reasons"][reason][0]
                ] = step
    assert steps == walks.steps


def members(marts: duckdb.DuckDBPyConnection, noun: str) -> Any:
    """The key of each place, or of each month's text."""
    if noun in KEYS:
        table, key, _ = KEYS[noun]
        return [row[0] for row in asked(marts, f"select {key} from {table} order by 1")]
    return {
        str(month): month
        for (month,) in asked(marts, "select distinct month from fct_bridge_monthly")
    } | {
        str(month): month
        for (month,) in asked(marts, "select distinct month from fct_quote_to_cash_monthly")
    }


def test_every_piece_and_every_record_behind_it_is_the_marts(
    pack: tuple[Path, Position], marts: duckdb.DuckDBPyConnection
) -> None:
    folder, at = pack
    shared, keys = data(folder, "shared"), {noun: members(marts, noun) for noun in KEYS}
    start = date(2000, 1, 1)

    def day(number: int | None) -> date | None:
        return None if number is None else start + timedelta(days=number)

    def exactly(value: Any) -> Any:
        return None if value is None else Decimal(value)

    def credited(piece: list[Any]) -> tuple[Any, ...]:
        shares = piece[12] if isinstance(piece[12], list) else [[piece[12], piece[5], piece[6]]]
        return tuple((keys["owner"][place], *map(Decimal, amounts)) for place, *amounts in shares)

    shown: Counter[Any] = Counter()
    for path in (folder / "data").glob("pieces-*.js"):
        shard = data(folder, path.stem)
        words = [*shard["words"], None]
        events = [
            (
                *(
                    words[event[0]],
                    day(event[1]),
                    words[event[2]],
                    words[event[3]],
                    event[4],
                    words[event[5]],
                ),
                *(
                    exactly(event[6]),
                    exactly(words[event[7]]),
                    exactly(event[8]),
                    exactly(event[9]),
                ),
                *(words[event[10]], words[event[11]], event[12]),
            )
            for event in shard["events"]
        ] + [None]
        customer = keys["customer"][int(path.stem.partition("-")[2])]
        for piece in shard["pieces"]:
            shown[
                (
                    *(
                        customer,
                        shared["gaps"][piece[0]][0],
                        shared["reasons"][piece[1]][0],
                        words[piece[2]],
                    ),
                    *(day(piece[3]), day(piece[4]), Decimal(piece[5]), Decimal(piece[6])),
                    *(events[place] for place in piece[7:10]),
                    *(
                        keys["job"][piece[10]],
                        keys["product"][piece[11]],
                        credited(piece),
                        piece[13],
                    ),
                )
            ] += 1
    event = """select event_key, stage, event_on, source_system, source_entity, source_id, currency, document_amount,
        exchange_rate, reporting_amount, quantity, unit, valuation_rule, entity_label from fct_stage_events"""
    known = {row[0]: row[1:] for row in asked(marts, event)}
    shares: dict[str, list[tuple[Any, ...]]] = {}
    for piece, *share in asked(
        marts,
        """select bridge_item_key, owner_key, from_amount, to_amount from fct_bridge_attribution
        where from_amount <> 0 or to_amount <> 0 order by owner_key""",
    ):
        shares.setdefault(piece, []).append(tuple(share))
    expected = Counter(
        (
            *row[:8],
            *(known.get(key) for key in row[8:11]),
            *(*row[11:13], tuple(shares[row[13]]), row[13][:12]),
        )
        for row in asked(
            marts,
            """select customer_key, gap, reason, match_rule, from_on, to_on, from_amount, to_amount, from_event_key,
                to_event_key, related_event_key, job_key, product_key, bridge_item_key
            from fct_bridge where (from_amount <> 0 and from_on <= $ends) or (to_amount <> 0 and to_on <= $ends)""",
            {"ends": at.ends_on},
        )
    )
    assert any(len(own) > 1 for own in shares.values())
    assert shown == expected


def test_the_months_are_the_marts(
    pack: tuple[Path, Position], marts: duckdb.DuckDBPyConnection
) -> None:
    folder, at = pack
    told = data(folder, "months")
    assert told["months"][-1] == at.starts_on.isoformat()
    expected = {
        (month, stage): amount
        for row in asked(
            marts,
            """select month::text, sum(booked_amount), sum(contracted_amount), sum(delivered_amount),
                sum(invoiced_amount + credited_amount), sum(recognised_amount), sum(cash_amount)
            from fct_quote_to_cash_monthly where month <= ? group by 1""",
            [at.ends_on],
        )
        for month in row[:1]
        for stage, amount in zip(told["stages"], row[1:], strict=True)
    }
    shown = {
        (month, stage): Decimal(amount)
        for stage, amounts in told["stages"].items()
        for month, amount in zip(told["months"], amounts, strict=True)
    }
    assert {key: amount for key, amount in shown.items() if amount} == {
        key: amount for key, amount in expected.items() if amount
    }


def test_every_chain_is_the_marts(
    pack: tuple[Path, Position], marts: duckdb.DuckDBPyConnection
) -> None:
    folder, _ = pack
    traced, jobs = data(folder, "traced"), members(marts, "job")
    listed = {jobs[row[0]]: row[-1] for row in traced["jobs"]}
    counts = "select job_key, count(*) from fct_exceptions where job_key <> 'unknown' group by 1"
    assert listed == dict(asked(marts, counts)) and listed
    at = {
        part: {name: place for place, name in enumerate(names)}
        for part, names in traced["columns"].items()
    }

    def picked(rows: list[list[Any]], part: str, *names: str) -> Counter[Any]:
        return Counter(
            tuple(
                None if row[at[part][name]] is None else Decimal(row[at[part][name]])
                for name in names
            )
            for row in rows
        )

    for place, *_ in traced["jobs"]:
        chain, job = data(folder, f"trace-{place}"), jobs[place]
        of_job = "where job_key = ?"
        stages = f"select stage, sum(coalesce(reporting_amount, 0)) from fct_stage_events {of_job} group by 1"
        assert {stage: Decimal(amount) for stage, amount in chain["stages"]} == dict(
            asked(marts, stages, [job])
        )
        gaps = (
            "select gap, sum(from_amount), sum(to_amount), sum(difference_amount)"
            f" from fct_bridge {of_job} group by 1"
        )
        assert {(row[0], *map(Decimal, row[1:])) for row in chain["gaps"]} == set(
            asked(marts, gaps, [job])
        )
        for part, mart, names in (
            (
                "event",
                "fct_stage_events",
                ("document_amount", "tax_amount", "exchange_rate", "reporting_amount", "quantity"),
            ),
            ("piece", "fct_bridge", ("from_amount", "to_amount", "difference_amount")),
            ("exception", "fct_exceptions", ("value_at_risk_amount", "counted_amount")),
        ):
            found = asked(marts, f"select {', '.join(names)} from {mart} {of_job}", [job])
            assert picked(chain[f"{part}s"], part, *names) == Counter(found), (job, part)


@pytest.mark.parametrize("noun", reconciliation.NOUNS)
def test_a_browser_shows_every_walk_of_every_member(
    noun: str,
    packs: dict[str, tuple[Path, Position]],
    marts: duckdb.DuckDBPyConnection,
    chromium: Browser,
) -> None:
    """In each view and time: each row, the total; then each member's walk, and the pieces of each
    of its steps."""
    folder, at = packs["2026-02"]
    walks = Walks(marts, at, KEYS[noun][2] if noun in KEYS else "month")
    keys, page = members(marts, noun), chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.goto((folder / reconciliation.NOUNS[noun][0]).as_uri())
    zero = Decimal(0)
    for scope in ("to_date",) if noun == "month" else ("period", "to_date"):
        if noun != "month":
            page.click(f"#scopes button[value={scope}]")
        for view in ("walk", *map(str, range(5)), "stages"):
            page.click(f"#views button[value='{view}']")
            rows, total = rows_and_total(page, "#members")
            expected = [walks.row(member, scope, view) for member in walks.members()]
            expected = [row for row in expected if any(row)]
            assert Counter(cells for _, cells in rows) == Counter(
                line("", *row)[1] for row in expected
            ), (scope, view)
            assert numbers(total[0]) == (len(expected),)
            assert (
                total[1]
                == line("", *(sum(column, zero) for column in zip(*expected, strict=True)))[1]
            )
        buttons = page.locator("#members button.who")
        for place in range(buttons.count()):
            buttons.nth(place).click()
            given = buttons.nth(place).get_attribute("data-member")
            member = keys[given if noun == "month" else int(str(given))]
            same(read(itself(page, "#detail"))[0][2], walks.walk(member, scope))
            steps = page.locator("#detail button[data-pieces]").count()
            # All of the customers' and, since pieces find their member each in its own way, one's
            # of the others.
            for number in range(
                steps if noun == "customer" or (place == 0 and noun != "month") else 0
            ):
                page.locator("#detail button[data-pieces]").nth(number).click()
                page.locator("#pieces tfoot").wait_for()
                _, shown = rows_and_total(page, "#pieces")
                words, figures = read(itself(page, "#detail"))[0][2][number_of_step(page, number)]
                assert (numbers(shown[0]), shown[1][-1]) == (figures[0], figures[1]), words
    page.close()


def test_each_reason_of_the_overview_leads_to_its_pieces(
    packs: dict[str, tuple[Path, Position]], marts: duckdb.DuckDBPyConnection, chromium: Browser
) -> None:
    folder, at = packs["2026-02"]
    everybody = Walks(marts, at, "'all'")
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.goto((folder / "index.html").as_uri())
    found = page.locator("tr.reason a[href^='customers.html#']").evaluate_all(
        "links => links.map((link) => link.href)"
    )
    shown = set()
    for address in found:
        gap, reason, scope = address.rpartition("#")[2].split("/")
        page.goto(address)
        page.locator("#pieces tfoot").wait_for()
        _, total = rows_and_total(page, "#pieces")
        step = everybody.steps["all", scope][gap, reason]
        assert (numbers(total[0]), total[1]) == (
            (step[2],),
            line("", step[0], step[1], step[1] - step[0])[1],
        ), address
        page.goto("about:blank")
        shown.add((scope, gap, reason))
    assert shown == {
        (scope, *key)
        for (_, scope), steps in everybody.steps.items()
        for key, step in steps.items()
        if step[0] != step[1]
    }
    page.close()


def rows_and_total(page: Any, holder: str) -> tuple[list[Line], Line]:
    """What a table shows, and the row below it, which the HTML has first."""
    ((_, _, lines),) = read(page.inner_html(holder))
    (total,) = (line for line in lines if line[0].startswith("Total of "))
    return [line for line in lines if line is not total], total


def itself(page: Any, holder: str) -> str:
    """The HTML of a section without what has been opened in it."""
    return str(
        page.locator(holder).evaluate("""section => {
            const copy = section.cloneNode(true);
            copy.querySelectorAll("tr.opened").forEach(row => row.remove());
            return copy.innerHTML;
        }""")
    )


def number_of_step(page: Any, number: int) -> int:
    """The row of the walk in which a step's button stands."""
    return int(
        page.locator("#detail button[data-pieces]")
        .nth(number)
        .evaluate("""button => [...button.closest("table").tBodies].flatMap(body => [...body.rows])
            .filter(row => row.className !== "opened").indexOf(button.closest("tr"))""")
    )


def test_a_browser_shows_every_exception_to_its_owner(
    packs: dict[str, tuple[Path, Position]], marts: duckdb.DuckDBPyConnection, chromium: Browser
) -> None:
    folder, _ = packs["2026-02"]
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    for owner, number, counted in asked(
        marts,
        f"select owner, count(*) filter ({LIVE}), sum(counted_amount) filter ({LIVE}) from fct_exceptions group by 1",
    ):
        page.goto((folder / page_of(owner)).as_uri())
        rows, total = rows_and_total(page, "#unresolved")
        assert (len(rows), numbers(total[0]), total[1][-1]) == (number, (number,), (counted,)), (
            owner
        )
    page.close()
