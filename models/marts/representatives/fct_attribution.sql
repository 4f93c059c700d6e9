-- One row per event and person who is credited for it.
with events as (
    select * from {{ ref('fct_stage_events') }}
),

owners as (
    select * from {{ ref('int_event_owners') }}
),

positions as (
    select * from {{ ref('fct_quote_to_cash') }}
),

credited as (
    select
        events.event_key,
        events.deal_key,
        events.contract_key,
        events.job_key,
        events.product_key,
        events.customer_key,
        owners.person_key as owner_key,
        events.event_on,
        events.stage,
        events.legal_entity,
        events.source_system,
        events.currency,
        owners.attribution_rule,
        cast(round(
            cast({{ share('100', 'owners.running_weight', 'owners.whole_weight') }} as decimal(18, 2)) * 100
            - cast({{ share('100', 'owners.running_weight - owners.weight', 'owners.whole_weight') }} as decimal(18, 2)) * 100
        ) as integer) as share_bp,
        cast(
            {{ share('events.reporting_amount', 'owners.running_weight', 'owners.whole_weight') }}
            - {{ share('events.reporting_amount', 'owners.running_weight - owners.weight', 'owners.whole_weight') }} as decimal(18, 2)
        ) as credited_amount,
        owners.is_inherited,
        coalesce(positions.is_open, false) as is_open,
        coalesce(positions.unbilled_amount > 0, false) as is_unbilled
    from events
    inner join owners on events.event_key = owners.event_key
    left join positions on events.job_key = positions.job_key and events.product_key = positions.product_key
),

final as (
    select
        {{ make_key(['event_key', 'owner_key']) }} as attribution_key,
        event_key,
        deal_key,
        contract_key,
        job_key,
        product_key,
        customer_key,
        owner_key,
        event_on,
        {{ as_of() }} as as_of_on,
        stage,
        attribution_rule,
        legal_entity,
        source_system,
        currency,
        share_bp,
        credited_amount as reporting_amount,
        -- What is contracted, delivered and billed makes the backlog and what is unbilled of its job and product.
        cast(
            case
                when credited_amount is null or not is_open then 0
                when stage in ('booked', 'change_order') then credited_amount
                when stage = 'delivered' then -credited_amount
                else 0
            end as decimal(18, 2)
        ) as backlog_amount,
        cast(
            case
                when credited_amount is null or not is_unbilled then 0
                when stage = 'delivered' then credited_amount
                when stage in ('invoiced', 'credited') then -credited_amount
                else 0
            end as decimal(18, 2)
        ) as unbilled_amount,
        is_inherited
    from credited
)

select * from final
