"""At the edge of each rule: companies in which some records are just beyond it and others just
within.

Each says which records its control finds, by the ending of their ids; everything else beside them
is left alone.
"""

from __future__ import annotations

from datetime import date

from control_boundaries_margin import OF_MARGIN
from control_boundaries_seldom import SELDOM
from control_companies import goods, hours, months, permanent, placement, stages
from control_edges import SOON, Boundary, finds, march
from control_edges_agreed import (
    JANUARY,
    MARCH,
    SCOPES,
    amount_of_two_jobs,
    bill_that_nobody_has,
    charged_by_class,
    credited_for_hours,
    looked_after,
    months_without_timesheets,
    paid_or_booked_twice,
    scope_changed,
)
from control_edges_billing import (
    above_edge,
    above_in_euros,
    above_without_a_rate,
    amendments,
    amendments_without_rates,
    approvals,
    billed_in_parts,
    changes,
    charges,
    charges_credited,
    deals,
    headers,
    rates_edge,
    series,
    taxes,
    two_jobs,
    without_job,
)
from control_edges_cash import copies, over_applied, overdue, receipts, short, unapplied
from control_edges_margin import by_progress
from control_edges_people import (
    by_the_word,
    capacity,
    fees,
    goods_and_an_hour,
    goods_by_the_month,
    ordered,
    owners,
    paid_by_the_hour,
    pay_edge,
    pay_rates,
    periods_without_time,
    placements,
    rebates,
    scope,
    scope_of,
    timesheets_paid,
)
from control_edges_standing import wrong_for_a_month
from control_edges_whole import (
    above_the_month,
    accrued_ahead,
    accrued_over_the_term,
    billed_in_part,
    billed_on_order,
    caught_up,
    closed_with,
    credited_tax,
    delivered_as_sold,
    fixed_price,
    kept_back,
    kept_by_payment,
    left_out_of_the_month,
    numbers_used_again,
    raised_back,
    revenue_by_hand,
    short_of_the_month,
    two_in_the_field,
    used_up,
)
from control_edges_work import (
    closed,
    late_by,
    late_edge,
    margin,
    only_cost,
    orders,
    permanent_at_a_loss,
    placed_by_contract,
    quantities,
    stock,
    windows,
)

