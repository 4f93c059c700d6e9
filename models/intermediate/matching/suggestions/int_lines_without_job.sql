-- One row per open invoice line that no rule and no person placed on a job, with what it and its whole invoice ask for.
with links as (
    select * from {{ ref('int_job_links') }}
    where source_entity = 'invoice_lines' and job_key = 'unknown' and match_rule <> 'decision'
),

-- A line that is matched by a delivery that it names is open no more; nor is what was credited, or a second copy.
lines as (
    select
        items.item_key,
        items.source_system,
        items.invoice_id,
        items.invoice_line_id,
        items.legal_entity,
        items.event_on,
        items.currency,
        events.customer_key,
        links.candidates,
        pairs.to_document_amount as document_amount
    from {{ ref('int_delivered_to_invoiced') }} as pairs
    inner join {{ ref('int_billing_items') }} as items on pairs.to_item_key = items.item_key
    inner join {{ ref('int_stage_events') }} as events on items.item_key = events.event_key
    inner join links on items.source_system = links.source_system and items.invoice_line_id = links.source_id
    where pairs.match_rule = 'unmatched' and items.stage = 'invoiced' and not items.is_copy and pairs.to_document_amount > 0
),

final as (
    select
        *,
        cast(sum(document_amount) over (partition by source_system, invoice_id) as decimal(18, 2)) as invoice_amount
    from lines
    where customer_key <> 'unknown'
)

select * from final
