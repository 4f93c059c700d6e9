"""The form in which a case says what is right: a customer's name and its figures."""

from __future__ import annotations

from typing import Any

Want = dict[str, Any]
Right = list[tuple[str, Want]]

D2I, D2R = "delivered_to_invoiced", "delivered_to_recognised"
C2D, I2C = "contracted_to_delivered", "invoiced_to_cash"
BILL = ("delivered_not_invoiced", "invoice_without_delivery")
LATE = ("short_paid", "receivable_overdue")
TWICE = ("duplicate_invoice", "delivery_billed_twice")


def same(amount: int | str, **more: Any) -> Want:
    """Sold, done, billed, posted and paid: one amount in every stage, but for `more`."""
    stages = ("booked", "delivered", "invoiced", "recognised", "cash")
    want: Want = {**dict.fromkeys(stages, amount), "open": 0, "leak": 0}
    want.update(more)
    return want


def gaps(cash: int | str = 0, d2i: int | str = 0, c2d: int | str = 0) -> dict[str, int | str]:
    """Leakage by gap, delivered_to_recognised apart."""
    return {I2C: cash, D2I: d2i, C2D: c2d}


#: Controls of the whole company that stay silent. Receivables are left out (the design does not
#: say what an edited bill was worth at month ends before the edit, n51), and so is cash (the
#: factor's money in n40 and the revaluation in n43 are journals without a receipt).
COMPANY_NEVER = (
    "trial_balance_tie_out",
    "accrued_income_tie_out",
    "deferred_income_tie_out",
    "retention_tie_out",
    "journal_unbalanced",
)

#: Controls that no case looks at when it counts.
NOISE = (
    "contract_period_not_billed",
    "timesheet_missing",
    "revenue_cut_off",
    "owner_missing",
    "margin_below_threshold",
    "work_started_before_kickoff",
    "milestone_not_accepted",
)
