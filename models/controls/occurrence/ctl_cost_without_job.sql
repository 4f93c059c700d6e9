-- One row per cost and pay item that counts: no job can be found for it.
with costs as (
    select * from {{ ref('int_cost_values') }}
    where left_out_reason is null and event_on <= {{ as_of() }}
),

named as (
    select source_system, 'costs' as source_entity, cost_id as source_id, job_id as names_job from {{ ref('cnf_costs') }}
    union all
    select source_system, 'pay_items', pay_item_id, job_ref from {{ ref('cnf_pay_items') }}
),

rules as (
    {{ control_rules('cost_without_job') }}
),

examined as (
    select
        costs.source_entity as entity,
        costs.source_id as entity_id,
        costs.source_system,
        costs.job_key,
        costs.product_key,
        costs.event_on as occurred_on,
        costs.valuation_rule as cost_type,
        named.names_job,
        costs.currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        costs.document_amount as actual_amount,
        abs(costs.document_amount) as at_risk_amount,
        costs.document_amount as examined_amount,
        case when named.names_job is null then 'names_no_job' else 'job_not_found' end as cause,
        case
            when named.names_job is null then 'Put the job on {record}, or post it as overhead'
            else 'Find job ' || named.names_job || ', which {record} names'
        end as suggested_action,
        costs.job_key = 'unknown' and {{ above_tolerance('abs(costs.document_amount)', '0') }} as is_exception
    from costs
    inner join named
        on costs.source_system = named.source_system and costs.source_entity = named.source_entity and costs.source_id = named.source_id
    inner join rules on {{ in_force('costs.event_on') }}
),

final as (
    {{ control_rows('cost_without_job', none, has=['job_key', 'product_key'], evidence=['cost_type', 'names_job', 'actual_amount', 'currency']) }}
)

select * from final
