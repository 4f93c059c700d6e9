-- One row per line of a sales document that arrived, and one more, with the other sign, where the document was voided.
with lines as (
    select * from {{ ref('cnf_invoice_lines') }}
),

invoices as (
    select * from {{ ref('int_invoice_terms') }}
),

-- A document that was edited is its earlier version (int_edited_values) until the ledger posted what stands.
edited as (
    select source_system, document_id, max(standing_posted_on) as posted_on from {{ ref('int_document_edits') }}
    group by source_system, document_id
),

turns as (
    select
        invoices.source_system, invoices.invoice_id, 'issued' as turn, 1 as sign,
        greatest(coalesce(edited.posted_on, invoices.issued_on), invoices.issued_on) as event_on
    from invoices
    left join edited on invoices.source_system = edited.source_system and invoices.invoice_id = edited.document_id
    union all
    select source_system, invoice_id, 'voided' as turn, -1 as sign, voided_on as event_on from invoices
    where voided_on is not null
),

final as (
    select
        {{ make_key(["'invoiced'", 'lines.source_system', 'lines.invoice_line_id', "coalesce(turns.turn, 'issued')"]) }} as event_key,
        case when invoices.invoice_type = 'credit_note' then 'credited' else 'invoiced' end as stage,
        coalesce(terms.deal_key, 'unknown') as deal_key,
        coalesce(terms.contract_key, 'unknown') as contract_key,
        coalesce(xref_job.job_key, 'unknown') as job_key,
        coalesce(nullif(deliveries.work_order_key, 'unknown'), work_orders.work_order_key, 'unknown') as work_order_key,
        coalesce(xref_product.product_key, deliveries.product_key, 'unknown') as product_key,
        coalesce(invoices.customer_key, 'unknown') as customer_key,
        coalesce(deliveries.person_key, 'unknown') as person_key,
        turns.event_on,
        turns.event_on as rate_on,
        turns.sign * case when invoices.invoice_type = 'credit_note' then -lines.quantity else lines.quantity end as quantity,
        deliveries.unit,
        invoices.currency,
        coalesce(turns.sign * lines.signed_net_amount, lines.net_amount) as document_amount,
        turns.sign * coalesce(lines.signed_tax_amount, 0) as tax_amount,
        invoices.exchange_rate as document_rate,
        case when turns.turn = 'voided' then 'voided' else 'posted_line' end as valuation_rule,
        coalesce(xref_job.match_rule, 'no_job') as job_match_rule,
        case
            when invoices.invoice_id is null then 'no_document'
            when invoices.left_out_reason is not null then invoices.left_out_reason
            when roles.line_role <> 'work' then roles.line_role
        end as left_out_reason,
        roles.line_role,
        -- On a document that counts, whatever the line is.
        invoices.invoice_id is not null and invoices.left_out_reason is null and coalesce(turns.turn, 'issued') = 'issued' as is_posted,
        lines.invoice_id,
        lines.invoice_line_id,
        lines.delivery_id,
        lines.unit_price,
        lines.period_starts_on,
        lines.period_ends_on,
        lines.source_system,
        'invoice_lines' as source_entity,
        lines.invoice_line_id as source_id,
        lines.load_id
    from lines
    left join invoices on lines.source_system = invoices.source_system and lines.invoice_id = invoices.invoice_id
    left join turns on lines.source_system = turns.source_system and lines.invoice_id = turns.invoice_id
    left join {{ ref('int_line_roles') }} as roles
        on lines.source_system = roles.source_system and lines.invoice_line_id = roles.invoice_line_id
    left join {{ ref('xref_product') }} as xref_product
        on
            lines.source_system = xref_product.source_system
            and lines.product_code = xref_product.source_id
            and xref_product.source_entity = 'product_codes'
    left join {{ ref('int_job_links') }} as xref_job
        on
            lines.source_system = xref_job.source_system
            and lines.invoice_line_id = xref_job.source_id
            and xref_job.source_entity = 'invoice_lines'
    left join {{ ref('int_job_terms') }} as terms on xref_job.job_key = terms.job_key
    left join {{ ref('int_delivery_terms') }} as deliveries
        on lines.delivery_id = deliveries.delivery_id and xref_job.job_key = deliveries.job_key
    left join {{ ref('int_work_order_codes') }} as work_orders
        on
            xref_job.job_key = work_orders.job_key
            and {{ cleaned_job_code('lines.work_order_ref') }} = work_orders.code
)

select * from final
