-- One row per fixed-price line without milestones, and per change order of a fixed price, whose work is complete.
with jobs as (
    select * from {{ ref('int_job_terms') }}
    where job_type = 'fixed_price'
),

scopes as (
    select * from {{ ref('int_fixed_price_scopes') }}
),

work_orders as (
    select
        xref_job.job_key,
        coalesce(xref_product.product_key, only_products.product_key, 'unknown') as product_key,
        case when work_orders.status = 'completed' then coalesce(
            work_orders.completed_on, work_orders.accepted_on, cast(coalesce(work_orders.updated_at, work_orders.landed_at) as date)
        ) end as completed_on
    from {{ ref('cnf_work_orders') }} as work_orders
    inner join {{ ref('int_record_job_links') }} as xref_job
        on
            work_orders.source_system = xref_job.source_system
            and work_orders.work_order_id = xref_job.source_id
            and xref_job.source_entity = 'work_orders'
    left join {{ ref('int_fixed_price_lines') }} as only_products
        on xref_job.job_key = only_products.job_key and only_products.is_only_product
    left join {{ ref('xref_product') }} as xref_product
        on
            work_orders.source_system = xref_product.source_system
            and work_orders.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
    where work_orders.status <> 'cancelled'
),

-- The last of its work orders completes a product.
completions as (
    select
        job_key,
        product_key,
        case when count(completed_on) = count(*) then max(completed_on) end as completed_on
    from work_orders
    group by job_key, product_key
),

-- Where milestones carry their own value, they say what a change was worth, too.
valued_jobs as (
    select distinct job_key from scopes
    where valued_count > 0
),

commitments as (
    select
        job_key,
        line_product_key as product_key,
        'deal_lines' as commitment,
        deal_line_id as commitment_id,
        currency,
        net_amount as document_amount,
        cast(null as date) as agreed_on
    from scopes
    where milestone_count = 0
    union all
    select
        changes.job_key,
        changes.product_key,
        'change_orders' as commitment,
        changes.source_id as commitment_id,
        changes.currency,
        changes.document_amount,
        changes.event_on as agreed_on
    from {{ ref('int_change_order_values') }} as changes
    left join valued_jobs on changes.job_key = valued_jobs.job_key
    where changes.left_out_reason is null and valued_jobs.job_key is null
),

final as (
    select
        commitments.*,
        greatest(
            case when completions.job_key is null then jobs.completed_on else completions.completed_on end, commitments.agreed_on
        ) as delivered_on,
        case when completions.job_key is null then 'job_completed' else 'work_order_completed' end as valuation_rule
    from commitments
    inner join jobs on commitments.job_key = jobs.job_key
    left join completions
        on commitments.job_key = completions.job_key and commitments.product_key = completions.product_key
    where case when completions.job_key is null then jobs.completed_on else completions.completed_on end is not null
)

select * from final
