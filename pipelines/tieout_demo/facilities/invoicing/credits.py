"""Credit notes for a reason: price, goodwill, dispute, goods returned. Each is set against its
invoice at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout_demo.facilities.basics import (
    ENDS,
    ZERO,
    add_days,
    cents,
    dice,
    moment,
    month_end,
    pick,
    uid,
    working,
)
from tieout_demo.facilities.catalogue import TAX_PCT
from tieout_demo.facilities.invoicing.papers import Allocation, Credit, Paper, PaperLine
from tieout_demo.facilities.model import Cost, Delivery, StockMove

_REASONS = (("none", 9600), ("price", 140), ("goodwill", 90), ("dispute", 50), ("return", 120))
BAD_DEBT, DISCOUNT = "400", "405"


def credits(seed: int, invoices: list[Paper]) -> list[Credit]:
    made = []
    for invoice in invoices:
        rng = dice(seed, "credit", invoice.key)
        reason = pick(rng, _REASONS)
        on = working(add_days(invoice.issued, rng.randint(4, 12)))
        if reason == "none" or invoice.voided or on > ENDS:
            continue
        line = max(invoice.lines, key=lambda candidate: candidate.net)
        if reason == "return":
            quantity = _returned(line, on)
            if not quantity:
                continue
            net = cents(quantity * line.unit_price * (100 - line.discount_pct) / 100)
        else:
            quantity, net = Decimal(1), cents(line.net * rng.randint(2, 6) / 100)
        if net > 0:
            made.append(credit(seed, invoice, line, reason, quantity, net, on))
    return made


def credit(
    seed: int,
    invoice: Paper,
    line: PaperLine,
    reason: str,
    quantity: Decimal,
    net: Decimal,
    on: date,
) -> Credit:
    """A credit note over part of one line, at its invoice's rate and tax."""
    key = f"{invoice.key} {reason}"
    code = line.job.code if line.job else ""
    corrected = PaperLine(
        ident=uid(seed, "credit line", key),
        text=f"{reason.capitalize()}: {line.text}",
        quantity=quantity,
        unit_price=net if quantity == 1 else line.unit_price,
        discount_pct=0 if quantity == 1 else line.discount_pct,
        net=net,
        tax=cents(net * TAX_PCT[line.tax_type] / 100),
        tax_type=line.tax_type,
        account=line.account,
        item_code=line.item_code,
        job=line.job,
        told=line.told,
        tracked=line.tracked,
        worth=None if line.worth is None else cents(line.worth * net / line.net),
    )
    paper = Paper(
        ident=uid(seed, "credit", key),
        key=key,
        customer=invoice.customer,
        created=moment(on, 15, key),
        posted=moment(on, 15, key),
        issued=on,
        due=on,
        currency=invoice.currency,
        rate=invoice.rate,
        line_amounts="NoTax" if invoice.line_amounts == "NoTax" else "Exclusive",
        reference=f"CN {reason} {code if line.told else ''}".strip(),
        lines=[corrected],
        is_credit=True,
        on_twin=invoice.on_twin,
        reason=reason,
        corrects=invoice,
    )
    return Credit(
        paper, [Allocation(uid(seed, "allocation", key), invoice, moment(on, 16, key), paper.gross)]
    )


def settlement(seed: int, invoice: Paper, account: str, amount: Decimal, on: date) -> Credit:
    """A debt written off or a discount for early payment: no revenue, an account of its own, set
    off the same day."""
    what = "Bad debt" if account == BAD_DEBT else "Settlement discount"
    key = f"{invoice.key} {what}"
    line = PaperLine(
        uid(seed, "credit line", key),
        f"{what}, {invoice.reference}",
        Decimal(1),
        amount,
        0,
        amount,
        ZERO,
        "NONE",
        account,
        None,
    )
    paper = Paper(
        ident=uid(seed, "credit", key),
        key=key,
        customer=invoice.customer,
        created=moment(on, 15, key),
        posted=moment(on, 15, key),
        issued=on,
        due=on,
        currency=invoice.currency,
        rate=invoice.rate,
        line_amounts="NoTax",
        reference=what,
        lines=[line],
        is_credit=True,
        on_twin=invoice.on_twin,
        reason=what,
        corrects=invoice,
    )
    return Credit(
        paper, [Allocation(uid(seed, "allocation", key), invoice, moment(on, 16, key), amount)]
    )


def _returned(line: PaperLine, on: date) -> Decimal:
    """Goods that came back: a negative shipment, its stock and its cost. A few pieces, never a
    tenth of the order."""
    item = line.item
    sent = item.deliveries[0] if item and len(item.deliveries) == 1 else None
    if (
        item is None
        or sent is None
        or sent.kind != "shipment"
        or sent.line.quantity < 15
        or on > month_end(on)
    ):
        return ZERO
    quantity = min(sent.quantity, Decimal(int(sent.line.quantity) // 15))
    job, product = item.job, sent.line.product
    serial = (
        job.number * 1000 + 900 + sum(1 for delivery in job.deliveries if delivery.quantity < 0)
    )
    back = Delivery(
        f"DN-{serial:08d}",
        "shipment",
        sent.line,
        sent.ticket,
        on,
        moment(on, 9, serial),
        moment(on, 10, serial),
        -quantity,
        sent.unit,
        cents(-quantity * sent.line.net / sent.line.quantity),
        True,
    )
    cost = cents(quantity * product.cost)
    job.deliveries.append(back)
    job.moves.append(StockMove(f"SM-{serial:08d}", back, quantity, on, -cost))
    job.costs.append(
        Cost(
            f"JC-{serial:08d}",
            "material",
            on,
            back.entered,
            -cost,
            -quantity,
            back.ident,
            None,
            "SUP-RETURNS",
        )
    )
    return quantity
