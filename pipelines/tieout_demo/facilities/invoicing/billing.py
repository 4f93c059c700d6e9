"""From what may be billed to invoices: grouped, split, combined, voided and raised again, corrected
after posting."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from datetime import date
from decimal import Decimal

from tieout_demo import fx
from tieout_demo.facilities.basics import (
    CENT,
    ENDS,
    add_days,
    cents,
    chance,
    dice,
    moment,
    pick,
    uid,
    working,
)
from tieout_demo.facilities.catalogue import OUTPUT_TAX, TAX_PCT
from tieout_demo.facilities.invoicing.papers import BillItem, Paper, PaperLine
from tieout_demo.facilities.model import Customer, Product

Group = list[BillItem]
SUNDRY = "240"  # where a hurried clerk posts what she will correct tomorrow
_STYLES = (
    ("code", 45),
    ("spaced", 10),
    ("purchase order", 12),
    ("tracking", 18),
    ("text", 10),
    ("ticket", 5),
)


def invoices(seed: int, items: Iterable[BillItem]) -> list[Paper]:
    made: list[Paper] = []
    for on, group in _combined(seed, _grouped(seed, items)):
        paper = invoice(seed, group, on)
        made.append(paper)
        rng = dice(seed, "invoice life", paper.key)
        after = add_days(on, rng.randint(1, 3))
        if chance(rng, 1.2) and after.month == on.month and working(after) == after:
            made.append(_raised_again(seed, paper, after))
        elif chance(rng, 5) and add_days(on, 4).month == on.month:
            paper.edited = moment(add_days(on, rng.randint(1, 4)), 13, paper.key)
            paper.edited_from = f"Draft {on:%d %b}"
    return made


def _grouped(seed: int, items: Iterable[BillItem]) -> list[tuple[date, Group]]:
    """What one job may bill on one day is an invoice; now and then two."""
    days: dict[tuple[int, date], Group] = defaultdict(list)
    for item in items:
        if item.on <= ENDS:
            days[(item.job.number, item.on)].append(item)
    groups: list[tuple[date, Group]] = []
    for (number, on), group in days.items():
        if len(group) > 1 and chance(dice(seed, "split", number, on), 6):
            groups += [(on, group[:1]), (on, group[1:])]
        else:
            groups.append((on, group))
    return groups


def _combined(seed: int, groups: list[tuple[date, Group]]) -> list[tuple[date, Group]]:
    """One invoice for several jobs of a customer within three days, for some; always where two
    would look the same."""
    by_customer: dict[int, list[tuple[date, Group]]] = defaultdict(list)
    for on, group in groups:
        by_customer[group[0].job.deal.customer.number].append((on, group))
    result: list[tuple[date, Group]] = []
    for number, theirs in sorted(by_customer.items()):
        kept: list[tuple[date, Group]] = []
        for on, group in sorted(
            theirs, key=lambda pair: (pair[0], pair[1][0].job.number, pair[1][0].text)
        ):
            near = next(
                (
                    n
                    for n, (other, _) in enumerate(kept)
                    if n == len(kept) - 1 and (on - other).days <= 3 and other.month == on.month
                ),
                None,
            )
            same = next(
                (
                    n
                    for n, (other, old) in enumerate(kept)
                    if (on - other).days <= 12 and _net(old) == _net(group)
                ),
                None,
            )
            if same is not None:
                kept[same] = (
                    kept[same][0] if _fixed_date(kept[same][1]) else on,
                    kept[same][1] + group,
                )
            elif (
                near is not None
                and kept[near][1][0].job is not group[0].job
                and chance(dice(seed, "combine", number, on), 35)
            ):
                kept[near] = (on, kept[near][1] + group)
            else:
                kept.append((on, group))
        result += kept
    return sorted(result, key=lambda pair: (pair[0], pair[1][0].job.number, pair[1][0].text))


def _fixed_date(group: Group) -> bool:
    return any(item.job.deal.rule == "on_order" for item in group)


def _net(group: Group) -> Decimal:
    return sum((item.net for item in group), Decimal(0))


def invoice(seed: int, group: Group, on: date, *, suffix: str = "") -> Paper:
    """An invoice over these items, all of one customer and currency."""
    first = group[0]
    customer = first.job.deal.customer
    key = f"{first.job.code} {on} {first.text}{suffix}"
    rng = dice(seed, "invoice", key)
    line_amounts = pick(
        rng, (("Exclusive", 86), ("Inclusive", 9), ("NoTax", 5 if customer.country != "GB" else 0))
    )
    created = moment(add_days(on, -rng.randint(1, 3)) if chance(rng, 12) else on, 11, key)
    paper = Paper(
        ident=uid(seed, "invoice", key),
        key=key,
        customer=customer,
        created=created,
        posted=moment(on, 12, key),
        issued=on,
        due=add_days(on, customer.terms_days),
        currency=first.job.deal.currency,
        rate=fx.rate(first.job.deal.currency, "GBP", on),
        line_amounts=line_amounts,
        reference="",
        lines=[line(seed, key, n, item, line_amounts) for n, item in enumerate(group)],
        on_twin=first.job.deal.on_twin,
    )
    _say_job(rng, paper, group)
    _round_off(rng, paper)
    return paper


def line(seed: int, key: str, number: int, item: BillItem, line_amounts: str) -> PaperLine:
    tax_type = tax_type_of(item.job.deal.customer, item.product, line_amounts)
    return PaperLine(
        ident=uid(seed, "invoice line", key, number),
        text=item.text,
        quantity=item.quantity,
        unit_price=item.unit_price,
        discount_pct=item.discount_pct,
        net=item.net,
        tax=cents(item.net * TAX_PCT[tax_type] / 100),
        tax_type=tax_type,
        account=item.product.account,
        item_code=ledger_code(item.product),
        job=item.job,
        item=item,
    )


def ledger_code(product: Product) -> str:
    """The ledger's item list was typed from the price list, for some without its hyphen."""
    return product.sku.replace("-", "") if product.tariff else product.sku


