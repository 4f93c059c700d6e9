-- One row per piece of leakage that somebody has to ask about: not accepted, neither small nor too young, and given back by no credit note.
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

events as (
    select
        events.event_key,
        events.quantity,
        events.reporting_amount,
        events.valuation_rule,
        events.source_system,
        events.source_entity,
        events.source_id,
        case when events.source_entity = 'deliveries' then {{ make_key(['events.source_system', 'events.source_id']) }} end as delivery_key,
        {{ make_key(['lines.source_system', 'lines.invoice_id']) }} as invoice_key
    from {{ ref('fct_stage_events') }} as events
    left join {{ ref('int_invoice_values') }} as lines on events.event_key = lines.event_key
),

-- Where only a list has a price nobody agreed on one: what is billed is all there is, as it is of work without any price.
linked as (
    select
        pieces.*,
        from_events.delivery_key,
        to_events.invoice_key,
        from_events.valuation_rule,
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

-- A credit note that names its bill and no line is set off against the bill's latest lines, and not against the one that was wrong.
credited as (
    select events.invoice_key, sum(-bridge.difference_amount) as amount
    from {{ ref('fct_bridge') }} as bridge
    inner join events on bridge.to_event_key = events.event_key
    where bridge.gap = 'delivered_to_invoiced' and bridge.reason like 'credit%' and bridge.difference_amount < 0 and events.invoice_key is not null
    group by events.invoice_key
),

final as (
    select
        linked.bridge_item_key,
        linked.gap,
        linked.reason,
        linked.job_key,
        linked.contract_key,
        linked.product_key,
        linked.customer_key,
        linked.delivery_key,
        linked.invoice_key,
        carriers.source_system,
        carriers.source_entity as entity,
        carriers.source_id as entity_id,
        linked.arose_on,
        linked.from_amount,
        linked.to_amount,
        linked.difference_amount,
        reasons.how_to_act
    from linked
    inner join events as carriers on linked.carrier_event_key = carriers.event_key
    inner join reasons on linked.asked_reason = reasons.reason
    left join rules on reasons.asked_by = rules.control_id and {{ in_force('linked.arose_on') }}
    left join credited on linked.invoice_key = credited.invoice_key
    where
        not coalesce(reasons.listed_gaps like '%;' || linked.gap || ';%', false)
        and not coalesce(
            abs(linked.difference_amount) <= greatest(
                {{ extended('linked.quantity', 'rules.tolerance_amount') }}, {{ percent_of('rules.tolerance_pct', 'linked.base_amount') }}
            ), false
        )
        and not coalesce(rules.waits and not {{ window_passed('linked.arose_on') }}, false)
        and not coalesce(linked.difference_amount < 0 and -linked.difference_amount <= credited.amount, false)
)

select * from final
