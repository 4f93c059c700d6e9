"""The rest of the sales file: opportunities that are open or lost, and the faults of people who
keep such files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from tieout_demo.calendars import at, working_day
from tieout_demo.history import History
from tieout_demo.recruitment.catalogue import PRODUCTS, RECRUITERS
from tieout_demo.recruitment.faults.planting import Planter
from tieout_demo.recruitment.model import (
    FIRST_DAY,
    ZERO,
    Client,
    Permanent,
    Placement,
    cents,
    draws,
)

OPEN_DEALS = 70
_RARE = ("mainframe", "radiation protection", "sign language")


def write_open_deals(seed: int, scale: float, clients: list[Client], history: History) -> None:
    """Opportunities that nobody was placed for: a third still open, the others lost."""
    chance = draws(seed, "open deals")
    for number in range(max(3, round(OPEN_DEALS * scale))):
        client, product = chance.choice(clients), chance.choice(PRODUCTS)
        created = working_day(FIRST_DAY + timedelta(days=chance.randrange(600)))
        amount = cents(Decimal(chance.randrange(60, 900)) * (product.low + product.high) / 2)
        deal_id = f"OP-{40001 + number}"
        row = {
            "deal_id": deal_id,
            "deal_name": f"{product.name} for {client.name}",
            "customer_id": client.customer_id,
            "owner_id": chance.choice(RECRUITERS),
            "stage": "Submitted",
            "is_closed": False,
            "is_won": False,
            "amount": amount if chance.random() < 0.8 else None,
            "currency": client.currency,
            "probability": Decimal("0.2"),
            "created_on": created,
            "expected_close_on": created + timedelta(days=45),
            "required_skills": product.skill,
        }
        history.add("deals", at(created, 9), row)
        if chance.random() < 0.7:
            lost = working_day(created + timedelta(days=chance.randrange(5, 60)))
            closed = {"stage": "Lost", "is_closed": True, "probability": ZERO, "lost_on": lost}
            history.change("deals", at(lost, 17), deal_id, **closed)


def plant(
    planter: Planter,
    clients: list[Client],
    placements: list[Placement],
    permanents: list[Permanent],
    history: History,
) -> None:
    everything: list[Placement | Permanent] = [*placements, *permanents]
    sold = [one for one in everything if one.has_deal]
    _plant_in_deals(planter, sold, history)
    extended = [placement for placement in placements if placement.last_day > placement.planned_end]
    for placement in planter.pick(
        "amendment_not_repriced", extended, lambda p: p.planned_end, _name, 3
    ):
        change_order_id = f"CO-{placement.number}-X"
        change = history.row("change_orders", change_order_id)
        planted = change["approved_on"]
        history.change(
            "change_orders", at(planted - timedelta(days=3), 11), change_order_id, amount_delta=ZERO
        )
        amount, currency = change["amount_delta"], placement.currency
        note = f"{change['quantity_delta']} more, for nothing"
        planter.label(
            "amendment_not_repriced",
            "change_orders",
            change_order_id,
            amount,
            currency,
            planted,
            note,
        )
    for client in planter.pick(
        "possible_duplicate_customer", clients, lambda _: date(2026, 1, 5), _client, 3
    ):
        customer_id = f"{client.customer_id}-B"
        created = date(2025, 9, 1) + timedelta(days=int(client.customer_id[-2:]) * 2)
        name = client.name.replace(" ", "-", 1) if " " in client.name else f"{client.name} (new)"
        row = {
            "customer_id": customer_id,
            "customer_name": name,
            "country": client.country,
            "created_at": at(created, 9),
        }
        history.add("customers", at(created, 9), row)
        note = f"the same company as {client.customer_id}, typed in again"
        planted = created + timedelta(days=30)
        planter.label(
            "possible_duplicate_customer",
            "customers",
            customer_id,
            ZERO,
            client.currency,
            planted,
            note,
        )
    _plant_over_promises(planter, clients, history)


def _plant_in_deals(
    planter: Planter, sold: Sequence[Placement | Permanent], history: History
) -> None:
    for one in planter.pick("deal_amount_mismatch", sold, lambda o: o.agreed_on, _name, 3):
        on = working_day(one.agreed_on + timedelta(days=4))
        typed = history.row("deals", one.deal_id)["amount"]
        history.change("deals", at(on, 10), one.deal_id, amount=typed + 1000)
        note = "the deal's amount is 1,000.00 above its lines"
        currency = one.client.currency
        planter.label(
            "deal_amount_mismatch", "deals", str(one.deal_id), Decimal(1000), currency, on, note
        )
    for one in planter.pick("owner_missing", sold, lambda o: o.agreed_on, _name, 3):
        on = working_day(one.agreed_on + timedelta(days=30))
        amount = history.row("deals", one.deal_id)["amount"]
        history.change("deals", at(on, 10), one.deal_id, owner_id=None)
        note = "its owner left, nobody took it over"
        planter.label(
            "owner_missing", "deals", str(one.deal_id), amount, one.client.currency, on, note
        )


def _plant_over_promises(planter: Planter, clients: list[Client], history: History) -> None:
    """Two clients are promised the one person who knows a rare trade, for the same weeks."""
    product = PRODUCTS[2]
    for index, skill in enumerate(
        planter.pick("capacity_exceeded", _RARE, lambda _: date(2026, 1, 5), lambda s: s, 3)
    ):
        person_id = f"W-290{index}"
        starts_on = date(2026, 2, 2) + timedelta(weeks=3 * index)
        person = {
            "person_id": person_id,
            "full_name": f"{skill.title()} Specialist",
            "role": "consultant",
        }
        more = {
            "team": "Contractors",
            "weekly_capacity_hours": Decimal(40),
            "skills": skill,
            "active": True,
        }
        history.add("people", at(FIRST_DAY, 7), person | more)
        for number, client in enumerate(clients[index * 2 : index * 2 + 2]):
            deal_id = f"OP-{50001 + 2 * index + number}"
            won = starts_on - timedelta(days=20 - number)
            quantity, price = Decimal(160), Decimal(80)
            deal = {
                "deal_id": deal_id,
                "deal_name": f"{skill.title()}: four weeks",
                "customer_id": client.customer_id,
                "owner_id": RECRUITERS[index],
                "stage": "Won",
                "is_closed": True,
                "is_won": True,
                "amount": cents(quantity * price),
                "currency": client.currency,
                "probability": Decimal(1),
                "created_on": won - timedelta(days=9),
                "won_on": won,
                "service_starts_on": starts_on,
                "service_ends_on": starts_on + timedelta(days=25),
                "required_skills": skill,
            }
            history.add("deals", at(won, 13), deal)
            line = {
                "deal_line_id": f"{deal_id}-1",
                "deal_id": deal_id,
                "product_id": product.product_id,
                "quantity": quantity,
                "unit": product.unit,
                "unit_price": price,
                "net_amount": cents(quantity * price),
                "planned_hours": quantity,
                "planned_cost": cents(quantity * price * 80 / 100),
            }
            history.add("deal_lines", at(won, 13), line)
            # Nobody has set up the work yet, which is a fault of its own after a week.
            note = f"{skill}: 80 hours a week promised, 40 there"
            currency = client.currency
            if number:
                planter.label(
                    "capacity_exceeded",
                    "deals",
                    deal_id,
                    cents(quantity * price),
                    currency,
                    won,
                    note,
                )
            planter.label(
                "won_deal_without_job",
                "deals",
                deal_id,
                cents(quantity * price),
                currency,
                won + timedelta(days=8),
                "follows from capacity_exceeded: promised, no placement made",
            )


def _name(one: Placement | Permanent) -> object:
    return ("commitment", one.number)


def _client(client: Client) -> object:
    return client.customer_id
