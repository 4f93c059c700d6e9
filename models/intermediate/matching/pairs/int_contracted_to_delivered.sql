-- One row per part of a commitment and the part of a delivery that answers it; what nothing answers has the other side null.
{% set columns = [
    'job_key', 'product_key', 'currency', 'base_unit', 'change_order_id', 'unit_price', 'unnamed_by_commitment', 'unnamed_by_delivery',
] %}
{% set taken = ['event_on', 'job_key', 'product_key', 'currency', 'base_unit', 'change_order_id', 'is_counted', 'unit_price'] %}
{% set passes = [
    {'rule': 'commitment_reference', 'on': ['job_key', 'change_order_id', 'currency'], 'measure': 'document_amount'},
    {'rule': 'job_and_product', 'on': ['job_key', 'product_key', 'base_unit', 'currency', 'unit_price'], 'measure': 'quantity'},
    {'rule': 'job_and_product', 'on': ['job_key', 'product_key', 'base_unit', 'currency'], 'measure': 'quantity'},
    {'rule': 'job_and_product', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'base_unit', 'currency'], 'measure': 'quantity', 'to': 'corrections'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount', 'to': 'corrections'},
    {'rule': 'job_other_product', 'on': ['unnamed_by_commitment', 'currency'], 'measure': 'document_amount'},
    {'rule': 'job_other_product', 'on': ['unnamed_by_delivery', 'currency'], 'measure': 'document_amount'},
] %}
with open_deliveries as (
    {{ open_deliveries() }}
),

commitment_items as (
    {{ not_taken_back(ref('int_commitment_items'), ref('int_commitments_netted'), taken) }}
),

commitments as (
    select
        item_key, event_on, job_key, product_key, currency, base_unit, change_order_id, unit_price, document_amount, reporting_amount, quantity,
        case when product_key = 'unknown' then job_key end as unnamed_by_commitment,
        job_key as unnamed_by_delivery
    from commitment_items
),

deliveries as (
    select
        item_key, event_on, job_key, product_key, currency, base_unit, change_order_id, unit_price, document_amount, reporting_amount, quantity,
        job_key as unnamed_by_commitment,
        case when product_key = 'unknown' then job_key end as unnamed_by_delivery
    from open_deliveries
),

corrections as (
    {{ evidence_of(
        ref('int_delivery_items'), ref('int_deliveries_netted'), ['event_on', 'job_key', 'product_key', 'currency', 'base_unit']
    ) }}
    -- Time that was never worked is to be delivered still.
    where netted.reason <> 'time_corrected'
),

{{ match_in_passes('commitments', 'deliveries', passes, columns, {'corrections': ['job_key', 'product_key', 'currency', 'base_unit']}) }}

select * from matched
