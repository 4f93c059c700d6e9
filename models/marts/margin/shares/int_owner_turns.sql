-- One row per record of a deal, customer or job and day on which it changed, with who has it from then on: the first
-- version known holds before, too.
{% set nouns = {
    'deal': ('cnf_deal_versions', 'deal_id', 'owner_id'),
    'customer': ('cnf_customer_versions', 'customer_id', 'owner_id'),
    'job': ('cnf_job_versions', 'job_id', 'manager_id'),
} %}
with kept as (
    select distinct source_system from {{ ref('cnf_customer_versions') }}
),

versions as (
    {% for noun, (model, id, owner) in nouns.items() %}
        select
            '{{ noun }}' as noun,
            source_system,
            {{ id }} as record_id,
            {{ owner }} as person_id,
            updated_at,
            landed_at,
            version_number
        from {{ ref(model) }}
        where not is_deleted
        union all
    {% endfor %}
    -- What a system does not keep is as it stands.
    select 'customer', customers.source_system, customers.customer_id, customers.owner_id, customers.updated_at, customers.landed_at, 1
    from {{ ref('cnf_customers') }} as customers
    left join kept on customers.source_system = kept.source_system
    where kept.source_system is null
),

dated as (
    select
        versions.*,
        {{ known_day('versions') }} as known_on
    from versions
    left join {{ ref('int_source_systems') }} as systems on versions.source_system = systems.source_system
),

-- Of the versions of one day the last one says who has it.
daily as (
    select *
    from dated
    qualify row_number() over (
        partition by noun, source_system, record_id, known_on
        order by coalesce(updated_at, landed_at) desc nulls last, version_number desc nulls last
    ) = 1
),

turns as (
    select
        *,
        row_number() over (partition by noun, source_system, record_id order by known_on nulls last) as position,
        lead(known_on) over (partition by noun, source_system, record_id order by known_on nulls last) as valid_until
    from daily
),

final as (
    select
        turns.noun,
        turns.source_system,
        turns.record_id,
        case
            when turns.noun = 'customer' then coalesce(xref_customer.customer_key, 'unknown')
            else {{ make_key(['turns.source_system', 'turns.record_id']) }}
        end as noun_key,
        coalesce(people.person_key, 'unknown') as person_key,
        turns.known_on,
        case when turns.position > 1 then turns.known_on else cast('1900-01-01' as date) end as valid_from,
        turns.valid_until
    from turns
    left join {{ ref('xref_customer') }} as xref_customer
        on
            turns.source_system = xref_customer.source_system
            and case when turns.noun = 'customer' then turns.record_id end = xref_customer.source_id
    left join {{ ref('xref_person') }} as people on turns.source_system = people.source_system and turns.person_id = people.source_id
)

select * from final
