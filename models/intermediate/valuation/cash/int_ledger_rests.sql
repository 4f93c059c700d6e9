-- One row per application that takes more off an invoice than its receipt gave, where the ledger posts the rest on the same document.
with applications as (
    select
        applications.source_system,
        applications.application_id,
        applications.payment_id,
        applications.invoice_id,
        applications.amount - applications.payment_amount as rest_amount,
        payments.currency,
        payments.base_currency
    from {{ ref('cnf_payment_applications') }} as applications
    inner join {{ ref('int_payment_terms') }} as payments
        on applications.source_system = payments.source_system and applications.payment_id = payments.payment_id
    inner join {{ ref('int_invoice_terms') }} as invoices
        on applications.source_system = invoices.source_system and applications.invoice_id = invoices.invoice_id
    where
        applications.kind = 'payment' and payments.currency = invoices.currency
        and applications.amount > applications.payment_amount and applications.payment_amount > 0
),

lines as (
    select
        lines.source_system,
        lines.document_id,
        lines.account_code,
        accounts.account_role,
        accounts.account_type,
        lines.currency,
        lines.amount as base_amount,
        coalesce(lines.currency_amount, lines.amount) as currency_amount
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    where
        lines.document_id is not null and lines.amount > 0
        and coalesce(lines.document_type, 'other') not in ('invoice', 'credit_note', 'opening', 'year_close')
        and accounts.account_role not in ('receivable', 'cash', 'revenue', 'tax', 'exchange_difference')
),

documents as (
    select *, invoice_id as document_id from applications
    union all
    select *, payment_id from applications
    union all
    select *, application_id from applications
),

found as (
    select
        documents.source_system,
        documents.application_id,
        documents.rest_amount,
        lines.account_code,
        -- What is neither a debt given up nor a discount is what somebody kept for his service.
        case
            when lines.account_type = 'expense' and lines.account_role not in ('bad_debt', 'discount_allowed') then 'finance_fee'
            else {{ settlement_reason('lines.account_role') }}
        end as reason
    from documents
    inner join lines
        on
            documents.source_system = lines.source_system
            and documents.document_id = lines.document_id
            and documents.rest_amount = lines.currency_amount
    where coalesce(lines.currency, documents.base_currency) = documents.currency
),

final as (
    select
        source_system,
        application_id,
        min(rest_amount) as rest_amount,
        min(reason) as reason
    from found
    group by source_system, application_id
)

select * from final
