-- One row per gap and part of a delivery that nothing on the other side answers, with the reason.
with unmatched as (
    select
        'contracted_to_delivered' as gap, 'to' as side, to_item_key as item_key, to_document_amount as document_amount,
        to_reporting_amount as reporting_amount, match_rule
    from {{ ref('int_contracted_to_delivered') }}
    where match_rule = 'unmatched' and to_item_key is not null
    {% for gap in ['delivered_to_invoiced', 'delivered_to_recognised'] %}
        union all
        select '{{ gap }}', 'from', from_item_key, from_document_amount, from_reporting_amount, match_rule
        from {{ ref('int_' ~ gap) }}
        where match_rule = 'unmatched' and from_item_key is not null
    {% endfor %}
),

deliveries as (
    select * from {{ ref('int_delivery_items') }}
),

jobs as (
    select * from {{ ref('int_job_policies') }}
),

-- What was sold in a currency without a rate was sold all the same.
sold_products as (
    select distinct job_key, product_key from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order') and document_amount >= 0
),

-- A change to what was never sold is no sale.
sold_jobs as (
    select distinct job_key from {{ ref('fct_stage_events') }}
    where stage = 'booked' and document_amount >= 0
),

billed_by_reference as (
    select distinct from_item_key as item_key from {{ ref('int_delivered_to_invoiced') }}
    where match_rule = 'delivery_reference'
),

settings as (
    select * from {{ ref('int_matching_policy') }}
),

final as (
    select
        unmatched.gap,
        unmatched.side,
        case when unmatched.side = 'from' then unmatched.item_key end as from_event_key,
        case when unmatched.side = 'to' then unmatched.item_key end as to_event_key,
        cast(null as {{ dbt.type_string() }}) as related_event_key,
        case
            when deliveries.document_amount < 0 then {{ delivery_correction('deliveries') }}
            when unmatched.document_amount = 0 then case when deliveries.valuation_rule = 'unpriced' then 'unpriced' else 'non_billable' end
            when deliveries.job_key is null then 'no_job'
            -- A cost passed on is revenue of nobody; what else settles a delivery says nothing of its revenue.
            when
                settled.reason is not null
                and (unmatched.gap = 'delivered_to_invoiced' or (unmatched.gap = 'delivered_to_recognised' and settled.reason = 'disbursement'))
                then settled.reason
            when unmatched.gap = 'contracted_to_delivered'
                then case
                    when sold_jobs.job_key is null then 'no_deal'
                    when sold_products.job_key is null then 'unquoted_item'
                    else 'over_delivery'
                end
            when unmatched.gap = 'delivered_to_invoiced'
                then case
                    when billed_by_reference.item_key is not null
                        then case when wholly_billed.delivery_key is not null then 'rate_variance' else 'quantity_variance' end
                    when {{ plus_days(billing_due_on('deliveries.event_on', 'jobs'), 'jobs.billing_window_days') }} >= {{ as_of() }}
                        then 'within_billing_window'
                    else 'past_billing_window'
                end
            when jobs.is_straight_line then 'straight_line_policy'
            when {{ plus_days(dbt.last_day('deliveries.event_on', 'month'), 'settings.recognition_window_days') }} >= {{ as_of() }}
                then 'recognised_later'
            else 'not_recognised'
        end as reason,
        unmatched.match_rule,
        case when unmatched.side = 'from' then unmatched.reporting_amount else 0 end as from_amount,
        case when unmatched.side = 'to' then unmatched.reporting_amount else 0 end as to_amount
    from unmatched
    inner join deliveries on unmatched.item_key = deliveries.item_key
    cross join settings
    left join jobs on deliveries.job_key = jobs.job_key
    left join sold_products on deliveries.job_key = sold_products.job_key and deliveries.product_key = sold_products.product_key
    left join sold_jobs on deliveries.job_key = sold_jobs.job_key
    left join {{ ref('int_wholly_billed_deliveries') }} as wholly_billed on unmatched.item_key = wholly_billed.delivery_key
    left join {{ ref('int_delivery_settlements') }} as settled on unmatched.item_key = settled.item_key
    left join billed_by_reference on unmatched.item_key = billed_by_reference.item_key
    where unmatched.document_amount <> 0 or unmatched.reporting_amount <> 0 or deliveries.document_amount = 0
)

select * from final
