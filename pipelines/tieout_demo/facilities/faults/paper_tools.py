"""What the faults on documents share: which documents are ordinary, and how a line's fault is
labelled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.invoicing.papers import Paper, PaperLine
from tieout_demo.facilities.model import Deal


def is_plain(paper: Paper) -> bool:
    """An ordinary invoice for one job, so that only the fault is out of order."""
    return (
        not paper.voided
        and not paper.edited
        and paper.line_amounts == "Exclusive"
        and len({id(line.job) for line in paper.lines}) == 1
    )


def deal_of(paper: Paper) -> Deal:
    job = paper.lines[0].job
    if job is None:
        raise ValueError(f"invoice {paper.key} is for no job")
    return job.deal


def issued_on(paper: Paper) -> date:
    return paper.issued


def choose(planter: Planter, name: str, papers: list[Paper], permille: int) -> list[Paper]:
    return planter.choose(name, papers, permille, deal_of, issued_on)


def note_line(
    planter: Planter, control: str, line: PaperLine, paper: Paper, value: Decimal, note: str
) -> None:
    planter.note(
        control, "invoice_lines", "xero", line.ident, value, paper.currency, paper.issued, note
    )
