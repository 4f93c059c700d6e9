"""`tieout review` for products, people and jobs: what is asked, and answers that the seeds keep."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pytest
from published import writable
from typer.testing import CliRunner

from tieout.cli.program import app
from tieout.company.home import Home
from tieout.errors import TieoutError
from tieout.findings.review_candidates import (
    Placement,
    candidates,
    job,
    person,
    place,
    placed,
    product,
)
from tieout.settings import Settings

HOSTILE = "[red]Robert'); drop table jobs;--"
LINE = Placement(
    "ledger", "invoice_lines", "L1", "office", "J1", "their order says so", "Ann", date(2026, 1, 2)
)


@pytest.fixture
def asking(small_warehouse: Settings, copy_of: Callable[[Settings], Settings]) -> Settings:
    """The small company: questions about a product and a person, and two answers to one about an
    invoice line."""
    settings = copy_of(small_warehouse)
    with duckdb.connect(str(writable(settings))) as marts:
        columns = (
            "match_candidate_key, entity, source_system, source_entity, source_id, record_name, candidate_key,"
            " candidate_system, candidate_id, candidate_name, match_rule, match_probability, match_status,"
            " evidence_for, evidence_against, amount_at_stake, is_question"
        )
        marts.execute(f"""
            insert into marts.fct_match_candidates ({columns}) values
            ('1', 'job', 'ledger', 'invoice_lines', 'L:1', null, 'a', 'office', 'J1', 'JOB-1', 'several_jobs', null,
             'suggested', 'it names it', '2 jobs could be meant', -90.5, true),
            ('2', 'job', 'ledger', 'invoice_lines', 'L:1', null, 'b', 'office', 'J2', 'JOB-2', 'several_jobs', null,
             'suggested', 'it names it', '2 jobs could be meant', -90.5, true),
            ('3', 'job', 'ledger', 'invoice_lines', 'L2', null, 'b', 'office', 'J2', 'JOB-2', 'amount_of_delivery', 0.7,
             'suggested', null, null, 10, true),
            ('4', 'product', 'office', 'products', 'P1', 'Deep clean', 'c', 'ledger', 'P9', 'Deep clean',
             'product_code', 0.995, 'automatic', 'the same code', null, 5, false),
            ('6', 'person', 'office', 'people', '17', 'Jo May', 'd', 'ledger', 'E-4', 'Jo May', 'full_name', 0.98,
             'suggested', 'the same name', 'other payroll numbers', 1200, true),
            ('7', 'person', 'office', 'people', '18', 'Al Roy', 'e', 'ledger', 'E-5', 'Al Roy', 'email', 0.99,
             'automatic', 'the same e-mail address', null, 5, false)
        """)
        marts.execute(
            f"insert into marts.fct_match_candidates ({columns}) values ('5', 'product', 'office', 'products',"
            " 'P2', ?, 'c', 'ledger', 'P9', 'Clean', 'name_and_category', 0.9, 'suggested', null, null, 5, true)",
            [HOSTILE],
        )
    return settings


def test_the_queue_holds_what_a_person_must_say_and_the_largest_first(asking: Settings) -> None:
    jobs, total = candidates(asking, "job", 2)
    assert total == 3
    assert [(asked.record, asked.seed_name) for asked in jobs] == [
        ("ledger:invoice_lines:L:1", "office:J1"),
        ("ledger:invoice_lines:L:1", "office:J2"),
    ]
    products, total = candidates(asking, "product", 20)
    assert total == 1
    assert products[0].record_name == HOSTILE
    people, total = candidates(asking, "person", 20)
    assert [(asked.record, asked.seed_name, asked.amount) for asked in people] == [
        ("office:17", "ledger:E-4", 1200)
    ]
    assert total == 1


def test_the_command_shows_names_as_they_are_and_says_how_to_answer(asking: Settings) -> None:
    answer = CliRunner().invoke(
        app, ["review", "--output", str(asking.output), "--entity", "product"]
    )
    assert answer.exit_code == 0
    assert HOSTILE[:12] in answer.output
    assert "--products" in answer.output
    asked = CliRunner().invoke(
        app, ["review", "--output", str(asking.output), "--entity", "person"]
    )
    assert asked.exit_code == 0
    assert "Jo May" in asked.output
    assert "--people" in asked.output
    refused = CliRunner().invoke(
        app, ["review", "--output", str(asking.output), "--entity", "invoice"]
    )
    assert refused.exit_code == 2


def test_only_what_is_there_can_be_answered(small_warehouse: Settings) -> None:
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as marts:
        line = marts.execute(
            "select source_system, source_id from marts.xref_job where source_entity = 'invoice_lines'"
        )
        system, line_id = line.fetchone() or ("", "")
        known = marts.execute(
            "select source_system, job_id from marts.dim_job where not is_unknown"
        ).fetchone() or (
            "",
            "",
        )
        item = marts.execute(
            "select source_system, source_id from marts.xref_product where source_entity = 'products'"
        )
        owner, product_id = item.fetchone() or ("", "")
        worker = marts.execute(
            "select source_system, source_id from marts.xref_person where source_entity = 'people'"
        )
        employer, person_id = worker.fetchone() or ("", "")
    assert placed(small_warehouse, f"{system}:invoice_lines:{line_id}") == (
        system,
        "invoice_lines",
        line_id,
    )
    assert job(small_warehouse, f"{known[0]}:{known[1]}") == known
    assert product(small_warehouse, f"{owner}:{product_id}") == (owner, product_id)
    assert person(small_warehouse, f"{employer}:{person_id}") == (employer, person_id)
    for find in (placed, job, product, person):
        for name in ("", "nobody", "nobody:1", "nobody:jobs:1", f"{HOSTILE}:{HOSTILE}:1"):
            with pytest.raises(TieoutError):
                find(small_warehouse, name)


def test_two_people_are_answered_into_their_own_seed(
    small_warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Home(tmp_path, {}, is_own=True)
    company.seeds.mkdir()
    monkeypatch.setattr("tieout.cli.review.home", lambda: company)
    with duckdb.connect(str(small_warehouse.marts), read_only=True) as marts:
        rows = marts.execute(
            "select source_system || ':' || source_id from marts.xref_person where source_entity = 'people' order by 1"
        ).fetchmany(2)
    named = [row[0] for row in rows]
    words = ["--people", "--different", "--reason", "father and son", "--by", "Ann"]
    given = CliRunner().invoke(
        app, ["review", "--output", str(small_warehouse.output), "link", *named, *words]
    )
    assert given.exit_code == 0, given.output
    seed = company.seed("person_links").read_text(encoding="utf-8").splitlines()
    assert seed[1].startswith(",".join(named).replace(":", ",") + ",different,father and son,Ann,")
    both = CliRunner().invoke(
        app,
        ["review", "--output", str(small_warehouse.output), "link", *named, "--products", *words],
    )
    assert both.exit_code != 0
    assert company.seed("person_links").read_text(encoding="utf-8").splitlines() == seed


def test_an_answer_takes_the_place_of_the_one_before_about_the_same_record(tmp_path: Path) -> None:
    seed = tmp_path / "job_links.csv"
    place(LINE, seed)
    place(
        replace(LINE, source_id="L0", job_system=None, job_id=None, reason="a gift, no job"), seed
    )
    place(replace(LINE, job_id="J2", reason='renamed, "J2"', decided_by="Bob"), seed)
    assert seed.read_text(encoding="utf-8").splitlines() == [
        "source_system,source_entity,source_id,job_system,job_id,reason,decided_by,decided_on",
        'ledger,invoice_lines,L0,,,"a gift, no job",Ann,2026-01-02',
        'ledger,invoice_lines,L1,office,J2,"renamed, ""J2""",Bob,2026-01-02',
    ]


def test_answers_given_at_once_are_all_kept(tmp_path: Path) -> None:
    seed = tmp_path / "job_links.csv"
    answers = [replace(LINE, source_id=f"L{number:03}") for number in range(60)]
    with ThreadPoolExecutor(8) as people:
        list(people.map(partial(place, seed=seed), answers))
    assert len(seed.read_text(encoding="utf-8").splitlines()) == 61


def test_somebody_who_keeps_a_seed_is_named_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.findings.seed_files.LONGEST", 0.1)
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with pytest.raises(TieoutError, match="is being written to"):
        place(LINE, tmp_path / "job_links.csv")
    os.close(folder)


@pytest.mark.parametrize("change", [{"reason": " "}, {"decided_by": ""}])
def test_an_answer_without_what_it_needs_is_refused(change: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(TieoutError):
        place(replace(LINE, **change), tmp_path / "job_links.csv")
    assert not (tmp_path / "job_links.csv").exists()
