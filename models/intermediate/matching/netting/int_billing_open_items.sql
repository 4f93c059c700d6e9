-- One row per item of int_billing_items that is not taken back whole, with what is left of it.
-- A view: few items are taken back, and writing all of them once more costs more than reading around these.
{{ config(materialized='view') }}
{% set columns = [
    'event_on', 'job_key', 'product_key', 'work_order_key', 'delivery_key', 'currency', 'base_unit', 'stage', 'is_copy', 'credit_reason',
    'period_starts_on', 'period_ends_on', 'discount_amount', 'is_counted', 'is_top_up', 'unit_price', 'source_system', 'is_unrated',
] %}
{{ not_taken_back(ref('int_billing_items'), ref('int_billing_netted'), columns) }}
