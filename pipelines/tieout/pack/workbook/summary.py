"""The first sheet: the six stages, the walk between them with its totals as formulas, loss and
doubt, two charts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
from xlsxwriter.chart import Chart

from tieout.findings.bridge import GAPS, Leg
from tieout.pack.marts import Position, rows
from tieout.pack.scope import CLASSES, SCOPES, Stage, legs, stages
from tieout.pack.workbook.style import Book, Sheet

WIDTHS = (30, 16, 26, 66, 12, 18, 18)
BARS = ("Floor", "Stage", "Rise", "Rise below zero", "Fall", "Fall below zero")
COLOURS = {"Stage": "#1F3A4D", "Rise": "#2E7D5B", "Fall": "#B3402E"}
ZERO = Decimal("0.00")
Bar = tuple[str, dict[str, Decimal]]
"""What stands under a bar of the waterfall, and the heights it is stacked of, by the names of
BARS."""

CHART_ROWS = 24
"""The charts stand side by side in so many rows of twenty pixels, below the stages."""


def write_summary(book: Book, connection: duckdb.DuckDBPyConnection, at: Position) -> None:
    """Writes the sheet: stages and charts on the first page, the walk and what is at risk after
    them.

    The two temporary tables of `scope.prepare` must be there.
    """
    sheet = book.sheet("Summary")
    walks = {name: legs(connection, name) for name in SCOPES}
    found = stages(connection)
    for place, width in enumerate(_widths(found, walks)):
        sheet.set_column(place, place, width)
    sheet.put(0, 0, f"Booked to cash, {at.title}", book.formats["title"])
    period = f"{at.starts_on:%Y-%m-%d} to {at.ends_on:%Y-%m-%d}"
    said = (
        f"In {at.currency}, without tax. Period: {period}; to date: up to its end."
        f" Position of {at.as_of_on:%Y-%m-%d}."
    )
    sheet.put(1, 0, said, book.formats["note"])
    drawn = _stages(book, sheet, found, 3) + 1
    walk = drawn + CHART_ROWS + 1
    row = _walk(book, sheet, walks, walk)
    row = _risk(book, sheet, connection, at, row + 1)
    printed = row
    sheet.put(row + 1, 0, "What the charts are drawn from", book.formats["section"])
    row += 2
    for place, (name, words) in enumerate(SCOPES.items()):
        bars = _bars(book, sheet, walks[name], words, row)
        chart = _chart(book, f"From booked to cash, {words.lower()}", bars, row + 1)
        beside = {"x_offset": 150} if place else {}
        sheet.insert_chart(
            drawn,
            3 * place,
            chart,
            {"description": f"The walk {words.lower()}, as below", **beside},
        )
        row += len(bars) + 2
    sheet.freeze_panes(2, 0)
    sheet.page(0, printed, len(WIDTHS) - 1)
    sheet.set_h_pagebreaks([walk])


def _widths(found: list[Stage], walks: dict[str, list[Leg]]) -> list[int]:
    """Columns wide enough for the largest amount: Excel shows ##### for others."""
    amounts = [abs(amount) for stage in found for amount in (stage.period, stage.to_date)]
    amounts += [
        abs(step.difference_amount) for walk in walks.values() for leg in walk for step in leg.steps
    ]
    size = len(f"{max(amounts, default=ZERO):,.2f}") + 3
    return [max(width, size) if place != 3 else width for place, width in enumerate(WIDTHS)]


def _header(
    book: Book, sheet: Sheet, row: int, names: tuple[str, ...], figures: tuple[int, ...]
) -> None:
    """A header; `figures` are the places of those that stand above figures."""
    for place, name in enumerate(names):
        sheet.put(row, place, name, book.formats["header_right" if place in figures else "header"])


def _stages(book: Book, sheet: Sheet, found: list[Stage], row: int) -> int:
    sheet.put(row, 0, "The six stages", book.formats["section"])
    _header(book, sheet, row + 1, ("Stage", "In the period", "To date"), (1, 2))
    row += 2
    for stage in found:
        sheet.put(row, 0, stage.name.capitalize())
        sheet.put(row, 1, stage.period, book.formats["money"])
        sheet.put(row, 2, stage.to_date, book.formats["money"])
        row += 1
    return row


def _walk(book: Book, sheet: Sheet, walks: dict[str, list[Leg]], row: int) -> int:
    """Each gap from its first stage to its last, which is a formula over what lies between."""
    sheet.put(row, 0, "The walk", book.formats["section"])
    names = ("Step", "Class", "Reason", "What it means", "Items to date", *SCOPES.values())
    _header(book, sheet, row + 1, names, (4, 5, 6))
    row += 2
    for place, (first, last) in enumerate(GAPS):
        own = {name: walk[place] for name, walk in walks.items()}
        start = row
        _end(book, sheet, row, first)
        for column, leg in enumerate(own.values(), 5):
            sheet.put(row, column, leg.from_amount, book.formats["total_money"])
        row += 1
        for (gap_class, reason), found in _steps(own).items():
            sheet.put(row, 1, gap_class.replace("_", " "))
            sheet.put(row, 2, reason.replace("_", " "))
            sheet.put(row, 3, found["sentence"])
            sheet.put(row, 4, found["pieces"], book.formats["count"])
            for column, name in enumerate(SCOPES, 5):
                sheet.put(row, column, found[name], book.formats["money"])
            row += 1
        _end(book, sheet, row, last)
        for column, leg in enumerate(own.values(), 5):
            letter = "FG"[column - 5]
            largest = max(
                [abs(leg.from_amount), *(abs(step.difference_amount) for step in leg.steps)]
            )
            formula = f"=ROUND(SUM({letter}{start + 1}:{letter}{row}),2)"
            sheet.total(row, column, formula, leg.to_amount, book.formats["total_money"], largest)
        row += 2
    return row - 1


