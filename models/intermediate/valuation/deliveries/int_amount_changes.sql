-- One row per deal, product and currency of which approved change orders changed the amount, and neither quantity nor hours.
with changes as (
    select * from {{ ref('int_change_order_values') }}
    where left_out_reason is null and event_on <= {{ as_of() }} and deal_key <> 'unknown' and is_amount_only
),

final as (
    select
        deal_key,
        product_key,
        currency,
        cast(sum(document_amount) as decimal(38, 6)) as amount
    from changes
    group by deal_key, product_key, currency
)

select * from final
