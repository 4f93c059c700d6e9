-- One row per explained piece of the difference between two neighbouring stages.
{% set kinds = [
    'int_plain_pieces', 'int_pair_pieces', 'int_evidence_pieces', 'int_netted_pieces', 'int_unmatched_commitments', 'int_unmatched_deliveries',
    'int_unmatched_billing', 'int_unmatched_postings', 'int_cash_pieces', 'int_unsettled_lines',
] %}
{% set keys = ['deal_key', 'contract_key', 'job_key', 'work_order_key', 'product_key', 'customer_key', 'owner_key', 'person_key'] %}
with pieces as (
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

-- A piece has the keys of the side whose amount it carries. Delivered above what was sold is no leakage.
final as (
    select
        {{ make_key([
            'pieces.gap', 'pieces.side', 'pieces.from_event_key', 'pieces.to_event_key', 'pieces.related_event_key', 'pieces.reason', 'pieces.match_rule',
        ]) }} as bridge_item_key,
        pieces.from_event_key,
        pieces.to_event_key,
        pieces.related_event_key,
        {% for key in keys %}
            carriers.{{ key }},
        {% endfor %}
        carriers.entity_label,
        from_days.event_on as from_on,
        to_days.event_on as to_on,
        pieces.gap,
        pieces.reason,
        case
            when pieces.to_amount > pieces.from_amount then coalesce(reasons.favourable_class, reasons.gap_class)
            else reasons.gap_class
        end as gap_class,
        pieces.match_rule,
        cast(pieces.from_amount as decimal(18, 2)) as from_amount,
        cast(pieces.to_amount as decimal(18, 2)) as to_amount,
        cast(pieces.from_amount - pieces.to_amount as decimal(18, 2)) as difference_amount
    from pieces
    inner join {{ ref('fct_stage_events') }} as carriers
        on case when pieces.side = 'to' then pieces.to_event_key else pieces.from_event_key end = carriers.event_key
    left join days as from_days on pieces.from_event_key = from_days.event_key
    left join days as to_days on pieces.to_event_key = to_days.event_key
    left join reasons on pieces.reason = reasons.reason
)

select * from final
