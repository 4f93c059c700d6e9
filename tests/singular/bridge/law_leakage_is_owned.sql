{{ config(tags=['law'], severity='error') }}
-- What this is: somebody owns each piece of leakage in the bridge. An exception claims it: its money lies there, or it names the delivery, the
--   bill, the job or the contract of the piece; or the reason is accepted in that gap, by an owner with an approver and a day (seed
--   `bridge_reasons`); or the piece is below the tolerance of the control that asks about its reason, or inside its window; or a credit note
--   gave it back.
-- When it fails: the bridge shows money lost, and nobody is told.
-- How to resolve: ctl_unclaimed_leakage asks about what no other control does; if nobody should speak of it, accept its reason in the seed.
with pieces as (
    select * from {{ ref('int_open_leakage') }}
),

exceptions as (
    select * from {{ ref('fct_exceptions') }}
    where status <> 'resolved'
),

-- Of the controls whose money is in another gap some ask about a whole bill or job all the same.
asking as (
    select exceptions.*
    from exceptions
    inner join {{ ref('dim_control') }} as controls on exceptions.control_id = controls.control_id
    where
        controls.bridge_gap = 'delivered_to_invoiced'
        or controls.control_id in (
            'job_without_deal', 'invoiced_above_contract', 'currency_mismatch', 'invoice_without_job', 'invoice_job_ambiguous'
        )
),

claimed as (
    select bridge_item_key from {{ ref('int_exception_pieces') }}
    union
    select pieces.bridge_item_key
    from pieces
    inner join exceptions
        on
            pieces.source_system = exceptions.source_system
            and pieces.entity = exceptions.entity
            and pieces.entity_id = exceptions.entity_id
    {% for kind in ['delivery', 'invoice', 'job', 'contract'] %}
        union
        select pieces.bridge_item_key
        from pieces
        inner join asking on pieces.{{ kind }}_key = asking.{{ kind }}_key
        where pieces.{{ kind }}_key <> 'unknown'
    {% endfor %}
)

select pieces.*
from pieces
left join claimed on pieces.bridge_item_key = claimed.bridge_item_key
where claimed.bridge_item_key is null
