{{ config(tags=['law'], severity='error') }}
-- What this is: somebody owns each item of leakage in the bridge. Exceptions to its side that name its record, delivery, bill, work order, job or
--   contract are worth together what of the item is open; or the reason is accepted in that gap, by an owner with an approver and a day (seed
--   `bridge_reasons`); or the item is below the tolerance of the control that asks about its reason, or inside its window; or a credit note
--   gave it back. An exception to the other side, or of a small part, owns no more than it is worth.
-- When it fails: the bridge shows money lost, and nobody is told.
-- How to resolve: ctl_unclaimed_leakage asks about what no other control does; if nobody should speak of it, accept its reason in the seed.
with pieces as (
    select
        *,
        nullif(work_order_key, 'unknown') as work_order_link,
        nullif(job_key, 'unknown') as job_link,
        nullif(contract_key, 'unknown') as contract_link,
        delivery_key as delivery_link,
        invoice_key as invoice_link
    from {{ ref('int_open_leakage') }}
),

links as (
    select control_id, min(side) as side from {{ ref('control_bridge_links') }}
    group by control_id
),

exceptions as (
    select
        exceptions.*,
        case
            when links.side <> 'by_amount' then links.side
            when exceptions.expected_amount >= exceptions.actual_amount then 'short'
            else 'over'
        end as side,
        coalesce(controls.bridge_gap, 'delivered_to_invoiced') as gap
    from {{ ref('fct_exceptions') }} as exceptions
    inner join links on exceptions.control_id = links.control_id
    inner join {{ ref('dim_control') }} as controls on exceptions.control_id = controls.control_id
    where exceptions.status <> 'resolved'
),

about as (
    select pieces.bridge_item_key, exceptions.exception_key, exceptions.value_at_risk_amount
    from pieces
    inner join exceptions
        on
            pieces.source_system = exceptions.source_system
            and pieces.entity = exceptions.entity
            and pieces.entity_id = exceptions.entity_id
            and pieces.gap = exceptions.gap
            and pieces.side = exceptions.side
    {% for kind in ['delivery', 'invoice', 'work_order', 'job', 'contract'] %}
        union
        select pieces.bridge_item_key, exceptions.exception_key, exceptions.value_at_risk_amount
        from pieces
        inner join exceptions
            on pieces.{{ kind }}_link = exceptions.{{ kind }}_key and pieces.gap = exceptions.gap and pieces.side = exceptions.side
    {% endfor %}
),

owned as (
    select bridge_item_key, sum(value_at_risk_amount) as amount from about
    group by bridge_item_key
),

tolerances as (
    select max(tolerance_pct) as tolerance_pct from {{ ref('int_control_rules') }}
    where control_id = 'unclaimed_leakage'
)

select pieces.*
from pieces
cross join tolerances
left join owned on pieces.bridge_item_key = owned.bridge_item_key
where coalesce(owned.amount, 0) < pieces.open_amount - {{ percent_of('tolerances.tolerance_pct', 'pieces.open_amount') }}
