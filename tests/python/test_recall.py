"""`make recall`: five companies of other seeds, each landed and built, and their table in
docs/guides/controls.md.

`make test` holds the smallest company against its own faults (test_demo.py): five of them take as
many minutes.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from recall import amiss, scores_of, table

from tieout_demo.checks.measure import Score

SEEDS = [int(seed) for seed in os.environ.get("TIEOUT_RECALL_SEEDS", "").split()]
SCALE = float(os.environ.get("TIEOUT_RECALL_SCALE", "0.1"))


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> list[list[Score]]:
    return [
        scores_of(tmp_path_factory.mktemp(f"seed{seed}") / "warehouse", seed=seed, scale=SCALE)
        for seed in SEEDS
    ]


if SEEDS:

    def test_every_planted_fault_is_found_and_nothing_else_reported(
        companies: list[list[Score]],
    ) -> None:
        text = table(companies)
        if where := os.environ.get("TIEOUT_RECALL_TABLE"):
            Path(where).write_text(text, encoding="utf-8")
        wrong = [line for scores in companies for line in amiss(scores)]
        assert not wrong, "\n".join([text, *wrong])
