-- One row per application that stands, or line that takes something off its document, reason and line: its share of that line's net.
with settlements as (
    select * from {{ ref('int_settlements') }}
    where not is_reversed
),

stretches as (
    select * from {{ ref('int_document_stretches') }}
),

-- A credit note is used up application by application, as an invoice is settled.
used as (
    select
        settlements.source_system,
        settlements.credit_note_id as document_id,
        settlements.application_id,
        'credit_applied' as reason,
        settlements.applied_on,
        -settlements.amount as amount,
        -sum(settlements.amount) over (
            partition by settlements.source_system, settlements.credit_note_id
            order by settlements.applied_on nulls last, settlements.application_id nulls last
            rows between unbounded preceding and current row
        ) as running_amount
    from settlements
    inner join {{ ref('cnf_invoices') }} as invoices
        on settlements.source_system = invoices.source_system and settlements.invoice_id = invoices.invoice_id
    inner join {{ ref('cnf_invoices') }} as credit_notes
        on settlements.source_system = credit_notes.source_system and settlements.credit_note_id = credit_notes.invoice_id
    where settlements.kind = 'credit_note' and invoices.currency = credit_notes.currency
),

applied as (
    select source_system, invoice_id as document_id, application_id, reason, applied_on, amount, running_amount from settlements
    union all
    select source_system, document_id, application_id, reason, applied_on, amount, running_amount from used
),

-- What asks for an amount that was held back before settles the line it was held from.
laid as (
    select
        applied.source_system,
        applied.application_id,
        applied.reason,
        applied.applied_on,
        stretches.line_key as item_key,
        stretches.answers_key is not null as is_release,
        {{ quick_share('applied.running_amount', 'stretches.starts_at + stretches.net_amount', 'stretches.gross_amount') }}
        - {{ quick_share('applied.running_amount', 'stretches.starts_at', 'stretches.gross_amount') }}
        - {{ quick_share('applied.running_amount - applied.amount', 'stretches.starts_at + stretches.net_amount', 'stretches.gross_amount') }}
        + {{ quick_share('applied.running_amount - applied.amount', 'stretches.starts_at', 'stretches.gross_amount') }} as share_amount
    from applied
    inner join stretches on applied.source_system = stretches.source_system and applied.document_id = stretches.invoice_id
    where stretches.gross_amount <> 0
),

released as (
    select item_key, sum(share_amount) as amount from laid
    where is_release
    group by item_key
),

-- What was paid since is held no longer, the first that was held first.
held as (
    select
        *,
        sum(case when line_role in ('retention', 'other_balance') then amount else 0 end) over (
            partition by work_key
            order by invoice_line_id nulls last, line_role nulls last
            rows between unbounded preceding and current row
        ) as held_so_far
    from (
        select
            source_system,
            invoice_line_id,
            work_key,
            line_role,
            {{ settlement_reason('line_role') }} as reason,
            sum(amount) as amount
        from {{ ref('int_line_deductions') }}
        group by source_system, invoice_line_id, line_role, work_key
    ) as deducted
),

still_held as (
    select
        held.source_system,
        held.invoice_line_id as application_id,
        held.reason,
        cast('0001-01-01' as date) as applied_on,
        held.work_key as item_key,
        case
            when held.reason in ('retention_held', 'settled_without_cash') and released.item_key is not null
                then greatest(least(held.held_so_far - released.amount, held.amount), 0)
            else held.amount
        end as share_amount,
        0 as place
    from held
    left join released on held.work_key = released.item_key
),

final as (
    select source_system, application_id, reason, applied_on, item_key, share_amount, place from still_held
    where share_amount <> 0
    union all
    select
        source_system, application_id, reason, applied_on, item_key, sum(share_amount) as share_amount,
        case when reason = 'cash' then 1 else 2 end as place
    from laid
    group by source_system, application_id, reason, applied_on, item_key
)

select * from final
