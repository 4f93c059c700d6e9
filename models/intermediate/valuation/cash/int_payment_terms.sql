-- One row per receipt or payment out: its customer, its terms, and the day on which it was taken back.
with payments as (
    select * from {{ ref('cnf_payments') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

final as (
    select
        payments.source_system,
        payments.payment_id,
        payments.customer_id,
        coalesce(xref_customer.customer_key, 'unknown') as customer_key,
        payments.received_on,
        -- The day on which the ledger took it back; a stamp says when somebody keyed that.
        case
            when payments.status = 'reversed'
                then greatest(
                    coalesce(reversals.reversed_on, payments.reversed_on, cast(payments.landed_at as date)), payments.received_on
                )
        end as reversed_on,
        payments.method,
        payments.reference,
        payments.bank_transaction_id,
        payments.account_code,
        payments.status,
        payments.currency,
        payments.exchange_rate,
        systems.base_currency,
        case when payments.amount < 0 then -1 else 1 end as direction,
        payments.amount,
        payments.load_id
    from payments
    inner join systems on payments.source_system = systems.source_system
    left join {{ ref('xref_customer') }} as xref_customer
        on payments.source_system = xref_customer.source_system and payments.customer_id = xref_customer.source_id
    left join {{ ref('int_document_reversals') }} as reversals
        on payments.source_system = reversals.source_system and payments.payment_id = reversals.document_id
)

select * from final
