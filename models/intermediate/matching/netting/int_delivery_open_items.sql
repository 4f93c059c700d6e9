-- One row per item of int_delivery_items that is not taken back whole, with what is left of it.
-- A view: few items are taken back, and writing all of them once more costs more than reading around these.
{{ config(materialized='view') }}
{% set columns = [
    'event_on', 'job_key', 'product_key', 'work_order_key', 'currency', 'base_unit', 'change_order_id', 'valuation_rule', 'is_counted', 'unit_price',
    'source_system', 'is_unrated',
] %}
{{ not_taken_back(ref('int_delivery_items'), ref('int_deliveries_netted'), columns) }}
