"""Faults on documents: wrong rate, quantity, tax, currency, total, code or job; billed twice; a number lost."""

from __future__ import annotations

from collections import Counter
from copy import copy
from datetime import date
from decimal import Decimal

from pipelines.demo.facilities import billing
from pipelines.demo.facilities.basics import ENDS, ZERO, add_days, cents, moment, uid, working
from pipelines.demo.facilities.catalogue import TAX_PCT
from pipelines.demo.facilities.faults.in_billing import symptoms
from pipelines.demo.facilities.faults.planter import Planter
from pipelines.demo.facilities.model import Deal
from pipelines.demo.facilities.papers import Paper, PaperLine

HALF = Decimal("0.5")


def plant(planter: Planter) -> set[str]:
    """Returns the documents that have a fault: nothing else is to happen to them."""
    _phantoms(planter)
    plain = [paper for paper in planter.world.invoices if _plain(paper)]
    before = {paper.ident for paper in plain}
    for kind in (_rate, _quantity, _above, _currency, _tax, _total, _code, _no_job, _two_jobs, _twice, _copied):
        kind(planter, plain)
    return {
        paper.ident for paper in planter.world.invoices if not planter.free(_deal(paper)) or paper.ident not in before
    }


def _plain(paper: Paper) -> bool:
    """An ordinary invoice for one job, so that only the fault is out of order."""
    return (
        not paper.voided
        and not paper.edited
        and paper.line_amounts == "Exclusive"
        and len({id(line.job) for line in paper.lines}) == 1
    )


def _deal(paper: Paper) -> Deal:
    job = paper.lines[0].job
    if job is None:
        raise ValueError(f"invoice {paper.key} is for no job")
    return job.deal


def _issued(paper: Paper) -> date:
    return paper.issued


def _choose(planter: Planter, name: str, papers: list[Paper], permille: int) -> list[Paper]:
    return planter.choose(name, papers, permille, _deal, _issued)


def _note(planter: Planter, control: str, line: PaperLine, paper: Paper, value: Decimal, note: str) -> None:
    planter.note(control, "invoice_lines", "xero", line.ident, value, paper.currency, paper.issued, note)


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
                _note(planter, "invoice_without_delivery", line, paper, line.net, "the goods never left the store")


def _rate(planter: Planter, plain: list[Paper]) -> None:
    found = [paper for paper in plain if paper.lines[0].account == "210" and "Travel" not in paper.lines[0].text]
    for paper in _choose(planter, "rate", found, 12):
        line = paper.lines[0]
        agreed = line.unit_price
        lost = _reprice(line, line.quantity, cents(agreed * (88 + len(paper.key) % 9) / 100))
        _note(planter, "charge_rate_variance", line, paper, lost, f"billed at {line.unit_price}, agreed {agreed}")


def _quantity(planter: Planter, plain: list[Paper]) -> None:
    """Half an hour to two less than was worked, but always part of the last entry, so that no entry is left out whole."""
    found = [
        paper
        for paper in plain
        if paper.lines[0].account == "210"
        and (item := paper.lines[0].item)
        and item.deliveries
        and item.deliveries[-1].quantity > 2
        and item.quantity <= 120
    ]
    for paper in _choose(planter, "quantity", found, 15):
        line = paper.lines[0]
        worked = line.quantity
        lost = _reprice(line, worked - HALF * (2 + len(paper.key) % 3), line.unit_price)
        _note(planter, "quantity_variance", line, paper, lost, f"billed {line.quantity}, delivered {worked}")


def _above(planter: Planter, plain: list[Paper]) -> None:
    latest: dict[str, Paper] = {}
    for paper in planter.world.invoices:
        for line in paper.lines:
            if line.job and line.job.deal.rule == "milestone" and line.job.completed:
                latest[line.job.code] = paper
    last = {paper.ident for paper in latest.values()}
    found = [paper for paper in plain if paper.ident in last and paper.net > 600]
    for paper in _choose(planter, "above", found, 30):
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
    found = [paper for paper in plain if paper.currency != "GBP" and paper.lines[0].account in {"200", "220"}]
    for paper in _choose(planter, "currency", found, 20):
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
    for paper in _choose(planter, "tax", [paper for paper in plain if paper.lines[0].tax > 10], 6):
        line = paper.lines[0]
        right = line.tax
        line.tax = cents(right * (60 + len(paper.key) % 30) / 100)
        _note(planter, "tax_mismatch", line, paper, right - line.tax, f"tax {line.tax}, by its rate {right}")


def _total(planter: Planter, plain: list[Paper]) -> None:
    for number, paper in enumerate(_choose(planter, "total", plain, 5)):
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
    for number, paper in enumerate(_choose(planter, "code", plain, 6)):
        line = paper.lines[0]
        line.item_code = f"MISC-{90 + number % 7}"
        _note(planter, "product_unmapped", line, paper, line.net, f"{line.item_code} is in no price list")


