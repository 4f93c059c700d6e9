-- One row per item of int_recognition_items that is not taken back whole, with what is left of it.
-- A view: few items are taken back, and writing all of them once more costs more than reading around these.
{{ config(materialized='view') }}
{% set columns = [
    'event_on', 'job_key', 'product_key', 'currency', 'document_type', 'is_manual', 'is_copy', 'credit_reason', 'document_line_id',
    'source_system', 'is_unrated',
] %}
{{ not_taken_back(ref('int_recognition_items'), ref('int_recognitions_netted'), columns) }}