def tax_type_of(customer: Customer, product: Product, line_amounts: str) -> str:
    if line_amounts == "NoTax":
        return "NONE"
    return OUTPUT_TAX[product.tax_class] if customer.country == "GB" else "ECZROUTPUT"


def _say_job(rng: random.Random, paper: Paper, group: Group) -> None:
    """Where the document says which job it is for: reference, tracking, line text or a work order's
    number."""
    numbers = {item.job.number for item in group}
    if len(numbers) > 1:
        paper.reference = "Various works"
        tracked = chance(rng, 60)
        for made in paper.lines:
            made.tracked = tracked
            if not tracked and made.job:
                made.text = f"{made.text} – {made.job.code}"
        return
    job = group[0].job
    style = pick(rng, _STYLES)
    if style == "ticket" and not all(item.ticket for item in group):
        style = "code"
    order = f"PO {rng.randrange(100, 9999)}"
    paper.reference = {
        "code": job.code,
        "spaced": f"Job {job.number}",
        "purchase order": f"{order}/JOB{job.number:05d}",
        "ticket": group[0].ticket.ident if group[0].ticket else "",
    }.get(style, order)
    for made in paper.lines:
        made.tracked = style == "tracking"
        if style == "text":
            made.text = f"{made.text}, {rng.choice(('job', 'Job no.', 'JOB'))} {job.number:05d}"


def _round_off(rng: random.Random, paper: Paper) -> None:
    """The ledger rounds tax over the document now and then, which leaves a cent on the last
    line."""
    if len(paper.lines) > 1 and paper.tax and chance(rng, 4):
        paper.lines[-1].tax += CENT if paper.lines[-1].tax else Decimal(0)


def _raised_again(seed: int, paper: Paper, on: date) -> Paper:
    """Void the first (wrong address), and send the same again under a new number."""
    paper.voided = moment(on, 11, paper.key, "void")
    again = copy(paper)
    again.key = f"{paper.key} again"
    again.ident = uid(seed, "invoice", again.key)
    again.lines = [copy(old) for old in paper.lines]
    for number, new in enumerate(again.lines):
        new.ident = uid(seed, "invoice line", again.key, number)
    again.voided = None
    again.created, again.posted = moment(on, 11, again.key, "made"), moment(on, 12, again.key)
    again.issued, again.due = on, add_days(on, paper.customer.terms_days)
    again.rate = fx.rate(paper.currency, "GBP", on)
    return again
