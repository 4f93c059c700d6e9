-- One row per won deal with lines: its discount is more than its owner may give.
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
    select * from {{ ref('cnf_people') }}
),

limits as (
    select * from {{ ref('authority_limits') }}
),

rules as (
    {{ control_rules('discount_above_authority') }}
),

-- A person's own limit comes before the one of the role, and that before the control's; of two that are alike the lower one holds.
limited as (
    select
        deals.*,
        lines.net_amount,
        lines.discount_amount,
        people.full_name,
        coalesce(limits.discount_pct, rules.tolerance_pct) as limit_pct
    from deals
    inner join lines on deals.source_system = lines.source_system and deals.deal_id = lines.deal_id
    inner join rules on {{ in_force('coalesce(deals.won_on, deals.created_on)') }}
    left join people on deals.source_system = people.source_system and deals.owner_id = people.person_id
    left join limits
        on
            (deals.owner_id = limits.person_id or (limits.person_id is null and people.role = limits.role))
            and coalesce(deals.won_on, deals.created_on) >= limits.valid_from
            and coalesce(deals.won_on, deals.created_on) <= coalesce(limits.valid_to, coalesce(deals.won_on, deals.created_on))
    qualify row_number() over (
        partition by deals.source_system, deals.deal_id order by limits.person_id is null, limits.valid_from desc nulls last, limit_pct
    ) = 1
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
        coalesce(judged.won_on, judged.created_on) as occurred_on,
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
        'Have the discount of ' || judged.discount_amount || ' on deal ' || judged.deal_id || ' approved, or correct the price' as suggested_action,
        judged.discount_amount > judged.allowed_amount as is_exception
    from judged
),

final as (
    {{ control_rows('discount_above_authority', 'deals', has=['deal_key'],
        evidence=['deal_name', 'owner_id', 'full_name', 'net_amount', 'discount_amount', 'limit_pct', 'currency']) }}
)

select * from final
