-- One row per part of a delivery and the part of a revenue posting that answers it; what nothing answers has the other side null.
{% set columns = ['job_key', 'product_key', 'currency'] %}
{% set passes = [
    {'rule': 'job_and_product', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'job_and_product', 'on': ['job_key', 'product_key'], 'measure': 'reporting_amount'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount', 'to': 'credits'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount', 'from': 'returns'},
    {'rule': 'job_other_product', 'on': ['job_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'job_other_product', 'on': ['job_key'], 'measure': 'reporting_amount'},
] %}
with deliveries as (
    select item_key, event_on, document_amount, reporting_amount, quantity, {{ columns | join(', ') }}
    from {{ ref('int_delivery_open_items') }}
),

postings as (
    select item_key, event_on, document_amount, reporting_amount, quantity, {{ columns | join(', ') }}
    from {{ ref('int_recognition_open_items') }}
),

credits as (
    select * from {{ ref('int_recognition_corrections') }}
),

returns as (
    select * from {{ ref('int_delivery_corrections') }}
),

{{ match_in_passes('deliveries', 'postings', passes, columns, {'credits': columns, 'returns': columns}) }}

select * from matched
