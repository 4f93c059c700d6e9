-- One row per receivable document, with its sign: what it asked for or gave, what was set against it, and what is still open.
-- Amounts are in the reporting currency, so that they add up to the ledger's account; `document_` amounts are in the document's own. The `reporting_`
-- amounts are the same once more, for those who read them by that name.
with documents as (
    select
        invoice_key, job_key, customer_key, source_system, invoice_id, 'invoices' as document_entity, 'invoice' as document_kind, invoice_number,
        issued_on, due_on, currency, gross_amount, applied_amount, load_id
    from {{ ref('int_receivable_invoices') }}
    union all
    select
        invoice_key, job_key, customer_key, source_system, invoice_id, document_entity, document_kind, invoice_number,
        issued_on, due_on, currency, gross_amount, applied_amount, load_id
    from {{ ref('int_receivable_credits') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rates as (
    select * from {{ ref('int_receivable_rates') }}
),

-- What is owed to a customer is not late: it is open, and takes off what the customer owes.
aged as (
    select
        documents.*,
        rates.exchange_rate,
        systems.legal_entity,
        gross_amount - applied_amount as open_amount,
        case
            when document_kind = 'invoice' and gross_amount - applied_amount > 0 then greatest({{ days_between('due_on', as_of()) }}, 0)
            else 0
        end as days_overdue
    from documents
    inner join systems on documents.source_system = systems.source_system
    left join rates
        on
            documents.source_system = rates.source_system
            and documents.document_entity = rates.document_entity
            and documents.invoice_id = rates.invoice_id
),

final as (
    select
        invoice_key,
        customer_key,
        job_key,
        {{ as_of() }} as as_of_on,
        issued_on,
        due_on,
        document_kind,
        invoice_number,
        case
            when days_overdue = 0 then 'current'
            when days_overdue <= 30 then '1-30'
            when days_overdue <= 60 then '31-60'
            when days_overdue <= 90 then '61-90'
            when days_overdue <= 120 then '91-120'
            else 'over 120'
        end as ageing_bucket,
        cast(days_overdue as integer) as days_overdue,
        currency,
        cast(gross_amount as decimal(18, 2)) as document_gross_amount,
        cast(applied_amount as decimal(18, 2)) as document_applied_amount,
        cast(open_amount as decimal(18, 2)) as document_open_amount,
        exchange_rate,
        {% for prefix in ['', 'reporting_'] %}
            {{ converted('gross_amount', 'exchange_rate') }} as {{ prefix }}gross_amount,
            cast(
                {{ converted('gross_amount', 'exchange_rate') }} - {{ converted('open_amount', 'exchange_rate') }} as decimal(18, 2)
            ) as {{ prefix }}applied_amount,
            {{ converted('open_amount', 'exchange_rate') }} as {{ prefix }}open_amount,
        {% endfor %}
        legal_entity,
        source_system,
        invoice_id,
        load_id
    from aged
)

select * from final
