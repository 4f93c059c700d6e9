-- One row per receipt and per invoice with applications: more was applied than was received, or than was asked for.
with payments as (
    select * from {{ ref('int_payment_terms') }}
    where received_on <= {{ as_of() }}
),

-- An application of a receipt that is not there settles nothing; what is applied of one that was taken back is taken back with it.
standing as (
    select applications.*
    from {{ ref('int_application_parts') }} as applications
    left join payments on applications.source_system = payments.source_system and applications.payment_id = payments.payment_id
    where
        applications.applied_on <= {{ as_of() }} and (applications.reversed_on is null or applications.reversed_on > {{ as_of() }})
        and (applications.payment_id is null or payments.payment_id is not null)
),

of_receipts as (
    select
        payments.source_system,
        'payments' as entity,
        payments.payment_id as record_id,
        cast(null as {{ dbt.type_string() }}) as invoice_key,
        payments.received_on as occurred_on,
        payments.currency,
        payments.amount as limit_amount,
        sum(standing.given_amount) as applied_amount,
        count(*) as application_count
    from payments
    inner join standing on payments.source_system = standing.source_system and payments.payment_id = standing.payment_id
    group by payments.source_system, payments.payment_id, payments.received_on, payments.currency, payments.amount
),

of_invoices as (
    select
        invoices.source_system,
        'invoices' as entity,
        invoices.invoice_id as record_id,
        invoices.invoice_key,
        invoices.issued_on as occurred_on,
        invoices.currency,
        invoices.gross_amount as limit_amount,
        sum(standing.amount) as applied_amount,
        count(*) as application_count
    from {{ ref('int_live_invoices') }} as invoices
    inner join standing on invoices.source_system = standing.source_system and invoices.invoice_id = standing.invoice_id
    group by invoices.source_system, invoices.invoice_id, invoices.invoice_key, invoices.issued_on, invoices.currency, invoices.gross_amount
),

-- What one application gives too much is found once, at its receipt: the invoice has it from there.
from_receipts as (
    select
        standing.source_system,
        standing.invoice_id,
        sum(of_receipts.applied_amount - of_receipts.limit_amount) as excess_amount
    from (select distinct source_system, payment_id, invoice_id from standing) as standing
    inner join of_receipts on standing.source_system = of_receipts.source_system and standing.payment_id = of_receipts.record_id
    where of_receipts.applied_amount > of_receipts.limit_amount
    group by standing.source_system, standing.invoice_id
),

both_kinds as (
    select *, 0 as excess_amount from of_receipts
    union all
    select of_invoices.*, coalesce(from_receipts.excess_amount, 0)
    from of_invoices
    left join from_receipts on of_invoices.source_system = from_receipts.source_system and of_invoices.record_id = from_receipts.invoice_id
),

rules as (
    {{ control_rules('application_exceeds_receipt') }}
),

examined as (
    select
        both_kinds.record_id as entity_id,
        both_kinds.entity,
        both_kinds.source_system,
        both_kinds.invoice_key,
        both_kinds.occurred_on,
        both_kinds.application_count,
        both_kinds.currency,
        both_kinds.limit_amount as expected_amount,
        cast(both_kinds.applied_amount as decimal(18, 2)) as actual_amount,
        cast(both_kinds.applied_amount - both_kinds.limit_amount - both_kinds.excess_amount as decimal(18, 2)) as at_risk_amount,
        both_kinds.limit_amount as examined_amount,
        case when both_kinds.entity = 'payments' then 'more_than_received' else 'more_than_owed' end as cause,
        'Correct the applications of {record}' as suggested_action,
        {{ above_tolerance('both_kinds.applied_amount - both_kinds.limit_amount - both_kinds.excess_amount', '0') }} as is_exception
    from both_kinds
    inner join rules on {{ in_force('both_kinds.occurred_on') }}
),

final as (
    {{ control_rows('application_exceeds_receipt', none, has=['invoice_key'],
            evidence=[
                'application_count', 'expected_amount',
                'actual_amount', 'currency',
            ]) }}
)

select * from final
