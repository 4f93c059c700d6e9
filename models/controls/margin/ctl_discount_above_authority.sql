-- One row per won deal with lines, and per later step of its price down to the pocket: what was given is more than its
-- owner may give.
with deals as (
    select * from {{ ref('cnf_deals') }}
    where is_won and coalesce(won_on, created_on) <= {{ as_of() }}
),

lines as (
    select
        source_system,
        deal_id,
        sum(net_amount) as net_amount,
        sum(coalesce(discount_amount, 0)) as discount_amount
    from {{ ref('int_deal_line_values') }}
    where win_number = 0
    group by source_system, deal_id
    having sum(net_amount + coalesce(discount_amount, 0)) > 0
),

people as (
    select source_system, source_id, nullif(person_key, 'unknown') as person_key from {{ ref('xref_person') }}
),

sold as (
    select
        deals.*,
        coalesce(deals.won_on, deals.created_on) as sold_on,
        lines.net_amount,
        lines.discount_amount,
        people.person_key,
        persons.full_name,
        persons.role
    from deals
    inner join lines on deals.source_system = lines.source_system and deals.deal_id = lines.deal_id
    left join people on deals.source_system = people.source_system and deals.owner_id = people.source_id
    left join {{ ref('dim_person') }} as persons on people.person_key = persons.person_key
),

named as (
    select limits.*, people.person_key
    from {{ ref('authority_limits') }} as limits
    inner join people
        on limits.person_id = people.source_id and coalesce(limits.person_source_system, people.source_system) = people.source_system
),

-- An id that two people have, without the system it is of, is nobody's (a test names it).
limits as (
    select
        person_id,
        person_source_system,
        discount_pct,
        valid_from,
        valid_to,
        min(person_key) as person_key
    from named
    group by person_id, person_source_system, discount_pct, valid_from, valid_to
    having count(distinct person_key) = 1
),

allowed as (
    select sold.source_system, sold.deal_id, 1 as nearness, limits.discount_pct, limits.valid_from
    from sold
    inner join limits
        on
            sold.person_key = limits.person_key
            and sold.sold_on >= limits.valid_from
            and sold.sold_on <= coalesce(limits.valid_to, sold.sold_on)
    union all
    select sold.source_system, sold.deal_id, 2, limits.discount_pct, limits.valid_from
    from sold
    inner join {{ ref('authority_limits') }} as limits
        on
            sold.role = limits.role
            and limits.person_id is null
            and sold.sold_on >= limits.valid_from
            and sold.sold_on <= coalesce(limits.valid_to, sold.sold_on)
),

-- A person's own limit comes before the one of the role, and that before the control's; of two that are alike the lower
-- one holds.
nearest as (
    select * from allowed
    qualify row_number() over (
        partition by source_system, deal_id
        order by nearness nulls last, valid_from desc nulls last, discount_pct nulls last
    ) = 1
),

rules as (
    {{ control_rules('discount_above_authority') }}
),

limited as (
    select
        sold.*,
        coalesce(nearest.discount_pct, rules.tolerance_pct) as limit_pct
    from sold
    inner join rules on {{ in_force('sold.sold_on') }}
    left join nearest on sold.source_system = nearest.source_system and sold.deal_id = nearest.deal_id
),

judged as (
    select
        *,
        cast({{ percent_of('limit_pct', 'net_amount + discount_amount') }} as decimal(18, 2)) as allowed_amount
    from limited
),

examined as (
    select
        judged.deal_id as entity_id,
        judged.source_system,
        {{ make_key(['judged.source_system', 'judged.deal_id']) }} as deal_key,
        judged.sold_on as occurred_on,
        judged.deal_name,
        judged.owner_id,
        judged.full_name,
        judged.limit_pct,
        judged.currency,
        cast(judged.net_amount as decimal(18, 2)) as net_amount,
        cast(judged.discount_amount as decimal(18, 2)) as discount_amount,
        judged.allowed_amount as expected_amount,
        cast(judged.discount_amount as decimal(18, 2)) as actual_amount,
        cast(judged.discount_amount as decimal(18, 2)) as at_risk_amount,
        cast(judged.net_amount as decimal(18, 2)) as examined_amount,
        'above_limit' as cause,
        'Have the discount of ' || judged.discount_amount || ' on deal {record} approved, or correct the price' as suggested_action,
        judged.discount_amount > judged.allowed_amount as is_exception
    from judged
),

