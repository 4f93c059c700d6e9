-- One row per part of a commitment that did not come, and part of a product that was not sold and came in its place on the same finished job.
with moves as (
    select * from {{ ref('int_planned_moves') }}
    where reason = 'under_delivered' and sign < 0 and quantity > 0
),

unsold as (
    select * from {{ ref('fct_bridge') }}
    where gap = 'contracted_to_delivered' and reason = 'unquoted_item' and to_amount > 0
),

missing as (
    select
        moves.bridge_item_key as item_key,
        commitments.event_on,
        moves.amount as document_amount,
        moves.amount as reporting_amount,
        moves.quantity,
        moves.job_key,
        commitments.base_unit
    from moves
    inner join {{ ref('int_commitment_items') }} as commitments on moves.from_event_key = commitments.item_key
),

instead as (
    select
        unsold.bridge_item_key as item_key,
        deliveries.event_on,
        unsold.to_amount as document_amount,
        unsold.to_amount as reporting_amount,
        {{ quantity_share('deliveries.quantity', 'unsold.to_amount', 'deliveries.reporting_amount') }} as quantity,
        unsold.job_key,
        deliveries.base_unit
    from unsold
    inner join {{ ref('int_delivery_items') }} as deliveries on unsold.to_event_key = deliveries.item_key
    where deliveries.is_counted
),

paired as (
    {{ pair_off('same_job', 'missing', 'instead', on=['job_key', 'base_unit'], measure='quantity') }}
),

final as (
    select
        paired.from_item_key as missing_key,
        paired.to_item_key as instead_key,
        paired.from_reporting_amount as sold_amount,
        paired.to_reporting_amount as delivered_amount,
        -- The planned cost that goes over with it.
        cast(-{{ share('moves.cost_amount', 'paired.from_quantity', 'moves.quantity') }} as decimal(18, 2)) as cost_amount
    from paired
    inner join moves on paired.from_item_key = moves.bridge_item_key
    where paired.from_item_key is not null and paired.to_item_key is not null
)

select * from final
