-- One row per part of a delivery and the part of an invoice line that bills it; what nothing bills has the other side null.
{% set columns = [
    'job_key', 'free_job_key', 'product_key', 'currency', 'base_unit', 'unit_price', 'advance_job_key', 'cancelled_job_key', 'reference_key',
    'reference_rule', 'whole_amount',
] %}
{% set answers = ['job_key', 'product_key', 'currency', 'base_unit'] %}
{% set passes = [
    {'rule': 'reference', 'on': ['reference_key', 'reference_rule'], 'measure': 'reference_measure', 'rule_of': 'reference_rule'},
    {'rule': 'job_and_product', 'on': ['free_job_key', 'product_key', 'base_unit', 'currency', 'unit_price'], 'measure': 'quantity'},
    {'rule': 'job_and_product', 'on': ['free_job_key', 'product_key', 'base_unit', 'currency'], 'measure': 'quantity'},
    {'rule': 'job_and_product', 'on': ['free_job_key', 'product_key', 'currency', 'whole_amount'], 'measure': 'document_amount'},
    {'rule': 'job_and_product', 'on': ['free_job_key', 'product_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'job_and_product', 'on': ['free_job_key', 'product_key'], 'measure': 'reporting_amount'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'base_unit', 'currency'], 'measure': 'quantity', 'to': 'credits'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount', 'to': 'credits'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'base_unit', 'currency'], 'measure': 'quantity', 'from': 'returns'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount', 'from': 'returns'},
    {'rule': 'advance', 'on': ['advance_job_key', 'product_key', 'currency'], 'measure': 'document_amount', 'from': 'commitments'},
    {'rule': 'job_other_product', 'on': ['free_job_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'advance', 'on': ['advance_job_key', 'currency'], 'measure': 'document_amount', 'from': 'commitments'},
    {'rule': 'cancellation', 'on': ['cancelled_job_key', 'currency'], 'measure': 'document_amount', 'from': 'commitments'},
] %}
{% set measure %}
    case referred.measured_by
        when 'quantity' then items.quantity when 'document' then items.document_amount when 'reporting' then items.reporting_amount
    end
{% endset %}
with open_deliveries as (
    {{ open_deliveries() }}
),

open_lines as (
    {{ open_billing() }}
),

deliveries as (
    select
        items.item_key, items.event_on, items.product_key, items.currency, items.base_unit,
        case when settled.item_key is null then items.job_key end as job_key,
        case when settled.item_key is null then items.job_key end as free_job_key,
        items.unit_price, items.document_amount, items.reporting_amount, items.quantity,
        cast(null as {{ dbt.type_string() }}) as advance_job_key, cast(null as {{ dbt.type_string() }}) as cancelled_job_key,
        case when settled.item_key is null then referred.reference_key end as reference_key,
        referred.match_rule as reference_rule, {{ measure }} as reference_measure,
        -- What is not counted has its amount for a price.
        case when items.base_unit is null then items.document_amount end as whole_amount
    from open_deliveries as items
    left join {{ ref('int_billing_references') }} as referred on items.item_key = referred.item_key
    left join {{ ref('int_delivery_settlements') }} as settled on items.item_key = settled.item_key
),

-- A second copy of an invoice answers nothing, and a line that makes up a rate bills no work: they have no job here. A line that names its
-- delivery answers that one, or what took it back.
lines as (
    select
        items.item_key, items.event_on, case when not items.is_copy and not items.is_top_up then items.job_key end as job_key,
        case
            when
                not items.is_copy and not items.is_top_up and items.delivery_key is null and referred.is_above_its_period is not true
                then items.job_key
        end as free_job_key,
        items.product_key, items.currency, items.base_unit, items.unit_price,
        items.document_amount, items.reporting_amount, items.quantity,
        case
            when
                not items.is_copy and not items.is_top_up and items.delivery_key is null
                and policies.is_open and policies.billing_rule in ('on_order', 'periodic_advance', 'milestone') then items.job_key
        end as advance_job_key,
        case
            when
                not items.is_copy and not items.is_top_up and items.delivery_key is null and referred.is_above_its_period is not true
                and policies.status = 'cancelled' then items.job_key
        end as cancelled_job_key,
        referred.reference_key, referred.match_rule as reference_rule, {{ measure }} as reference_measure,
        case when items.base_unit is null then items.document_amount end as whole_amount
    from open_lines as items
    left join {{ ref('int_billing_references') }} as referred on items.item_key = referred.item_key
    left join {{ ref('int_job_policies') }} as policies on items.job_key = policies.job_key
),

credits as (
    {{ evidence_of(ref('int_billing_items'), ref('int_billing_netted'), ['event_on'] + answers) }}
    where netted.reason <> 'voided'
),

returns as (
    {{ evidence_of(ref('int_delivery_items'), ref('int_deliveries_netted'), ['event_on'] + answers) }}
),

-- What was agreed and is not delivered yet, or will never be.
commitments as (
    select
        item_key, event_on, job_key as advance_job_key, job_key as cancelled_job_key, product_key, currency, document_amount, reporting_amount,
        cast(null as decimal(38, 6)) as quantity
    from {{ ref('int_commitments_left') }}
),

{{ match_in_passes('deliveries', 'lines', passes, columns, {
    'credits': answers, 'returns': answers, 'commitments': ['advance_job_key', 'cancelled_job_key', 'product_key', 'currency'],
}) }}

select * from matched
