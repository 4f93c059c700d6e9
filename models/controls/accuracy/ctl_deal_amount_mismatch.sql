-- One row per deal with an amount and lines, or with an amount and a fee contract: the two differ.
with deals as (
    select * from {{ ref('cnf_deals') }}
    where amount is not null and created_on <= {{ as_of() }}
),

lines as (
    select source_system, deal_id, sum(net_amount) as lines_amount, count(*) as line_count
    from {{ ref('cnf_deal_lines') }}
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
        coalesce(lines.line_count, 0) as line_count
    from deals
    left join lines on deals.source_system = lines.source_system and deals.deal_id = lines.deal_id
    left join fees on deals.source_system = fees.source_system and deals.deal_id = fees.deal_id
    where coalesce(lines.lines_amount, fees.fee_amount) is not null
),

examined as (
    select
        compared.deal_id as entity_id,
        compared.source_system,
        {{ make_key(['compared.source_system', 'compared.deal_id']) }} as deal_key,
        coalesce(compared.won_on, compared.created_on) as occurred_on,
        compared.deal_name,
        compared.line_count,
        compared.currency,
        compared.amount,
        compared.other_amount,
        compared.other_amount as expected_amount,
        compared.amount as actual_amount,
        cast(compared.amount - compared.other_amount as decimal(18, 2)) as at_risk_amount,
        compared.amount as examined_amount,
        'header_is_not_its_' || compared.other as cause,
        'Deal ' || compared.deal_id || ' says ' || compared.amount || ', its ' || compared.other || ' ' || compared.other_amount as suggested_action,
        {{ beyond_tolerance('compared.amount - compared.other_amount', 'compared.other_amount') }} as is_exception
    from compared
    inner join rules on {{ in_force('coalesce(compared.won_on, compared.created_on)') }}
),

final as (
    {{ control_rows('deal_amount_mismatch', 'deals', has=['deal_key'], evidence=['deal_name', 'amount', 'other_amount', 'line_count', 'currency']) }}
)

select * from final
