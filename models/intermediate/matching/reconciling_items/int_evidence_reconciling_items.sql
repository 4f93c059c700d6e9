-- One row per reconciling item that takes its reason from evidence: what answers a corrected amount, what was billed
-- before it was due or for calling off, and what was billed against a cost.
{% set back = "case when netted.reason = 'rebate' then 'rebate_not_credited' else 'billed_without_delivery' end" %}
{% set answered = [
    ('contracted_to_delivered', 'from', 'int_deliveries_netted', 'netted.reason', 'price_variance'),
    ('delivered_to_invoiced', 'from', 'int_billing_netted', 'netted.reason', 'rate_variance'),
    ('delivered_to_invoiced', 'to', 'int_deliveries_netted', back, 'rate_variance'),
    ('delivered_to_recognised', 'from', 'int_recognitions_netted', 'netted.reason', 'rate_variance'),
    ('delivered_to_recognised', 'to', 'int_deliveries_netted', back, 'rate_variance'),
] %}
with unrated as (
    select event_key from {{ ref('int_stage_events') }}
    where reporting_amount is null
),

-- A bill for what came back, or was never worked, is owed by nobody, nor a fee that goes back; its credit note is the
-- rebate's matter.
answers as (
    {% for gap, side, netted, reason, rest_reason in answered %}
        {% set other = 'to' if side == 'from' else 'from' %}
        select
            '{{ gap }}' as gap,
            '{{ side }}' as side,
            matched.{{ side }}_item_key as event_key,
            netted.negative_key,
            {{ reason }} as reason,
            '{{ rest_reason }}' as rest_reason,
            matched.match_rule,
            matched.{{ side }}_reporting_amount as reporting_amount,
            case
                when matched.{{ side }}_document_amount <= matched.{{ other }}_document_amount then matched.{{ side }}_reporting_amount
                else {{ quick_share(
                    'matched.' ~ side ~ '_reporting_amount', 'matched.' ~ other ~ '_document_amount', 'matched.' ~ side ~ '_document_amount'
                ) }}
            end as answered_amount
        from {{ ref('int_' ~ gap) }} as matched
        inner join {{ ref(netted) }} as netted on matched.{{ other }}_item_key = netted.positive_key || '|' || netted.negative_key
        where matched.match_rule = 'corrected'
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

items as (
    select gap, side, event_key, negative_key, null as related_event_key, reason, match_rule, answered_amount as amount from answers
    union all
    select gap, side, event_key, negative_key, null, rest_reason, match_rule, reporting_amount - answered_amount from answers
    where reporting_amount <> answered_amount
    union all
    select
        'delivered_to_invoiced', 'to', to_item_key, null, from_item_key, 'billed_in_advance', match_rule, to_reporting_amount
    from {{ ref('int_delivered_to_invoiced') }}
    where match_rule = 'advance'
    {% for gap in ['delivered_to_invoiced', 'delivered_to_recognised'] %}
        union all
        select '{{ gap }}', 'to', to_item_key, null, from_item_key, 'cancellation_fee', match_rule, to_reporting_amount
        from {{ ref('int_' ~ gap) }}
        where match_rule = 'cancellation'
    {% endfor %}
    union all
    select 'delivered_to_recognised', 'from', from_item_key, null, null, 'cost_passed_on', match_rule, from_reporting_amount
    from {{ ref('int_delivered_to_recognised') }}
    where match_rule = 'passed_on'
),

-- Several parts of one correction may be answered by one event.
final as (
    select
        gap, side,
        case when side = 'from' then event_key else negative_key end as from_event_key,
        case when side = 'to' then event_key else negative_key end as to_event_key,
        related_event_key, reason, match_rule,
        cast(sum(case when side = 'from' then amount else 0 end) as decimal(18, 2)) as from_amount,
        cast(sum(case when side = 'to' then amount else 0 end) as decimal(18, 2)) as to_amount
    from items
    -- What has no rate is worth nothing and a reconciling item already.
    where not exists (select 1 from unrated where items.event_key = unrated.event_key)
    group by gap, side, event_key, negative_key, related_event_key, reason, match_rule
)

select * from final