def _end(book: Book, sheet: Sheet, row: int, stage: str) -> None:
    for place in range(5):
        sheet.put(row, place, None if place else stage.capitalize(), book.formats["total_text"])


def _steps(own: dict[str, Leg]) -> dict[tuple[str, str], dict[str, Any]]:
    """What each reason adds on the way in either scope, class by class in their order."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name, leg in own.items():
        for step in leg.steps:
            nothing = {"pieces": None, "sentence": step.sentence, **dict.fromkeys(SCOPES, ZERO)}
            entry = found.setdefault((step.gap_class, step.reason), nothing)
            entry[name] = -step.difference_amount
            if name == "to_date":
                entry["pieces"] = step.pieces
    return dict(
        sorted(
            found.items(),
            key=lambda item: (CLASSES.index(item[0][0]), -abs(item[1]["to_date"]), item[0]),
        )
    )


def _risk(
    book: Book, sheet: Sheet, connection: duckdb.DuckDBPyConnection, at: Position, row: int
) -> int:
    said = "Loss and doubt by family of controls"
    said += (
        f", as of {at.as_of_on:%Y-%m-%d}, not of {at.title}"
        if at.is_later
        else f", as of {at.as_of_on:%Y-%m-%d}"
    )
    sheet.put(row, 0, said, book.formats["section"])
    names = ("Family", "Controls", "Failed", "Most of it", "Exceptions", "Loss", "Doubt")
    _header(book, sheet, row + 1, names, (1, 2, 4, 5, 6))
    start = row = row + 2
    families = rows(
        connection,
        """
        select results.family, count(*) as controls, count(*) filter (results.status = 'failed') as failed,
            sum(exception_count)::bigint as exceptions, sum(counted_loss_amount) as loss,
            sum(counted_doubt_amount) as doubt,
            first(rules.title order by counted_loss_amount desc, counted_amount desc, control_id)
                filter (counted_amount > 0) as most
        from fct_control_results as results inner join dim_control as rules using (control_id)
        where results.is_latest
        group by results.family order by loss desc, doubt desc, results.family
        """,
    )
    places = {"controls": 1, "failed": 2, "exceptions": 4, "loss": 5, "doubt": 6}
    amounts = ("loss", "doubt")
    for family in families:
        sheet.put(row, 0, family["family"].replace("_", " ").capitalize())
        for name, place in places.items():
            sheet.put(
                row, place, family[name], book.formats["money" if name in amounts else "count"]
            )
        sheet.put(row, 3, family["most"], book.formats["text_after"])
        row += 1
    for place in range(7):
        sheet.put(row, place, None if place else "Total", book.formats["total_text"])
    for name, place in places.items():
        figures = [Decimal(family[name]) for family in families]
        letter = "ABCDEFG"[place]
        style = book.formats["total_money" if name in amounts else "total_count"]
        largest = max(map(abs, figures), default=ZERO)
        formula = (
            f"=ROUND(SUM({letter}{start + 1}:{letter}{max(row, start + 1)}),2)" if figures else "=0"
        )
        sheet.total(row, place, formula, sum(figures, ZERO), style, largest)
    return row + 1


def _bars(book: Book, sheet: Sheet, walk: list[Leg], words: str, row: int) -> list[Bar]:
    """Writes what the waterfall's columns are stacked of, from `row` on, a header first."""
    _header(book, sheet, row, (words, *BARS), tuple(range(1, len(BARS) + 1)))
    row += 1
    main = [leg for leg in walk if leg.to_stage != "recognised"]
    running = main[0].from_amount
    bars: list[Bar] = [(main[0].from_stage.capitalize(), {"Stage": running})]
    for leg in main:
        for name in CLASSES:
            step = -sum(
                (step.difference_amount for step in leg.steps if step.gap_class == name), ZERO
            )
            if step:
                bars.append((name.replace("_", " "), _stacked(running, running + step)))
                running += step
        bars.append((leg.to_stage.capitalize(), {"Stage": leg.to_amount}))
    for label, heights in bars:
        sheet.put(row, 0, label)
        for place, name in enumerate(BARS, 1):
            sheet.put(row, place, heights.get(name), book.formats["money"])
        row += 1
    return bars


def _stacked(start: Decimal, end: Decimal) -> dict[str, Decimal]:
    """A step as heights from zero: an unseen floor, and what is seen above and below zero."""
    low, high = min(start, end), max(start, end)
    name = "Rise" if end > start else "Fall"
    if low >= 0:
        return {"Floor": low, name: high - low}
    if high <= 0:
        return {"Floor": high, f"{name} below zero": low - high}
    return {name: high, f"{name} below zero": low}


def _chart(book: Book, title: str, bars: list[Bar], first: int) -> Chart:
    """A waterfall of bars that stand from row `first` on, which keeps their values for what shows
    no cells."""
    chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
    last = first + len(bars) - 1
    for place, name in enumerate(BARS, 1):
        colour = COLOURS.get(name.removesuffix(" below zero"))
        fill: dict[str, Any] = {"none": True} if colour is None else {"color": colour}
        chart.add_series(
            {
                "name": name,
                "categories": ["Summary", first, 0, last, 0],
                "categories_data": [label for label, _ in bars],
                "values": ["Summary", first, place, last, place],
                "values_data": [float(heights.get(name, ZERO)) for _, heights in bars],
                "fill": fill,
                "border": {"none": True},
                "gap": 40,
            }
        )
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis(
        {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9DEE2"}}}
    )
    chart.set_x_axis({"label_position": "low"})
    chart.set_size({"width": 660, "height": CHART_ROWS * 20 - 10})
    return chart
