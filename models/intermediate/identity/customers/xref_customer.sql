-- One row per customer record of a system (and per customer id that documents name without one), with the customer it
-- is.
with keys as (
    select * from {{ ref('int_customer_keys') }}
),

suggestions as (
    select * from {{ ref('int_customer_suggestions') }}
),

ties as (
    select * from {{ ref('int_customer_ties') }}
),

references_only as (
    select * from {{ ref('int_customer_ids') }}
    where record_id is null
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'customer'
),

rules as (
    select * from {{ ref('match_rules') }}
    where entity = 'customer'
),

judged as (
    {{ latest_decisions('decisions') }}
),

records as (
    select
        keys.source_system,
        'customers' as source_entity,
        keys.customer_id as source_id,
        keys.customer_key,
        coalesce(ties.match_rule, 'own_record') as match_rule,
        ties.probability as own_probability,
        case
            when ties.match_rule = 'decision' then 'confirmed'
            when ties.match_rule is not null then 'automatic'
            when suggestions.is_decided_different or (suggestions.record_id is null and apart.record_id is not null) then 'rejected'
            when suggestions.record_id is not null then 'suggested'
            else 'automatic'
        end as match_status,
        suggestions.suggested_key as runner_up_key,
        suggestions.probability as runner_up_probability,
        coalesce(together.decided_by, apart.decided_by) as decided_by,
        coalesce(together.decided_on, apart.decided_on) as decided_on
    from keys
    left join ties on keys.record_id = ties.record_id
    left join suggestions on keys.record_id = suggestions.record_id
    left join judged as together on keys.record_id = together.record_id and together.decision = 'same'
    left join judged as apart on keys.record_id = apart.record_id and apart.decision = 'different'
),

named_only as (
    select
        source_system,
        'customer_references' as source_entity,
        customer_id as source_id,
        customer_key,
        match_rule,
        cast(null as decimal(9, 6)) as own_probability,
        'automatic' as match_status,
        cast(null as {{ dbt.type_string() }}) as runner_up_key,
        cast(null as decimal(9, 6)) as runner_up_probability,
        cast(null as {{ dbt.type_string() }}) as decided_by,
        cast(null as date) as decided_on
    from references_only
),

all_records as (
    select * from records
    union all
    select * from named_only
),

final as (
    select
        all_records.source_system,
        all_records.source_entity,
        all_records.source_id,
        all_records.customer_key,
        all_records.match_rule,
        coalesce(all_records.own_probability, rules.probability) as match_probability,
        all_records.match_status,
        all_records.runner_up_key,
        all_records.runner_up_probability,
        all_records.decided_by,
        all_records.decided_on
    from all_records
    left join rules on all_records.match_rule = rules.match_rule
)

select * from final
