-- One row per reconciling item: an explained part of the difference between two neighbouring stages.
{% set kinds = [
    'int_plain_reconciling_items', 'int_pair_reconciling_items', 'int_evidence_reconciling_items', 'int_netted_reconciling_items',
    'int_unmatched_commitments', 'int_unmatched_deliveries', 'int_unmatched_billing', 'int_unmatched_postings', 'int_cash_reconciling_items',
    'int_unsettled_lines',
] %}
{% set keys = ['deal_key', 'contract_key', 'job_key', 'work_order_key', 'product_key', 'customer_key', 'owner_key', 'person_key'] %}
with items as (
    {% for kind in kinds %}
        select gap, side, from_event_key, to_event_key, related_event_key, reason, match_rule, from_amount, to_amount
        from {{ ref(kind) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

days as (
    select event_key, event_on from {{ ref('fct_stage_events') }}
),

reasons as (
    select * from {{ ref('bridge_reasons') }}
),

-- An item has the keys of the side whose amount it carries. Delivered above what was sold is no leakage.
final as (
    select
        {{ make_key([
            'items.gap', 'items.side', 'items.from_event_key', 'items.to_event_key', 'items.related_event_key', 'items.reason', 'items.match_rule',
        ]) }} as bridge_item_key,
        items.from_event_key,
        items.to_event_key,
        items.related_event_key,
        {% for key in keys %}
            carriers.{{ key }},
        {% endfor %}
        carriers.entity_label,
        from_days.event_on as from_on,
        to_days.event_on as to_on,
        items.gap,
        items.reason,
        case
            when items.to_amount > items.from_amount then coalesce(reasons.favourable_class, reasons.gap_class)
            else reasons.gap_class
        end as gap_class,
        items.match_rule,
        cast(items.from_amount as decimal(18, 2)) as from_amount,
        cast(items.to_amount as decimal(18, 2)) as to_amount,
        cast(items.from_amount - items.to_amount as decimal(18, 2)) as difference_amount
    from items
    inner join {{ ref('fct_stage_events') }} as carriers
        on case when items.side = 'to' then items.to_event_key else items.from_event_key end = carriers.event_key
    left join days as from_days on items.from_event_key = from_days.event_key
    left join days as to_days on items.to_event_key = to_days.event_key
    left join reasons on items.reason = reasons.reason
)

select * from final
