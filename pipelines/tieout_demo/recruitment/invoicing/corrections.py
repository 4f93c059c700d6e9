"""What goes back to clients: rebates for leavers, corrected hours and rates, goodwill, and invoices
drawn up anew."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.calendars import at, working_day
from tieout_demo.history import History
from tieout_demo.recruitment.invoicing.billing import fee_line, line_for, taxed
from tieout_demo.recruitment.invoicing.papers import Document, Line
from tieout_demo.recruitment.model import Permanent, Work, cents, draws


def rebates(seed: int, fees: list[Document]) -> list[Document]:
    """A credit note for everybody who left inside the rebate period, unless it was forgotten."""
    notes = []
    for invoice in fees:
        permanent = invoice.lines[0].source
        if not isinstance(permanent, Permanent) or permanent.left_on is None:
            continue
        if not permanent.rebate or not permanent.rebated:
            continue
        chance = draws(seed, "rebate", permanent.number)
        days = (permanent.left_on - permanent.starts_on).days
        line = fee_line(
            permanent, permanent.rebate, f"Rebate: {permanent.worker.name} left after {days} days"
        )
        issued_on = working_day(permanent.left_on + timedelta(days=chance.randrange(2, 9)))
        notes.append(_credit(invoice, max(issued_on, invoice.issued_on), [line], "rebate"))
    return notes


def corrections(seed: int, invoices: list[Document], history: History) -> list[Document]:
    """Everyday corrections of invoices with timesheets on them: each is right in the end, and no
    fault."""
    made: list[Document] = []
    for invoice in invoices:
        hours = [
            (line, line.source)
            for line in invoice.lines
            if isinstance(line.source, Work) and not line.source.value
        ]
        if not hours or any(_is_odd(done) for _, done in hours) or invoice.client.style == "split":
            continue
        chance = draws(
            seed, "correction", invoice.client.customer_id, invoice.issued_on, hours[0][0].job_ref
        )
        luck = chance.random()
        later = working_day(invoice.issued_on + timedelta(days=chance.randrange(6, 25)))
        line, done = chance.choice(hours)
        if luck < 0.020:
            made.append(_fewer_hours(invoice, later, line, done, history))
        elif luck < 0.026:
            note = cents(line.net * chance.randrange(3, 9) / 100)
            made.append(
                _credit(
                    invoice, later, [_like(line, Decimal(1), note, "Goodwill", invoice)], "goodwill"
                )
            )
        elif luck < 0.030:
            made += _anew(invoice, later, credit=True)
        elif luck < 0.036:
            made += _anew(
                invoice,
                working_day(invoice.issued_on + timedelta(days=chance.randrange(1, 5))),
                credit=False,
            )
    return made


def corrected_rate(invoice: Document, line: Line, done: Work, issued_on: date) -> Document:
    """A credit note for what a line charged above the contract's rate."""
    excess = line.unit_price - done.rate.charge
    note = cents(excess * line.quantity)
    return _credit(
        invoice,
        issued_on,
        [_like(line, line.quantity, note, "Rate corrected", invoice, excess)],
        "price",
    )


def _is_odd(done: Work) -> bool:
    return done.billed_rate is not None or done.billed_quantity is not None


def _fewer_hours(invoice: Document, on: date, line: Line, done: Work, history: History) -> Document:
    less = min(
        Decimal(2) if done.placement.product.unit == "hour" else Decimal("0.5"), done.quantity
    )
    done.corrected_quantity = done.quantity - less
    history.change(
        "deliveries",
        at(on, 9),
        done.delivery_id,
        quantity=done.corrected_quantity * done.placement.clocked_per_unit,
    )
    note = line_for(done, less)
    note.delivery_id = line.delivery_id
    return _credit(invoice, on, [note], "quantity")


def _anew(invoice: Document, on: date, *, credit: bool) -> list[Document]:
    """The same again on another invoice, the first one credited in full or voided."""
    again = Document(invoice.client, on, [_copy(line) for line in invoice.lines], invoice.currency)
    again.reference = f"{invoice.reference} (new)".strip()
    if credit:
        return [
            _credit(invoice, on, [_copy(line) for line in invoice.lines], "cancellation"),
            again,
        ]
    invoice.voided_on = on
    return [again]


def _credit(invoice: Document, on: date, lines: list[Line], reason: str) -> Document:
    return Document(
        invoice.client,
        on,
        lines,
        invoice.currency,
        corrects=invoice,
        reason=reason,
        reference=invoice.reference,
    )


def _like(
    line: Line,
    quantity: Decimal,
    net: Decimal,
    what: str,
    invoice: Document,
    price: Decimal | None = None,
) -> Line:
    note = Line(
        product_code=line.product_code,
        description=f"{what}: {line.description}",
        quantity=quantity,
        unit_price=net if price is None else price,
        net=net,
        job_ref=line.job_ref,
        account=line.account,
        delivery_id=line.delivery_id,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
    )
    return taxed(note, invoice.client)


def _copy(line: Line) -> Line:
    return Line(**vars(line))
