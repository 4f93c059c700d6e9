-- One row per reconciling item of a pair: what both sides agree on, and what one has above the other, by cause.
{% set gaps = {
    'contracted_to_delivered': 'int_contracted_to_delivered',
    'delivered_to_invoiced': 'int_delivered_to_invoiced',
    'delivered_to_recognised': 'int_delivered_to_recognised',
} %}
with pairs as (
    {% for gap, model in gaps.items() %}
        select '{{ gap }}' as gap, * from {{ ref(model) }}
        where match_rule not in ('unmatched', 'corrected', 'advance', 'cancellation', 'passed_on')
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

events as (
    select event_key, job_key, customer_key, product_key, currency, valuation_rule, rate_rule = 'missing' as is_unrated
    from {{ ref('int_stage_events') }}
),

postings as (
    select item_key, currency from {{ ref('int_recognition_items') }}
),

-- The part of both sides that is the same document amount, at each side's own rate.
compared as (
    select
        pairs.*,
        from_events.currency = coalesce(postings.currency, to_events.currency) as is_one_currency,
        from_events.is_unrated as from_is_unrated,
        to_events.is_unrated as to_is_unrated,
        case
            when from_events.is_unrated or to_events.is_unrated then 'rate_missing'
            when from_events.job_key <> to_events.job_key then 'other_job'
            when from_events.customer_key <> to_events.customer_key then 'other_customer'
            when from_events.product_key <> to_events.product_key then 'other_product'
        end as key_reason,
        'unpriced' in (from_events.valuation_rule, to_events.valuation_rule) as is_unpriced,
        to_events.valuation_rule = 'order_line_price' as is_at_order_price,
        to_events.valuation_rule like 'contract_rate%' as is_at_contract_rate,
        from_events.job_key,
        from_events.product_key,
        least(pairs.from_document_amount, pairs.to_document_amount) as common_amount
    from pairs
    inner join events as from_events on pairs.from_item_key = from_events.event_key
    inner join events as to_events on pairs.to_item_key = to_events.event_key
    left join postings on pairs.to_item_key = postings.item_key
),

valued as (
    select
        {% for side in ['from', 'to'] %}
            case
                when not is_one_currency then least(from_reporting_amount, to_reporting_amount)
                when {{ side }}_document_amount = common_amount then {{ side }}_reporting_amount
                else {{ quick_share(side ~ '_reporting_amount', 'common_amount', side ~ '_document_amount') }}
            end as {{ side }}_common,
        {% endfor %}
        compared.*
    from compared
),

rested as (
    select
        valued.*,
        least(from_common, to_common) as settled_amount,
        from_reporting_amount - from_common as from_rest,
        to_reporting_amount - to_common as to_rest
    from valued
),

-- What counted work costs by its own price, to tell a rounded cent and a discount from another price.
counted as (
    select item_key, document_amount, quantity, 0 as discount_amount from {{ ref('int_commitment_items') }} where is_counted
    union all
    select item_key, document_amount, quantity, 0 from {{ ref('int_delivery_items') }} where is_counted
    union all
    select item_key, document_amount, quantity, discount_amount from {{ ref('int_billing_items') }} where is_counted
),

told as (
    select
        rested.gap,
        rested.match_rule,
        rested.from_item_key,
        rested.to_item_key,
        rested.from_rest + rested.to_rest = 0.01
        and abs(
            {{ quick_share('cast(from_counted.document_amount as decimal(38, 2)) * 1000', 'rested.from_quantity', 'from_counted.quantity') }}
            - {{ quick_share('cast(to_counted.document_amount as decimal(38, 2)) * 1000', 'rested.to_quantity', 'to_counted.quantity') }}
        ) <= 5 as is_rounding,
        {{ quick_share('to_counted.discount_amount', 'rested.to_quantity', 'to_counted.quantity') }} as discount_amount
    from rested
    inner join counted as from_counted on rested.from_item_key = from_counted.item_key
    inner join counted as to_counted on rested.to_item_key = to_counted.item_key
    where rested.from_rest + rested.to_rest > 0 and rested.key_reason is null and rested.is_one_currency and not rested.is_unpriced
),

caused as (
    select
        rested.*,
        case
            when coalesce(told.discount_amount, 0) = 0 or told.is_rounding or rested.from_rest = 0 then 0
            when told.discount_amount >= rested.from_document_amount - rested.common_amount then rested.from_rest
            else {{ quick_share('rested.from_rest', 'told.discount_amount', 'rested.from_document_amount - rested.common_amount') }}
        end as discount_rest,
        case
            when rested.is_unpriced then 'unpriced'
            when told.is_rounding then 'rounding'
            when rested.gap = 'contracted_to_delivered' and rested.is_at_order_price then 'job_differs_from_deal'
            when rested.gap = 'contracted_to_delivered' then 'price_variance'
            else 'rate_variance'
        end as rest_reason,
        rested.gap = 'contracted_to_delivered' and rested.is_at_contract_rate and rested.key_reason is null
        and not rested.is_unpriced and coalesce(told.is_rounding, false) = false as is_of_contract_rates
    from rested
    left join told
        on
            rested.gap = told.gap
            and rested.match_rule = told.match_rule
            and rested.from_item_key = told.from_item_key
            and rested.to_item_key = told.to_item_key
),

-- A deal gives a product one price where its contract has a rate for each grade of person and each year. What the rates
-- make dearer and cheaper on a job and product is agreed as long as the work is worth no less by them than by the deal.
agreed as (
    select
        job_key,
        product_key
    from caused
    where is_of_contract_rates
    group by job_key, product_key
    having sum(to_rest - from_rest) >= 0
),

reasoned as (
    select
        caused.gap, caused.from_item_key, caused.to_item_key, caused.match_rule, caused.settled_amount, caused.key_reason,
        caused.from_is_unrated, caused.to_is_unrated, caused.from_common, caused.to_common, caused.from_rest, caused.to_rest,
        caused.from_reporting_amount, caused.to_reporting_amount, caused.discount_rest,
        case when agreed.job_key is not null then 'price_agreed' else caused.rest_reason end as rest_reason
    from caused
    left join agreed
        on
            case when caused.is_of_contract_rates then caused.job_key end = agreed.job_key
            and caused.product_key = agreed.product_key
),

-- Sides that differ in a key are items of their own, so that sums hold for every key. What has no rate is worth nothing
-- and an item already.
final as (
    select
        gap, 'both' as side, from_item_key as from_event_key, to_item_key as to_event_key, 'settled' as reason, match_rule,
        settled_amount as from_amount, settled_amount as to_amount
    from reasoned where key_reason is null
    {% for side, other in [('from', 'to'), ('to', 'from')] %}
        {% set items = [
            ('key_reason is not null and ' ~ side ~ '_is_unrated is not true', 'key_reason', side ~ '_reporting_amount'),
            ('key_reason is null and ' ~ side ~ '_common <> settled_amount', "'currency_translation'", side ~ '_common - settled_amount'),
            ('key_reason is null and ' ~ side ~ '_rest' ~ (' - discount_rest' if side == 'from' else '') ~ ' <> 0', 'rest_reason',
                side ~ '_rest' ~ (' - discount_rest' if side == 'from' else '')),
        ] + ([('key_reason is null and discount_rest <> 0', "'discount_given'", 'discount_rest')] if side == 'from' else []) %}
        {% for condition, reason, amount in items %}
            union all
            select
                gap, '{{ side }}', from_item_key, to_item_key, {{ reason }}, match_rule,
                {{ amount if side == 'from' else '0' }}, {{ amount if side == 'to' else '0' }}
            from reasoned where {{ condition }}
        {% endfor %}
    {% endfor %}
)

select
    gap, side, from_event_key, to_event_key,
    cast(null as {{ dbt.type_string() }}) as related_event_key,
    reason, match_rule,
    cast(from_amount as decimal(18, 2)) as from_amount,
    cast(to_amount as decimal(18, 2)) as to_amount
from final
