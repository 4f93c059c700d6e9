-- One row per delivery that is settled otherwise than by a line of billed work, with the reason.
with deliveries as (
    select * from {{ ref('int_delivery_items') }}
    where document_amount > 0
),

voids as (
    select source_system, invoice_line_id from {{ ref('int_invoice_values') }}
    where valuation_rule = 'voided' and event_on <= {{ as_of() }}
),

-- Costs that were passed on at what they cost: their lines stand beside the receivable and bill no work.
lines as (
    select
        valued.event_key,
        valued.job_key,
        valued.currency,
        valued.event_on,
        valued.document_amount,
        named.delivery_key
    from {{ ref('int_invoice_values') }} as valued
    left join {{ ref('int_named_deliveries') }} as named on valued.event_key = named.item_key
    left join voids on valued.source_system = voids.source_system and valued.invoice_line_id = voids.invoice_line_id
    where
        valued.line_role = 'disbursement' and valued.left_out_reason = 'disbursement'
        and valued.stage = 'invoiced' and valued.document_amount > 0 and valued.event_on <= {{ as_of() }}
        and voids.invoice_line_id is null
),

named as (
    select deliveries.item_key, min(lines.event_key) as line_key
    from lines
    inner join deliveries on lines.delivery_key = deliveries.item_key
    group by deliveries.item_key
),

-- Without a name: the job's expense of that amount, the oldest first; no line and no expense twice.
numbered_lines as (
    select
        *,
        row_number() over (partition by job_key, currency, document_amount order by event_on nulls last, event_key nulls last) as position
    from lines
    where delivery_key is null and job_key <> 'unknown'
),

numbered_deliveries as (
    select
        deliveries.*,
        row_number() over (
            partition by deliveries.job_key, deliveries.currency, deliveries.document_amount
            order by deliveries.event_on nulls last, deliveries.item_key nulls last
        ) as position
    from deliveries
    left join {{ ref('int_named_deliveries') }} as billed on deliveries.item_key = billed.delivery_key
    where deliveries.delivery_type in ('expense', 'material') and billed.delivery_key is null
),

by_amount as (
    select
        numbered_deliveries.item_key,
        numbered_lines.event_key as line_key
    from numbered_lines
    inner join numbered_deliveries
        on
            numbered_lines.job_key = numbered_deliveries.job_key
            and numbered_lines.currency = numbered_deliveries.currency
            and numbered_lines.document_amount = numbered_deliveries.document_amount
            and numbered_lines.position = numbered_deliveries.position
),

-- Or several expenses of the job together: all that had been incurred by the day of the line.
open_lines as (
    select numbered_lines.*
    from numbered_lines
    left join by_amount on numbered_lines.event_key = by_amount.line_key
    where by_amount.line_key is null
    qualify count(*) over (partition by numbered_lines.job_key, numbered_lines.currency) = 1
),

open_deliveries as (
    select numbered_deliveries.*
    from numbered_deliveries
    left join by_amount on numbered_deliveries.item_key = by_amount.item_key
    where by_amount.item_key is null and numbered_deliveries.delivery_type = 'expense'
),

by_sum as (
    select
        open_deliveries.item_key,
        open_lines.event_key as line_key
    from open_lines
    inner join open_deliveries on open_lines.job_key = open_deliveries.job_key and open_lines.currency = open_deliveries.currency
    where open_deliveries.event_on <= open_lines.event_on
    qualify sum(open_deliveries.document_amount) over (partition by open_lines.event_key) = open_lines.document_amount
),

final as (
    select item_key, 'disbursement' as reason from named
    union
    select item_key, 'disbursement' from by_amount
    union
    select item_key, 'disbursement' from by_sum
)

select * from final
