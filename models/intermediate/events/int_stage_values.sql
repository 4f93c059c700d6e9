-- One row per thing that happened and counts, valued in its document's currency, of every stage.
-- A view: it only lays tables end to end, and writing them once more would cost as much as all valuation of deliveries.
{{ config(materialized='view') }}
{% set valued = [
    'int_booked_values', 'int_placement_bookings', 'int_change_order_values', 'int_delivery_values', 'int_derived_delivery_values',
    'int_invoice_values', 'int_edited_values', 'int_recognised_values', 'int_receipt_values', 'int_applied_cash_values', 'int_cash_sale_values',
    'int_cost_values', 'int_loaded_labour',
] %}
with final as (
    {% for model in valued %}
        select
            event_key, stage, deal_key, contract_key, job_key, work_order_key, product_key, customer_key, person_key,
            event_on, rate_on, cast(quantity as decimal(18, 6)) as quantity, unit, currency,
            cast(document_amount as decimal(18, 2)) as document_amount, cast(tax_amount as decimal(18, 2)) as tax_amount,
            document_rate, valuation_rule, job_match_rule, source_system, source_entity, source_id, load_id
        from {{ ref(model) }}
        where left_out_reason is null and event_on <= {{ as_of() }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
