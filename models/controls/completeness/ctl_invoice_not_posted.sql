-- One row per standing sales document of a system that keeps a ledger: no journal posts it, and it does not stand in
-- the entry that opened the books.
with expected as (
    select * from {{ ref('fct_expected_events') }}
),

invoices as (
    select * from {{ ref('int_live_invoices') }}
),

examined as (
    select
        invoices.invoice_id as entity_id,
        invoices.source_system,
        invoices.invoice_key,
        invoices.customer_key,
        invoices.job_key,
        invoices.issued_on as occurred_on,
        invoices.invoice_number,
        invoices.invoice_type,
        invoices.issued_on,
        invoices.currency,
        invoices.net_amount,
        expected.expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        expected.expected_amount as at_risk_amount,
        expected.expected_amount as examined_amount,
        'no_journal' as cause,
        'Post ' || invoices.invoice_number || ' of ' || {{ day_in_words('invoices.issued_on') }} as suggested_action,
        expected.status = 'missing' as is_exception
    from expected
    inner join invoices on expected.subject_key = invoices.invoice_key
),

final as (
    {{ control_rows('invoice_not_posted', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'invoice_type', 'issued_on', 'net_amount', 'currency']) }}
)

select * from final
