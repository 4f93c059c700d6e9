-- One row per receipt, and one more where it was reversed, in the ledger's base currency, as it should have been posted to cash.
with payments as (
    select
        payments.source_system,
        payments.payment_id,
        payments.amount,
        case when payments.currency = systems.base_currency then 1 else payments.exchange_rate end as base_rate
    from {{ ref('cnf_payments') }} as payments
    inner join {{ ref('int_source_systems') }} as systems on payments.source_system = systems.source_system
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
