-- One row per item of int_commitment_items that is not taken back whole, with what is left of it.
-- A view: few items are taken back, and writing all of them once more costs more than reading around these.
{{ config(materialized='view') }}
{% set columns = [
    'event_on', 'job_key', 'product_key', 'currency', 'base_unit', 'stage', 'change_order_id', 'is_counted', 'unit_price', 'source_system',
    'is_unrated',
] %}
{{ not_taken_back(ref('int_commitment_items'), ref('int_commitments_netted'), columns) }}
