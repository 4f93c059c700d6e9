-- One row per line of a quote of HubSpot.
with versions as (
    select * from {{ ref('stg_hubspot__line_item_versions') }}
),

newest as (
    {{ newest_of('select * from versions', 'line_item_id', 'updated_at', 'version_number', 'is_deleted') }}
),

links as (
    select quote_id, line_item_id
    from ({{ raw_latest('hubspot', 'quote_line_items') }}) as quote_line_items
    qualify row_number() over (partition by line_item_id order by length(quote_id) desc nulls last, quote_id desc nulls last) = 1
),

renamed as (
    select
        newest.line_item_id as quote_line_id,
        links.quote_id,
        newest.product_id,
        newest.description,
        newest.quantity,
        newest.unit,
        newest.unit_price,
        newest.discount_amount,
        newest.net_amount,
        newest.planned_hours,
        newest.planned_cost,
        'hubspot' as source_system,
        newest.load_id,
        newest.landed_at
    from newest
    inner join links on newest.line_item_id = links.line_item_id
    inner join {{ ref('stg_hubspot__quotes') }} as quotes on links.quote_id = quotes.quote_id
    where not newest.is_deleted
)

select * from renamed
