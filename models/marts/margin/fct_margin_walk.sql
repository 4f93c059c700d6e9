-- One row per job, product, effect and evidence: what took the margin from the planned to the realised one.
with effects as (
    select
        evidence_key, coalesce(to_event_key, from_event_key) as event_key, job_key, product_key, effect, effect_on, reason, gap_class,
        value_amount, cost_amount
    from {{ ref('int_value_effects') }}
    union all
    select evidence_key, from_event_key, job_key, product_key, effect, effect_on, reason, gap_class, value_amount, 0
    from {{ ref('int_concessions') }}
    where effect is not null
    union all
    select
        evidence_key, case when reason <> 'unspent' then evidence_key end, job_key, product_key, effect, effect_on, reason, 'definition',
        0, cost_amount
    from {{ ref('int_cost_effects') }}
),

jobs as (
    select * from {{ ref('dim_job') }}
),

final as (
    select
        {{ make_key(['effects.job_key', 'effects.product_key', 'effects.effect', 'effects.evidence_key']) }} as margin_walk_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        coalesce(jobs.contract_key, 'unknown') as contract_key,
        effects.job_key,
        effects.product_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(jobs.owner_key, 'unknown') as owner_key,
        effects.effect_on,
        {{ as_of() }} as as_of_on,
        effects.effect,
        effects.reason,
        effects.gap_class,
        effects.evidence_key,
        effects.event_key,
        coalesce(jobs.legal_entity, 'unknown') as legal_entity,
        cast(effects.value_amount as decimal(18, 2)) as value_amount,
        cast(effects.cost_amount as decimal(18, 2)) as cost_amount,
        cast(effects.value_amount - effects.cost_amount as decimal(18, 2)) as effect_amount
    from effects
    left join jobs on effects.job_key = jobs.job_key
    where effects.value_amount <> 0 or effects.cost_amount <> 0
)

select * from final
