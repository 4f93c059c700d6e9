-- One row per item of leakage that somebody has to ask about: not accepted, neither small nor too young, and as far as no credit note gave it back.
{{ config(materialized='table', schema='intermediate') }}
with pieces as (
    select * from {{ ref('fct_bridge') }}
    where gap_class = 'leakage' and difference_amount <> 0
),

reasons as (
    select
        *,
        ';' || accepted_gaps || ';' as listed_gaps
    from {{ ref('bridge_reasons') }}
),

rules as (
    select * from {{ ref('int_control_rules') }}
),

named as (
    select event_key, min(delivery_key) as delivery_key
    from {{ ref('int_line_references') }}
    where delivery_key is not null
    group by event_key
    having count(*) = 1
),

events as (
    select
        events.event_key,
        events.quantity,
        events.reporting_amount,
        events.valuation_rule,
        events.source_system,
        events.source_entity,
        events.source_id,
        case
            when events.source_entity = 'deliveries' then {{ make_key(['events.source_system', 'events.source_id']) }}
            else named.delivery_key
        end as delivery_key,
        case when lines.event_key is not null then {{ make_key(['lines.source_system', 'lines.invoice_id']) }} end as invoice_key,
        case when events.source_entity in ('invoice_lines', 'payments') then events.source_system || '|' || events.source_id end as document_link
    from {{ ref('fct_stage_events') }} as events
    left join {{ ref('int_invoice_values') }} as lines on events.event_key = lines.event_key
    left join named on events.event_key = named.event_key
),

-- Where only a list has a price nobody agreed on one: what is billed is all there is, as it is of work without any price.
linked as (
    select
        pieces.*,
        coalesce(from_events.delivery_key, to_events.delivery_key) as delivery_key,
        coalesce(to_events.invoice_key, from_events.invoice_key) as invoice_key,
        coalesce(to_events.document_link, from_events.document_link) as document_link,
        case
            when from_events.valuation_rule = 'list_price' and pieces.reason = 'rate_variance' then 'unpriced'
            else pieces.reason
        end as asked_reason,
        greatest(coalesce(abs(from_events.quantity), abs(to_events.quantity), 1), 1) as quantity,
        abs(coalesce(from_events.reporting_amount, to_events.reporting_amount, 0)) as base_amount,
        greatest(coalesce(pieces.from_on, pieces.to_on), coalesce(pieces.to_on, pieces.from_on)) as arose_on,
        case when pieces.from_amount = 0 then pieces.to_event_key else pieces.from_event_key end as carrier_event_key
    from pieces
    left join events as from_events on pieces.from_event_key = from_events.event_key
    left join events as to_events on pieces.to_event_key = to_events.event_key
),

-- What was billed in another currency is all billed: by how much it falls short the rate says, and `currency_mismatch` asks for the right one.
billed_abroad as (
    select distinct matched.from_item_key as event_key
    from {{ ref('int_delivered_to_invoiced') }} as matched
    inner join {{ ref('int_billing_items') }} as lines on matched.to_item_key = lines.item_key
    inner join {{ ref('int_delivery_items') }} as work on matched.from_item_key = work.item_key
    where lines.currency <> work.currency
),

-- A credit note that names its bill and no line is set off against the bill's latest lines, and not against the one that was wrong.
credited as (
    select events.invoice_key, sum(-bridge.difference_amount) as amount
    from {{ ref('fct_bridge') }} as bridge
    inner join events on bridge.to_event_key = events.event_key
    where bridge.gap = 'delivered_to_invoiced' and bridge.reason like 'credit%' and bridge.difference_amount < 0 and events.invoice_key is not null
    group by events.invoice_key
),

asked as (
    select
        linked.*,
        reasons.how_to_act,
        {{ tolerated_of_price('linked.quantity', 'linked.base_amount') }} as tolerated_amount
    from linked
    inner join reasons on linked.asked_reason = reasons.reason
    left join rules on reasons.asked_by = rules.control_id and {{ in_force('linked.arose_on') }}
    left join billed_abroad on linked.from_event_key = billed_abroad.event_key
    where
        not (
            billed_abroad.event_key is not null
            and linked.gap = 'delivered_to_invoiced'
            and linked.from_amount > 0
            and linked.reason in ('rate_variance', 'quantity_variance', 'past_billing_window')
        )
        and not coalesce(reasons.listed_gaps like '%;' || linked.gap || ';%', false)
        and not coalesce(rules.waits and not {{ window_passed('linked.arose_on') }}, false)
),

-- What a credit note gives back it gives back once: of what is above on its bill first what is just as much, then the largest.
credits_before as (
    select
        asked.*,
        credited.amount - sum(-asked.difference_amount) over (
            partition by asked.invoice_key
            order by
                case when -asked.difference_amount = credited.amount then 0 else 1 end nulls last,
                asked.difference_amount nulls last,
                asked.bridge_item_key nulls last
            rows between unbounded preceding and current row
        ) - asked.difference_amount as credit_left_amount
    from asked
    inner join credited on asked.invoice_key = credited.invoice_key
    where asked.difference_amount < 0
),

left_over as (
    select
        asked.*,
        cast(least(greatest(coalesce(credits_before.credit_left_amount, 0), 0), abs(asked.difference_amount)) as decimal(18, 2)) as given_back_amount
    from asked
    left join credits_before on asked.bridge_item_key = credits_before.bridge_item_key
),

final as (
    select
        left_over.bridge_item_key,
        left_over.gap,
        case when left_over.difference_amount > 0 then 'short' else 'over' end as side,
        left_over.reason,
        left_over.job_key,
        left_over.contract_key,
        left_over.work_order_key,
        left_over.product_key,
        left_over.customer_key,
        left_over.deal_key,
        left_over.delivery_key,
        left_over.invoice_key,
        left_over.document_link,
        left_over.from_event_key,
        carriers.source_system,
        carriers.source_entity as entity,
        carriers.source_id as entity_id,
        left_over.arose_on,
        cast(abs(left_over.difference_amount) - left_over.given_back_amount as decimal(18, 2)) as open_amount,
        left_over.how_to_act
    from left_over
    inner join events as carriers on left_over.carrier_event_key = carriers.event_key
    where abs(left_over.difference_amount) - left_over.given_back_amount > coalesce(left_over.tolerated_amount, 0)
)

select * from final
