-- One row per line of a won deal that was booked or stands: it is not as it was when the deal was won, and no change order says so.
with compared as (
    select * from {{ ref('int_landed_commitments') }}
    where source_entity = 'deal_lines' and cause in ('counted', 'edited_after_win', 'removed_after_win', 'added_after_win')
),

lines as (
    select source_system, deal_line_id, deal_id, product_id from {{ ref('cnf_deal_lines') }}
    union
    select source_system, deal_line_id, deal_id, product_id from {{ ref('int_booked_lines') }}
),

placed as (
    select
        source_system,
        deal_line_id,
        min(deal_id) as deal_id
    from lines
    group by source_system, deal_line_id
),

deals as (
    select * from {{ ref('cnf_deals') }}
),

-- A change order that was agreed for the deal, of just that amount, is the edit's approval.
approved as (
    select distinct deal_key, document_amount
    from {{ ref('int_change_order_values') }}
    where left_out_reason is null and event_on <= {{ as_of() }}
),

rules as (
    {{ control_rules('unapproved_edit') }}
),

judged as (
    select
        compared.*,
        placed.deal_id,
        deals.won_on,
        deals.created_on,
        deals.deal_name,
        {{ make_key(['compared.source_system', 'placed.deal_id']) }} as deal_key,
        cast(compared.landed_amount - compared.counted_amount as decimal(18, 2)) as edited_amount
    from compared
    inner join placed on compared.source_system = placed.source_system and compared.source_id = placed.deal_line_id
    inner join deals on compared.source_system = deals.source_system and placed.deal_id = deals.deal_id
    where deals.is_won
),

examined as (
    select
        judged.source_id as entity_id,
        judged.source_system,
        judged.deal_key,
        coalesce(judged.won_on, judged.created_on) as occurred_on,
        judged.deal_id,
        judged.deal_name,
        judged.won_on,
        judged.currency,
        cast(judged.counted_amount as decimal(18, 2)) as expected_amount,
        cast(judged.landed_amount as decimal(18, 2)) as actual_amount,
        judged.edited_amount as at_risk_amount,
        cast(judged.counted_amount as decimal(18, 2)) as examined_amount,
        judged.cause,
        'Agree a change order for deal {deal}, or put the line {record} back as it was signed' as suggested_action,
        judged.edited_amount <> 0 and approved.deal_key is null as is_exception
    from judged
    inner join rules on {{ in_force('coalesce(judged.won_on, judged.created_on)') }}
    left join approved on judged.deal_key = approved.deal_key and judged.edited_amount = approved.document_amount
),

final as (
    {{ control_rows('unapproved_edit', 'deal_lines', has=['deal_key'],
        evidence=['deal_id', 'deal_name', 'won_on', 'expected_amount', 'actual_amount', 'currency']) }}
)

select * from final
