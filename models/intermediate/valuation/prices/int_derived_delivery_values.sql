-- One row per delivery that no source records as one: a fixed price that is complete, and a permanent fee that goes
-- back.
with jobs as (
    select * from {{ ref('int_job_terms') }}
),

scopes as (
    select * from {{ ref('int_fixed_price_scopes') }}
),

fixed_price_jobs as (
    select * from jobs
    where job_type = 'fixed_price'
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
finished_work as (
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

-- Fixed-price lines without milestones, and change orders of a fixed price, whose work is complete.
completed as (
    select
        commitments.*,
        greatest(
            case when finished_work.job_key is null then fixed_price_jobs.completed_on else finished_work.completed_on end, commitments.agreed_on
        ) as delivered_on,
        case when finished_work.job_key is null then 'job_completed' else 'work_order_completed' end as valuation_rule
    from commitments
    inner join fixed_price_jobs on commitments.job_key = fixed_price_jobs.job_key
    left join finished_work
        on commitments.job_key = finished_work.job_key and commitments.product_key = finished_work.product_key
    where case when finished_work.job_key is null then fixed_price_jobs.completed_on else finished_work.completed_on end is not null
),

completions as (
    select
        {{ make_key([
            "'delivered'", 'completed.job_key', "'completed'", 'completed.commitment', 'completed.commitment_id', 'completed.product_key',
        ]) }}
            as event_key,
        completed.job_key,
        case when completed.product_key = 'any' then 'unknown' else completed.product_key end as product_key,
        'unknown' as work_order_key,
        'unknown' as person_key,
        completed.delivered_on as event_on,
        completed.currency,
        completed.document_amount,
        completed.valuation_rule,
        cast(null as {{ dbt.type_string() }}) as delivery_id,
        case when completed.commitment = 'deal_lines' then completed.commitment_id end as deal_line_id,
        case when completed.commitment = 'change_orders' then completed.commitment_id end as change_order_id
    from completed
),

rebates as (
    select
        {{ make_key(["'delivered'", 'starts.source_system', "'deliveries'", 'starts.delivery_id', "'rebate'"]) }} as event_key,
        starts.job_key,
        starts.product_key,
        starts.work_order_key,
        starts.person_key,
        fees.left_on as event_on,
        fees.currency,
        -fees.rebate_amount as document_amount,
        'rebate' as valuation_rule,
        starts.delivery_id,
        cast(null as {{ dbt.type_string() }}) as deal_line_id,
        cast(null as {{ dbt.type_string() }}) as change_order_id
    from {{ ref('int_permanent_fees') }} as fees
    inner join {{ ref('int_delivery_terms') }} as starts
        on fees.source_system = starts.source_system and fees.delivery_id = starts.delivery_id
    where fees.left_on is not null
),

derived as (
    select * from completions
    union all
    select * from rebates
),

-- The hours and the start keep their quantity; value alone is derived.
final as (
    select
        derived.event_key,
        'delivered' as stage,
        jobs.deal_key,
        jobs.contract_key,
        derived.job_key,
        derived.work_order_key,
        derived.product_key,
        jobs.customer_key,
        derived.person_key,
        derived.event_on,
        derived.event_on as rate_on,
        cast(null as decimal(18, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit,
        derived.currency,
        derived.document_amount,
        0 as tax_amount,
        cast(null as decimal(28, 12)) as document_rate,
        derived.valuation_rule,
        'source' as job_match_rule,
        cast(null as {{ dbt.type_string() }}) as left_out_reason,
        derived.delivery_id,
        derived.deal_line_id,
        derived.change_order_id,
        jobs.source_system,
        case when derived.delivery_id is null then 'jobs' else 'deliveries' end as source_entity,
        coalesce(derived.delivery_id, jobs.job_id) as source_id,
        jobs.load_id
    from derived
    inner join jobs on derived.job_key = jobs.job_key
)

select * from final
