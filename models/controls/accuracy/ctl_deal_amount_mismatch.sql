-- One row per deal with an amount and lines, or with an amount and a fee contract: the two differ.
with deals as (
    select * from {{ ref('cnf_deals') }}
    where amount is not null and created_on <= {{ as_of() }}
),

lines as (
    select
        source_system,
        deal_id,
        sum(net_amount) as lines_amount,
        -- What the lines come to by their own quantities and prices.
        sum(coalesce({{ extended('quantity', 'unit_price') }} - coalesce(discount_amount, 0), net_amount)) as priced_amount,
        max(case when is_nothing_left then 1 else 0 end) = 1 as is_nothing_left,
        count(*) as line_count
    from {{ ref('int_deal_line_values') }}
    where win_number = 0
    group by source_system, deal_id
),

-- A deal without lines is held against the permanent fee of its contract.
fees as (
    select
        source_system,
        deal_id,
        sum({{ share('fee_base_amount', 'fee_pct', '100') }}) as fee_amount
    from {{ ref('cnf_contracts') }}
    where fee_type = 'permanent'
    group by source_system, deal_id
),

rules as (
    {{ control_rules('deal_amount_mismatch') }}
),

compared as (
    select
        deals.*,
        cast(coalesce(lines.lines_amount, fees.fee_amount) as decimal(18, 2)) as other_amount,
        case when lines.deal_id is not null then 'lines' else 'contract' end as other,
        coalesce(lines.line_count, 0) as line_count,
        coalesce(lines.is_nothing_left, false) as is_nothing_left,
        lines.priced_amount
    from deals
    left join lines on deals.source_system = lines.source_system and deals.deal_id = lines.deal_id
    left join fees on deals.source_system = fees.source_system and deals.deal_id = fees.deal_id
    where coalesce(lines.lines_amount, fees.fee_amount) is not null
),

judged as (
    select
        compared.*,
        {{ beyond_tolerance('compared.amount - compared.other_amount', 'compared.other_amount') }} as is_apart,
        -- A header that is just what its lines' prices come to is right, and an amount on a line is not.
        coalesce(not {{ beyond_tolerance('compared.amount - compared.priced_amount', 'compared.amount') }}, false) as is_header_right
    from compared
    inner join rules on {{ in_force('coalesce(compared.won_on, compared.created_on)') }}
),

examined as (
    select
        judged.deal_id as entity_id,
        judged.source_system,
        {{ make_key(['judged.source_system', 'judged.deal_id']) }} as deal_key,
        coalesce(judged.won_on, judged.created_on) as occurred_on,
        judged.deal_name,
        judged.line_count,
        judged.currency,
        judged.amount,
        judged.other_amount,
        case when judged.is_header_right then judged.amount else judged.other_amount end as expected_amount,
        case when judged.is_header_right then judged.other_amount else judged.amount end as actual_amount,
        cast(judged.amount - judged.other_amount as decimal(18, 2)) as at_risk_amount,
        judged.amount as examined_amount,
        case
            when judged.is_apart and judged.is_header_right then 'lines_are_not_their_price'
            when judged.is_apart then 'header_is_not_its_' || judged.other
            else 'nothing_left_for_lines'
        end as cause,
        case
            when judged.is_apart and judged.is_header_right
                then 'Correct the lines of deal {record}: they say ' || judged.other_amount || ', their prices ' || judged.amount
            when judged.is_apart then 'Deal {record} says ' || judged.amount || ', its ' || judged.other || ' ' || judged.other_amount
            else 'Price the lines of deal {record} that have no amount: its other lines take all of ' || judged.amount
        end as suggested_action,
        judged.is_apart or judged.is_nothing_left as is_exception
    from judged
),

final as (
    {{ control_rows('deal_amount_mismatch', 'deals', has=['deal_key'], evidence=['deal_name', 'amount', 'other_amount', 'line_count', 'currency']) }}
)

select * from final
