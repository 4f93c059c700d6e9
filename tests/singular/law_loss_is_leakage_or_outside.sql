{{ config(tags=['law'], severity='error') }}
-- What this is: loss never exceeds what the bridge calls leakage plus what lies outside the bridge by definition: pay, tax and authority.
--   Each exception's counted loss lies in items of class leakage, each handed out once, or its control says what of it is outside; loss and
--   doubt together are the value at risk.
-- When it fails: a headline says more than the bridge shows.
-- How to resolve: compare the exception's `bridge_pieces` with fct_bridge; see `risk_kind`, `bridge_gap` and `outside_bridge` of its control.
with exceptions as (
    select exceptions.*, controls.risk_kind, controls.bridge_gap, controls.outside_bridge
    from {{ ref('fct_exceptions') }} as exceptions
    inner join {{ ref('dim_control') }} as controls on exceptions.control_id = controls.control_id
    where exceptions.status <> 'resolved'
),

leakage as (
    select pieces.exception_key, sum(pieces.counted_amount) as amount
    from {{ ref('int_exception_pieces') }} as pieces
    inner join {{ ref('fct_bridge') }} as bridge on pieces.bridge_item_key = bridge.bridge_item_key
    where bridge.gap_class = 'leakage'
    group by pieces.exception_key
),

wrong_exceptions as (
    select exceptions.exception_key as key, exceptions.counted_loss_amount as amount
    from exceptions
    left join leakage on exceptions.exception_key = leakage.exception_key
    where
        exceptions.loss_amount + exceptions.doubt_amount <> exceptions.value_at_risk_amount
        or exceptions.counted_loss_amount > least(exceptions.loss_amount, exceptions.counted_amount)
        or (exceptions.bridge_gap is not null and exceptions.counted_loss_amount > coalesce(leakage.amount, 0))
        or (exceptions.bridge_gap is null and exceptions.outside_bridge is null and exceptions.counted_loss_amount <> 0)
        or (exceptions.risk_kind = 'none' and exceptions.value_at_risk_amount <> 0)
),

wrong_controls as (
    select control_id as key, cast(0 as decimal(18, 2)) as amount
    from {{ ref('dim_control') }}
    where
        (risk_kind = 'loss' and (bridge_gap is null) = (outside_bridge is null))
        or (risk_kind <> 'loss' and outside_bridge is not null)
),

inside as (
    select coalesce(sum(counted_loss_amount), 0) as amount from exceptions
    where outside_bridge is null
),

shown as (
    select coalesce(sum(abs(difference_amount)), 0) as amount from {{ ref('fct_bridge') }}
    where gap_class = 'leakage'
),

wrong_totals as (
    select 'together' as key, inside.amount
    from inside
    inner join shown on inside.amount > shown.amount
)

select * from wrong_exceptions
union all
select * from wrong_controls
union all
select * from wrong_totals
