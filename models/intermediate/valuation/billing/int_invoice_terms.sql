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
        case
            when invoices.status = 'voided' then greatest(
                coalesce(invoices.voided_on, cast(coalesce(invoices.updated_at, invoices.landed_at) as date)), invoices.issued_on
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
)

select * from final