-- A rebate that was agreed is nobody's discount.
rebates as (
    select
        job_key,
        product_key,
        sum(-value_amount) as rebate_amount
    from {{ ref('int_concessions') }}
    where reason = 'rebate'
    group by job_key, product_key
),

-- What the rates of two currencies moved by is nobody's discount, either.
currencies as (
    select
        job_key,
        product_key,
        sum(value_amount) as moved_amount
    from {{ ref('fct_margin_walk') }}
    where effect = 'currency'
    group by job_key, product_key
),

in_one_currency as (
    select job_key, product_key
    from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'delivered')
    group by job_key, product_key
    having count(distinct currency) = 1
),

prices as (
    select
        prices.*,
        -- What a change took off and the rates of the contract gave back was not given away.
        prices.change_order_price_amount + least(coalesce(prices.agreed_price_amount, 0), 0) + least(coalesce(currencies.moved_amount, 0), 0)
            as given_change_amount,
        prices.quoted_value_amount - prices.change_order_price_amount - coalesce(prices.agreed_price_amount, 0) as delivered_value_amount,
        prices.credits_amount - coalesce(rebates.rebate_amount, 0) as given_credits_amount
    from {{ ref('fct_price_realisation') }} as prices
    inner join in_one_currency on prices.job_key = in_one_currency.job_key and prices.product_key = in_one_currency.product_key
    left join currencies on prices.job_key = currencies.job_key and prices.product_key = currencies.product_key
    left join rebates on prices.job_key = rebates.job_key and prices.product_key = rebates.product_key
),

-- What is billed below the rate of a contract is an error of the bill, which is another control's.
rated as (
    select distinct
        contract_key,
        product_key
    from {{ ref('int_contract_rates') }}
),

-- After the quote, each step is held against the price before it.
steps as (
    select
        *, 'change_orders' as step, given_change_amount as given_amount, quoted_value_amount as before_amount,
        'lowered after the win by ' as words
    from prices
    union all
    select prices.*, 'billing', prices.billed_rate_variance_amount, prices.delivered_value_amount, 'billed short by '
    from prices
    left join rated on prices.contract_key = rated.contract_key and prices.product_key = rated.product_key
    where rated.contract_key is null
    union all
    select
        *, 'credits', given_credits_amount, delivered_value_amount - billed_rate_variance_amount, 'credited by '
    from prices
    union all
    select
        *, 'settlement', settlement_discount_amount,
        delivered_value_amount - billed_rate_variance_amount - credits_amount, 'settled short by '
    from prices
),

later_steps as (
    select
        limited.deal_id as entity_id,
        limited.source_system,
        steps.step || '|' || steps.job_key || '|' || steps.product_key as part,
        steps.deal_key,
        steps.job_key,
        steps.product_key,
        limited.sold_on as occurred_on,
        limited.deal_name,
        limited.owner_id,
        limited.full_name,
        limited.limit_pct,
        '{{ var("reporting_currency") }}' as currency,
        cast(steps.before_amount as decimal(18, 2)) as before_amount,
        cast({{ percent_of('limited.limit_pct', 'steps.before_amount') }} as decimal(18, 2)) as expected_amount,
        cast(steps.given_amount as decimal(18, 2)) as actual_amount,
        cast(steps.given_amount as decimal(18, 2)) as at_risk_amount,
        cast(steps.before_amount as decimal(18, 2)) as examined_amount,
        steps.step || '_above_limit' as cause,
        'Have approved that job {job} of deal {record} was ' || steps.words || cast(steps.given_amount as decimal(18, 2)) || ', or take it back'
            as suggested_action,
        steps.given_amount > {{ percent_of('limited.limit_pct', 'steps.before_amount') }} as is_exception
    from steps
    inner join limited on steps.deal_key = {{ make_key(['limited.source_system', 'limited.deal_id']) }}
    where steps.given_amount > 0
),

final as (
    {{ control_rows('discount_above_authority', 'deals', has=['deal_key'],
        evidence=['deal_name', 'owner_id', 'full_name', 'net_amount', 'discount_amount', 'limit_pct', 'currency']) }}
    union all
    {{ control_rows('discount_above_authority', 'deals', has=['part', 'deal_key', 'job_key', 'product_key'],
        evidence=['deal_name', 'owner_id', 'full_name', 'before_amount', 'actual_amount', 'limit_pct', 'currency'], subjects='later_steps') }}
)

select * from final
