-- One row per deal, product and currency of which approved change orders changed the amount, and neither quantity nor hours.
with changes as (
    select * from {{ ref('int_change_order_values') }}
    where left_out_reason is null and event_on <= {{ as_of() }} and deal_key <> 'unknown'
),

final as (
    select
        changes.deal_key,
        changes.product_key,
        changes.currency,
        cast(sum(changes.document_amount) as decimal(38, 6)) as amount
    from changes
    inner join {{ ref('cnf_change_orders') }} as orders
        on changes.source_system = orders.source_system and changes.source_id = orders.change_order_id
    where coalesce(orders.quantity_delta, 0) = 0 and coalesce(orders.hours_delta, 0) = 0
    group by changes.deal_key, changes.product_key, changes.currency
)

select * from final
