-- One row per application and part of it, by the day of the position, laid on the invoice's gross: cash first, then what is none.
with parts as (
    select * from {{ ref('int_application_parts') }}
),

cash as (
    select * from {{ ref('int_applied_cash') }}
    where left_out_reason is null
),

documents as (
    select distinct source_system, invoice_id, cast(gross_amount as decimal(18, 2)) as gross_amount
    from {{ ref('int_document_stretches') }}
),

laid as (
    select
        parts.source_system,
        parts.application_id,
        parts.invoice_id,
        parts.credit_note_id,
        parts.payment_id,
        parts.reason,
        case when parts.reason = 'cash' then 'payment' else parts.kind end as kind,
        parts.applied_on,
        parts.reversed_on,
        parts.amount,
        documents.gross_amount,
        sum(parts.amount) over (
            partition by parts.source_system, parts.invoice_id
            order by
                case when parts.reason = 'cash' then 0 else 1 end nulls last,
                parts.applied_on nulls last,
                parts.application_id nulls last,
                parts.reason nulls last
            rows between unbounded preceding and current row
        ) as running_amount
    from parts
    inner join documents on parts.source_system = documents.source_system and parts.invoice_id = documents.invoice_id
    left join cash on parts.source_system = cash.source_system and parts.application_id = cash.application_id
    where documents.gross_amount <> 0 and (parts.reason <> 'cash' or cash.application_id is not null)
),

final as (
    select
        *,
        coalesce(reversed_on <= {{ as_of() }}, false) as is_reversed
    from laid
    where applied_on <= {{ as_of() }}
)

select * from final
