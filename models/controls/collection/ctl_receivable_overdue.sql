-- One row per posted invoice: part of it is open, and it has been due for longer than the window.
with receivables as (
    select * from {{ ref('fct_receivables') }}
    where document_kind = 'invoice'
),

rules as (
    {{ control_rules('receivable_overdue') }}
),

examined as (
    select
        receivables.invoice_id as entity_id,
        receivables.source_system,
        receivables.job_key,
        receivables.invoice_key,
        receivables.customer_key,
        receivables.due_on as occurred_on,
        receivables.invoice_number,
        receivables.issued_on,
        receivables.due_on,
        receivables.days_overdue,
        '{{ var("reporting_currency") }}' as currency,
        receivables.currency as document_currency,
        receivables.document_gross_amount,
        receivables.document_open_amount,
        receivables.gross_amount,
        receivables.applied_amount,
        receivables.gross_amount as expected_amount,
        receivables.applied_amount as actual_amount,
        receivables.open_amount as at_risk_amount,
        receivables.gross_amount as examined_amount,
        case when receivables.document_applied_amount = 0 then 'never_paid' else 'partly_paid' end as cause,
        'Call the customer about ' || receivables.document_open_amount || ' ' || receivables.currency || ' of ' || receivables.invoice_number
            as suggested_action,
        {{ above_tolerance('receivables.document_open_amount', 'receivables.document_gross_amount') }}
        and {{ window_passed('receivables.due_on') }} as is_exception
    from receivables
    inner join rules on {{ in_force('receivables.due_on') }}
),

final as (
    {{ control_rows('receivable_overdue', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'issued_on', 'due_on', 'days_overdue', 'gross_amount', 'applied_amount', 'currency',
            'document_gross_amount', 'document_open_amount', 'document_currency']) }}
)

select * from final
