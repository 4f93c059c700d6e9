"""What the pack's pages must say, asked of the published marts in queries of the tests' own; and
the pages, read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
from workbook_expected import CLASSES, STAGES, WALK

from tieout.pack.marts import Position

Figures = tuple[Decimal, ...]
Line = tuple[str, tuple[Figures, ...]]
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?![\w])")
BY_STAGE = {
    "booked": ("booked",),
    "contracted": ("booked", "change_order"),
    "delivered": ("delivered",),
    "invoiced": ("invoiced", "credited"),
    "recognised": ("recognised",),
    "cash": ("cash",),
}


class _Reader(HTMLParser):
    """Every table of a page: [section it stands in, caption, rows of (words, is a figure)]."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, str, list[list[tuple[str, bool]]]]] = []
        self.section, self._caption, self._rows = "", "", list[list[tuple[str, bool]]]()
        self._text: list[str] | None = None
        self._figure = False

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = dict(given)
        if tag == "section" and attributes.get("id"):
            self.section = str(attributes["id"])
        if tag == "table":
            self._caption, self._rows = "", []
        if tag == "tr":
            self._rows.append([])
        if tag in ("th", "td", "caption"):
            self._text = []
            self._figure = bool({"right", "num"} & set(str(attributes.get("class")).split()))

    def handle_endtag(self, tag: str) -> None:
        text = " ".join("".join(self._text or ()).split())
        if tag == "caption":
            self._caption, self._text = text, None
        elif tag in ("th", "td"):
            self._rows[-1].append((text, self._figure))
            self._text = None
        elif tag == "table":
            self.tables.append((self.section, self._caption, self._rows))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


def tables(page: Path) -> list[tuple[str, str, list[Line]]]:
    """The tables of a page that hold figures: section, caption, and each row's first words and
    figures."""
    return read(page.read_text(encoding="utf-8"))


def read(html: str) -> list[tuple[str, str, list[Line]]]:
    """The same of some HTML."""
    reader = _Reader()
    reader.feed(html)
    found = []
    for section, caption, rows in reader.tables:
        lines = [
            (row[0][0], tuple(numbers(text) for text, figure in row if figure))
            for row in rows
            if row
        ]
        lines = [line for line in lines if any(line[1])]
        if lines:
            found.append((section, caption, lines))
    return found


def numbers(text: str) -> Figures:
    return tuple(Decimal(found.replace(",", "")) for found in NUMBER.findall(text))


def line(words: object, *cells: object) -> Line:
    """An expected row: a cell is a figure, several of them in a tuple, or None."""

    def figures(cell: object) -> Figures:
        if cell is None:
            return ()
        return tuple(Decimal(str(one)) for one in (cell if isinstance(cell, tuple) else (cell,)))

    return " ".join(str(words).split()), tuple(figures(cell) for cell in cells)


