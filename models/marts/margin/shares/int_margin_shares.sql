-- One row per part of a margin, and effect, and person who is credited for it.
with parts as (
    select * from {{ ref('int_margin_events') }}
),

jobs as (
    select * from {{ ref('dim_job') }}
),

owners as (
    select * from {{ ref('int_event_owners') }}
),

-- What was planned and never spent has no event: it is the owner's of its day.
day_owners as (
    select
        *,
        sum(share_bp) over (
            partition by deal_key, job_key, customer_key, day order by share_bp desc nulls last, person_key nulls last
            rows between unbounded preceding and current row
        ) as running_share
    from {{ ref('int_day_owners') }}
),

shared as (
    select
        parts.*,
        owners.person_key as owner_key,
        {{ share('parts.amount', 'owners.running_weight', 'owners.whole_weight') }}
        - {{ share('parts.amount', 'owners.running_weight - owners.weight', 'owners.whole_weight') }} as share_amount,
        {{ quantity_share('parts.quantity', 'owners.running_weight', 'owners.whole_weight') }}
        - {{ quantity_share('parts.quantity', 'owners.running_weight - owners.weight', 'owners.whole_weight') }} as share_quantity
    from parts
    inner join owners on parts.event_key = owners.event_key
    union all
    select
        parts.*,
        coalesce(day_owners.person_key, 'unknown'),
        {{ share('parts.amount', 'coalesce(day_owners.running_share, 10000)', '10000') }}
        - {{ share('parts.amount', 'coalesce(day_owners.running_share - day_owners.share_bp, 0)', '10000') }},
        null
    from parts
    left join jobs on parts.job_key = jobs.job_key
    left join day_owners
        on
            jobs.deal_key = day_owners.deal_key
            and parts.job_key = day_owners.job_key
            and jobs.customer_key = day_owners.customer_key
            and parts.event_on = day_owners.day
    where parts.event_key is null
),

final as (
    select
        shared.kind,
        shared.effect,
        shared.evidence_key,
        shared.job_key,
        shared.product_key,
        shared.owner_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(jobs.job_type, 'unknown') as job_type,
        coalesce(products.product_category, 'unknown') as product_category,
        shared.month,
        cast(shared.share_amount as decimal(18, 2)) as amount,
        shared.share_quantity as quantity,
        shared.base_unit
    from shared
    left join jobs on shared.job_key = jobs.job_key
    left join {{ ref('dim_product') }} as products on shared.product_key = products.product_key
)

select * from final
