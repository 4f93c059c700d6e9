-- One row per part of a delivery and the part of a revenue posting that answers it; what nothing answers has the other side null.
{% set answers = ['job_key', 'product_key', 'currency'] %}
{% set columns = answers + ['delivery_key', 'posted_key', 'accrued_job_key', 'current_job_key', 'free_job_key', 'cancelled_job_key'] %}
{% set passes = [
    {'rule': 'passed_on', 'on': ['delivery_key'], 'measure': 'document_amount', 'to': 'passed_on'},
    {'rule': 'posted_line', 'on': ['posted_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'posted_line', 'on': ['posted_key'], 'measure': 'reporting_amount'},
    {'rule': 'accrued_work', 'on': ['accrued_job_key', 'product_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'job_and_product', 'on': ['current_job_key', 'product_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'job_and_product', 'on': ['current_job_key', 'product_key'], 'measure': 'reporting_amount'},
    {'rule': 'job_and_product', 'on': ['free_job_key', 'product_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'job_and_product', 'on': ['free_job_key', 'product_key'], 'measure': 'reporting_amount'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount', 'to': 'credits'},
    {'rule': 'corrected', 'on': ['job_key', 'product_key', 'currency'], 'measure': 'document_amount', 'from': 'returns'},
    {'rule': 'job_other_product', 'on': ['free_job_key', 'currency'], 'measure': 'document_amount'},
    {'rule': 'job_other_product', 'on': ['free_job_key'], 'measure': 'reporting_amount'},
    {'rule': 'cancellation', 'on': ['cancelled_job_key', 'currency'], 'measure': 'document_amount', 'from': 'commitments'},
] %}
{% set recognised = [
    'event_on', 'job_key', 'product_key', 'currency', 'document_type', 'is_manual', 'is_copy', 'credit_reason', 'document_line_id',
    'source_system', 'is_unrated',
] %}
with open_deliveries as (
    {{ open_deliveries() }}
),

open_items as (
    {{ not_taken_back(ref('int_recognition_items'), ref('int_recognitions_netted'), recognised) }}
),

named as (
    select
        source_system,
        invoice_line_id,
        max(delivery_key) as delivery_key
    from {{ ref('int_billing_items') }}
    where delivery_key is not null
    group by source_system, invoice_line_id
),

-- What posts a second copy of an invoice answers nothing, as the copy itself: it has no job here. What posts a line that names its
-- delivery answers that one, or what took it back; another line answers what it billed.
postings as (
    select
        items.item_key, items.event_on, items.document_amount, items.reporting_amount, items.quantity,
        case when not items.is_copy then items.job_key end as job_key, items.product_key, items.currency,
        cast(null as {{ dbt.type_string() }}) as delivery_key,
        case
            when items.is_copy then null
            when named.delivery_key is not null then 'delivery|' || named.delivery_key
            else 'line|' || items.source_system || '|' || items.document_line_id
        end as posted_key,
        case when items.document_type = 'accrual' then items.job_key end as accrued_job_key,
        case when not items.is_copy and named.delivery_key is null then items.job_key end as free_job_key,
        case when not items.is_copy and named.delivery_key is null then items.job_key end as current_job_key,
        case when not items.is_copy and named.delivery_key is null and policies.status = 'cancelled' then items.job_key end as cancelled_job_key
    from open_items as items
    left join named on items.source_system = named.source_system and items.document_line_id = named.invoice_line_id
    left join {{ ref('int_job_policies') }} as policies on items.job_key = policies.job_key
),

-- What takes revenue back claims no delivery.
posted as (
    select distinct posted_key from postings where document_amount > 0
),

-- Of several lines that billed a delivery and are posted, the first by its id.
billed as (
    select
        pairs.from_item_key as item_key,
        min(posted.posted_key) as posted_key,
        max(old_bills.books_begin_on) as books_begin_on
    from {{ ref('int_delivered_to_invoiced') }} as pairs
    inner join {{ ref('int_billing_items') }} as lines on pairs.to_item_key = lines.item_key
    left join {{ ref('int_before_the_books') }} as old_bills
        on lines.source_system = old_bills.source_system and lines.invoice_id = old_bills.document_id and old_bills.document_kind = 'invoice'
    left join posted on 'line|' || lines.source_system || '|' || lines.invoice_line_id = posted.posted_key
    where pairs.from_item_key is not null and pairs.match_rule not in ('corrected', 'advance', 'cancellation')
    group by pairs.from_item_key
),

deliveries as (
    select
        items.item_key, items.event_on, items.document_amount, items.reporting_amount, items.quantity, {{ 'items.' ~ answers | join(', items.') }},
        items.item_key as delivery_key,
        coalesce(posted.posted_key, billed.posted_key) as posted_key,
        case when billed.item_key is null and settled.item_key is null then items.job_key end as accrued_job_key,
        -- What was done and billed before the books began was recognised in the old ones: it takes what later work leaves.
        case
            when settled.item_key is null and items.event_on >= coalesce(billed.books_begin_on, items.event_on) then items.job_key
        end as current_job_key,
        case when settled.item_key is null then items.job_key end as free_job_key,
        cast(null as {{ dbt.type_string() }}) as cancelled_job_key
    from open_deliveries as items
    left join {{ ref('int_delivery_settlements') }} as settled on items.item_key = settled.item_key and settled.reason = 'disbursement'
    left join billed on items.item_key = billed.item_key
    left join posted on 'delivery|' || items.item_key = posted.posted_key
),

credits as (
    {{ evidence_of(ref('int_recognition_items'), ref('int_recognitions_netted'), ['event_on'] + answers) }}
    where netted.reason <> 'accrual_reversed'
),

returns as (
    {{ evidence_of(ref('int_delivery_items'), ref('int_deliveries_netted'), ['event_on'] + answers) }}
),

-- What was billed on a line against a cost account goes off the cost, and is revenue of nobody.
passed_on as (
    select
        pairs.from_item_key as item_key, min(lines.event_on) as event_on, pairs.from_item_key as delivery_key,
        cast(sum(pairs.from_document_amount) as decimal(18, 2)) as document_amount,
        cast(sum(pairs.from_reporting_amount) as decimal(18, 2)) as reporting_amount,
        cast(null as decimal(38, 6)) as quantity
    from {{ ref('int_delivered_to_invoiced') }} as pairs
    inner join {{ ref('int_billing_items') }} as lines on pairs.to_item_key = lines.item_key
    inner join {{ ref('int_line_roles') }} as roles
        on lines.source_system = roles.source_system and lines.invoice_line_id = roles.invoice_line_id
    where roles.account_type = 'expense' and pairs.match_rule not in ('corrected', 'advance', 'cancellation') and pairs.from_item_key is not null
    group by pairs.from_item_key
),

-- What was agreed for a job that was called off, and will never be delivered.
commitments as (
    select
        item_key, event_on, job_key as cancelled_job_key, currency, document_amount, reporting_amount, cast(null as decimal(38, 6)) as quantity
    from {{ ref('int_commitments_left') }}
),

{{ match_in_passes('deliveries', 'postings', passes, columns, {
    'credits': answers, 'returns': answers, 'passed_on': ['delivery_key'], 'commitments': ['cancelled_job_key', 'currency'],
}) }}

select * from matched
