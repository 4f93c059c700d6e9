{{ config(tags=['law'], severity='warn') }}
-- What this is: somebody owns each piece of leakage in the bridge. An exception claims it: its money lies there, or it names the delivery, the
--   bill or the job of the piece and counts with its root; or the piece is below the tolerance of the control that asks about its reason; or
--   the reason is accepted in that gap, by an owner with an approver and a day (seed `bridge_reasons`).
-- When it fails: the bridge shows money lost, and nobody is told. It warns and withholds nothing: what nobody owns shall be seen.
-- How to resolve: take the piece to the controls of its gap; if none should speak of it, accept its reason in the seed.
with pieces as (
    select * from {{ ref('fct_bridge') }}
    where gap_class = 'leakage' and difference_amount <> 0
),

reasons as (
    select * from {{ ref('bridge_reasons') }}
),

rules as (
    select * from {{ ref('dim_control') }}
),

exceptions as (
    select * from {{ ref('fct_exceptions') }}
    where status <> 'resolved'
),

events as (
    select
        events.event_key,
        events.quantity,
        events.reporting_amount,
        case when events.source_entity = 'deliveries' then {{ make_key(['events.source_system', 'events.source_id']) }} end as delivery_key,
        {{ make_key(['lines.source_system', 'lines.invoice_id']) }} as invoice_key
    from {{ ref('fct_stage_events') }} as events
    left join {{ ref('int_invoice_values') }} as lines on events.event_key = lines.event_key
),

-- A piece is small where its control would not speak of it.
judged as (
    select
        pieces.bridge_item_key,
        pieces.gap,
        pieces.reason,
        pieces.job_key,
        pieces.difference_amount,
        from_events.delivery_key,
        to_events.invoice_key,
        coalesce(';' || reasons.accepted_gaps || ';' like '%;' || pieces.gap || ';%' and reasons.accepted_on <= {{ as_of() }}, false) as is_accepted,
        abs(pieces.difference_amount) <= greatest(
            rules.tolerance_amount * greatest(coalesce(abs(from_events.quantity), abs(to_events.quantity), 1), 1),
            {{ percent_of('rules.tolerance_pct', 'abs(coalesce(from_events.reporting_amount, to_events.reporting_amount, 0))') }}
        ) as is_small
    from pieces
    inner join reasons on pieces.reason = reasons.reason
    left join rules on reasons.asked_by = rules.control_id
    left join events as from_events on pieces.from_event_key = from_events.event_key
    left join events as to_events on pieces.to_event_key = to_events.event_key
),

open_pieces as (
    select * from judged
    where not is_accepted and not coalesce(is_small, false)
),

claimed as (
    select bridge_item_key from {{ ref('int_exception_pieces') }}
    union
    select open_pieces.bridge_item_key
    from open_pieces
    inner join exceptions on open_pieces.delivery_key = exceptions.delivery_key
    union
    select open_pieces.bridge_item_key
    from open_pieces
    inner join exceptions on open_pieces.invoice_key = exceptions.invoice_key
    union
    select open_pieces.bridge_item_key
    from open_pieces
    inner join exceptions on open_pieces.job_key = exceptions.job_key
    where exceptions.control_id = 'invoiced_above_contract' and open_pieces.difference_amount < 0
)

select open_pieces.*
from open_pieces
left join claimed on open_pieces.bridge_item_key = claimed.bridge_item_key
where claimed.bridge_item_key is null
