"""Faults of selling: discounts beyond authority, headers that don't add up, nobody responsible,
late edits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout_demo.facilities.basics import ZERO, add_days, working
from tieout_demo.facilities.catalogue import RARE_SKILL
from tieout_demo.facilities.faults.planter import Planter
from tieout_demo.facilities.model import Deal

_WEEKLY_CAPACITY = Decimal("37.5")


def plant(planter: Planter) -> None:
    won = [deal for deal in planter.world.deals if deal.won]
    _capacity(planter, won)
    _discounts(planter, won)
    _headers(planter, won)
    _owners(planter)
    _edits(planter, won)


def _decided(deal: Deal) -> date:
    return deal.decided


def _itself(deal: Deal) -> Deal:
    return deal


def _discounts(planter: Planter, won: list[Deal]) -> None:
    found = [
        deal
        for deal in won
        if deal.kind != "time_and_materials"
        and all(line.unit_price % 1 == 0 for line in deal.lines)
    ]
    for deal in planter.choose("discount", found, 12, _itself, _decided):
        for line in deal.lines:
            line.discount_pct = 14 + deal.number % 10
        given = sum((line.discount for line in deal.lines), ZERO)
        planter.note(
            "discount_above_authority",
            "deals",
            "hubspot",
            deal.ident,
            given,
            deal.currency,
            deal.decided,
            f"{deal.lines[0].discount_pct} % off, authority is 10 %",
        )


def _headers(planter: Planter, won: list[Deal]) -> None:
    for deal in planter.choose("header", won, 8, _itself, _decided):
        deal.header_off_by = Decimal(
            ((deal.number * 37) % 900 + 60) * (1 if deal.number % 2 else -1)
        )
        if deal.net + deal.header_off_by <= 0:
            deal.header_off_by = -deal.header_off_by
        planter.note(
            "deal_amount_mismatch",
            "deals",
            "hubspot",
            deal.ident,
            deal.header_off_by,
            deal.currency,
            deal.decided,
            "the header was typed over after the lines were priced",
        )


def _owners(planter: Planter) -> None:
    for deal in planter.choose("owner", planter.world.deals, 8, _itself, lambda deal: deal.created):
        deal.owner = None
        planter.note(
            "owner_missing",
            "deals",
            "hubspot",
            deal.ident,
            deal.net,
            deal.currency,
            deal.created,
            "the salesperson left, nobody took over",
        )


def _edits(planter: Planter, won: list[Deal]) -> None:
    """After the demo's usual day, so that who lands daily has both versions: one landing alone
    shows no edit."""
    found = [
        deal
        for deal in won
        if date(2026, 2, 1) <= deal.decided <= date(2026, 6, 12) and deal.lines[0].quantity >= 4
    ]
    for deal in planter.choose("edit", found, 20, _itself, _decided):
        line = deal.lines[0]
        deal.edited = working(add_days(date(2026, 7, 2), deal.number % 60))
        deal.edited_to = line.quantity + max(Decimal(1), (line.quantity / 8).quantize(Decimal(1)))
        planter.note(
            "unapproved_edit",
            "deal_lines",
            "hubspot",
            line.ident,
            (deal.edited_to - line.quantity) * line.unit_net,
            deal.currency,
            deal.edited,
            f"deal {deal.ident}: quantity {line.quantity} became {deal.edited_to}; shows if both were landed",
        )


def _capacity(planter: Planter, won: list[Deal]) -> None:
    """Work for the one rope access technician, all of it promised for the week in which it
    begins."""
    found = [
        deal
        for deal in won
        if deal.kind == "fixed_price"
        and deal.period is None
        and _hours(deal) > _WEEKLY_CAPACITY + 2
    ]
    for deal in planter.choose("capacity", found, 12, _itself, _decided):
        deal.required = RARE_SKILL
        deal.ends = add_days(deal.starts, 4 - deal.starts.weekday())
        planter.note(
            "capacity_exceeded",
            "deals",
            "hubspot",
            deal.ident,
            deal.net,
            deal.currency,
            deal.decided,
            f"{_hours(deal)} hours of {RARE_SKILL} in one week, capacity {_WEEKLY_CAPACITY}",
        )


def _hours(deal: Deal) -> Decimal:
    return sum((line.planned_hours for line in deal.lines), ZERO)
