"""What is right about sales and work: booked and changed, from HubSpot's records; delivered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from second_world.basics import ZERO, Doc, dec, q2
from second_world.rates import to_eur, to_gbp
from second_world.world import World


@dataclass(frozen=True)
class Event:
    """A thing that happened, in the document's currency, the ledger's euros and reporting pounds.

    `document` excludes tax, but for cash, which is what the bank saw.
    """

    stage: str
    customer: str
    on: date
    currency: str
    document: Decimal
    eur: Decimal
    gbp: Decimal
    source: str
    tax: Decimal = ZERO


def event(
    stage: str,
    customer: str,
    on: date,
    currency: str,
    amount: Decimal,
    source: str,
    *,
    own: Decimal | None = None,
    eur: Decimal | None = None,
    tax: Decimal = ZERO,
) -> Event:
    """An event, valued as the vocabulary says: own rate to base cents, the table's from there."""
    base = eur if eur is not None else to_eur(amount, currency, on, own)
    return Event(stage, customer, on, currency, amount, base, to_gbp(base, on), source, tax)


def sales(world: World) -> list[Event]:
    """Booked, change orders, delivered, and what the work cost."""
    found = list(_booked(world))
    deals = {deal["id"]: deal for deal in world.crm.objects["deals"]}
    for row in world.shop.rows["change_orders"]:
        if row["status"] == "approved":
            company = _company(deals[row["deal_id"]])
            found.append(
                event(
                    "change_order",
                    _who(world, company),
                    date.fromisoformat(row["approved_on"]),
                    row["currency"],
                    dec(row["amount_delta"]),
                    row["change_order_id"],
                )
            )
    for one in world.shop.worth:
        found.append(
            event(
                "delivered",
                one.customer,
                date.fromisoformat(one.on),
                one.currency,
                dec(one.amount),
                one.delivery_id,
            )
        )
    jobs = {row["job_id"]: row["deal_id"] for row in world.shop.rows["jobs"]}
    for row in world.shop.rows["costs"]:
        found.append(
            event(
                "cost",
                _who(world, _company(deals[jobs[row["job_id"]]])),
                date.fromisoformat(row["incurred_on"]),
                row["currency"],
                dec(row["amount"]),
                row["cost_id"],
            )
        )
    # Until its own cost arrives, approved time costs what the record of its person says an hour does.
    rates = {row["person_id"]: row["standard_cost_rate"] for row in world.shop.rows["people"]}
    for row in world.shop.rows["deliveries"]:
        if row["delivery_type"] == "time" and row["status"] == "approved" and row.get("person_id"):
            found.append(
                event(
                    "cost",
                    _who(world, _company(deals[jobs[row["job_id"]]])),
                    date.fromisoformat(row["delivered_on"]),
                    "EUR",
                    dec(row["quantity"]) * dec(rates[row["person_id"]]),
                    row["delivery_id"],
                )
            )
    return found


def _company(deal: Doc) -> str:
    return str(deal["associations"]["companies"]["results"][0]["id"])


def _who(world: World, company: str) -> str:
    return next(key for key, one in world.customers.items() if company in one.hubspot)


def _booked(world: World) -> Iterator[Event]:
    objects = world.crm.objects
    won = {
        stage["id"]
        for pipeline in objects["pipelines"]
        for stage in pipeline["stages"]
        if stage["metadata"]["isClosed"] == "true" and dec(stage["metadata"]["probability"]) == 1
    }
    for deal in objects["deals"]:
        held = deal["properties"]
        if deal["archived"] or held["dealstage"] not in won:
            continue
        lines = [
            line
            for line in objects["line_items"]
            if not line["archived"]
            and "deals" in line["associations"]
            and line["associations"]["deals"]["results"][0]["id"] == deal["id"]
        ]
        moment = datetime.fromisoformat(
            (held["hs_closed_won_date"] or held["closedate"]).replace("Z", "+00:00")
        )
        on = moment.astimezone(ZoneInfo("Europe/Amsterdam")).date()
        values = line_values(lines, _number(held["amount"])) or {deal["id"]: dec(held["amount"])}
        for source, amount in values.items():
            yield event(
                "booked",
                _who(world, _company(deal)),
                on,
                held["deal_currency_code"],
                amount,
                source,
            )


def _number(text: str | None) -> Decimal | None:
    return dec(text) if text else None


def line_values(lines: list[Doc], deal_amount: Decimal | None) -> dict[str, Decimal]:
    """What each line is worth over its term; what says nothing shares what is left of the deal."""
    given = {line["id"]: _line_value(line["properties"]) for line in lines}
    silent = [key for key, amount in given.items() if amount is None]
    left = (deal_amount or ZERO) - sum((a for a in given.values() if a is not None), ZERO)
    share = q2(left / len(silent)) if silent and left > 0 else ZERO
    return {key: share if amount is None else amount for key, amount in given.items()}


def _line_value(held: Doc) -> Decimal | None:
    amount, price, quantity = (_number(held[name]) for name in ("amount", "price", "quantity"))
    once = amount
    if once is None and price is not None:
        percent = _number(held["hs_discount_percentage"]) or ZERO
        off = _number(held["discount"]) or ZERO
        each = price * (1 - percent / 100) - off
        # HubSpot takes a line without a quantity for one.
        once = q2((quantity if quantity is not None else 1) * each)
    payments = _number(held["hs_recurring_billing_number_of_payments"])
    if once is None or payments is None:
        return once
    total = q2(once * payments)
    told = _number(held["hs_tcv"])
    if told is not None and told != total:
        raise ValueError(f"hs_tcv {told} is not {payments} x {once}")
    return total
