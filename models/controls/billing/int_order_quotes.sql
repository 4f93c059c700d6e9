-- One row per live job with an order, of a deal that has no other job, and currency: what was ordered beside what was sold, changes included.
with jobs as (
    select * from {{ ref('int_job_terms') }}
    where status <> 'cancelled' and job_type not in ('placement', 'permanent_placement')
),

-- Deals with several jobs are sold for all of them together.
single as (
    select deal_key from {{ ref('int_job_terms') }}
    where status <> 'cancelled'
    group by deal_key
    having count(*) = 1
),

sold as (
    select
        job_key,
        currency,
        sum(document_amount) as quoted_amount,
        min(event_on) as sold_on
    from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order')
    group by job_key, currency
),

final as (
    select
        jobs.job_key,
        jobs.job_id,
        jobs.source_system,
        sold.sold_on,
        sold.currency,
        cast(sold.quoted_amount as decimal(18, 2)) as quoted_amount,
        ordered.ordered_amount,
        ordered.delivered_amount,
        jobs.status = 'completed' and jobs.completed_on <= {{ as_of() }} as is_complete,
        cast(ordered.ordered_amount - sold.quoted_amount as decimal(18, 2)) as beyond_amount
    from jobs
    inner join single on jobs.deal_key = single.deal_key
    inner join {{ ref('int_job_orders') }} as ordered on jobs.job_key = ordered.job_key
    inner join sold on ordered.job_key = sold.job_key and ordered.currency = sold.currency
    where ordered.product_key = 'any'
)

select * from final