def _with_work(plain: list[Paper]) -> list[Paper]:
    jobs: dict[int, set[int]] = {}
    for paper in plain:
        jobs.setdefault(paper.customer.number, set()).add(_deal(paper).number)
    return [
        paper
        for paper in plain
        if all(line.item and line.item.deliveries for line in paper.lines) and len(jobs[paper.customer.number]) > 2
    ]


def _untell(planter: Planter, paper: Paper, reference: str, control: str, why: str, items: Counter[int]) -> None:
    """Takes every trace of the job off the document; what it was for can't be seen from the work either."""
    paper.reference = reference
    for line in paper.lines:
        line.told, line.text = False, line.item.product.name if line.item else "Works"
        _note(planter, control, line, paper, line.net, why)
        if line.item is not None:
            alone = (
                line.item.ticket if len({id(i.ticket) for i in (each.item for each in paper.lines) if i}) == 1 else None
            )
            whole = alone is not None and line is paper.lines[0] and _whole(paper, items)
            symptoms(planter, line.item, f"follows from {control} {line.ident}", ticket=alone if whole else None)


def _whole(paper: Paper, items: Counter[int]) -> bool:
    """Whether nothing else bills this ticket."""
    first = paper.lines[0].item
    return first is not None and items[id(first.ticket)] == len(paper.lines)


def _by_ticket(planter: Planter) -> Counter[int]:
    return Counter(id(item.ticket) for item in planter.world.items)


def _no_job(planter: Planter, plain: list[Paper]) -> None:
    items = _by_ticket(planter)
    for paper in _choose(planter, "paper without job", _with_work(plain), 10):
        _untell(
            planter,
            paper,
            "Works as agreed",
            "invoice_without_job",
            "neither reference, tracking nor text names a job",
            items,
        )


def _two_jobs(planter: Planter, plain: list[Paper]) -> None:
    items = _by_ticket(planter)
    others: dict[int, list[str]] = {}
    for job in planter.world.jobs:
        others.setdefault(job.deal.customer.number, []).append(job.code)
    for paper in _choose(planter, "two jobs", _with_work(plain), 8):
        mine = paper.lines[0].job
        code = mine.code if mine else ""
        other = next(each for each in others[paper.customer.number] if each != code)
        _untell(planter, paper, f"{code} / {other}", "invoice_job_ambiguous", f"names {code} and {other}", items)


def _twice(planter: Planter, plain: list[Paper]) -> None:
    """One dispatch note on a second invoice, weeks later."""
    found = [
        paper
        for paper in plain
        if (item := paper.lines[0].item)
        and len(item.deliveries) == 1
        and item.deliveries[0].kind == "shipment"
        and add_days(paper.issued, 40) < ENDS
    ]
    for paper in _choose(planter, "twice", found, 15):
        item = paper.lines[0].item
        if item is None:
            continue
        on = working(add_days(paper.issued, 20 + len(paper.key) % 12))
        again = billing.invoice(planter.world.seed, [item], on, suffix=" second time")
        planter.world.invoices.append(again)
        planter.note(
            "delivery_billed_twice",
            "deliveries",
            "field_service",
            item.deliveries[0].ident,
            item.net,
            paper.currency,
            on,
            "the dispatch note is on two invoices",
        )


def _copied(planter: Planter, plain: list[Paper]) -> None:
    """The same invoice again within days, under another number. It names no delivery: only amount and lines give it away."""
    found = [
        paper
        for paper in plain
        if all(line.item and not line.item.deliveries for line in paper.lines) and add_days(paper.issued, 10) < ENDS
    ]
    for paper in _choose(planter, "copied", found, 20):
        on = working(add_days(paper.issued, 2 + len(paper.key) % 5))
        twin = copy(paper)
        twin.key, twin.issued, twin.due = f"{paper.key} copy", on, add_days(on, paper.customer.terms_days)
        twin.ident, twin.created, twin.posted = (
            uid(planter.world.seed, "invoice", twin.key),
            moment(on, 11, twin.key),
            moment(on, 12, twin.key),
        )
        twin.lines = [copy(line) for line in paper.lines]
        for number, line in enumerate(twin.lines):
            line.ident = uid(planter.world.seed, "invoice line", twin.key, number)
        planter.world.invoices.append(twin)
        planter.note(
            "duplicate_invoice",
            "invoices",
            "xero",
            twin.ident,
            twin.net,
            twin.currency,
            on,
            f"a copy of {paper.reference} of {paper.issued}",
        )


def lost_numbers(planter: Planter) -> set[str]:
    """After these invoices a number is skipped."""
    found = [paper for paper in planter.world.invoices if paper.lines[0].job]
    return {paper.ident for paper in _choose(planter, "number", found, 1)}


def note_lost(planter: Planter, skipped: set[str]) -> None:
    for paper in planter.world.invoices:
        if paper.ident in skipped:
            number = f"INV-{int(paper.number[4:]) + 1:05d}"
            planter.note(
                "invoice_number_gap",
                "invoices",
                "xero",
                number,
                ZERO,
                paper.currency,
                paper.created.date(),
                f"nothing follows {paper.number}",
            )
