-- One row per delivery that no source records as one: a fixed price that is complete, and a permanent fee that goes back.
with jobs as (
    select * from {{ ref('int_job_terms') }}
),

completions as (
    select
        {{ make_key([
            "'delivered'", 'completions.job_key', "'completed'", 'completions.commitment', 'completions.commitment_id', 'completions.product_key',
        ]) }}
            as event_key,
        completions.job_key,
        case when completions.product_key = 'any' then 'unknown' else completions.product_key end as product_key,
        'unknown' as work_order_key,
        'unknown' as person_key,
        completions.delivered_on as event_on,
        completions.currency,
        completions.document_amount,
        completions.valuation_rule,
        cast(null as {{ dbt.type_string() }}) as delivery_id,
        case when completions.commitment = 'deal_lines' then completions.commitment_id end as deal_line_id,
        case when completions.commitment = 'change_orders' then completions.commitment_id end as change_order_id
    from {{ ref('int_completion_values') }} as completions
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
