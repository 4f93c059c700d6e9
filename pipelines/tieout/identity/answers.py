"""What people say of who is who, and where that contradicts itself."""

from __future__ import annotations

import csv
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tieout.company.home import home
from tieout.errors import TieoutError

SEEDS = ("customer_links", "product_links", "person_links")

Record = tuple[str, str]
"""System and id."""


@dataclass(frozen=True)
class Answer:
    """What one row of such a seed says of two records."""

    left: Record
    right: Record
    is_same: bool
    by: str
    on: str

    def __str__(self) -> str:
        verb = "the same as" if self.is_same else "different from"
        return f"{':'.join(self.left)} is {verb} {':'.join(self.right)} ({self.by}, {self.on})"


def read_answers(seed: Path) -> list[Answer]:
    """The rows of a seed of links, in its order."""
    if not seed.exists():
        return []
    with seed.open(encoding="utf-8", newline="") as file:
        return [
            Answer(
                (row["left_system"], row["left_id"]),
                (row["right_system"], row["right_id"]),
                row["decision"] == "same",
                row["decided_by"],
                row["decided_on"],
            )
            for row in csv.DictReader(file)
        ]


def contradictions(answers: Iterable[Answer]) -> list[str]:
    """Each answer that says two of records that other answers make one, by the shortest way, with
    those answers."""
    told = list(answers)
    same: dict[Record, list[tuple[Record, Answer]]] = defaultdict(list)
    for answer in told:
        if answer.is_same:
            same[answer.left].append((answer.right, answer))
            same[answer.right].append((answer.left, answer))
    return [
        f"{answer}, but " + ", and ".join(str(link) for link in way)
        for answer in told
        if not answer.is_same and (way := _way(answer.left, answer.right, same))
    ]


def check_answers(seeds: Iterable[Path] | None = None) -> None:
    """Whether what people say, in the company's seeds if no others are given, can all be true.

    Raises:
        TieoutError: it cannot; the message names the answers that contradict each other, and who gave them.
    """
    for seed in [home().seed(name) for name in SEEDS] if seeds is None else seeds:
        if found := contradictions(read_answers(seed)):
            raise TieoutError(
                "answers contradict each other:\n" + "\n".join(f"  {one}" for one in found),
                f"change one of them in {seed}, or answer again with `tieout review link`",
            )


def _way(
    start: Record, end: Record, same: dict[Record, list[tuple[Record, Answer]]]
) -> list[Answer]:
    """The answers that lead from one record to the other; none if nothing does."""
    ways: dict[Record, list[Answer]] = {start: []}
    waiting = deque([start])
    while waiting:
        record = waiting.popleft()
        for other, answer in same.get(record, ()):
            if other not in ways:
                ways[other] = [*ways[record], answer]
                if other == end:
                    return ways[other]
                waiting.append(other)
    return []
