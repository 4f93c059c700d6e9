-- One row per planned amount: what a record plans of value, cost or hours.
with values_of_events as (
    select
        'value' as plan_kind,
        case
            when source_entity = 'change_orders' then 'change_order'
            when source_entity = 'contracts' then 'placement_contract'
            else 'deal_line'
        end as plan_source,
        event_key as record_key,
        job_key,
        product_key,
        event_on as version_on,
        true as is_current,
        valuation_rule as plan_rule,
        cast(null as {{ dbt.type_string() }}) as phase,
        quantity,
        unit,
        currency,
        document_amount,
        reporting_amount,
        source_system,
        source_entity,
        source_id,
        load_id
    from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order')
),

costs as (
    select
        'cost', plan_source, record_key, job_key, product_key, version_on, is_current, plan_rule, phase, quantity, unit, currency, document_amount,
        reporting_amount, source_system, source_entity, source_id, load_id
    from {{ ref('int_base_plans') }}
    where document_amount is not null
    union all
    select
        'cost', 'change_order', event_key, job_key, product_key, event_on, true, plan_rule, null, quantity, unit, currency, document_amount,
        reporting_amount, source_system, 'change_orders', source_id, load_id
    from {{ ref('int_change_plans') }}
),

hours as (
    select
        'hours', plan_source, record_key, job_key, product_key, version_on, is_current, plan_rule, phase, hours, 'hour', currency,
        cast(null as decimal(18, 2)), cast(null as decimal(18, 2)), source_system, source_entity, source_id, load_id
    from {{ ref('int_base_plans') }}
    where hours is not null
    union all
    select
        'hours', 'change_order', event_key, job_key, product_key, event_on, true, plan_rule, null, hours, 'hour', currency, null, null, source_system,
        'change_orders', source_id, load_id
    from {{ ref('int_change_plans') }}
    where hours is not null
),

lines as (
    select * from values_of_events
    union all
    select * from costs
    union all
    select * from hours
),

jobs as (
    select * from {{ ref('dim_job') }}
),

final as (
    select
        {{ make_key(['lines.plan_kind', 'lines.plan_source', 'lines.source_system', 'lines.record_key']) }} as plan_line_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(jobs.contract_key, 'unknown') as contract_key,
        lines.job_key,
        lines.product_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(jobs.owner_key, 'unknown') as owner_key,
        lines.version_on,
        {{ as_of() }} as as_of_on,
        lines.plan_kind,
        lines.plan_source,
        lines.plan_rule,
        lines.phase,
        cast(lines.quantity as decimal(18, 6)) as quantity,
        lines.unit,
        lines.currency,
        cast(lines.document_amount as decimal(18, 2)) as document_amount,
        cast(lines.reporting_amount as decimal(18, 2)) as reporting_amount,
        lines.is_current,
        coalesce(jobs.legal_entity, 'unknown') as legal_entity,
        lines.source_system,
        lines.source_entity,
        lines.source_id,
        lines.load_id
    from lines
    left join jobs on lines.job_key = jobs.job_key
)

select * from final
