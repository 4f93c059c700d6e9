-- One row per receipt and place where its money went, whole and of an unknown job on the day it came in, and one more where it was reversed.
with payments as (
    select * from {{ ref('int_payment_terms') }}
),

turns as (
    select source_system, payment_id, 'received' as turn, 1 as sign, received_on as event_on from payments
    union all
    select source_system, payment_id, 'reversed' as turn, -1 as sign, reversed_on as event_on from payments
    where reversed_on is not null
),

-- Only what reached an account of role cash is cash. All of a receipt's cash is at the receipt's rate: the one it carries, else that of its own day.
final as (
    select
        {{ make_key([
            "'cash'", 'payments.source_system', "'payments'", 'payments.payment_id',
            "turns.turn || case when parts.reason = 'cash' then '' else ' ' || parts.reason end",
        ]) }} as event_key,
        'cash' as stage,
        'unknown' as deal_key,
        'unknown' as contract_key,
        'unknown' as job_key,
        'unknown' as work_order_key,
        'unknown' as product_key,
        payments.customer_key,
        'unknown' as person_key,
        turns.event_on,
        payments.received_on as rate_on,
        cast(null as decimal(18, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit,
        payments.currency,
        turns.sign * parts.amount as document_amount,
        0 as tax_amount,
        payments.exchange_rate as document_rate,
        'receipt_' || turns.turn as valuation_rule,
        'not_applied' as job_match_rule,
        case when parts.reason <> 'cash' then parts.reason end as left_out_reason,
        parts.part_rule,
        row_number() over (
            partition by payments.source_system, payments.payment_id, turns.turn
            order by case parts.reason when 'cash' then 1 else 2 end nulls last, parts.reason nulls last
        ) as part_number,
        payments.payment_id,
        payments.source_system,
        'payments' as source_entity,
        payments.payment_id as source_id,
        payments.load_id
    from payments
    inner join turns on payments.source_system = turns.source_system and payments.payment_id = turns.payment_id
    inner join {{ ref('int_payment_parts') }} as parts
        on payments.source_system = parts.source_system and payments.payment_id = parts.payment_id
)

select * from final
