{# Every control, by family: the folder of its file. A test holds the list against the register and the files. #}
{% macro control_ids() %}
    {{ return([
        'won_deal_without_job', 'delivered_not_invoiced', 'work_order_not_invoiced', 'contract_period_not_billed', 'timesheet_missing',
        'timesheet_paid_not_billed', 'timesheet_billed_not_paid', 'placement_not_invoiced', 'permanent_fee_not_invoiced', 'rebate_not_credited',
        'change_order_not_billed', 'invoice_not_posted', 'landed_incomplete', 'invoice_number_gap', 'shipment_without_stock_move',
        'invoice_without_delivery', 'invoice_without_job', 'job_without_deal', 'revenue_journal_without_document', 'pay_without_timesheet',
        'cash_unapplied', 'cost_without_job',
        'charge_rate_variance', 'pay_rate_variance', 'quantity_variance', 'invoiced_above_contract', 'quote_scope_variance',
        'deal_amount_mismatch', 'amendment_not_repriced', 'invoice_header_mismatch', 'tax_mismatch', 'currency_mismatch', 'fx_rate_missing',
        'application_exceeds_receipt', 'unclaimed_leakage',
        'duplicate_invoice', 'delivery_billed_twice', 'payment_duplicated', 'possible_duplicate_customer',
        'revenue_cut_off', 'recognised_above_delivered', 'accrued_income_unsupported', 'posted_to_closed_period', 'backdated_entry', 'future_dated_entry',
        'journal_unbalanced', 'receivables_tie_out', 'deferred_income_tie_out', 'accrued_income_tie_out', 'cash_tie_out',
        'retention_tie_out', 'cost_of_sales_tie_out', 'trial_balance_tie_out',
        'margin_below_threshold', 'discount_above_authority', 'unapproved_edit', 'preparer_is_approver', 'owner_missing',
        'margin_erosion', 'planned_cost_missing', 'wip_stale', 'labour_without_cost_rate', 'price_below_list_without_reason',
        'customer_unmatched', 'product_unmapped', 'invoice_job_ambiguous', 'rep_unattributed', 'split_not_whole',
        'receivable_overdue', 'short_paid', 'retention_due', 'milestone_not_accepted', 'capacity_exceeded', 'source_stale',
    ]) }}
{% endmacro %}
