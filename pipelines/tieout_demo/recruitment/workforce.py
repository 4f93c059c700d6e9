"""The people who are placed. Nobody is placed twice at once, and each works in one skill, so that
capacity holds."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.calendars import at
from tieout_demo.history import History
from tieout_demo.recruitment.model import FIRST_DAY, Worker

_GIVEN = [
    "Anna",
    "Bram",
    "Chiara",
    "Dirk",
    "Eva",
    "Fatima",
    "Guus",
    "Hilde",
    "Ivo",
    "Jana",
    "Koen",
    "Lotte",
    "Mehmet",
    "Nadia",
    "Oskar",
    "Petra",
    "Quinten",
    "Ria",
    "Sanne",
    "Tomasz",
    "Ursula",
    "Viktor",
    "Willem",
    "Xenia",
    "Yusuf",
    "Zoë",
]
_FAMILY = [
    "Bakker",
    "de Boer",
    "van den Berg",
    "Çelik",
    "D'Angelo",
    "El Amrani",
    "Fischer",
    "García",
    "Hendriks",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Müller",
    "Nowak",
    "O'Neill",
    "Peeters",
    "Quist",
    "Rossi",
    "Smits",
    "Tóth",
    "Usman",
    "Visser",
    "Wouters",
    "Yılmaz",
    "Zimmermann",
]


class Workforce:
    def __init__(self, history: History) -> None:
        self._history = history
        self._free: list[tuple[date, str, Worker]] = []
        self._count = 0

    def place(
        self, chance: random.Random, skill: str, starts_on: date, ends_on: date, pay: Decimal
    ) -> Worker:
        """Someone who is free from `starts_on`: known from an earlier placement for one in four,
        else new."""
        if chance.random() < 0.25:
            for index, (free_from, knows, worker) in enumerate(self._free):
                if knows == skill and free_from < starts_on:
                    self._free[index] = (ends_on, skill, worker)
                    return worker
        worker = self._new(
            chance, starts_on, {"skills": skill, "standard_cost_rate": pay, "role": "consultant"}
        )
        self._free.append((ends_on, skill, worker))
        return worker

    def candidate(self, chance: random.Random, starts_on: date) -> Worker:
        """Someone whom a client employs: never on our pay, so without capacity or cost."""
        return self._new(
            chance, starts_on, {"role": "candidate", "active": False, "weekly_capacity_hours": None}
        )

    def _new(self, chance: random.Random, starts_on: date, about: dict[str, object]) -> Worker:
        self._count += 1
        worker = Worker(
            f"W-{3000 + self._count}", f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}"
        )
        row = {
            "person_id": worker.person_id,
            "full_name": worker.name,
            "email": f"{worker.person_id.lower()}@mail.example" if chance.random() < 0.9 else None,
            "team": "Contractors",
            "weekly_capacity_hours": Decimal(40),
            "active": True,
        }
        self._history.add(
            "people", max(at(FIRST_DAY, 7), at(starts_on - timedelta(days=60), 7)), row | about
        )
        return worker
