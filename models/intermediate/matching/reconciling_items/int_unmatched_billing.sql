-- One row per part of an invoice or credit line that no delivery answers, with the reason.
with unmatched as (
    select * from {{ ref('int_delivered_to_invoiced') }}
    where match_rule = 'unmatched' and to_item_key is not null
),

lines as (
    select * from {{ ref('int_billing_items') }}
),

jobs as (
    select * from {{ ref('int_job_policies') }}
),

matched_by_reference as (
    select distinct to_item_key as item_key from {{ ref('int_delivered_to_invoiced') }}
    where match_rule = 'delivery_reference'
),

billed_deliveries as (
    select distinct from_item_key as delivery_key from {{ ref('int_delivered_to_invoiced') }}
    where match_rule = 'delivery_reference'
),

-- Work in a currency without a rate that met nothing: whatever of another currency is for it cannot be measured.
unrated as (
    select distinct deliveries.job_key
    from {{ ref('int_delivered_to_invoiced') }} as rests
    inner join {{ ref('int_delivery_items') }} as deliveries on rests.from_item_key = deliveries.item_key
    where rests.match_rule = 'unmatched' and deliveries.is_unrated
),

final as (
    select
        'delivered_to_invoiced' as gap,
        'to' as side,
        cast(null as {{ dbt.type_string() }}) as from_event_key,
        unmatched.to_item_key as to_event_key,
        cast(null as {{ dbt.type_string() }}) as related_event_key,
        case
            when unmatched.to_document_amount < 0 then {{ billing_correction('lines') }}
            when unmatched.to_document_amount = 0 then 'non_billable'
            when lines.is_copy then 'duplicate_invoice'
            when old_bills.document_id is not null then 'before_the_books'
            when lines.job_key is null then 'no_job'
            when matched_by_reference.item_key is not null
                then case when wholly_billed.delivery_key is not null then 'rate_variance' else 'quantity_variance' end
            when billed_deliveries.delivery_key is not null then 'duplicate_invoice'
            when jobs.is_open and jobs.billing_rule = 'periodic_advance' and lines.period_ends_on > {{ as_of() }} then 'billed_in_advance'
            when unrated.job_key is not null then 'rate_missing'
            else 'billed_without_delivery'
        end as reason,
        unmatched.match_rule,
        cast(0 as decimal(18, 2)) as from_amount,
        unmatched.to_reporting_amount as to_amount
    from unmatched
    inner join lines on unmatched.to_item_key = lines.item_key
    left join jobs on lines.job_key = jobs.job_key
    left join unrated on lines.job_key = unrated.job_key
    left join {{ ref('int_before_the_books') }} as old_bills
        on lines.source_system = old_bills.source_system and lines.invoice_id = old_bills.document_id and old_bills.document_kind = 'invoice'
    left join billed_deliveries on lines.delivery_key = billed_deliveries.delivery_key
    left join {{ ref('int_wholly_billed_deliveries') }} as wholly_billed on lines.delivery_key = wholly_billed.delivery_key
    left join matched_by_reference on unmatched.to_item_key = matched_by_reference.item_key
    where lines.is_unrated is not true and ({{ is_something_left('unmatched', 'to', 'lines') }})
)

select * from final
