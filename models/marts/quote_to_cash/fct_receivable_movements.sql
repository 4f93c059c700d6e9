-- One row per occasion on which what is owed for a document changed, in the reporting currency.
with movements as (
    select
        *,
        sum(amount) over (
            partition by source_system, document_entity, invoice_id
            order by
                moved_on nulls last,
                case movement when 'issued' then 1 when 'voided' then 4 when 'settled' then 2 else 3 end nulls last,
                source_id nulls last
            rows between unbounded preceding and current row
        ) as open_amount
    from {{ ref('int_receivable_movements') }}
),

customers as (
    select source_system, 'invoices' as document_entity, invoice_id, customer_key, invoice_type = 'invoice' as is_invoice
    from {{ ref('int_invoice_terms') }}
    union all
    select source_system, 'payments', payment_id, customer_key, false from {{ ref('int_payment_terms') }}
),

rates as (
    select * from {{ ref('int_receivable_rates') }}
),

-- Each movement is the difference of two open amounts, both rounded, so that they add up to what fct_receivables says is open.
final as (
    select
        {{ make_key(['movements.source_system', 'movements.document_entity', 'movements.invoice_id', 'movements.movement', 'movements.source_id']) }}
            as movement_key,
        customers.customer_key,
        movements.moved_on,
        movements.movement,
        cast(
            {{ converted('movements.open_amount', 'rates.exchange_rate') }}
            - {{ converted('movements.open_amount - movements.amount', 'rates.exchange_rate') }}
            as decimal(18, 2)
        ) as reporting_amount,
        customers.is_invoice,
        movements.source_system,
        movements.invoice_id
    from movements
    inner join customers
        on
            movements.source_system = customers.source_system
            and movements.document_entity = customers.document_entity
            and movements.invoice_id = customers.invoice_id
    left join rates
        on
            movements.source_system = rates.source_system
            and movements.document_entity = rates.document_entity
            and movements.invoice_id = rates.invoice_id
)

select * from final
