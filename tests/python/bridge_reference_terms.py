"""What was agreed for a job: when it may be billed, how it is recognised, whether it is over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bridge_reference_evidence import Event, Evidence

AHEAD = ("on_order", "periodic_advance", "milestone")
PERIODIC = ("periodic_advance", "periodic_arrears")


class Terms:
    """The terms of one event's job, on the day of the position."""

    def __init__(self, evidence: Evidence, event: Event) -> None:
        self.as_of = evidence.as_of
        self.job = evidence.jobs.get(event.job, {})
        self.contract = evidence.contracts.get(self.job.get("contract_key", ""), {})
        self.deal = evidence.deals.get(self.job.get("deal_key", ""), {})
        self.window_days = evidence.policy["billing_window_days"]
        self.policy = evidence.billing_policy.get(self.job.get("job_type", ""), {})

    def _agreed(self, name: str) -> Any:
        own = self.contract.get(name)
        return own if own is not None else self.policy.get(name)

    @property
    def is_cancelled(self) -> bool:
        return self.job.get("status") == "cancelled"

    @property
    def is_completed(self) -> bool:
        return self.job.get("status") == "completed" and self.job["completed_on"] <= self.as_of

    @property
    def is_straight_line(self) -> bool:
        return self.contract.get("recognition_rule") == "straight_line"

    @property
    def allow_ahead(self) -> bool:
        return (
            self._agreed("billing_rule") in AHEAD
            and not self.is_completed
            and not self.is_cancelled
        )

    @property
    def bill_periods_ahead(self) -> bool:
        return self.allow_ahead and self._agreed("billing_rule") == "periodic_advance"

    @property
    def bill_in_arrears(self) -> bool:
        return (self._agreed("billing_rule") or "on_delivery") in (
            "periodic_arrears",
            "on_delivery",
        )

    @property
    def planned_end(self) -> date | None:
        return (
            self.job.get("planned_end_on")
            or self.deal.get("service_ends_on")
            or self.contract.get("ends_on")
        )

    def window_ends(self, delivered_on: date) -> date:
        """The last day on which a delivery of that day is billed in time."""
        start = delivered_on
        if self._agreed("billing_rule") in PERIODIC:
            # A contract that says how it is billed says so whole.
            terms = self.contract if self.contract.get("billing_rule") is not None else self.policy
            start = period_end(delivered_on, terms.get("billing_period"))
        days = self._agreed("billing_window_days")
        return start + timedelta(days=int(self.window_days if days is None else days))


def period_end(day: date, period: str | None) -> date:
    """The last day of the week (ISO), month or quarter that holds a day; the day itself without a
    period."""
    if period == "week":
        return day + timedelta(days=6 - day.weekday())
    if period == "month":
        return month_end(day)
    if period == "quarter":
        return month_end(day.replace(day=1, month=(day.month + 2) // 3 * 3))
    return day


def month_end(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)
