-- One row per application that stands and line that it settles: how much of the line's net, in its document's currency and in the reporting currency.
with settlements as (
    select * from {{ ref('int_settlements') }}
    where not is_reversed
),

-- A line that was voided takes nothing, be it that the day of either has no rate.
voided as (
    select source_system, source_id as invoice_line_id from {{ ref('fct_stage_events') }}
    where valuation_rule = 'voided'
),

lines as (
    select
        stretches.*,
        items.document_amount,
        items.reporting_amount,
        items.currency,
        voided.invoice_line_id is not null as is_voided
    from {{ ref('int_document_stretches') }} as stretches
    inner join {{ ref('int_billing_items') }} as items on stretches.item_key = items.item_key and items.is_unrated is not true
    left join voided on items.source_system = voided.source_system and items.invoice_line_id = voided.invoice_line_id
),

-- A credit note is used up application by application, as an invoice is settled.
used as (
    select
        settlements.source_system,
        settlements.credit_note_id as document_id,
        settlements.application_id,
        'credit_note' as kind,
        settlements.applied_on,
        -settlements.amount as amount,
        -sum(settlements.amount) over (
            partition by settlements.source_system, settlements.credit_note_id order by settlements.applied_on, settlements.application_id
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
    select source_system, invoice_id as document_id, application_id, kind, applied_on, amount, running_amount from settlements
    union all
    select source_system, document_id, application_id, kind, applied_on, amount, running_amount from used
),

shared as (
    select
        applied.source_system,
        applied.application_id,
        applied.kind,
        applied.applied_on,
        lines.item_key,
        lines.invoice_line_id,
        {% for point, paid in [('paid_after', 'applied.running_amount'), ('paid_before', 'applied.running_amount - applied.amount')] %}
            {{ quick_share(paid, 'lines.starts_at + lines.net_amount', 'lines.gross_amount') }}
            - {{ quick_share(paid, 'lines.starts_at', 'lines.gross_amount') }} as {{ point }},
        {% endfor %}
        lines.document_amount,
        lines.reporting_amount,
        lines.is_voided
    from applied
    inner join lines on applied.source_system = lines.source_system and applied.document_id = lines.invoice_id
),

summed as (
    select
        *,
        paid_after - paid_before as share_amount,
        sum(paid_after - paid_before) over (
            partition by item_key order by case when kind = 'payment' then 0 else 1 end, applied_on, application_id
            rows between unbounded preceding and current row
        ) as running_share
    from shared
),

-- A line takes no more than its own amount, whichever sign it has.
bounded as (
    select
        {% for point, bound in [('settled_after', 'running_share'), ('settled_before', 'running_share - share_amount')] %}
            cast(case
                when is_voided then 0
                when document_amount >= 0 then least(greatest({{ bound }}, 0), document_amount)
                else greatest(least({{ bound }}, 0), document_amount)
            end as decimal(18, 2)) as {{ point }},
        {% endfor %}
        summed.*
    from summed
),

final as (
    select
        source_system,
        application_id,
        kind,
        item_key,
        invoice_line_id,
        cast(share_amount as decimal(18, 2)) as share_amount,
        cast(settled_after - settled_before as decimal(18, 2)) as settled_amount,
        cast(
            case
                when settled_after = document_amount then reporting_amount
                else {{ quick_share('reporting_amount', 'settled_after', 'document_amount') }}
            end
            - case when settled_before = 0 then 0 else {{ quick_share('reporting_amount', 'settled_before', 'document_amount') }} end
            as decimal(18, 2)
        ) as settled_reporting_amount
    from bounded
    where document_amount <> 0
)

select * from final
