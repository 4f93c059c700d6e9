-- One row per deal line, and per deal without lines, that stands or was booked: what of it is booked, and why the rest is not.
with deals as (
    select * from {{ ref('cnf_deals') }}
),

lines as (
    select * from {{ ref('int_deal_line_values') }}
    where win_number = 0
),

standing as (
    select source_system, 'deal_lines' as source_entity, deal_line_id as source_id, deal_id, net_amount as landed_amount
    from lines
    union all
    select
        deals.source_system,
        'deals' as source_entity,
        deals.deal_id as source_id,
        deals.deal_id,
        deals.amount as landed_amount
    from deals
    left join lines on deals.source_system = lines.source_system and deals.deal_id = lines.deal_id
    where lines.deal_id is null
),

booked as (
    select
        source_system,
        source_entity,
        source_id,
        max(deal_id) as deal_id,
        max(currency) as currency,
        cast(sum(case when event_on <= {{ as_of() }} then document_amount end) as decimal(18, 2)) as counted_amount,
        max(case when valuation_rule = 'un_won' then 1 else 0 end) as is_unwon
    from {{ ref('int_booked_values') }}
    where left_out_reason is null
    group by source_system, source_entity, source_id
),

won_deals as (
    select distinct source_system, deal_id from {{ ref('int_deal_wins') }}
),

compared as (
    select
        coalesce(standing.source_system, booked.source_system) as source_system,
        coalesce(standing.source_entity, booked.source_entity) as source_entity,
        coalesce(standing.source_id, booked.source_id) as source_id,
        coalesce(standing.deal_id, booked.deal_id) as deal_id,
        booked.currency as booked_currency,
        standing.source_id is not null as is_standing,
        booked.source_id is not null as is_booked,
        coalesce(booked.is_unwon, 0) = 1 as is_unwon,
        coalesce(standing.landed_amount, 0) as landed_amount,
        booked.counted_amount
    from standing
    full outer join booked
        on
            standing.source_system = booked.source_system
            and standing.source_entity = booked.source_entity
            and standing.source_id = booked.source_id
),

final as (
    select
        compared.source_system,
        compared.source_entity,
        compared.source_id,
        coalesce(compared.booked_currency, deals.currency) as currency,
        case when compared.is_standing then 1 else 0 end as record_count,
        compared.landed_amount,
        coalesce(compared.counted_amount, 0) as counted_amount,
        case
            when compared.is_booked and compared.counted_amount is null then 'after_as_of'
            when compared.is_booked and compared.counted_amount = compared.landed_amount then 'counted'
            when compared.is_booked and not compared.is_standing then 'removed_after_win'
            when compared.is_booked and compared.is_unwon and compared.counted_amount = 0 then 'un_won'
            when compared.is_booked then 'edited_after_win'
            when deals.deal_id is null then 'no_deal'
            when won_deals.deal_id is null then 'deal_not_won'
            when compared.source_entity = 'deals' then 'no_amount_or_booked_by_lines'
            else 'added_after_win'
        end as cause
    from compared
    left join deals on compared.source_system = deals.source_system and compared.deal_id = deals.deal_id
    left join won_deals on compared.source_system = won_deals.source_system and compared.deal_id = won_deals.deal_id
)

select * from final
