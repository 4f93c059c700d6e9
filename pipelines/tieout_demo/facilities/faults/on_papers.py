"""Faults on documents: wrong rate, quantity, tax, currency, total, code or job; billed twice; a
number lost."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from tieout_demo.facilities.basics import ZERO, cents
from tieout_demo.facilities.catalogue import TAX_PCT
from tieout_demo.facilities.faults import on_links
from tieout_demo.facilities.faults.paper_tools import choose, deal_of, is_plain, note_line
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.invoicing.papers import Paper, PaperLine

HALF = Decimal("0.5")


def plant(planter: Planter) -> set[str]:
    """Returns the documents that have a fault: nothing else is to happen to them."""
    _phantoms(planter)
    plain = [paper for paper in planter.world.invoices if is_plain(paper)]
    before = {paper.ident for paper in plain}
    for kind in (_rate, _quantity, _above, _currency, _tax, _total, _code):
        kind(planter, plain)
    on_links.plant(planter, plain)
    return {
        paper.ident
        for paper in planter.world.invoices
        if not planter.free(deal_of(paper)) or paper.ident not in before
    }


def _reprice(line: PaperLine, quantity: Decimal, price: Decimal) -> Decimal:
    """Sets the line's quantity and price, and returns what was its net before, less what it is."""
    before = line.net
    line.quantity, line.unit_price = quantity, price
    line.net = cents(quantity * price * (100 - line.discount_pct) / 100)
    line.tax = cents(line.net * TAX_PCT[line.tax_type] / 100)
    return before - line.net


def _phantoms(planter: Planter) -> None:
    for paper in planter.world.invoices:
        for line in paper.lines:
            if line.item and line.item.phantom and not paper.voided:
                note_line(
                    planter,
                    "invoice_without_delivery",
                    line,
                    paper,
                    line.net,
                    "the goods never left the store",
                )


def _rate(planter: Planter, plain: list[Paper]) -> None:
    found = [
        paper
        for paper in plain
        if paper.lines[0].account == "210" and "Travel" not in paper.lines[0].text
    ]
    for paper in choose(planter, "rate", found, 12):
        line = paper.lines[0]
        agreed = line.unit_price
        lost = _reprice(line, line.quantity, cents(agreed * (88 + len(paper.key) % 9) / 100))
        note_line(
            planter,
            "charge_rate_variance",
            line,
            paper,
            lost,
            f"billed at {line.unit_price}, agreed {agreed}",
        )


def _quantity(planter: Planter, plain: list[Paper]) -> None:
    """Half an hour to two less than was worked, but part of the last entry, so that none is left
    out whole."""
    # Of several lines for the work of one order with one product none is the wrong one more than
    # another.
    shares = Counter(
        (item.ticket.ident, item.product.sku) for item in planter.world.items if item.ticket
    )
    found = [
        paper
        for paper in plain
        if paper.lines[0].account == "210"
        and (item := paper.lines[0].item)
        and item.deliveries
        and item.deliveries[-1].quantity > 2
        and item.quantity <= 120
        and (item.ticket is None or shares[item.ticket.ident, item.product.sku] == 1)
    ]
    for paper in choose(planter, "quantity", found, 15):
        line = paper.lines[0]
        worked = line.quantity
        lost = _reprice(line, worked - HALF * (2 + len(paper.key) % 3), line.unit_price)
        note_line(
            planter,
            "quantity_variance",
            line,
            paper,
            lost,
            f"billed {line.quantity}, delivered {worked}",
        )


def _above(planter: Planter, plain: list[Paper]) -> None:
    latest: dict[str, Paper] = {}
    for paper in planter.world.invoices:
        for line in paper.lines:
            if line.job and line.job.deal.rule == "milestone" and line.job.completed:
                latest[line.job.code] = paper
    last = {paper.ident for paper in latest.values()}
    found = [paper for paper in plain if paper.ident in last and paper.net > 600]
    for paper in choose(planter, "above", found, 30):
        line = paper.lines[0]
        agreed = line.net
        more = _reprice(line, Decimal(1), cents(agreed * 13 / 10))
        job = line.job
        if job is not None:
            planter.note(
                "invoiced_above_contract",
                "jobs",
                "field_service",
                job.number,
                more,
                paper.currency,
                paper.issued,
                f"{paper.lines[0].text} billed at {line.net}, agreed {agreed}",
            )


def _currency(planter: Planter, plain: list[Paper]) -> None:
    found = [
        paper
        for paper in plain
        if paper.currency != "GBP" and paper.lines[0].account in {"200", "220"}
    ]
    for paper in choose(planter, "currency", found, 20):
        contracted = paper.currency
        for line in paper.lines:
            line.worth = line.net
            line.net = line.unit_price = cents(line.net * paper.rate)
            line.quantity, line.discount_pct, line.tax = Decimal(1), 0, ZERO
        paper.currency, paper.rate = "GBP", Decimal("1.000000")
        planter.note(
            "currency_mismatch",
            "invoices",
            "xero",
            paper.ident,
            paper.net,
            "GBP",
            paper.issued,
            f"agreed in {contracted}, billed in GBP",
        )


def _tax(planter: Planter, plain: list[Paper]) -> None:
    for paper in choose(planter, "tax", [paper for paper in plain if paper.lines[0].tax > 10], 6):
        line = paper.lines[0]
        right = line.tax
        line.tax = cents(right * (60 + len(paper.key) % 30) / 100)
        note_line(
            planter,
            "tax_mismatch",
            line,
            paper,
            right - line.tax,
            f"tax {line.tax}, by its rate {right}",
        )


def _total(planter: Planter, plain: list[Paper]) -> None:
    for number, paper in enumerate(choose(planter, "total", plain, 5)):
        paper.off_by = Decimal(7 + number * 13) / 100 * (1 if number % 2 else -1)
        planter.note(
            "invoice_header_mismatch",
            "invoices",
            "xero",
            paper.ident,
            paper.off_by,
            paper.currency,
            paper.issued,
            "the total was typed over",
        )


def _code(planter: Planter, plain: list[Paper]) -> None:
    for number, paper in enumerate(choose(planter, "code", plain, 6)):
        line = paper.lines[0]
        line.item_code = f"MISC-{90 + number % 7}"
        note_line(
            planter,
            "product_unmapped",
            line,
            paper,
            line.net,
            f"{line.item_code} is in no price list",
        )
