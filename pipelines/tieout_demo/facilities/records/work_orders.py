"""The rows of the work-order database (`work_orders.sql`) on a day: who, what and the jobs with
their terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tieout_demo import fx
from tieout_demo.facilities.basics import ENDS, cents, end_of, moment
from tieout_demo.facilities.catalogue import RARE_SKILL
from tieout_demo.facilities.model import Change, Job, Line, Ticket
from tieout_demo.facilities.records import work_deliveries
from tieout_demo.facilities.records.changes import last
from tieout_demo.facilities.world import World

Row = dict[str, Any]
_INSTALLED = moment(date(2024, 12, 2), 8, "installed")
KINDS = {"fixed_price": "FIXED", "time_and_materials": "T&M", "product_order": "SUPPLY"}


def tables(world: World, until: date) -> dict[str, list[Row]]:
    night = end_of(until)
    found: dict[str, list[Row]] = {
        "clients": list(_clients(world, night)),
        "staff": [_staff(person) for person in world.staff],
        "catalogue_items": [_item(product) for product in world.products],
        **{
            name: []
            for name in (
                "agreements",
                "agreement_rates",
                "variations",
                "job_cards",
                "job_estimates",
                "tickets",
                *work_deliveries.TABLES,
            )
        },
    }
    for job in world.jobs:
        if job.opened > night:
            continue
        found["job_cards"].append(_job(job, night))
        found["agreements"].append(_agreement(job, night))
        found["agreement_rates"] += _rates(job, night)
        found["job_estimates"] += [
            row for n, line in enumerate(job.deal.lines) for row in _estimates(job, n, line, night)
        ]
        found["variations"] += [
            row for change in job.changes if (row := _variation(job, change, night))
        ]
        found["tickets"] += [row for ticket in job.tickets if (row := _ticket(job, ticket, night))]
        work_deliveries.add(found, job, night)
    return found


def _clients(world: World, night: datetime) -> Iterator[Row]:
    served = {job.deal.customer.number for job in world.jobs}
    for customer in world.customers:
        party = customer.ops
        if customer.number in served and party.added <= night:
            yield {
                "client_no": int(party.ident),
                "trading_name": party.name,
                "registered_name": party.legal_name,
                "vat_no": party.tax_number,
                "company_no": party.registration,
                "web": party.website,
                "email": party.email,
                "tel": party.phone,
                "street": party.street,
                "town": party.city,
                "county": party.region,
                "postcode": party.postal_code,
                "country_code": party.country,
                "parent_client_no": None,
                "added_ts": party.added,
                "modified_ts": party.added,
            }


def _staff(person: Any) -> Row:
    trades = (
        person.skill
        if person.skill == RARE_SKILL
        else f"{person.skill};first_aid"
        if person.number % 5 == 0
        else person.skill
    )
    return {
        "staff_no": person.number,
        "full_name": person.name,
        "email": person.email,
        "job_title": person.title,
        "crew": person.team,
        "area": person.region,
        "reports_to": person.reports_to,
        "weekly_hours": Decimal("37.50"),
        "trades": trades,
        "hourly_cost": person.hourly_cost,
        "is_active": 1,
        "modified_ts": _INSTALLED,
    }


def _item(product: Any) -> Row:
    return {
        "item_code": product.sku,
        "title": product.name.upper() if product.tariff else product.name,
        "item_group": product.category,
        "uom": product.unit,
        "sell_price": product.price,
        "cost_price": product.cost,
        "tax_class": product.tax_class,
        "modified_ts": _INSTALLED,
    }


def job_moments(job: Job) -> tuple[datetime, datetime | None, datetime | None]:
    """Opened, started, and completed or cancelled."""
    if job.cancelled:
        return job.opened, None, moment(job.cancelled, 19, job.code)
    return (
        job.opened,
        moment(job.started, 7, job.code),
        moment(job.completed, 19, job.code) if job.completed else None,
    )


def _job(job: Job, night: datetime) -> Row:
    opened, started, done = job_moments(job)
    changed = last(night, opened, started, done) or opened
    is_done = done is not None and changed >= done
    state = (
        ("cancelled" if job.cancelled else "completed")
        if is_done
        else "in_progress"
        if started and changed >= started
        else "planned"
    )
    return {
        "job_no": job.number,
        "job_code": job.code,
        "crm_deal_ref": job.deal_ref,
        "agreement_no": job.contract.ident,
        "client_no": int(job.deal.customer.ops.ident),
        "job_kind": KINDS[job.deal.kind],
        "job_state": state,
        "supervisor_no": job.supervisor.number if job.supervisor else None,
        "planned_start": job.deal.starts,
        "planned_finish": job.deal.ends,
        "actual_start": job.started if started and changed >= started else None,
        "actual_finish": job.completed if is_done and not job.cancelled else None,
        "site_ready_on": min(job.deal.starts, (job.opened + timedelta(days=2)).date()),
        "currency_code": job.deal.currency,
        "notes": None,
        "modified_ts": changed,
    }


def _agreement(job: Job, night: datetime) -> Row:
    contract, deal = job.contract, job.deal
    over = (
        moment(job.cancelled, 19, contract.ident)
        if job.cancelled
        else moment(contract.ends, 23, contract.ident)
    )
    changed = last(night, job.opened, over) or job.opened
    planned = sum((line.quantity for line in deal.lines[:1]), Decimal(0))
    cycles = {"week": 7, "month": 30, "quarter": 91}.get(deal.period or "")
    count = max(1, round(((contract.ends - contract.starts).days + 1) / cycles)) if cycles else None
    return {
        "agreement_no": contract.ident,
        "client_no": int(deal.customer.ops.ident),
        "crm_deal_ref": contract.deal_ref,
        "starts": contract.starts,
        "ends": contract.ends,
        "bill_rule": deal.rule,
        "bill_cycle": deal.period,
        "bill_within_days": contract.window_days,
        "revenue_rule": contract.recognition,
        "terms_days": deal.customer.terms_days,
        "expected_quantity": planned,
        "quantity_per_cycle": (planned / count).quantize(Decimal("0.0001")) if count else None,
        "currency_code": deal.currency,
        "agreement_state": "active"
        if changed < over
        else "cancelled"
        if job.cancelled
        else "ended",
        "modified_ts": changed,
    }


def _rates(job: Job, night: datetime) -> Iterator[Row]:
    for rate in job.contract.rates:
        # A rise is typed in on the day it was agreed, and ends the rate before it.
        agreed = (
            moment(rate.valid_from - timedelta(days=17), 10, job.code)
            if rate is not job.contract.rates[0]
            else job.opened
        )
        ended = moment(rate.valid_to - timedelta(days=16), 10, job.code) if rate.valid_to else None
        changed = last(night, agreed, ended)
        if changed is not None:
            yield {
                "rate_no": rate.ident,
                "agreement_no": job.contract.ident,
                "item_code": rate.product.sku,
                "staff_no": None,
                "uom": rate.unit,
                "charge_rate": rate.charge,
                "from_date": rate.valid_from,
                "to_date": rate.valid_to if ended and changed >= ended else None,
                "modified_ts": changed,
            }


def _estimates(job: Job, number: int, line: Line, night: datetime) -> list[Row]:
    """The hours of a line and what they cost, or its goods; and its subcontractor, who has none."""
    opened, started, done = job_moments(job)
    half = (
        moment(job.started + (job.completed - job.started) // 2, 12, job.code)
        if job.completed and started
        else None
    )
    changed = last(night, opened, half, done) or opened
    share = (
        Decimal(0)
        if done and changed >= done
        else Decimal("0.5")
        if half and changed >= half
        else Decimal(1)
    )
    rate = fx.rate(job.deal.currency, "GBP", min(job.deal.decided, ENDS))

    def row(place: int, hours: Decimal | None, planned: Decimal) -> Row:
        cost = cents(planned * rate)
        return {
            "estimate_no": f"ES-{job.number * 10 + place:06d}",
            "job_no": job.number,
            "stage": None,
            "item_code": line.product.sku,
            "hours": hours,
            "cost": cost,
            "currency_code": "GBP",
            "hours_to_go": None if hours is None else (hours * share).quantize(Decimal("0.01")),
            "cost_to_go": cents(cost * share),
            "estimated_on": changed.date(),
            "modified_ts": changed,
        }

    own = row(number, line.planned_hours, line.planned_cost - line.planned_subcontract)
    if not line.planned_subcontract:
        return [own]
    return [own, row(number + 5, None, line.planned_subcontract)]


def _variation(job: Job, change: Change, night: datetime) -> Row | None:
    decided = moment(change.decided, 15, change.ident) if change.decided else None
    changed = last(night, max(moment(change.proposed, 10, change.ident), job.opened), decided)
    if changed is None:
        return None
    known = decided is not None and changed >= decided
    return {
        "variation_no": change.ident,
        "job_no": job.number,
        "crm_deal_ref": job.deal_ref,
        "item_code": change.line.product.sku,
        "state": change.status if known else "proposed",
        "decided_on": change.decided if known else None,
        "extra_quantity": change.quantity,
        "extra_amount": change.amount,
        "currency_code": job.deal.currency,
        "reason": change.reason,
        "modified_ts": changed,
    }


def _ticket(job: Job, ticket: Ticket, night: datetime) -> Row | None:
    opened = max(moment(ticket.opened, 14, ticket.ident), job.opened)
    begun = max(moment(ticket.booked_for, 7, ticket.ident), opened)
    finished = moment(ticket.finished, 19, ticket.ident) if ticket.finished else None
    signed = moment(ticket.signed_off, 20, ticket.ident) if ticket.signed_off else None
    changed = last(night, opened, begun, finished, signed)
    if changed is None:
        return None
    is_done = finished is not None and changed >= finished
    return {
        "ticket_no": ticket.ident,
        "job_no": job.number,
        "item_code": ticket.line.product.sku,
        "stage": ticket.stage,
        "ticket_state": "completed"
        if is_done
        else "in_progress"
        if changed >= begun
        else "planned",
        "booked_for": ticket.booked_for,
        "finished_on": ticket.finished if is_done else None,
        "signed_off_on": ticket.signed_off if signed and changed >= signed else None,
        "planned_hours": ticket.planned_hours,
        "modified_ts": changed,
    }
