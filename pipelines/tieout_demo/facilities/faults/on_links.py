"""Faults of reference: documents for no job or for two, deliveries and invoices billed twice,
numbers lost."""

from __future__ import annotations

from collections import Counter
from copy import copy

from tieout_demo.facilities.basics import ENDS, ZERO, add_days, moment, uid, working
from tieout_demo.facilities.faults.in_billing import period_end, symptoms
from tieout_demo.facilities.faults.paper_tools import choose, deal_of, note_line
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.invoicing import billing
from tieout_demo.facilities.invoicing.papers import BillItem, Paper


def plant(planter: Planter, plain: list[Paper]) -> None:
    for kind in (_no_job, _two_jobs, _twice, _copied):
        kind(planter, plain)


def _with_work(planter: Planter, plain: list[Paper]) -> list[Paper]:
    """Invoices over work of customers with several jobs, on which each work order's hours are whole
    or not at all."""
    parts = _by_ticket(planter)
    jobs: dict[int, set[int]] = {}
    for paper in plain:
        jobs.setdefault(paper.customer.number, set()).add(deal_of(paper).number)
    found = []
    for paper in plain:
        here = Counter(id(line.item.ticket) for line in paper.lines if line.item)
        whole = all(
            line.item
            and line.item.deliveries
            and (line.account != "210" or here[id(line.item.ticket)] == parts[id(line.item.ticket)])
            for line in paper.lines
        )
        if whole and len(jobs[paper.customer.number]) > 2:
            found.append(paper)
    return found


def _untell(
    planter: Planter, paper: Paper, reference: str, control: str, why: str, items: Counter[int]
) -> None:
    """Takes every trace of the job off the document; what it was for can't be seen from the work
    either."""
    paper.reference = reference
    for line in paper.lines:
        line.told, line.text = False, line.item.product.name if line.item else "Works"
        note_line(planter, control, line, paper, line.net, why)
        if line.item is not None:
            alone = (
                line.item.ticket
                if len({id(i.ticket) for i in (each.item for each in paper.lines) if i}) == 1
                else None
            )
            whole = alone is not None and line is paper.lines[0] and _whole(paper, items)
            symptoms(
                planter,
                line.item,
                f"follows from {control} {line.ident}",
                ticket=alone if whole else None,
            )
            _period(planter, line.item, f"follows from {control} {line.ident}")


def _period(planter: Planter, item: BillItem, cause: str) -> None:
    """The contract's period looks unbilled, too."""
    if item.period is not None:
        job = item.job
        on = add_days(period_end(job, item.period), 11)
        value, currency = item.net, job.deal.currency
        planter.note(
            "contract_period_not_billed",
            "contracts",
            "field_service",
            job.contract.ident,
            value,
            currency,
            on,
            cause,
        )


def _whole(paper: Paper, items: Counter[int]) -> bool:
    """Whether nothing else bills this ticket."""
    first = paper.lines[0].item
    return first is not None and items[id(first.ticket)] == len(paper.lines)


def _by_ticket(planter: Planter) -> Counter[int]:
    return Counter(id(item.ticket) for item in planter.world.items)


def _no_job(planter: Planter, plain: list[Paper]) -> None:
    items = _by_ticket(planter)
    for paper in choose(planter, "paper without job", _with_work(planter, plain), 10):
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
    for paper in choose(planter, "two jobs", _with_work(planter, plain), 8):
        mine = paper.lines[0].job
        code = mine.code if mine else ""
        other = next(each for each in others[paper.customer.number] if each != code)
        _untell(
            planter,
            paper,
            f"{code} / {other}",
            "invoice_job_ambiguous",
            f"names {code} and {other}",
            items,
        )


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
    for paper in choose(planter, "twice", found, 15):
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
    """The same invoice again within days, under another number. Only amount and lines give it
    away."""
    found = [
        paper
        for paper in plain
        if all(line.item and not line.item.deliveries for line in paper.lines)
        and add_days(paper.issued, 10) < ENDS
    ]
    for paper in choose(planter, "copied", found, 20):
        on = working(add_days(paper.issued, 2 + len(paper.key) % 5))
        twin = copy(paper)
        twin.key, twin.issued, twin.due = (
            f"{paper.key} copy",
            on,
            add_days(on, paper.customer.terms_days),
        )
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
    return {paper.ident for paper in choose(planter, "number", found, 1)}


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
