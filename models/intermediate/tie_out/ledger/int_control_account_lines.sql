-- One row per journal line on a receivable account, and per line of customers' money on a cash account, with the document it posts.
with lines as (
    select
        lines.*,
        accounts.account_role
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    where lines.posted_on <= {{ as_of() }}
),

-- What a journal moves between the bank and what customers owe or are owed is their money, be there a receipt or not.
customer_journals as (
    select distinct source_system, journal_id from lines
    where account_role in ('receivable', 'customer_deposits', 'retention')
),

write_offs as (
    select distinct source_system, journal_id from lines
    where account_role in ('bad_debt', 'discount_allowed')
),

invoices as (
    select * from {{ ref('cnf_invoices') }}
),

payments as (
    select * from {{ ref('cnf_payments') }}
),

-- Ledgers that post an exchange difference when cash is applied do so under the application; it belongs to the receipt.
applications as (
    select * from {{ ref('cnf_payment_applications') }}
    where kind in ('payment', 'credit_note', 'refund', 'fee')
),

final as (
    select
        lines.source_system,
        lines.journal_line_id,
        lines.account_role,
        lines.posted_on,
        lines.amount,
        case
            when lines.document_type = 'opening' then 'opening'
            when invoices.invoice_id is not null then invoices.invoice_type
            when payments.payment_id is not null then 'receipt'
            when applications.kind in ('payment', 'refund', 'fee') then 'receipt'
            when applications.kind = 'credit_note' then 'credit_note'
            when write_offs.journal_id is not null then 'write_off'
            else coalesce(lines.document_type, 'other')
        end as document_type,
        -- Ledgers post a write-off under a document of its own, which is no sales document: it is known by customer and day.
        case
            when lines.document_type = 'opening' then 'opening'
            when invoices.invoice_id is not null or payments.payment_id is not null then lines.document_id
            when applications.application_id is not null
                then coalesce(applications.payment_id, applications.credit_note_id, applications.application_id)
            when write_offs.journal_id is not null then lines.customer_id || ' ' || lines.posted_on
            else coalesce(lines.document_id, lines.journal_id)
        end as document_id
    from lines
    left join invoices on lines.source_system = invoices.source_system and lines.document_id = invoices.invoice_id
    left join payments on lines.source_system = payments.source_system and lines.document_id = payments.payment_id
    left join applications
        on lines.source_system = applications.source_system and lines.document_id = applications.application_id
    left join write_offs on lines.source_system = write_offs.source_system and lines.journal_id = write_offs.journal_id
    left join customer_journals on lines.source_system = customer_journals.source_system and lines.journal_id = customer_journals.journal_id
    where
        lines.account_role = 'receivable'
        or (
            lines.account_role = 'cash' and coalesce(lines.document_type, 'other') <> 'opening'
            and (lines.document_type = 'receipt' or payments.payment_id is not null or customer_journals.journal_id is not null)
        )
)

select * from final
