-- One row per item of the first two gaps and effect on margin: its value, and the planned cost that goes with it. What
-- is free of charge has no value, and its planned cost all the same.
with pieces as (
    select bridge.*, reasons.margin_effect
    from {{ ref('fct_bridge') }} as bridge
    inner join {{ ref('bridge_reasons') }} as reasons on bridge.reason = reasons.reason
    where
        (bridge.gap = 'contracted_to_delivered' and bridge.difference_amount <> 0)
        or (bridge.gap = 'booked_to_contracted' and bridge.reason <> 'settled')
),

moves as (
    select * from {{ ref('int_planned_moves') }}
),

changes as (
    select * from {{ ref('int_change_plans') }}
),

-- Products whose line on the won deal was given another price later, without a change order.
edited as (
    select distinct bookings.job_key, bookings.product_key
    from {{ ref('int_booked_values') }} as bookings
    inner join {{ ref('int_booked_lines') }} as booked
        on
            bookings.source_system = booked.source_system
            and bookings.deal_line_id = booked.deal_line_id
            and bookings.win_number = booked.win_number
    inner join {{ ref('cnf_deal_lines') }} as standing
        on booked.source_system = standing.source_system and booked.deal_line_id = standing.deal_line_id
    where
        cast(standing.net_amount as decimal(38, 2)) * cast(booked.quantity as decimal(38, 6))
        < cast(booked.net_amount as decimal(38, 2)) * cast(standing.quantity as decimal(38, 6))
),

-- Work that came under another name takes over what was agreed, and planned, for the one that was sold.
taken_over as (
    select
        from_event_key, to_event_key, reason, match_rule,
        sum(amount) as amount,
        sum(cost_amount) as cost_amount
    from moves
    where sign < 0 and to_event_key is not null
    group by from_event_key, to_event_key, reason, match_rule
),

costed as (
    select
        pieces.bridge_item_key,
        pieces.job_key,
        pieces.product_key,
        pieces.reason,
        pieces.gap_class,
        pieces.from_event_key,
        pieces.to_event_key,
        pieces.to_on,
        pieces.margin_effect,
        case
            when changes.is_discount then 'discount_after_quote'
            -- A change that costs and has no rate is a change all the same.
            when changes.event_key is not null then 'scope_change'
            when edited.job_key is not null and pieces.margin_effect = 'price' and pieces.to_amount < pieces.from_amount then 'discount_after_quote'
            else pieces.margin_effect
        end as effect,
        pieces.to_amount - pieces.from_amount as piece_amount,
        case
            when pieces.from_amount = 0 and taken_over.reason is not null then taken_over.amount
            when moves.sign > 0 and pieces.margin_effect = 'volume' then moves.contracted_price_amount
            else pieces.to_amount - pieces.from_amount
        end as value_amount,
        case
            when pieces.gap = 'booked_to_contracted' then coalesce(changes.reporting_amount, 0)
            when pieces.from_amount = 0 and taken_over.reason is not null then -taken_over.cost_amount
            else coalesce(moves.cost_amount, 0)
        end as cost_amount,
        deliveries.valuation_rule like 'contract_rate%' as is_at_contract_rate
    from pieces
    left join moves on pieces.bridge_item_key = moves.bridge_item_key
    left join changes on case when pieces.gap = 'booked_to_contracted' then pieces.to_event_key end = changes.event_key
    left join taken_over
        on
            pieces.from_event_key = taken_over.from_event_key
            and pieces.to_event_key = taken_over.to_event_key
            and pieces.reason = taken_over.reason
            and pieces.match_rule = taken_over.match_rule
    left join edited on pieces.job_key = edited.job_key and pieces.product_key = edited.product_key
    left join {{ ref('int_delivery_values') }} as deliveries on pieces.to_event_key = deliveries.event_key
    union all
    select
        bridge_item_key, job_key, product_key, reason, 'definition', null, null, null, margin_effect, margin_effect as effect, 0, 0, cost_amount,
        false
    from moves
    where reason = 'free_of_charge'
),

-- What is left of an item that was taken at the contract's price is price. What came in another product's place takes
-- over what was agreed for that one.
effects as (
    select bridge_item_key, effect, value_amount, cost_amount from costed
    union all
    select bridge_item_key, 'price', piece_amount - value_amount, 0 from costed
    {% for key, effect, value, cost in [
        ('missing_key', 'volume', 'sold_amount', 'cost_amount'), ('missing_key', 'identity', '-sold_amount', '-cost_amount'),
        ('instead_key', 'volume', '-delivered_amount', '0'), ('instead_key', 'identity', 'sold_amount', 'cost_amount'),
        ('instead_key', 'price', 'delivered_amount - sold_amount', '0'),
    ] %}
        union all
        select {{ key }}, '{{ effect }}', {{ value }}, {{ cost }} from {{ ref('int_substitutions') }}
    {% endfor %}
),

summed as (
    select
        bridge_item_key,
        effect,
        sum(value_amount) as value_amount,
        sum(cost_amount) as cost_amount
    from effects
    group by bridge_item_key, effect
    having sum(value_amount) <> 0 or sum(cost_amount) <> 0
),

closed as (
    select * from {{ ref('int_job_closings') }}
),

final as (
    select
        summed.bridge_item_key as evidence_key,
        costed.job_key,
        costed.product_key,
        summed.effect,
        case
            when summed.effect = 'not_yet_delivered' then {{ as_of() }}
            when costed.to_on is null then coalesce(closed.closed_on, {{ as_of() }})
            else costed.to_on
        end as effect_on,
        case
            -- A rise that the contract's rates agree to.
            when summed.effect = 'price' and summed.value_amount > 0 and costed.is_at_contract_rate then 'price_agreed'
            when summed.effect = 'discount_after_quote' and costed.margin_effect = 'price' then 'unapproved_edit'
            when summed.effect = 'identity' and costed.margin_effect <> 'identity' then 'other_product'
            else costed.reason
        end as reason,
        costed.gap_class,
        costed.from_event_key,
        costed.to_event_key,
        cast(summed.value_amount as decimal(18, 2)) as value_amount,
        cast(summed.cost_amount as decimal(18, 2)) as cost_amount
    from summed
    inner join costed on summed.bridge_item_key = costed.bridge_item_key
    left join closed on costed.job_key = closed.job_key
)

select * from final