def asked(marts: duckdb.DuckDBPyConnection, sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    return marts.execute(sql, values).fetchall()


class Walks:
    """The stages and steps of every member of a noun, in the period and to date, from events and
    pieces."""

    def __init__(self, marts: duckdb.DuckDBPyConnection, at: Position, column: str) -> None:
        monthly = column == "month"
        # What persons are credited with, and what it is of.
        events, pieces = (
            ("fct_attribution", "fct_bridge_attribution")
            if column == "owner_key"
            else ("fct_stage_events", "fct_bridge")
        )
        key = "date_trunc('month', event_on)::date" if monthly else column
        self.stages: dict[tuple[Any, str], dict[str, Decimal]] = {}
        for member, stage, event_on, amount in asked(
            marts,
            f"""select {key}, stage, event_on, reporting_amount from {events}
            where event_on <= ? and reporting_amount is not null and stage <> 'cost'""",
            [at.ends_on],
        ):
            for scope in self._scopes(at, event_on, monthly):
                own = self.stages.setdefault((member, scope), dict.fromkeys(STAGES, Decimal(0)))
                for name in STAGES:
                    if stage in BY_STAGE[name]:
                        own[name] += amount
        # (member, scope) → (gap, reason) → [from, to, pieces]
        self.steps: dict[tuple[Any, str], dict[tuple[str, str], list[Any]]] = {}
        self.classes: dict[str, str] = {}
        picked = "null" if monthly else column
        for member, gap, reason, gap_class, from_on, to_on, first, last in asked(
            marts,
            f"select {picked}, gap, reason, gap_class, from_on, to_on, from_amount, to_amount from {pieces}",
        ):
            self.classes[reason] = gap_class
            touched = set()
            for side, on, amount in ((0, from_on, first), (1, to_on, last)):
                if not amount or on > at.ends_on:
                    continue
                whose = on.replace(day=1) if monthly else member
                for scope in self._scopes(at, on, monthly):
                    step = self.steps.setdefault((whose, scope), {}).setdefault(
                        (gap, reason), [Decimal(0), Decimal(0), 0]
                    )
                    step[side] += amount
                    if (whose, scope) not in touched:
                        touched.add((whose, scope))
                        step[2] += 1

    @staticmethod
    def _scopes(at: Position, on: date, monthly: bool) -> Iterator[str]:
        yield "to_date"
        if monthly or on >= at.starts_on:
            yield "period"

    def members(self) -> set[Any]:
        return {member for member, _ in (*self.stages, *self.steps)}

    def row(self, member: Any, scope: str, view: str) -> tuple[Decimal, ...]:
        """The figures of a member's row: `view` is stages, walk or the place of a gap."""
        if view == "stages":
            return tuple(
                self.stages.get((member, scope), dict.fromkeys(STAGES, Decimal(0))).values()
            )
        gaps = list(WALK)[:4] if view == "walk" else [list(WALK)[int(view)]]
        steps = self.steps.get((member, scope), {})
        first = sum((step[0] for (gap, _), step in steps.items() if gap == gaps[0]), Decimal(0))
        last = sum((step[1] for (gap, _), step in steps.items() if gap == gaps[-1]), Decimal(0))
        kinds = (
            sum(
                (
                    s[1] - s[0]
                    for (gap, why), s in steps.items()
                    if gap in gaps and self.classes[why] == kind
                ),
                Decimal(0),
            )
            for kind in CLASSES
        )
        return (first, *kinds, last)

    def walk(self, member: Any, scope: str) -> list[Line]:
        """The lines of a member's walk, gap by gap, each as its words, its pieces and its
        amount."""
        lines = []
        steps = self.steps.get((member, scope), {})
        known = self.steps.get((member, "to_date"), {})
        for gap, (first, last) in WALK.items():
            if any(own == gap for own, _ in known):
                own = {why: step for (of, why), step in steps.items() if of == gap}
                lines.append(line(first.lower(), sum((s[0] for s in own.values()), Decimal(0))))
                lines += [
                    line(why.replace("_", " "), own[why][2], adds(own[why]))
                    for why in self.ranked(own)
                ]
                lines.append(line(last.lower(), sum((s[1] for s in own.values()), Decimal(0))))
        return lines

    def ranked(self, own: dict[str, list[Any]]) -> list[str]:
        """Reasons as a walk tells them: class by class, the largest first."""
        return sorted(
            own, key=lambda why: (CLASSES.index(self.classes[why]), -abs(adds(own[why])), why)
        )

    def overview(self, scope: str) -> list[Line]:
        """The first page's table: main walk from stage to stage, each class with its reasons, and
        what branches off."""
        lines = []
        everybody = self.steps["all", scope]
        for place, (gap, (first, last)) in enumerate(WALK.items()):
            own = {why: step for (of, why), step in everybody.items() if of == gap and adds(step)}
            whole = [step for (of, _), step in everybody.items() if of == gap]
            if place in (0, 4):
                lines.append(line(first.lower(), sum(step[0] for step in whole)))
            for kind in CLASSES:
                reasons = [why for why in self.ranked(own) if self.classes[why] == kind]
                if reasons:
                    together = (
                        sum(own[why][2] for why in reasons),
                        sum(adds(own[why]) for why in reasons),
                    )
                    lines.append(line(kind.replace("_", " "), *together))
                    lines += [
                        line(why.replace("_", " "), own[why][2], adds(own[why])) for why in reasons
                    ]
            lines.append(line(last.lower(), sum(step[1] for step in whole)))
        return lines


def adds(step: list[Any]) -> Decimal:
    """What a step adds on the way to the later stage."""
    return Decimal(step[1] - step[0])


def same(shown: list[Line], expected: list[Line]) -> None:
    """Fails where a row's figures are others, or its words do not begin as they should."""
    assert [figures for _, figures in shown] == [figures for _, figures in expected]
    for (words, _), (begin, _) in zip(shown, expected, strict=True):
        assert words.lower().startswith(begin.lower()), (words, begin)
