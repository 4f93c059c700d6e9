-- One row per line item that is on a deal of HubSpot.
with source as (
    select * from {{ ref('stg_hubspot__deal_line_versions') }}
),

-- A line that was taken off its deal without being archived is no line of a deal any more.
linked as (
    select distinct line_item_id from ({{ raw_latest('hubspot', 'line_item_deals') }}) as line_item_deals
),

newest as (
    {{ newest_of('select * from source', 'deal_line_id', 'updated_at', 'version_number', 'is_deleted') }}
),

renamed as (
    select
        newest.deal_line_id,
        newest.deal_id,
        newest.product_id,
        newest.description,
        newest.quantity,
        newest.unit,
        newest.unit_price,
        newest.discount_amount,
        newest.net_amount,
        newest.planned_hours,
        newest.planned_cost,
        cast(null as string) as planned_cost_type,
        newest.updated_at,
        newest.source_system,
        newest.load_id,
        newest.landed_at
    from newest
    inner join linked on newest.deal_line_id = linked.line_item_id
    where not newest.is_deleted
)

select * from renamed
