-- One row per event and person who is credited for it.
with events as (
    select * from {{ ref('fct_stage_events') }}
),

owners as (
    select * from {{ ref('int_event_owners') }}
),

final as (
    select
        {{ make_key(['owners.event_key', 'owners.person_key']) }} as attribution_key,
        events.event_key,
        events.deal_key,
        events.contract_key,
        events.job_key,
        events.product_key,
        events.customer_key,
        owners.person_key as owner_key,
        events.event_on,
        {{ as_of() }} as as_of_on,
        events.stage,
        owners.attribution_rule,
        events.legal_entity,
        cast(round(
            cast({{ share('100', 'owners.running_weight', 'owners.whole_weight') }} as decimal(18, 2)) * 100
            - cast({{ share('100', 'owners.running_weight - owners.weight', 'owners.whole_weight') }} as decimal(18, 2)) * 100
        ) as integer) as share_bp,
        cast(
            {{ share('events.reporting_amount', 'owners.running_weight', 'owners.whole_weight') }}
            - {{ share('events.reporting_amount', 'owners.running_weight - owners.weight', 'owners.whole_weight') }} as decimal(18, 2)
        ) as reporting_amount,
        owners.is_inherited
    from events
    inner join owners on events.event_key = owners.event_key
)

select * from final
