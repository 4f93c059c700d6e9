-- One row per part of an event that was taken back, and per part that took it back, on each side of a gap where its
-- population stands.
{% set sides = [
    ('contracted_to_delivered', 'from', 'int_commitments_netted'),
    ('contracted_to_delivered', 'to', 'int_deliveries_netted'),
    ('delivered_to_invoiced', 'from', 'int_deliveries_netted'),
    ('delivered_to_invoiced', 'to', 'int_billing_netted'),
    ('delivered_to_recognised', 'from', 'int_deliveries_netted'),
    ('delivered_to_recognised', 'to', 'int_recognitions_netted'),
    ('invoiced_to_cash', 'from', 'int_billing_netted'),
] %}
with parts as (
    {% for gap, side, model in sides %}
        {% for own, other, sign in [('positive', 'negative', ''), ('negative', 'positive', '-')] %}
            select
                '{{ gap }}' as gap, '{{ side }}' as side, {{ own }}_key as event_key, {{ other }}_key as related_event_key,
                reason, match_rule, {{ sign }}{{ own }}_reporting_amount as amount
            from {{ ref(model) }}
            {% if gap == 'invoiced_to_cash' %}where match_rule = 'same_line'{% endif %}
            {{ 'union all' if not loop.last }}
        {% endfor %}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        gap, side,
        case when side = 'from' then event_key end as from_event_key,
        case when side = 'to' then event_key end as to_event_key,
        related_event_key, reason, match_rule,
        cast(sum(case when side = 'from' then amount else 0 end) as decimal(18, 2)) as from_amount,
        cast(sum(case when side = 'to' then amount else 0 end) as decimal(18, 2)) as to_amount
    from parts
    group by gap, side, event_key, related_event_key, reason, match_rule
)

select * from final
