-- One row per agreed working time: whom it is for, by the most particular of what it names, and the hours of its day, week and month.
with entries as (
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
        entries.*,
        cast(entries.hours_per_day as decimal(38, 6)) as hours,
        cast(coalesce(entries.days_per_week, default_days.days_per_week) as decimal(38, 6)) as days
    from entries
    cross join default_days
),

final as (
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
        timed.person_source_system,
        timed.person_id,
        cast(hours as decimal(18, 6)) as day_quantity,
        cast(cast(hours as decimal(38, 6)) * days as decimal(18, 6)) as week_quantity,
        {{ quantity_share('cast(hours as decimal(38, 6)) * days', '52', '12') }} as month_quantity,
        valid_from,
        valid_to
    from timed
    left join {{ ref('xref_person') }} as people
        on timed.person_source_system = people.source_system and timed.person_id = people.source_id
)

select * from final
