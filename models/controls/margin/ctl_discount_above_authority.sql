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

-- A person's own limit comes before the one of the role, and that before the control's; of two that are alike the lower one holds.
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

final as (
    {{ control_rows('discount_above_authority', 'deals', has=['deal_key'],
        evidence=['deal_name', 'owner_id', 'full_name', 'net_amount', 'discount_amount', 'limit_pct', 'currency']) }}
)

select * from final
