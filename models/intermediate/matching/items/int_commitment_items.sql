-- One row per booking and change order, with what it can be matched by; without a rate it is worth 0.
with events as (
    select * from {{ ref('int_stage_events') }}
    -- What takes something back and has no rate takes part in nothing.
    where stage in ('booked', 'change_order') and (reporting_amount is not null or document_amount > 0)
),

wins as (
    select event_key, {{ make_key(['source_system', 'deal_id', 'deal_line_id', 'win_number']) }} as win_key
    from {{ ref('int_booked_values') }}
),

-- Where the amount alone was changed, a line's quantity no longer says what is owed for it: these are matched by
-- amount.
repriced as (
    select distinct events.job_key, events.product_key, events.currency
    from events
    inner join {{ ref('int_change_order_values') }} as changes on events.event_key = changes.event_key
    where changes.is_amount_only and events.document_amount <> 0
),

stated as (
    select
        events.*,
        repriced.job_key is not null as is_repriced,
        wins.win_key,
        nullif(events.job_key, 'unknown') as known_job_key,
        jobs.job_type,
        units.base_unit as unit_base,
        {{ unit_quantity('lower(trim(events.unit))', 'units.base_quantity', 'days') }} as base_quantity
    from events
    left join wins on events.event_key = wins.event_key
    left join {{ ref('int_job_terms') }} as jobs on events.job_key = jobs.job_key
    left join repriced
        on
            events.job_key = repriced.job_key
            and events.product_key = repriced.product_key
            and events.currency = repriced.currency
    left join {{ ref('unit_conversions') }} as units on lower(trim(events.unit)) = units.unit
    left join {{ ref('int_source_systems') }} as systems on jobs.source_system = systems.source_system
    left join {{ ref('int_working_days') }} as days
        on
            systems.legal_entity = days.legal_entity
            and jobs.contract_key = days.contract_key
            and jobs.person_key = days.person_key
            and events.event_on = days.worked_on
),

counted as (
    select
        stated.*,
        understood.base_unit as plain_unit,
        understood.quantity as plain_quantity,
        case when not stated.is_repriced then understood.base_unit end as understood_unit,
        case when not stated.is_repriced then understood.quantity end as understood_quantity,
        stated.unit is not null and not stated.is_repriced
        and stated.job_type is not null and stated.job_type not in ('fixed_price', 'permanent_placement')
        and stated.quantity > 0 and stated.document_amount >= 0 as is_stated
    from stated
    left join {{ ref('int_understood_quantities') }} as understood on stated.event_key = understood.item_key
),

measured as (
    select
        event_key as item_key,
        known_job_key as job_key,
        product_key,
        event_on,
        stage,
        win_key,
        case when stage = 'change_order' then source_id end as change_order_id,
        case when is_stated then coalesce(unit_base, lower(trim(unit))) else understood_unit end as base_unit,
        currency,
        document_amount,
        coalesce(reporting_amount, 0) as reporting_amount,
        reporting_amount is null as is_unrated,
        case when is_stated then {{ in_base_unit('quantity', 'base_quantity') }} else understood_quantity end as quantity,
        -- What was sold, signed, however it is matched.
        case when unit is null and quantity > 0 then coalesce(plain_quantity, quantity) else {{ in_base_unit('quantity', 'base_quantity') }} end
            as sold_quantity,
        coalesce(unit_base, lower(trim(unit)), plain_unit) as sold_unit,
        coalesce(is_stated, false) or understood_quantity is not null as is_counted,
        source_system
    from counted
),

final as (
    select
        *,
        case when is_counted then {{ share('document_amount', '1', 'quantity') }} end as unit_price
    from measured
)

select * from final
