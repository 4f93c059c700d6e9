-- One row per legal entity, contract, person and day worked or agreed on for which a working time of its own is in
-- force: the most particular one.
{% set scopes = {'person': 'person_key', 'contract': 'contract_key', 'legal_entity': 'legal_entity', 'any': 'anybody'} %}
with working_times as (
    select * from {{ ref('working_time') }}
),

-- Who agrees on hours a day alone works as many days a week as everybody.
default_days as (
    select {{ share('100 * weeks.base_quantity', '1', 'days.base_quantity') }} * 0.01 as days_per_week
    from {{ ref('unit_conversions') }} as weeks
    inner join {{ ref('unit_conversions') }} as days on weeks.base_unit = days.base_unit
    where weeks.unit = 'week' and days.unit = 'day'
),

timed as (
    select
        working_times.*,
        cast(working_times.hours_per_day as decimal(38, 6)) as hours,
        cast(coalesce(working_times.days_per_week, default_days.days_per_week) as decimal(38, 6)) as days
    from working_times
    cross join default_days
),

-- Whom each is for, by the most particular of what it names, and the hours of its day, week and month.
entries as (
    select
        timed.legal_entity,
        case when timed.contract_id is not null then {{ make_key(['timed.contract_source_system', 'timed.contract_id']) }} end as contract_key,
        case when timed.person_id is not null then coalesce(people.person_key, 'unknown') end as person_key,
        case
            when timed.person_id is not null then 'person'
            when timed.contract_id is not null then 'contract'
            when timed.legal_entity is not null then 'legal_entity'
            else 'any'
        end as scope,
        'any' as anybody,
        cast(timed.hours as decimal(18, 6)) as day_quantity,
        cast(cast(timed.hours as decimal(38, 6)) * timed.days as decimal(18, 6)) as week_quantity,
        {{ quantity_share('cast(timed.hours as decimal(38, 6)) * timed.days', '52', '12') }} as month_quantity,
        timed.valid_from,
        timed.valid_to
    from timed
    left join {{ ref('xref_person') }} as people
        on timed.person_source_system = people.source_system and timed.person_id = people.source_id
),

asked as (
    select legal_entity, contract_key, person_key, delivered_on as worked_on, 'any' as anybody from {{ ref('int_delivery_subjects') }}
    union all
    select systems.legal_entity, jobs.contract_key, jobs.person_key, days.agreed_on, 'any' as anybody
    from (
        select job_key, event_on as agreed_on from {{ ref('int_booked_values') }}
        union all
        select job_key, booked_on from {{ ref('int_booked_contracts') }}
        union all
        select job_key, event_on from {{ ref('int_change_order_values') }}
    ) as days
    inner join {{ ref('int_job_terms') }} as jobs on days.job_key = jobs.job_key
    inner join {{ ref('int_source_systems') }} as systems on jobs.source_system = systems.source_system
),

-- Each scope a join of its own: an entry that names more than one of them holds only where all of them agree.
in_force as (
    {% for scope, key in scopes.items() %}
        select
            asked.legal_entity,
            asked.contract_key,
            asked.person_key,
            asked.worked_on,
            entries.day_quantity,
            entries.week_quantity,
            entries.month_quantity,
            entries.valid_from,
            {{ loop.index }} as distance,
            case when entries.contract_key is null then 1 else 0 end + case when entries.legal_entity is null then 1 else 0 end as vagueness
        from asked
        inner join entries on asked.{{ key }} = entries.{{ key }}
        where
            entries.scope = '{{ scope }}'
            and asked.contract_key = coalesce(entries.contract_key, asked.contract_key)
            and asked.legal_entity = coalesce(entries.legal_entity, asked.legal_entity)
            and asked.worked_on >= entries.valid_from
            and asked.worked_on <= coalesce(entries.valid_to, asked.worked_on)
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        legal_entity,
        contract_key,
        person_key,
        worked_on,
        day_quantity,
        week_quantity,
        month_quantity
    from in_force
    qualify row_number() over (
        partition by legal_entity, contract_key, person_key, worked_on
        order by distance nulls last, vagueness nulls last, valid_from desc nulls last, day_quantity nulls last
    ) = 1
)

select * from final
