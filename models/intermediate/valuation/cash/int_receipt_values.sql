-- One row per receipt, whole and of an unknown job on the day it came in, and one more, with the other sign, where it was reversed.
with payments as (
    select
        *,
        case when status = 'reversed' then greatest(coalesce(reversed_on, cast(landed_at as date)), received_on) end as turned_on
    from {{ ref('cnf_payments') }}
),

turns as (
    select *, 'received' as turn, 1 as sign, received_on as event_on from payments
    union all
    select *, 'reversed' as turn, -1 as sign, turned_on as event_on from payments
    where turned_on is not null
),

-- All of a receipt's cash is at the receipt's rate: the one it carries, else that of its own day.
final as (
    select
        {{ make_key(["'cash'", 'turns.source_system', "'payments'", 'turns.payment_id', 'turns.turn']) }} as event_key,
        'cash' as stage,
        'unknown' as deal_key,
        'unknown' as contract_key,
        'unknown' as job_key,
        'unknown' as work_order_key,
        'unknown' as product_key,
        coalesce(xref_customer.customer_key, 'unknown') as customer_key,
        'unknown' as person_key,
        turns.event_on,
        turns.received_on as rate_on,
        cast(null as decimal(18, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit,
        turns.currency,
        turns.sign * turns.amount as document_amount,
        0 as tax_amount,
        turns.exchange_rate as document_rate,
        'receipt_' || turns.turn as valuation_rule,
        'not_applied' as job_match_rule,
        cast(null as {{ dbt.type_string() }}) as left_out_reason,
        turns.payment_id,
        turns.source_system,
        'payments' as source_entity,
        turns.payment_id as source_id,
        turns.load_id
    from turns
    left join {{ ref('xref_customer') }} as xref_customer
        on turns.source_system = xref_customer.source_system and turns.customer_id = xref_customer.source_id
)

select * from final
