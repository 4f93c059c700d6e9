-- One row per sales document of Xero that counts: an invoice, a credit note, or a credit note that writes off or discounts an invoice.
-- Xero has no document for a write-off or a settlement discount: it is a credit note all of whose lines are on such an account.
with invoices as (
    {{ raw_latest('xero', 'invoices') }}
),

credit_notes as (
    {{ raw_latest('xero', 'credit_notes') }}
),

credit_note_lines as (
    {{ raw_latest('xero', 'credit_note_lines') }}
),

accounts as (
    select * from {{ ref('stg_xero__accounts') }}
),

line_roles as (
    select
        credit_note_lines.credit_note_id,
        min(coalesce(by_id.account_role, by_code.account_role, 'other')) as first_role,
        max(coalesce(by_id.account_role, by_code.account_role, 'other')) as last_role
    from credit_note_lines
    left join accounts as by_id on credit_note_lines.account_id = by_id.account_id
    left join accounts as by_code on credit_note_lines.account_code = by_code.account_code
    where credit_note_lines.line_amount <> 0
    group by credit_note_lines.credit_note_id
),

renamed as (
    select
        invoice_id as document_id,
        'invoice' as kind
    from invoices
    where type = 'ACCREC' and status <> 'DELETED'

    union all

    select
        credit_notes.credit_note_id as document_id,
        case
            when line_roles.first_role = 'bad_debt' and line_roles.last_role = 'bad_debt' then 'write_off'
            when line_roles.first_role = 'discount_allowed' and line_roles.last_role = 'discount_allowed' then 'discount'
            else 'credit_note'
        end as kind
    from credit_notes
    left join line_roles on credit_notes.credit_note_id = line_roles.credit_note_id
    where credit_notes.type = 'ACCRECCREDIT' and credit_notes.status <> 'DELETED'
)

select * from renamed
