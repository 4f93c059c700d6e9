-- One row per receipt that was not taken back: part of it was not applied to any invoice, and the window is over.
with payments as (
    select * from {{ ref('int_payment_terms') }}
    where received_on <= {{ as_of() }} and (reversed_on is null or reversed_on > {{ as_of() }})
),

-- Only what was posted to the receivable waits for an invoice: a deposit, or a sale for cash, waits for none.
owed as (
    select source_system, payment_id, amount from {{ ref('int_payment_sources') }}
    where source = 'receivable'
),

-- What was applied to an invoice that is there, or paid back on it, and what was paid back of the receipt itself.
used as (
    select
        applications.source_system, applications.payment_id, applications.given_amount as amount, applications.applied_on, applications.reversed_on
    from {{ ref('int_application_parts') }} as applications
    inner join {{ ref('cnf_invoices') }} as invoices
        on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
    union all
    select source_system, invoice_id, -given_amount, applied_on, reversed_on from {{ ref('int_application_parts') }}
    where kind = 'refund'
),

applied as (
    select
        source_system,
        payment_id,
        sum(amount) as applied_amount
    from used
    where applied_on <= {{ as_of() }} and (reversed_on is null or reversed_on > {{ as_of() }})
    group by source_system, payment_id
),

rules as (
    {{ control_rules('cash_unapplied') }}
),

opened as (
    select
        payments.*,
        cast(coalesce(applied.applied_amount, 0) as decimal(18, 2)) as applied_amount,
        cast(coalesce(owed.amount, 0) - coalesce(applied.applied_amount, 0) as decimal(18, 2)) as unapplied_amount
    from payments
    left join owed on payments.source_system = owed.source_system and payments.payment_id = owed.payment_id
    left join applied on payments.source_system = applied.source_system and payments.payment_id = applied.payment_id
),

examined as (
    select
        opened.payment_id as entity_id,
        opened.source_system,
        opened.customer_key,
        opened.received_on as occurred_on,
        opened.received_on,
        opened.reference,
        opened.amount,
        opened.applied_amount,
        opened.currency,
        opened.amount as expected_amount,
        opened.applied_amount as actual_amount,
        opened.unapplied_amount as at_risk_amount,
        opened.amount as examined_amount,
        case when opened.applied_amount = 0 then 'nothing_applied' else 'partly_applied' end as cause,
        'Apply ' || opened.unapplied_amount || ' ' || opened.currency || ' of {record}, or pay it back'
            as suggested_action,
        {{ above_tolerance('opened.unapplied_amount', 'opened.amount') }}
        and {{ window_passed('opened.received_on') }} as is_exception
    from opened
    inner join rules on {{ in_force('opened.received_on') }}
),

final as (
    {{ control_rows('cash_unapplied', 'payments', has=['customer_key'],
        evidence=['received_on', 'reference', 'amount', 'applied_amount', 'currency']) }}
)

select * from final
