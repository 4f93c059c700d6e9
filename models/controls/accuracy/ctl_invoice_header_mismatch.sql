-- One row per standing sales document: its header is not the sum of its lines.
with invoices as (
    select * from {{ ref('int_live_invoices') }}
),

lines as (
    select
        source_system,
        invoice_id,
        sum(net_amount) as lines_net_amount,
        case when count(tax_amount) > 0 then sum(coalesce(tax_amount, 0)) end as stated_tax_amount,
        count(*) as line_count
    from {{ ref('int_live_document_lines') }}
    group by source_system, invoice_id
),

-- What was billed before the books began may come as a balance without its lines, and a ledger may hand over no lines
-- at all.
opening as (
    select source_system, document_id from {{ ref('int_before_the_books') }}
    where document_kind = 'invoice'
),

itemised as (
    select distinct source_system from lines
),

rules as (
    {{ control_rules('invoice_header_mismatch') }}
),

-- Where no line says a tax, its document says it for all of them.
taxed as (
    select
        invoices.*,
        coalesce(lines.lines_net_amount, 0) as lines_net_amount,
        case
            when lines.line_count is null then 0
            else coalesce(lines.stated_tax_amount, invoices.tax_amount, 0)
        end as lines_tax_amount,
        coalesce(lines.line_count, 0) as line_count
    from invoices
    inner join itemised on invoices.source_system = itemised.source_system
    left join lines on invoices.source_system = lines.source_system and invoices.invoice_id = lines.invoice_id
    left join opening on invoices.source_system = opening.source_system and invoices.invoice_id = opening.document_id
    where lines.line_count is not null or opening.document_id is null
),

compared as (
    select
        *,
        cast(lines_net_amount + lines_tax_amount as decimal(18, 2)) as lines_gross_amount,
        gross_amount - lines_net_amount - lines_tax_amount as gross_difference,
        net_amount - lines_net_amount as net_difference
    from taxed
),

examined as (
    select
        compared.invoice_id as entity_id,
        compared.source_system,
        compared.invoice_key,
        compared.customer_key,
        compared.job_key,
        compared.issued_on as occurred_on,
        compared.invoice_number,
        compared.line_count,
        compared.net_amount,
        compared.tax_amount,
        compared.gross_amount,
        compared.lines_net_amount,
        compared.lines_tax_amount,
        compared.currency,
        compared.lines_gross_amount as expected_amount,
        compared.gross_amount as actual_amount,
        cast(greatest(abs(compared.gross_difference), abs(compared.net_difference)) as decimal(18, 2)) as at_risk_amount,
        compared.gross_amount as examined_amount,
        case
            when compared.line_count = 0 then 'lines_missing'
            when abs(compared.net_difference) > rules.tolerance_amount then 'net_differs'
            else 'gross_differs'
        end as cause,
        case
            when compared.line_count = 0 then 'Have ' || compared.invoice_number || ' handed over with its lines: it says '
            else 'Correct ' || compared.invoice_number || ': its lines come to ' || compared.lines_gross_amount || ', its header says '
        end || compared.gross_amount as suggested_action,
        {{ beyond_tolerance('compared.gross_difference', '0') }} or {{ beyond_tolerance('compared.net_difference', '0') }} as is_exception
    from compared
    inner join rules on {{ in_force('compared.issued_on') }}
),

final as (
    {{ control_rows('invoice_header_mismatch', 'invoices', has=['job_key', 'invoice_key', 'customer_key'],
        evidence=['invoice_number', 'net_amount', 'tax_amount', 'gross_amount', 'lines_net_amount', 'lines_tax_amount', 'line_count', 'currency']) }}
)

select * from final
