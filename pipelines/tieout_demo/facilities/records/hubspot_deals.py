"""Deals, their lines and quotes in HubSpot's shape, as negotiation left them on a night."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from tieout_demo.facilities.basics import ZERO, add_days, chance, dice, moment
from tieout_demo.facilities.model import Deal, Line, Party
from tieout_demo.facilities.records.changes import last
from tieout_demo.facilities.records.hubspot_shape import Record, record_of, stamp

STAGES = (
    ("appointmentscheduled", "Appointment scheduled", "0.2", False),
    ("qualifiedtobuy", "Qualified to buy", "0.4", False),
    ("contractsent", "Contract sent", "0.9", False),
    ("closedwon", "Closed won", "1.0", True),
    ("closedlost", "Closed lost", "0.0", True),
)
_PROBABILITY = {name: probability for name, _, probability, _ in STAGES}


def deal_record(seed: int, deal: Deal, night: datetime) -> Record | None:
    created, proposed, decided, edited = deal_moments(deal)
    changed = last(night, created, proposed, decided, edited)
    if changed is None:
        return None
    closed, is_won = changed >= decided, deal.won and changed >= decided
    stage = (
        ("closedwon" if deal.won else "closedlost")
        if closed
        else "contractsent"
        if changed >= proposed
        else "appointmentscheduled"
    )
    amount = sum((line_amounts(deal, line, changed)[2] for line in deal.lines), ZERO) + (
        deal.header_off_by if closed else ZERO
    )
    company = customer_record(deal)
    record = record_of(
        deal.ident,
        created,
        changed,
        {
            "dealname": deal.name,
            "dealstage": stage,
            "pipeline": "default",
            "amount": amount,
            "deal_currency_code": deal.currency,
            "hubspot_owner_id": deal.owner.ident if deal.owner else None,
            "closedate": stamp(
                decided if closed else moment(add_days(deal.proposed, 21), 9, deal.ident)
            ),
            "hs_closed_won_date": stamp(decided) if is_won else None,
            "hs_is_closed": str(closed).lower(),
            "hs_is_closed_won": str(is_won).lower(),
            "hs_deal_stage_probability": _PROBABILITY[stage],
            "proposal_sent_on": deal.proposed if changed >= proposed else None,
            "service_starts_on": deal.starts,
            "service_ends_on": deal.ends,
            "required_skills": deal.required or deal.skill,
            "lost_on": deal.decided if closed and not deal.won else None,
        },
        {"companies": (company.ident, "deal_to_company")},
    )
    removed = decided + timedelta(days=20)
    if not deal.won and removed <= night and chance(dice(seed, "archived", deal.number), 2):
        record |= {"archived": True, "archivedAt": stamp(removed), "updatedAt": stamp(removed)}
        record["properties"]["hs_lastmodifieddate"] = stamp(removed)
    return record


def customer_record(deal: Deal) -> Party:
    """Which of the customer's records the deal hangs on."""
    twin = deal.customer.crm_twin
    return twin if twin is not None and deal.on_twin else deal.customer.crm


def deal_moments(deal: Deal) -> tuple[datetime, datetime, datetime, datetime | None]:
    """Created, proposed, decided, and edited after that."""
    edited = moment(deal.edited, 12, deal.ident) if deal.edited else None
    return (
        moment(deal.created, 9, deal.ident),
        moment(deal.proposed, 10, deal.ident),
        moment(deal.decided, 11, deal.ident),
        edited,
    )


def line_amounts(deal: Deal, line: Line, at: datetime) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, discount and net of a line at a moment: the discount comes with the proposal."""
    _, proposed, _, edited = deal_moments(deal)
    quantity = (
        deal.edited_to
        if edited and deal.edited_to and at >= edited and line is deal.lines[0]
        else line.quantity
    )
    full = (quantity * line.unit_price).quantize(Decimal("0.01"))
    discount = (
        (full * line.discount_pct / 100).quantize(Decimal("0.01")) if at >= proposed else ZERO
    )
    return quantity, discount, full - discount


def line_item(deal: Deal, line: Line, night: datetime) -> Record | None:
    created, proposed, _, edited = deal_moments(deal)
    changed = last(
        night,
        created,
        proposed if line.discount_pct else None,
        edited if line is deal.lines[0] else None,
    )
    if changed is None:
        return None
    quantity, discount, net = line_amounts(deal, line, changed)
    return record_of(
        line.ident,
        created,
        changed,
        {
            "name": line.product.name,
            "hs_product_id": line.product.ident,
            "hs_sku": line.product.sku,
            "description": f"{line.product.name} for {deal.customer.name}",
            "quantity": quantity,
            "price": line.unit_price,
            "amount": net,
            "hs_total_discount": discount if discount else None,
            "hs_line_item_currency_code": deal.currency,
            "unit": line.product.unit,
            "planned_hours": line.planned_hours if line.planned_hours else None,
            # What hours and a subcontractor cost together is planned in the job's estimates.
            "planned_cost": None if line.planned_subcontract else line.planned_cost,
        },
        {"deals": (deal.ident, "line_item_to_deal")},
    )


def quote(deal: Deal, night: datetime) -> Record | None:
    _, proposed, decided, _ = deal_moments(deal)
    changed = last(night, proposed, decided if deal.won else None)
    if changed is None:
        return None
    return record_of(
        str(int(deal.ident) + 9_000_000_007),
        proposed,
        changed,
        {
            "hs_title": f"Quote {deal.number + 1:05d}: {deal.name}",
            "hs_status": "APPROVED" if changed >= decided and deal.won else "DRAFT",
            "hs_quote_amount": deal.net,
            "hs_expiration_date": stamp(proposed + timedelta(days=60)),
        },
        {"deals": (deal.ident, "quote_to_deal")},
        names=("hs_createdate", "hs_lastmodifieddate"),
    )
