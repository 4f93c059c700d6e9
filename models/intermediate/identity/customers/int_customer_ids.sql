-- One row per customer id of a system, a record's or one that is known without a record (documents name it, or it was merged away), with the
-- customer it is.
with systems as (
    select * from {{ ref('int_source_systems') }}
),

keys as (
    select * from {{ ref('int_customer_keys') }}
),

-- A record that was merged away may be gone from its system: its id is the survivor's then.
merged_away as (
    select
        mergers.source_system,
        mergers.customer_id,
        survivors.customer_key
    from {{ ref('int_customer_merges') }} as mergers
    inner join keys as survivors on mergers.source_system = survivors.source_system and mergers.survivor_id = survivors.customer_id
    left join keys on mergers.source_system = keys.source_system and mergers.customer_id = keys.customer_id
    where keys.record_id is null
),

customers as (
    select source_system, customer_id, customer_key from keys
    union all
    select source_system, customer_id, customer_key from merged_away
),

named as (
    {% for entity in ['deals', 'contracts', 'jobs', 'invoices', 'payments', 'journal_lines'] %}
        select distinct source_system, customer_id from {{ ref('cnf_' ~ entity) }} where customer_id is not null
        union
    {% endfor %}
    -- Last year's export may still name who was merged away since.
    select source_system, customer_id from merged_away
),

missing as (
    select
        named.source_system,
        named.customer_id,
        systems.legal_entity
    from named
    inner join systems on named.source_system = systems.source_system
    left join keys on named.source_system = keys.source_system and named.customer_id = keys.customer_id
    where keys.record_id is null
),

-- An id that its own system does not have names the customer that goes by it elsewhere: in the company's other systems,
-- else in the group's.
candidates as (
    select
        missing.source_system,
        missing.customer_id,
        customers.customer_key,
        missing.legal_entity = systems.legal_entity as is_of_company
    from missing
    inner join customers on missing.customer_id = customers.customer_id
    inner join systems on customers.source_system = systems.source_system
),

nearest as (
    select * from candidates
    qualify
        dense_rank() over (
            partition by source_system, customer_id
            order by case when is_of_company then 1 else 2 end nulls last
        ) = 1
),

-- Whom two systems would give differently, nobody is.
understood as (
    select
        source_system,
        customer_id,
        min(customer_key) as customer_key
    from nearest
    group by source_system, customer_id
    having count(distinct customer_key) = 1
),

final as (
    select
        source_system,
        customer_id,
        customer_key,
        record_id,
        cast(null as {{ dbt.type_string() }}) as match_rule
    from keys
    union all
    select
        missing.source_system,
        missing.customer_id,
        coalesce(merged_away.customer_key, understood.customer_key, 'unknown'),
        cast(null as {{ dbt.type_string() }}),
        case
            when merged_away.customer_key is not null then 'merged'
            when understood.customer_key is not null then 'cross_reference'
            else 'no_record'
        end
    from missing
    left join understood on missing.source_system = understood.source_system and missing.customer_id = understood.customer_id
    left join merged_away
        on missing.source_system = merged_away.source_system and missing.customer_id = merged_away.customer_id
)

select * from final
