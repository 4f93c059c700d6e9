"""Random companies with plans and costs in one landing and build, as far as the marts of margin.

TIEOUT_MARGIN_COMPANIES says how many; `make margin` takes two hundred. The examples of the guide are
stacked on top.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bridge_world
import pytest
from bridge_companies import AS_OF, Company
from bridge_examples import GUIDES, example
from margin_companies import planned_and_spent

from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import dbt

PAGE, FILES = GUIDES / "margin.md", GUIDES / "margin_examples"
EXAMPLES = ("hours_and_overtime", "fixed_price_over_budget", "placement_and_rebate")
COUNT = int(os.environ.get("TIEOUT_MARGIN_COMPANIES", "40"))
MARTS = ("path:models/marts/margin", "path:models/marts/representatives")


@dataclass(frozen=True)
class MarginWorld:
    """What was drawn, what was built of it, and the tests of the marts that failed."""

    companies: list[Company]
    build: Path
    tests: int
    failures: list[str]


@pytest.fixture(scope="session")
def margin_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MarginWorld]:
    """Landed in two loads, built, and tested."""
    folder = tmp_path_factory.mktemp("margin")
    companies = [
        planned_and_spent(company, bridge_world.SEED + number)
        for number, company in enumerate(bridge_world.drawn()[:COUNT], start=1)
    ]
    companies += [example(name, FILES) for name in EXAMPLES]
    stacked = list(enumerate(companies, start=1))
    bridge_world.write(folder / "imports", stacked, is_other_order=False)
    output = folder / "warehouse"
    with bridge_world.environment_kept():
        for load in ("0", "1"):
            settings = Settings(
                output=output,
                systems=("imports",),
                imports=folder / "imports" / load,
                as_of=AS_OF,
            )
            settings.prepare()
            failed = [
                str(landed.error)
                for landed in land(settings.systems, settings.imports, settings.config, output)
                if landed.error
            ]
            assert not failed, "\n".join(failed)
        no_tests = ("--exclude-resource-type", "unit_test", "test")
        _, failures = _results(
            settings, "build", *no_tests, "--select", *(f"+{mart}" for mart in MARTS)
        )
        assert not failures, "\n".join(failures)
        laws = ("--exclude-resource-type", "unit_test", "--select", "path:tests/singular/margin")
        tests, failures = _results(settings, "test", *laws, *MARTS)
    yield MarginWorld(companies, settings.build, tests, failures)


def _results(settings: Settings, *words: str) -> tuple[int, list[str]]:
    """How many nodes ran, and those that failed, with what they say."""
    answer = dbt(settings, list(words))
    results = list(getattr(answer.result, "results", None) or [])
    assert results, str(answer.exception)
    return len(results), [
        f"{one.node.name}: {one.message}"
        for one in results
        if str(one.status) not in ("success", "pass")
    ]
