-- One row per line of an invoice or credit note to a customer. Where the document is Inclusive its line amounts and
-- prices hold tax, which is taken out here, so that every system says the same.
{% set columns %}
        line_item_id, line_number, item_code, description, quantity, unit_amount, line_amount, tax_amount, discount_rate, discount_amount,
        tax_type, account_code, account_id, tracking_name_1, tracking_option_1, tracking_name_2, tracking_option_2, _load_id, _landed_at
{%- endset %}
with invoices as (
    {{ raw_latest('xero', 'invoices') }}
),

credit_notes as (
    {{ raw_latest('xero', 'credit_notes') }}
),

kinds as (
    select * from {{ ref('stg_xero__document_kinds') }}
    where kind in ('invoice', 'credit_note')
),

accounts as (
    select * from {{ ref('stg_xero__accounts') }}
),

documents as (
    select
        invoice_id as document_id,
        line_amount_types
    from invoices
    union all
    select
        credit_note_id as document_id,
        line_amount_types
    from credit_notes
),

lines as (
    select
        invoice_id as document_id,
        {{ columns }}
    from ({{ raw_latest('xero', 'invoice_lines') }}) as invoice_lines

    union all

    select
        credit_note_id as document_id,
        {{ columns }}
    from ({{ raw_latest('xero', 'credit_note_lines') }}) as credit_note_lines
),

-- The share of a line's amount that is not tax. A line of text alone has no amounts.
valued as (
    select
        lines.*,
        cast(case
            when documents.line_amount_types = 'Inclusive' then lines.line_amount - coalesce(lines.tax_amount, 0)
            else coalesce(lines.line_amount, 0)
        end as decimal(18, 2)) as net_amount
    from lines
    inner join documents on lines.document_id = documents.document_id
),

priced as (
    select
        valued.*,
        cast(case
            when valued.net_amount = valued.line_amount then valued.unit_amount
            else round(valued.unit_amount * (valued.net_amount / nullif(valued.line_amount, 0)), 6)
        end as decimal(18, 6)) as unit_price,
        cast(case
            when valued.net_amount = valued.line_amount then round(valued.discount_amount, 2)
            else round(valued.discount_amount * (valued.net_amount / nullif(valued.line_amount, 0)), 2)
        end as decimal(18, 2)) as net_discount_amount
    from valued
),

renamed as (
    select
        priced.line_item_id as invoice_line_id,
        priced.document_id as invoice_id,
        cast(priced.line_number as integer) as line_number,
        priced.item_code as product_code,
        priced.description,
        coalesce(priced.quantity, 0) as quantity,
        coalesce(priced.unit_price, 0) as unit_price,
        cast(coalesce(
            priced.net_discount_amount,
            round(cast(priced.quantity as decimal(38, 6)) * priced.unit_price * priced.discount_rate / 100, 2)
        ) as decimal(18, 2)) as discount_amount,
        priced.net_amount,
        priced.tax_type as tax_code,
        priced.tax_amount,
        coalesce(accounts.account_code, {{ given('priced.account_code') }}, priced.account_id) as account_code,
        case
            when lower(priced.tracking_name_1) = 'job' then priced.tracking_option_1
            when lower(priced.tracking_name_2) = 'job' then priced.tracking_option_2
        end as job_ref,
        cast(null as string) as work_order_ref,
        cast(null as string) as delivery_id,
        cast(null as date) as period_starts_on,
        cast(null as date) as period_ends_on,
        'xero' as source_system,
        priced._load_id as load_id,
        priced._landed_at as landed_at
    from priced
    inner join kinds on priced.document_id = kinds.document_id
    left join accounts on priced.account_id = accounts.account_id
)

select * from renamed
