-- One row per posted invoice on which money came in: it is settled for less, and nobody agreed to the rest.
with receivables as (
    select * from {{ ref('fct_receivables') }}
),

invoices as (
    select * from {{ ref('int_live_invoices') }}
),

paid as (
    select
        source_system,
        invoice_id,
        sum(amount) as paid_amount,
        max(applied_on) as last_paid_on
    from {{ ref('int_applied_cash') }}
    where left_out_reason is null and applied_on <= {{ as_of() }} and (reversed_on is null or reversed_on > {{ as_of() }})
    group by source_system, invoice_id
),

rules as (
    {{ control_rules('short_paid') }}
),

settings as (
    select * from {{ ref('int_matching_policy') }}
),

-- A part that comes before the invoice is due, or leaves most of it open, may be the first of several.
examined as (
    select
        receivables.invoice_id as entity_id,
        receivables.source_system,
        receivables.job_key,
        receivables.invoice_key,
        receivables.customer_key,
        paid.last_paid_on as occurred_on,
        receivables.invoice_number,
        receivables.due_on,
        paid.last_paid_on,
        invoices.status,
        receivables.currency,
        receivables.gross_amount,
        receivables.applied_amount,
        receivables.gross_amount as expected_amount,
        receivables.applied_amount as actual_amount,
        receivables.open_amount as at_risk_amount,
        receivables.gross_amount as examined_amount,
        case when invoices.status = 'paid' then 'called_paid' else 'rest_is_past_due' end as cause,
        'Ask the customer about the rest of ' || receivables.open_amount || ' on ' || receivables.invoice_number as suggested_action,
        {{ above_tolerance('receivables.open_amount', 'receivables.gross_amount') }}
        and (
            invoices.status = 'paid'
            or (
                receivables.due_on < {{ as_of() }}
                and receivables.open_amount <= {{ percent_of('settings.short_paid_pct', 'receivables.gross_amount') }}
            )
        ) as is_exception
    from receivables
    inner join invoices on receivables.invoice_key = invoices.invoice_key
    inner join paid on receivables.source_system = paid.source_system and receivables.invoice_id = paid.invoice_id
    inner join rules on {{ in_force('paid.last_paid_on') }}
    cross join settings
    where paid.paid_amount > 0
),

final as (
    {{ control_rows('short_paid', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'due_on', 'last_paid_on', 'status', 'gross_amount', 'applied_amount', 'currency']) }}
)

select * from final