BOUNDARIES: tuple[Boundary, ...] = (
    Boundary(
        "payment_duplicated",
        hours,
        receipts,
        finds("B2", "D2", "P2", "Q2", "S2", "L2", "N2", "K2", "T2"),
    ),
    Boundary("preparer_is_approver", hours, approvals, finds("I4", "J3", "J5", "J6")),
    Boundary("pay_rate_variance", placement, pay_rates, finds("PD", "PG", "PI", "PL", "PM")),
    Boundary("amendment_not_repriced", hours, amendments, finds("CO1", "CO2", "CO3", "CO4", "CO5")),
    Boundary("amendment_not_repriced", stages, amendments_without_rates, finds("CO1", "CO2")),
    Boundary("capacity_exceeded", hours, capacity, finds("DE", "DF", "DJ")),
    Boundary(
        "duplicate_invoice", hours, copies, finds("IA2", "IB1", "IC2", "IE2", "IG2", "IH2", "IK2")
    ),
    Boundary(
        "timesheet_billed_not_paid", placement, timesheets_paid, finds("VB", "VE", "VF", "VG", "VI")
    ),
    Boundary("timesheet_missing", months, periods_without_time, finds("K")),
    Boundary("timesheet_missing", goods, goods_by_the_month, finds()),
    Boundary("timesheet_missing", goods, goods_and_an_hour, finds("K")),
    Boundary(
        "pay_without_timesheet",
        placement,
        pay_edge,
        finds("PB", "PC", "PE", "PF", "PG", "PL", "PM", "PN"),
    ),
    Boundary("short_paid", hours, short, finds("ID")),
    Boundary("cash_unapplied", hours, unapplied, finds("UA", "UC")),
    Boundary("invoiced_above_contract", hours, above_edge, finds()),
    Boundary("invoiced_above_contract", hours, above_in_euros, finds("J")),
    Boundary("invoiced_above_contract", hours, above_without_a_rate, finds()),
    Boundary("application_exceeds_receipt", hours, over_applied, finds("RB", "IG")),
    Boundary("delivery_billed_twice", goods, billed_in_parts, finds("VB")),
    Boundary("deal_amount_mismatch", hours, deals, finds("DC", "DF", "DG", "DH", "DI", "DK")),
    Boundary("job_without_deal", hours, only_cost, finds("J2")),
    Boundary("job_without_deal", placement, placed_by_contract, finds()),
    Boundary("fx_rate_missing", hours, rates_edge, finds("XA", "IA")),
    Boundary("margin_below_threshold", hours, margin(reason="goodwill"), finds("J")),
    Boundary("margin_below_threshold", hours, margin(reason="quantity"), finds()),
    Boundary("margin_below_threshold", hours, margin(cost=900, foreign="costs"), finds()),
    Boundary(
        "margin_below_threshold", hours, margin(cost=900, foreign="change_orders"), finds("J")
    ),
    Boundary("margin_below_threshold", hours, only_cost, finds("J2")),
    Boundary("margin_below_threshold", permanent, permanent_at_a_loss, finds()),
    Boundary("owner_missing", hours, owners(owner=False, manager=True, is_open=True), finds("D")),
    Boundary("owner_missing", hours, owners(owner=True, manager=False, is_open=True), finds("J")),
    Boundary(
        "owner_missing",
        hours,
        owners(owner=False, manager=False, is_open=True),
        finds("D", "J", "C"),
    ),
    Boundary(
        "owner_missing", hours, owners(owner=False, manager=False, is_open=False), finds("D", "J")
    ),
    Boundary("shipment_without_stock_move", goods, stock, finds("VB", "VC", "VD", "VF", "VH")),
    Boundary("work_order_not_invoiced", hours, orders, finds("WA")),
    Boundary(
        "quantity_variance", hours, quantities, finds("IAL1", "ICL2", "IH1L1", "IVBL1", "IVDL1")
    ),
    Boundary("quote_scope_variance", hours, scope, finds("J")),
    Boundary(
        "quote_scope_variance", hours, scope_of(status="in_progress", completed_on=None), finds()
    ),
    Boundary("quote_scope_variance", hours, scope_of(completed_on=SOON), finds()),
    Boundary("receivable_overdue", hours, overdue, finds("IB", "IE")),
    Boundary("tax_mismatch", hours, taxes, finds("IBL1", "IEL1", "IGL1", "IKL1")),
    Boundary("invoice_header_mismatch", hours, headers, finds("IA", "IC")),
    Boundary("invoice_number_gap", hours, series, finds()),
    Boundary("invoice_without_job", hours, without_job, finds("IAL1")),
    Boundary("currency_mismatch", hours, two_jobs, finds("IA")),
    Boundary("rebate_not_credited", permanent, rebates(march(16), rebate_days=200), finds("J")),
    Boundary("rebate_not_credited", permanent, rebates("2026-02-10"), finds("J")),
    Boundary("rebate_not_credited", permanent, rebates("2026-03-05"), finds("J")),
    Boundary("rebate_not_credited", permanent, rebates(SOON, rebate_days=200), finds()),
    Boundary("rebate_not_credited", permanent, rebates(march(17), rebate_days=200), finds()),
    Boundary("rebate_not_credited", permanent, rebates("2026-02-10", rebate_pct=0), finds()),
    Boundary("permanent_fee_not_invoiced", permanent, fees(march(17)), finds()),
    Boundary("permanent_fee_not_invoiced", permanent, fees(march(16)), finds("J")),
    Boundary("permanent_fee_not_invoiced", permanent, fees(SOON), finds()),
    Boundary("permanent_fee_not_invoiced", permanent, fees(march(1), credited=True), finds("J")),
    Boundary("placement_not_invoiced", placement, placements(march(1)), finds()),
    Boundary("placement_not_invoiced", placement, placements(date(2026, 2, 28)), finds("J")),
    Boundary("placement_not_invoiced", placement, placements(SOON), finds()),
    Boundary(
        "placement_not_invoiced", placement, placements(date(2026, 2, 2), credited=True), finds("J")
    ),
    Boundary("change_order_not_billed", goods, changes, finds("COA")),
    Boundary("delivered_not_invoiced", hours, windows, finds("VB")),
    Boundary("posted_to_closed_period", hours, closed, finds("JA", "JE")),
    Boundary(
        "charge_rate_variance",
        hours,
        charges,
        finds("IBL1", "ICL1", "IDL1", "IFL1", "IKL1", "IML1", "IQL1", "IRL1", "ITL1"),
    ),
    Boundary(
        "charge_rate_variance",
        hours,
        charges_credited,
        finds("IBL1", "ICL1", "IEL1", "IFL1", "IGL1", "IHL1"),
    ),
    Boundary("revenue_cut_off", months, late_edge, finds("J")),
    Boundary("revenue_cut_off", months, late_by(5), finds()),
    Boundary("revenue_cut_off", months, late_by("5.01"), finds("J")),
    Boundary("revenue_cut_off", months, late_by(-6), finds("J")),
    Boundary("quote_scope_variance", hours, ordered(price=45), finds()),
    Boundary("quote_scope_variance", hours, ordered(price=44), finds("J")),
    Boundary("quote_scope_variance", hours, ordered(price=56), finds("J")),
    Boundary("quote_scope_variance", hours, ordered(price=44, status="cancelled"), finds()),
    Boundary("delivered_not_invoiced", months, left_out_of_the_month, finds("VX")),
    Boundary("delivered_not_invoiced", months, short_of_the_month, finds("V2")),
    Boundary("delivered_not_invoiced", months, caught_up, finds()),
    Boundary("delivered_not_invoiced", hours, billed_in_part, finds("VX")),
    Boundary("invoice_without_delivery", months, above_the_month, finds("I1L1")),
    Boundary("invoice_without_delivery", months, caught_up, finds()),
    Boundary("retention_due", hours, kept_back(50), finds()),
    Boundary("retention_due", hours, kept_by_payment(), finds("K")),
    Boundary("retention_due", hours, kept_by_payment(SOON), finds()),
    Boundary("retention_due", hours, kept_by_payment(reversed_on=march(20)), finds()),
    Boundary("retention_due", hours, kept_by_payment(reversed_on=SOON), finds("K")),
    Boundary("retention_due", hours, kept_back("49.99"), finds("K")),
    Boundary("retention_due", hours, kept_back(50, SOON), finds("K")),
    Boundary("retention_due", hours, kept_back(50, account="1100"), finds("K")),
    Boundary("retention_due", hours, kept_back(50, reversed_on=march(20)), finds("K")),
    Boundary("charge_rate_variance", months, raised_back(2), finds()),
    Boundary("charge_rate_variance", months, raised_back(1), finds("I2L1")),
    Boundary(
        "work_order_not_invoiced", hours, fixed_price(work_order=True, billed=False), finds("W")
    ),
    Boundary("work_order_not_invoiced", hours, fixed_price(work_order=True, billed=True), finds()),
    Boundary(
        "delivered_not_invoiced", hours, fixed_price(work_order=False, billed=False), finds("J")
    ),
    Boundary("delivered_not_invoiced", hours, fixed_price(work_order=False, billed=True), finds()),
    Boundary("tax_mismatch", hours, credited_tax, finds("NBL1")),
    Boundary("invoice_number_gap", hours, numbers_used_again, finds("-R-2")),
    Boundary("revenue_journal_without_document", months, revenue_by_hand, finds("JA")),
    Boundary("recognised_above_delivered", months, revenue_by_hand, finds("J")),
    Boundary("timesheet_missing", placement, used_up(20), finds()),
    Boundary("timesheet_missing", placement, used_up(40), finds("J")),
    Boundary("invoice_job_ambiguous", hours, two_in_the_field, finds("IAL1")),
    Boundary("quote_scope_variance", hours, delivered_as_sold(20), finds()),
    Boundary("quote_scope_variance", hours, delivered_as_sold(10), finds("J")),
    *(
        Boundary("quote_scope_variance", hours, closed_with(quantity, **about), finds(*found))
        for quantity, about, found in (
            ("18", {}, ()),
            ("17.9", {}, ("J",)),
            ("22", {}, ()),
            ("22.1", {}, ("J",)),
            ("10", {"status": "in_progress", "completed_on": None}, ()),
            ("0", {}, ()),
        )
    ),
    Boundary("accrued_income_unsupported", months, accrued_ahead("as_delivered"), finds("J")),
    Boundary("accrued_income_unsupported", months, accrued_ahead("straight_line"), finds("J")),
    *(
        Boundary("quote_scope_variance", hours, scope_changed(**change), found)
        for change, found in SCOPES
    ),
    Boundary("payment_duplicated", hours, paid_or_booked_twice, finds("U2")),
    Boundary("invoice_job_ambiguous", hours, amount_of_two_jobs(open_on_both=True), finds("IAL1")),
    Boundary("invoice_without_job", hours, amount_of_two_jobs(open_on_both=True), finds()),
    Boundary("invoice_job_ambiguous", hours, amount_of_two_jobs(open_on_both=False), finds()),
    Boundary("invoice_without_job", hours, amount_of_two_jobs(open_on_both=False), finds("IAL1")),
    Boundary("revenue_journal_without_document", months, bill_that_nobody_has, finds("JA")),
    *(
        Boundary("timesheet_missing", placement, months_without_timesheets(*weeks), finds("J"))
        for weeks in (
            ("2026-01-05", "2026-06-30", *JANUARY, *MARCH),
            ("2026-02-10", "2026-06-30", *MARCH),
            ("2026-01-05", "2026-03-20", *JANUARY, (2, 2), (2, 9), (2, 16), (2, 23)),
        )
    ),
    Boundary("owner_missing", hours, looked_after, finds("C2"), own=True),
    *SELDOM,
    *OF_MARGIN,
    Boundary("charge_rate_variance", hours, charged_by_class, finds("IAL1")),
    Boundary("quantity_variance", hours, credited_for_hours, finds("IBL1", "IDL1")),
    *(
        Boundary(control, stages, by_progress(amount, budget), found)
        for control in ("accrued_income_unsupported", "recognised_above_delivered")
        for amount, budget, found in (
            (601, 500, finds()),
            (602, 500, finds("J")),
            (602, None, finds()),
        )
    ),
    Boundary("recognised_above_delivered", months, accrued_over_the_term(501), finds()),
    Boundary("recognised_above_delivered", months, accrued_over_the_term(502), finds("J")),
    Boundary("recognised_above_delivered", goods, billed_on_order("4000"), finds("J")),
    Boundary("recognised_above_delivered", goods, billed_on_order("2100"), finds()),
    Boundary("recognised_above_delivered", goods, billed_on_order("4000", delivered=True), finds()),
    Boundary("timesheet_billed_not_paid", hours, paid_by_the_hour, finds("V2")),
    Boundary("charge_rate_variance", hours, by_the_word("0.14", "0.085"), finds("I1L1")),
    Boundary("charge_rate_variance", hours, by_the_word("0.145", "0.085"), finds()),
    Boundary("pay_rate_variance", hours, by_the_word("0.145", "0.089"), finds("PV")),
    Boundary("pay_rate_variance", hours, by_the_word("0.145", "0.105"), finds("PV")),
    Boundary("pay_rate_variance", hours, by_the_word("0.145", "0.085"), finds()),
    Boundary("trial_balance_tie_out", hours, wrong_for_a_month, finds("5000|2026-01-31"), own=True),
)
