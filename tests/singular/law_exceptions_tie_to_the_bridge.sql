{{ config(tags=['law'], severity='error') }}
-- What this is: where a control's money lies in a gap of the bridge, what of an exception counts is exactly what the named one-sided
--   items of that gap hold of it: no more than its value at risk, no item handed out beyond its own amount.
--   So all that such controls count is no more than the bridge's items.
-- When it fails: an exception counts money that the bridge does not show, or two count the same.
-- How to resolve: take the exception's `bridge_pieces` to fct_bridge; int_exception_pieces shares them out.
with exceptions as (
    select exceptions.exception_key, exceptions.counted_amount, exceptions.value_at_risk_amount, exceptions.root_exception_key, controls.bridge_gap
    from {{ ref('fct_exceptions') }} as exceptions
    inner join {{ ref('dim_control') }} as controls on exceptions.control_id = controls.control_id
    where controls.bridge_gap is not null and exceptions.status <> 'resolved'
),

pieces as (
    select * from {{ ref('int_exception_pieces') }}
),

by_exception as (
    select exception_key, sum(counted_amount) as amount from pieces group by exception_key
),

by_piece as (
    select bridge_item_key, gap, sum(counted_amount) as amount from pieces group by bridge_item_key, gap
),

wrong_exceptions as (
    select exceptions.exception_key as key, exceptions.counted_amount as amount, by_exception.amount as piece_amount
    from exceptions
    left join by_exception on exceptions.exception_key = by_exception.exception_key
    where
        exceptions.counted_amount <> coalesce(by_exception.amount, 0)
        or exceptions.counted_amount > exceptions.value_at_risk_amount
        or (exceptions.root_exception_key is not null and exceptions.counted_amount <> 0)
),

wrong_pieces as (
    select by_piece.bridge_item_key as key, by_piece.amount, bridge.difference_amount as piece_amount
    from by_piece
    left join {{ ref('fct_bridge') }} as bridge on by_piece.bridge_item_key = bridge.bridge_item_key and by_piece.gap = bridge.gap
    where bridge.bridge_item_key is null or by_piece.amount > abs(bridge.difference_amount) or (bridge.from_amount <> 0 and bridge.to_amount <> 0)
),

wrong_gaps as (
    select pieces.exception_key as key, pieces.counted_amount as amount, cast(null as decimal(18, 2)) as piece_amount
    from pieces
    inner join exceptions on pieces.exception_key = exceptions.exception_key
    where pieces.gap <> exceptions.bridge_gap
)

select * from wrong_exceptions
union all
select * from wrong_pieces
union all
select * from wrong_gaps
