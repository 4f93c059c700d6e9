"""The recruitment arm, simulated once to its end; its exports on any day are read off the
history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from tieout_demo.history import History, Row
from tieout_demo.recruitment import catalogue, clients, exports
from tieout_demo.recruitment.books import accruals, month_end, payroll
from tieout_demo.recruitment.books.ledger import Ledger
from tieout_demo.recruitment.faults import in_documents, in_ledger, in_records, in_work
from tieout_demo.recruitment.faults.planting import Planter
from tieout_demo.recruitment.invoicing import billing, cash_records, corrections, documents
from tieout_demo.recruitment.invoicing.cash import Cash
from tieout_demo.recruitment.invoicing.papers import Document
from tieout_demo.recruitment.model import LAST_DAY, Work
from tieout_demo.recruitment.work import commitments, placements, sales, timesheets
from tieout_demo.recruitment.workforce import Workforce


class Recruitment:
    """Northgate People B.V.; `shared` are the other arm's customers that it serves, too: mappings
    with a `name`."""

    def __init__(
        self,
        seed: int = 2025,
        scale: float = 1.0,
        shared: Sequence[Mapping[str, Any]] = (),
        *,
        faults: bool = True,
    ) -> None:
        self._seed, self._scale, self._shared = seed, scale, shared
        self._planter = Planter(seed, scale, active=faults)

    def imports(self, until: date) -> dict[str, dict[str, list[Row]]]:
        """What the exports of the evening of a day hold: folder → entity → rows."""
        world = self._world
        return exports.folders(world.history, until, world.unrated, world.withheld)

    def truth(self, until: date) -> list[Row]:
        """The faults planted by that day, as rows of the truth file."""
        _ = self._world
        return [vars(fault) for fault in self._planter.truth() if fault.planted_on <= until]

    @cached_property
    def _world(self) -> _World:
        return _World(self._seed, self._scale, self._shared, self._planter)


class _World:
    """The order in which things come about."""

    def __init__(
        self, seed: int, scale: float, shared: Sequence[Mapping[str, Any]], planter: Planter
    ) -> None:
        self.history = History()
        self._seed, self._scale, self._planter, self._ledger = seed, scale, planter, Ledger()
        catalogue.write(self.history)
        served = clients.build(seed, scale, shared, self.history)
        workforce = Workforce(self.history)
        self._placements = placements.build(seed, scale, served, workforce)
        self._permanents = placements.build_permanents(seed, scale, served, workforce)
        in_work.plant_in_placements(planter, self._placements)
        work = self._agree_and_work()
        sales.write_open_deals(seed, scale, served, self.history)
        sales.plant(planter, served, self._placements, self._permanents, self.history)
        issued = self._bill(work)
        self._settle(issued)
        self._keep_books(issued, work)
        in_documents.edit_after_posting(planter, issued, self.history)
        in_records.label_above_contract(planter, self.history, issued, self._placements)
        self.unrated = in_records.unrated_days(planter, self.history, issued)
        self.withheld = in_records.withheld(planter, self.history)

    def _agree_and_work(self) -> list[Work]:
        for placement in self._placements:
            commitments.write_placement(self._seed, placement, self.history)
        for permanent in self._permanents:
            commitments.write_permanent(self._seed, permanent, self.history)
        work = timesheets.build(self._seed, self._placements)
        work = in_work.plant_in_work(self._planter, work, self._permanents)
        for done in work:
            timesheets.write(done, self.history)
        return work

    def _bill(self, work: list[Work]) -> list[Document]:
        weekly = billing.bill_work(self._seed, work)
        fees = billing.bill_fees(self._seed, self._permanents)
        made = weekly + fees + corrections.rebates(self._seed, fees)
        made += corrections.corrections(self._seed, weekly, self.history)
        corrected = {id(document.corrects) for document in made}
        plain = [
            invoice
            for invoice in weekly
            if invoice.voided_on is None
            and id(invoice) not in corrected
            and invoice.client.style != "split"
        ]
        made += in_documents.plant_before_numbering(self._planter, plain)
        made += in_documents.rate_credits(self._planter, plain)
        made = [document for document in made if document.issued_on <= LAST_DAY]
        skipped = in_documents.gaps(self._planter, len(made))
        numbered = billing.number(made, skipped)
        in_documents.label_gaps(self._planter, skipped, numbered)
        in_documents.plant_fates(self._planter, numbered)
        in_documents.plant_unposted(self._planter, numbered)
        for document in numbered:
            documents.write(self._seed, document, self.history)
            documents.post(document, self._ledger)
        return numbered

    def _settle(self, issued: list[Document]) -> None:
        cash = Cash(self._seed)
        cash.settle(issued)
        in_ledger.label_cash(self._planter, cash, issued)
        cash_records.record(self._seed, cash, issued, self.history, self._ledger)

    def _keep_books(self, issued: list[Document], work: list[Work]) -> None:
        ledger, history = self._ledger, self.history
        ended = [placement for placement in self._placements if placement.last_day < LAST_DAY]
        paid = in_work.unworked_pay(self._planter, payroll.items(work), ended)
        payroll.record(paid, history, ledger)
        month_end.open_books(ledger, self._scale)
        claims = [done for done in work if done.kind == "expense"]
        moved = [*month_end.overheads(ledger, self._scale, claims), *month_end.settle_taxes(ledger)]
        for name, on, amount in moved:
            cash_records.bank_line(history, f"B-{name}", on, amount, "EUR", name)
        accruals.post(ledger, issued, work, self._permanents)
        in_ledger.plant_journals(self._planter, self._seed, ledger)
        month_end.close_year(ledger)
        ledger.number()
        ledger.write(history)
