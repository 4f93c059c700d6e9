-- One row per invoice or credit note to a customer. Deleted ones are gone; what writes off or discounts is an application, no document.
{% set columns %}
        contact_id, status, issued_on, currency_code, currency_rate, sub_total, total_tax, total, reference, updated_at, _load_id, _landed_at
{%- endset %}
with invoices as (
    {{ raw_latest('xero', 'invoices') }}
),

credit_notes as (
    {{ raw_latest('xero', 'credit_notes') }}
),

organisations as (
    {{ raw_latest('xero', 'organisations') }}
),

settings as (
    select coalesce(max(time_zone), 'UTC') as time_zone from {{ ref('source_systems') }}
    where source_system = 'xero'
),

kinds as (
    select * from {{ ref('stg_xero__document_kinds') }}
    where kind in ('invoice', 'credit_note')
),

reversals as (
    select * from {{ ref('stg_xero__document_reversals') }}
),

corrected as (
    select
        document_id,
        min(invoice_id) as invoice_id
    from {{ ref('stg_xero__allocations') }}
    where origin = 'credit_note' and reversed_on is null
    group by document_id
    having count(distinct invoice_id) = 1
),

documents as (
    select
        invoice_id as document_id,
        invoice_number as document_number,
        due_on,
        {{ columns }}
    from invoices

    union all

    select
        credit_note_id as document_id,
        credit_note_number as document_number,
        cast(null as date) as due_on,
        {{ columns }}
    from credit_notes
),

renamed as (
    select
        documents.document_id as invoice_id,
        coalesce(documents.document_number, documents.document_id) as invoice_number,
        kinds.kind as invoice_type,
        documents.contact_id as customer_id,
        case documents.status
            when 'DRAFT' then 'draft'
            when 'SUBMITTED' then 'draft'
            when 'AUTHORISED' then 'posted'
            when 'PAID' then 'paid'
            when 'VOIDED' then 'voided'
        end as status,
        documents.issued_on,
        cast(null as date) as accounting_on,
        documents.due_on,
        -- The day on which the ledger took it back; without a journal that does, its last change, for a voided document changes no more.
        case
            when documents.status = 'VOIDED'
                then coalesce(reversals.reversed_on, {{ local_day('documents.updated_at', 'settings.time_zone') }})
        end as voided_on,
        documents.currency_code as currency,
        {{ xero_rate('documents.currency_code', 'documents.currency_rate', 'organisations.base_currency') }} as exchange_rate,
        documents.sub_total as net_amount,
        documents.total_tax as tax_amount,
        documents.total as gross_amount,
        documents.reference,
        corrected.invoice_id as corrects_invoice_id,
        case
            when kinds.kind <> 'credit_note' then null
            when lower(documents.reference) like '%price%' then 'price'
            when lower(documents.reference) like '%quantity%' then 'quantity'
            when lower(documents.reference) like '%return%' then 'return'
            when lower(documents.reference) like '%duplicate%' then 'duplicate'
            when lower(documents.reference) like '%rebate%' then 'rebate'
            when lower(documents.reference) like '%dispute%' then 'dispute'
            when lower(documents.reference) like '%goodwill%' then 'goodwill'
            when lower(documents.reference) like '%cancel%' then 'cancellation'
        end as credit_reason,
        cast(null as string) as entered_by,
        cast(null as string) as approved_by,
        documents.updated_at,
        'xero' as source_system,
        documents._load_id as load_id,
        documents._landed_at as landed_at
    from documents
    left join organisations on 1 = 1
    cross join settings
    inner join kinds on documents.document_id = kinds.document_id
    left join reversals on documents.document_id = reversals.document_id
    left join corrected on case when kinds.kind = 'credit_note' then documents.document_id end = corrected.document_id
)

select * from renamed
