-- One row per receipt, and one more where it was reversed, in the ledger's base currency, as it should have been posted to cash.
with payments as (
    select
        payments.source_system,
        payments.payment_id,
        payments.amount,
        rates.base_rate
    from {{ ref('cnf_payments') }} as payments
    inner join {{ ref('int_document_rates') }} as rates
        on payments.source_system = rates.source_system and payments.payment_id = rates.document_id and rates.document_kind = 'receipt'
),

turns as (
    select * from {{ ref('int_receipt_values') }}
),

final as (
    select
        payments.source_system,
        payments.payment_id,
        case when turns.valuation_rule = 'receipt_reversed' then 'reversed' else 'received' end as turn,
        turns.event_on as posted_on,
        payments.base_rate,
        case when turns.valuation_rule = 'receipt_reversed' then -1 else 1 end
        * {{ converted('payments.amount', 'payments.base_rate') }} as amount
    from payments
    inner join turns on payments.source_system = turns.source_system and payments.payment_id = turns.payment_id
)

select * from final
