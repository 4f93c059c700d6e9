"""Where each kind of planted fault must show in the bridge, under which reasons; or why its money
is in no gap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shows:
    """The gap and the reasons of the pieces that make up the value of a label.

    `of` says whose pieces they are: `own` of the record's events; `paired` of the events that are
    settled with those of the record in the gap before; `job` of everything on its job, which holds
    the value and may hold another fault's. A gross value (of a receivable) is compared by its net
    share, because tax is in no gap.
    """

    gap: str
    reasons: tuple[str, ...]
    of: str = "own"
    is_gross: bool = False
    # The pieces may be worth less: what has not happened yet has no amount.
    so_far: bool = False
    # The label adds currencies up at a rate of its own.
    is_mixed: bool = False


@dataclass(frozen=True)
class InNoGap:
    """The money of the kind is no difference between two stages."""

    because: str


NOBODY = InNoGap("it is about who does it, not about an amount")
COST = InNoGap("costs are in no gap: they belong to the margin")
DATES = InNoGap("only the day is wrong, and on accounts of costs")
BALANCE = InNoGap("it is between accounts of the balance sheet, and not in revenue")

INVOICED, RECOGNISED, DELIVERED, CASH = (
    "delivered_to_invoiced",
    "delivered_to_recognised",
    "contracted_to_delivered",
    "invoiced_to_cash",
)
WAITS = ("past_billing_window", "within_billing_window")
NOT_BILLED = (*WAITS, "quantity_variance", "rate_variance")
NOT_DELIVERED = ("not_started", "late", "in_progress", "under_delivered", "cancelled")
UNBILLED = (Shows(INVOICED, WAITS), Shows(INVOICED, NOT_BILLED), Shows(INVOICED, WAITS, of="job"))
BILLED_FOR_NOTHING = ("billed_without_delivery", "billed_in_advance", "duplicate_invoice")

EXPECTED: dict[str, tuple[Shows, ...] | InNoGap] = {
    "accrued_income_tie_out": BALANCE,
    # The scope that was added for nothing is delivered at its price.
    "amendment_not_repriced": (Shows(DELIVERED, ("price_variance", "price_agreed"), so_far=True),),
    "backdated_entry": DATES,
    "capacity_exceeded": InNoGap("hours that were promised are booked like any others"),
    "cash_unapplied": (Shows(CASH, ("unapplied_cash",)),),
    "change_order_not_billed": UNBILLED,
    "charge_rate_variance": (Shows(INVOICED, ("rate_variance",)),),
    "contract_period_not_billed": UNBILLED,
    # What is agreed in one currency and billed in another meets by reference, or not at all.
    "currency_mismatch": (
        Shows(INVOICED, ("billed_without_delivery",)),
        Shows(INVOICED, ("settled", "rate_variance")),
    ),
    "customer_unmatched": (
        Shows(
            INVOICED,
            ("other_customer", "billed_without_delivery", "billed_in_advance"),
            is_mixed=True,
        ),
    ),
    "deal_amount_mismatch": InNoGap("lines are booked; the header that was typed over is not"),
    "deferred_income_tie_out": BALANCE,
    "delivered_not_invoiced": UNBILLED,
    "delivery_billed_twice": (
        Shows(INVOICED, ("duplicate_invoice",)),
        Shows(INVOICED, BILLED_FOR_NOTHING, of="job"),
    ),
    "discount_above_authority": InNoGap(
        "sold, delivered and billed at the price that was agreed, which is too low"
    ),
    "duplicate_invoice": (
        Shows(INVOICED, ("duplicate_invoice",)),
        Shows(INVOICED, ("rate_missing",)),
    ),
    "future_dated_entry": DATES,
    "fx_rate_missing": (Shows(INVOICED, ("rate_missing",)),),
    "invoice_header_mismatch": (Shows(CASH, ("header_mismatch",), is_gross=True),),
    "invoice_job_ambiguous": (Shows(INVOICED, ("no_job",)),),
    "invoice_not_posted": (
        Shows(RECOGNISED, ("not_recognised", "recognised_later"), of="paired"),
        Shows(RECOGNISED, ("not_recognised", "recognised_later"), of="job"),
    ),
    "invoice_number_gap": InNoGap("there is no document, and with it no amount"),
    "invoice_without_delivery": (
        Shows(INVOICED, BILLED_FOR_NOTHING),
        Shows(INVOICED, BILLED_FOR_NOTHING, of="job"),
    ),
    "invoice_without_job": (Shows(INVOICED, ("no_job",)),),
    "invoiced_above_contract": (
        Shows(INVOICED, (*BILLED_FOR_NOTHING, "rate_variance", "quantity_variance"), of="job"),
        Shows(
            DELIVERED,
            ("over_delivery", "price_variance", "price_agreed", "unquoted_item"),
            of="job",
        ),
    ),
    # A fixed price of no deal is worth nothing when it is delivered, so that what is billed for it
    # is without delivery.
    "job_without_deal": (
        Shows(DELIVERED, ("no_deal", "settled", "price_variance", "price_agreed"), of="job"),
        Shows(INVOICED, BILLED_FOR_NOTHING, of="job"),
    ),
    "journal_unbalanced": InNoGap("the side that is short is not revenue"),
    "landed_incomplete": InNoGap(
        "what was not handed over is in no stage; the control totals count it"
    ),
    "margin_below_threshold": COST,
    "margin_erosion": COST,
    "milestone_not_accepted": InNoGap(
        "not delivered before it is accepted; its scope waits with the rest of the job"
    ),
    "owner_missing": NOBODY,
    "pay_rate_variance": COST,
    "planned_cost_missing": COST,
    "pay_without_timesheet": COST,
    "payment_duplicated": (Shows(CASH, ("unapplied_cash",)),),
    "permanent_fee_not_invoiced": UNBILLED,
    "placement_not_invoiced": UNBILLED,
    "possible_duplicate_customer": InNoGap(
        "it has no amount; sides that name the two are other_customer"
    ),
    "posted_to_closed_period": DATES,
    "preparer_is_approver": NOBODY,
    "product_unmapped": (Shows(INVOICED, ("other_product", "other_customer")),),
    "quantity_variance": (
        Shows(INVOICED, ("quantity_variance",)),
        Shows(INVOICED, NOT_BILLED, of="paired"),
        Shows(INVOICED, NOT_BILLED, of="job"),
    ),
    "quote_scope_variance": InNoGap(
        "hours inside a fixed price are worth nothing by themselves; their cost is margin"
    ),
    "rebate_not_credited": (Shows(INVOICED, ("rebate_not_credited",), of="job"),),
    "receivable_overdue": (Shows(CASH, ("overdue", "short_paid"), is_gross=True),),
    "revenue_cut_off": InNoGap(
        "posted a month later: settled, with another month on each side (fct_bridge_monthly)"
    ),
    "revenue_journal_without_document": (Shows(RECOGNISED, ("manual_journal",)),),
    "shipment_without_stock_move": COST,
    "short_paid": (Shows(CASH, ("short_paid",), is_gross=True),),
    "tax_mismatch": InNoGap("tax stands beside the amounts of the gaps"),
    "timesheet_billed_not_paid": COST,
    "timesheet_missing": InNoGap(
        "hours that nobody entered are in no stage; their scope waits with the rest"
    ),
    "timesheet_paid_not_billed": UNBILLED,
    "unapproved_edit": InNoGap("a won deal is booked as it was signed"),
    "won_deal_without_job": (Shows(DELIVERED, NOT_DELIVERED),),
    "work_order_not_invoiced": UNBILLED,
}
