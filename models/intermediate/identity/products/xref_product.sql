-- One row per product record of a system (and per product id or code that other records name without one), with the product it is.
with keys as (
    select * from {{ ref('int_product_keys') }}
),

suggestions as (
    select * from {{ ref('int_product_suggestions') }}
),

references_only as (
    select * from {{ ref('int_product_references') }}
),

decisions as (
    select * from {{ ref('int_product_decisions') }}
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'product'
),

-- The latest judgement about a record, whichever side of the pair it is on.
judged as (
    select record_id, decision, decided_by, decided_on
    from (
        select left_record_id as record_id, pair_id, decision, decided_by, decided_on from decisions
        union all
        select right_record_id, pair_id, decision, decided_by, decided_on from decisions
    ) as sides
    qualify row_number() over (
        partition by record_id, decision
        order by decided_on desc nulls last, pair_id asc nulls last
    ) = 1
),

records as (
    select
        keys.source_system,
        'products' as source_entity,
        keys.product_id as source_id,
        keys.product_key,
        coalesce(keys.match_rule, 'own_record') as match_rule,
        case
            when keys.match_rule = 'decision' then 'confirmed'
            when keys.match_rule is not null then 'automatic'
            when suggestions.is_decided_different or (suggestions.record_id is null and apart.record_id is not null) then 'rejected'
            when suggestions.record_id is not null then 'suggested'
            else 'automatic'
        end as match_status,
        suggestions.suggested_key as runner_up_key,
        suggestions.probability as runner_up_probability,
        coalesce(together.decided_by, apart.decided_by) as decided_by,
        coalesce(together.decided_on, apart.decided_on) as decided_on
    from keys
    left join suggestions on keys.record_id = suggestions.record_id
    left join judged as together on keys.record_id = together.record_id and together.decision = 'same'
    left join judged as apart on keys.record_id = apart.record_id and apart.decision = 'different'
),

named as (
    select
        source_system,
        source_entity,
        source_id,
        coalesce(product_key, 'unknown') as product_key,
        match_rule,
        'automatic' as match_status,
        cast(null as {{ dbt.type_string() }}) as runner_up_key,
        cast(null as decimal(9, 6)) as runner_up_probability,
        cast(null as {{ dbt.type_string() }}) as decided_by,
        cast(null as date) as decided_on
    from references_only
),

placed as (
    select * from records
    union all
    select * from named
),

final as (
    select
        placed.source_system,
        placed.source_entity,
        placed.source_id,
        placed.product_key,
        placed.match_rule,
        rules.probability as match_probability,
        placed.match_status,
        placed.runner_up_key,
        placed.runner_up_probability,
        placed.decided_by,
        placed.decided_on
    from placed
    left join rules on placed.match_rule = rules.match_rule
)

select * from final
