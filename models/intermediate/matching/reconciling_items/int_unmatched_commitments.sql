-- One row per part of a commitment that no delivery answers, with the reason.
with matched as (
    select * from {{ ref('int_contracted_to_delivered') }}
    where match_rule = 'unmatched' and from_item_key is not null
),

commitments as (
    select * from {{ ref('int_commitment_items') }}
),

jobs as (
    select * from {{ ref('int_job_policies') }}
),

delivered_jobs as (
    select distinct job_key from {{ ref('int_delivery_items') }}
),

job_orders as (
    select * from {{ ref('int_job_orders') }}
),

ordered_jobs as (
    select distinct job_key from job_orders
),

-- Work in a currency without a rate that met nothing: whatever of another currency is for it cannot be measured.
unrated as (
    select distinct deliveries.job_key
    from {{ ref('int_contracted_to_delivered') }} as rests
    inner join {{ ref('int_delivery_items') }} as deliveries on rests.to_item_key = deliveries.item_key
    where rests.match_rule = 'unmatched' and deliveries.is_unrated
),

final as (
    select
        'contracted_to_delivered' as gap,
        'from' as side,
        matched.from_item_key as from_event_key,
        cast(null as {{ dbt.type_string() }}) as to_event_key,
        cast(null as {{ dbt.type_string() }}) as related_event_key,
        case
            when commitments.document_amount < 0 then case when commitments.stage = 'booked' then 'un_won' else 'change_order' end
            when commitments.job_key is null then 'no_job'
            when jobs.status = 'cancelled' then 'cancelled'
            when unrated.job_key is not null then 'rate_missing'
            -- The order, done in full, is for less than was sold, or leaves the product out.
            when
                jobs.status = 'completed' and ordered_jobs.job_key is not null
                and coalesce(orders.delivered_amount, 0) >= coalesce(orders.ordered_amount, 0)
                then 'job_differs_from_deal'
            when jobs.status = 'completed' then 'under_delivered'
            when jobs.ends_on < {{ as_of() }} then 'late'
            when delivered_jobs.job_key is null then 'not_started'
            else 'in_progress'
        end as reason,
        matched.match_rule,
        matched.from_reporting_amount as from_amount,
        cast(0 as decimal(18, 2)) as to_amount
    from matched
    inner join commitments on matched.from_item_key = commitments.item_key
    left join jobs on commitments.job_key = jobs.job_key
    left join unrated on commitments.job_key = unrated.job_key
    left join delivered_jobs on commitments.job_key = delivered_jobs.job_key
    left join ordered_jobs on commitments.job_key = ordered_jobs.job_key
    left join job_orders as orders
        on
            commitments.job_key = orders.job_key
            and case when commitments.product_key = 'unknown' then 'any' else commitments.product_key end = orders.product_key
            and commitments.currency = orders.currency
    where commitments.is_unrated is not true and ({{ is_something_left('matched', 'from', 'commitments') }})
)

select * from final
