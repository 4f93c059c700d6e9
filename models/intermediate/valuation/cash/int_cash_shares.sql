-- One row per application of a receipt and line (or part of one) of the document it settles: its net and its tax out of the amount.
with applications as (
    select * from {{ ref('int_applied_cash') }}
    where left_out_reason is null
),

-- Each line is two stretches of the document's gross, its net and then its tax, laid end to end in a fixed order.
lines as (
    select
        *,
        sum(share_amount + share_tax_amount) over (
            partition by source_system, invoice_id
            order by invoice_line_id nulls last, answers_key nulls last
            rows between unbounded preceding and current row
        ) as running_gross
    from {{ ref('int_document_lines') }}
),

bounds as (
    select
        applications.source_system,
        applications.application_id,
        lines.event_key as line_event_key,
        lines.answers_key,
        lines.line_key,
        lines.invoice_line_id,
        applications.gross_amount,
        applications.running_amount as paid_after,
        applications.running_amount - applications.amount as paid_before,
        lines.running_gross as line_end,
        lines.running_gross - lines.share_tax_amount as net_end,
        lines.running_gross - lines.share_tax_amount - lines.share_amount as line_start
    from applications
    inner join lines
        on applications.source_system = lines.source_system and applications.invoice_id = lines.invoice_id
),

-- What had been paid up to each bound, rounded, after this application and before it: differences of these add up to the amount
-- over the lines, and over the applications to the line once the invoice is paid.
paid as (
    select
        source_system,
        application_id,
        line_event_key,
        answers_key,
        line_key,
        invoice_line_id,
        {{ share('paid_after', 'line_start', 'gross_amount') }} - {{ share('paid_before', 'line_start', 'gross_amount') }} as up_to_start,
        {{ share('paid_after', 'net_end', 'gross_amount') }} - {{ share('paid_before', 'net_end', 'gross_amount') }} as up_to_net,
        {{ share('paid_after', 'line_end', 'gross_amount') }} - {{ share('paid_before', 'line_end', 'gross_amount') }} as up_to_end
    from bounds
),

final as (
    select
        source_system,
        application_id,
        line_event_key,
        answers_key,
        line_key,
        invoice_line_id,
        cast(up_to_net - up_to_start as decimal(18, 2)) as net_amount,
        cast(up_to_end - up_to_net as decimal(18, 2)) as tax_amount
    from paid
)

select * from final
