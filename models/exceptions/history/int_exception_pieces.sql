-- One row per exception that is counted and one-sided item of the bridge in which its money lies, with how much of it: no item is counted twice.
{% set kinds = ['delivery', 'invoice_line', 'payment', 'invoice', 'work_order', 'contract_period', 'job', 'deal', 'contract'] %}
{% set passes, columns = [], ['gap', 'side'] %}
{% for kind in kinds %}
    {% do columns.append(kind ~ '_link') %}
    {% do passes.append({'rule': kind, 'on': ['gap', 'side', kind ~ '_link'], 'measure': 'reporting_amount'}) %}
{% endfor %}
with links as (
    select * from {{ ref('control_bridge_links') }}
),

sides as (
    select
        links.control_id,
        {% for kind in kinds %}
            max(case when links.linked_by = '{{ kind }}' then 1 else 0 end) = 1 as by_{{ kind }},
        {% endfor %}
        min(links.side) as side,
        min(rules.bridge_gap) as gap
    from links
    inner join {{ ref('int_control_rules') }} as rules on links.control_id = rules.control_id
    group by links.control_id
),

-- What is owed and not charged is short, what is charged and not owed over.
exceptions as (
    select
        found.exception_key as item_key,
        cast(found.occurred_on as {{ dbt.type_string() }}) as event_on,
        sides.gap,
        case
            when sides.side <> 'by_amount' then sides.side
            when found.expected_amount >= found.actual_amount then 'short'
            else 'over'
        end as side,
        case when sides.by_delivery then nullif(found.delivery_key, 'unknown') end as delivery_link,
        -- A record of another kind may have the very id of a line or a receipt.
        case
            when sides.by_invoice_line and found.entity = 'invoice_lines' then found.source_system || '|' || found.entity_id
        end as invoice_line_link,
        case when sides.by_payment and found.entity = 'payments' then found.source_system || '|' || found.entity_id end as payment_link,
        case when sides.by_invoice then nullif(found.invoice_key, 'unknown') end as invoice_link,
        case when sides.by_work_order then nullif(found.work_order_key, 'unknown') end as work_order_link,
        case when sides.by_contract_period then found.contract_key || '|' || found.period_starts_on end as contract_period_link,
        {% for kind in ['job', 'deal', 'contract'] %}
            case when sides.by_{{ kind }} then nullif(found.{{ kind }}_key, 'unknown') end as {{ kind }}_link,
        {% endfor %}
        cast(null as decimal(18, 2)) as document_amount,
        cast(null as decimal(38, 6)) as quantity,
        found.value_at_risk_amount as reporting_amount
    from {{ ref('int_exceptions_found') }} as found
    inner join sides on found.control_id = sides.control_id
    -- What follows from another in part stands for the rest.
    left join {{ ref('int_exception_parents') }} as parents on found.exception_key = parents.exception_key
    where coalesce(parents.is_in_part, true) and found.value_at_risk_amount > 0
),

bridge as (
    select * from {{ ref('fct_bridge') }}
    where difference_amount <> 0 and (from_amount = 0 or to_amount = 0) and reason not in ('currency_translation', 'rounding')
),

events as (
    select event_key, source_system, source_entity, source_id
    from {{ ref('fct_stage_events') }}
),

documents as (
    select event_key, {{ make_key(['source_system', 'invoice_id']) }} as invoice_key from {{ ref('int_invoice_values') }}
),

named as (
    select event_key, min(delivery_key) as delivery_key
    from {{ ref('int_line_references') }}
    where delivery_key is not null
    group by event_key
    having count(*) = 1
),

billing_periods as (
    select event_key, contract_key || '|' || billing_starts_on as contract_period
    from {{ ref('int_delivery_billing') }}
    where period_key is not null
),

-- An item with both sides' events has the links of both. What is lost is asked about before what is only early, late or in doubt.
linked_pieces as (
    select
        bridge.bridge_item_key as item_key,
        case when bridge.gap_class = 'leakage' then '' else 'after ' end || coalesce(bridge.from_on, bridge.to_on) as event_on,
        bridge.gap,
        case when bridge.difference_amount > 0 then 'short' else 'over' end as side,
        case
            when from_events.source_entity = 'deliveries' then {{ make_key(['from_events.source_system', 'from_events.source_id']) }}
            else named.delivery_key
        end as delivery_link,
        case
            when to_events.source_entity = 'invoice_lines' then to_events.source_system || '|' || to_events.source_id
            when from_events.source_entity = 'invoice_lines' then from_events.source_system || '|' || from_events.source_id
        end as invoice_line_link,
        case when to_events.source_entity = 'payments' then to_events.source_system || '|' || to_events.source_id end as payment_link,
        coalesce(from_documents.invoice_key, to_documents.invoice_key) as invoice_link,
        nullif(bridge.work_order_key, 'unknown') as work_order_link,
        billing_periods.contract_period as contract_period_link,
        nullif(bridge.job_key, 'unknown') as job_link,
        nullif(bridge.deal_key, 'unknown') as deal_link,
        nullif(bridge.contract_key, 'unknown') as contract_link,
        cast(null as decimal(18, 2)) as document_amount,
        cast(null as decimal(38, 6)) as quantity,
        abs(bridge.difference_amount) as reporting_amount
    from bridge
    left join events as from_events on bridge.from_event_key = from_events.event_key
    left join events as to_events on bridge.to_event_key = to_events.event_key
    left join documents as from_documents on bridge.from_event_key = from_documents.event_key
    left join documents as to_documents on bridge.to_event_key = to_documents.event_key
    left join named on bridge.to_event_key = named.event_key
    left join billing_periods on bridge.from_event_key = billing_periods.event_key
),

-- Most items share no link with an exception: no pass would take them, and each would carry them along.
pieces as (
    select * from linked_pieces
    where
        1 = 0
        {% for kind in kinds %}
            or (gap, side, {{ kind }}_link) in (select gap, side, {{ kind }}_link from exceptions where {{ kind }}_link is not null)
        {% endfor %}
),

{{ match_in_passes('exceptions', 'pieces', passes, columns) }},

final as (
    select
        matched.from_item_key as exception_key,
        matched.to_item_key as bridge_item_key,
        matched.match_rule as linked_by,
        bridge.gap,
        bridge.reason,
        bridge.gap_class,
        cast(sum(matched.to_reporting_amount) as decimal(18, 2)) as counted_amount
    from matched
    inner join bridge on matched.to_item_key = bridge.bridge_item_key
    where matched.match_rule <> 'unmatched' and matched.to_reporting_amount > 0
    group by matched.from_item_key, matched.to_item_key, matched.match_rule, bridge.gap, bridge.reason, bridge.gap_class
)

select * from final
