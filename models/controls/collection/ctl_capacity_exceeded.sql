-- One row per won deal and skill that it requires: with it more hours are promised in a week than people with the skill have.
with deals as (
    select
        deals.*,
        systems.legal_entity
    from {{ ref('cnf_deals') }} as deals
    inner join {{ ref('int_source_systems') }} as systems on deals.source_system = systems.source_system
    where deals.is_won and coalesce(deals.won_on, deals.created_on) <= {{ as_of() }}
),

-- Hours that nobody planned are the quantity sold by the hour, or what converts to it.
hours as (
    select
        lines.source_system,
        lines.deal_id,
        sum(coalesce(lines.planned_hours, {{ in_base_unit('lines.quantity', 'units.base_quantity') }})) as planned_hours
    from {{ ref('cnf_deal_lines') }} as lines
    left join {{ ref('int_product_units') }} as product_units
        on lines.source_system = product_units.source_system and lines.product_id = product_units.product_id
    left join {{ ref('unit_conversions') }} as units on coalesce(lower(trim(lines.unit)), product_units.unit) = units.unit
    where lines.planned_hours is not null or units.unit is not null
    group by lines.source_system, lines.deal_id
),

-- Whom two systems know has what either says of skills, and one week's hours.
skills_of_people as (
    select distinct person_key, legal_entity, trim(skill) as skill
    from (
        select
            people.person_key,
            systems.legal_entity,
            {{ each_part('lower(records.skills)', ';') }} as skill
        from {{ ref('cnf_people') }} as records
        inner join {{ ref('int_source_systems') }} as systems on records.source_system = systems.source_system
        inner join {{ ref('xref_person') }} as people
            on records.source_system = people.source_system and records.person_id = people.source_id and people.source_entity = 'people'
    ) as parts
),

capacities as (
    select skilled.legal_entity, skilled.skill, sum(coalesce(persons.weekly_capacity_hours, 0)) as capacity_hours
    from skills_of_people as skilled
    inner join {{ ref('dim_person') }} as persons on skilled.person_key = persons.person_key and persons.is_active
    group by skilled.legal_entity, skilled.skill
),

required as (
    select
        deals.legal_entity,
        deals.source_system,
        deals.deal_id,
        coalesce(deals.won_on, deals.created_on) as won_on,
        {{ each_part('lower(deals.required_skills)', ';') }} as skill,
        deals.service_starts_on,
        coalesce(deals.service_ends_on, deals.service_starts_on) as service_ends_on,
        hours.planned_hours
    from deals
    inner join hours on deals.source_system = hours.source_system and deals.deal_id = hours.deal_id
    where hours.planned_hours > 0
),

promised as (
    select legal_entity, source_system, deal_id, won_on, trim(skill) as skill, service_starts_on, service_ends_on, planned_hours
    from required
),

weeks as (
    select
        *,
        {{ each_step(dbt.date_trunc('week', 'service_starts_on'), 'service_ends_on', 'interval 7 day') }} as week_on
    from promised
),

-- The hours of a deal are spread evenly over its weeks, in the order in which deals were won.
spread as (
    select
        weeks.*,
        cast(planned_hours / count(*) over (partition by source_system, deal_id, skill) as decimal(18, 6)) as week_hours
    from weeks
),

running as (
    select
        *,
        sum(week_hours) over (
            partition by legal_entity, skill, week_on
            order by won_on nulls last, deal_id nulls last
            rows between unbounded preceding and current row
        ) as promised_hours
    from spread
),

worst as (
    select
        running.source_system,
        running.deal_id,
        running.skill,
        running.week_on,
        cast(running.promised_hours as decimal(18, 2)) as promised_hours,
        cast(running.week_hours as decimal(18, 2)) as week_hours,
        cast(coalesce(capacities.capacity_hours, 0) as decimal(18, 2)) as capacity_hours
    from running
    left join capacities on running.legal_entity = capacities.legal_entity and running.skill = capacities.skill
    qualify row_number() over (
        partition by running.source_system, running.deal_id, running.skill
        order by
            running.promised_hours - coalesce(capacities.capacity_hours, 0) desc nulls last,
            running.week_on nulls last
    ) = 1
),

rules as (
    {{ control_rules('capacity_exceeded') }}
),

examined as (
    select
        deals.deal_id as entity_id,
        deals.source_system,
        worst.skill as part,
        {{ make_key(['deals.source_system', 'deals.deal_id']) }} as deal_key,
        coalesce(deals.won_on, deals.created_on) as occurred_on,
        worst.skill,
        worst.week_on,
        worst.week_hours,
        worst.promised_hours,
        worst.capacity_hours,
        deals.currency,
        cast(null as decimal(18, 2)) as expected_amount,
        deals.amount as actual_amount,
        coalesce(deals.amount, 0) as at_risk_amount,
        coalesce(deals.amount, 0) as examined_amount,
        case
            when worst.capacity_hours = 0 then 'nobody_has_the_skill'
            when worst.week_hours > worst.capacity_hours then 'one_deal_is_too_large'
            else 'sold_twice'
        end
            as cause,
        'Find ' || (worst.promised_hours - worst.capacity_hours) || ' more hours of ' || replace(worst.skill, '_', ' ')
        || ' in the week of ' || {{ day_in_words('worst.week_on') }}
            as suggested_action,
        {{ above_tolerance('worst.promised_hours - worst.capacity_hours', 'worst.capacity_hours') }} as is_exception
    from deals
    inner join worst on deals.source_system = worst.source_system and deals.deal_id = worst.deal_id
    inner join rules on {{ in_force('coalesce(deals.won_on, deals.created_on)') }}
),

final as (
    {{ control_rows('capacity_exceeded', 'deals', has=['part', 'deal_key'],
        evidence=['skill', 'week_on', 'week_hours', 'promised_hours', 'capacity_hours']) }}
)

select * from final
