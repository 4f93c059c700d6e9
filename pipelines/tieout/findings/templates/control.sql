-- One row per posted invoice: it asks for less than nothing.
with invoices as (
    select * from {{ ref('int_live_invoices') }}
),

rules as (
    {{ control_rules('$control_id') }}
),

-- Every record that the rule looks at, an exception or not: what is left out here is not examined.
examined as (
    select
        invoices.invoice_id as entity_id,
        invoices.source_system,
        invoices.invoice_key,
        invoices.customer_key,
        invoices.job_key,
        invoices.issued_on as occurred_on,
        invoices.invoice_number,
        invoices.currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        invoices.gross_amount as actual_amount,
        abs(invoices.gross_amount) as at_risk_amount,
        abs(invoices.gross_amount) as examined_amount,
        'negative_amount' as cause,
        'Make a credit note of ' || invoices.invoice_number as suggested_action,
        {{ above_tolerance('-invoices.gross_amount', '0') }} as is_exception
    from invoices
    inner join rules on {{ in_force('invoices.issued_on') }}
),

final as (
    {{ control_rows('$control_id', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'actual_amount', 'currency']) }}
)

select * from final
