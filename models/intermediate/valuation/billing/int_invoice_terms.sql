-- One row per invoice or credit note: whether it counts, from which day, until which, and at which rate.
with invoices as (
    select * from {{ ref('cnf_invoices') }}
),

final as (
    select
        invoices.source_system,
        invoices.invoice_id,
        invoices.invoice_type,
        coalesce(xref_customer.customer_key, 'unknown') as customer_key,
        invoices.issued_on,
        -- The day on which the ledger took it back; a stamp says when somebody keyed that.
        case
            when invoices.status = 'voided' then greatest(
                coalesce(reversals.reversed_on, invoices.voided_on, cast(coalesce(invoices.updated_at, invoices.landed_at) as date)),
                invoices.issued_on
            )
        end as voided_on,
        invoices.currency,
        invoices.exchange_rate,
        case when invoices.status = 'draft' then 'draft' end as left_out_reason
    from invoices
    left join {{ ref('xref_customer') }} as xref_customer
        on
            invoices.source_system = xref_customer.source_system
            and invoices.customer_id = xref_customer.source_id
    left join {{ ref('int_document_reversals') }} as reversals
        on invoices.source_system = reversals.source_system and invoices.invoice_id = reversals.document_id
)

select * from final
