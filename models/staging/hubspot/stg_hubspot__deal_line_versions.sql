-- One row per version of a line item that is or was on a deal of HubSpot, tombstones included.
with source as (
    {{ raw_versions('hubspot', 'line_items') }}
),

line_item_deals as (
    {{ raw_versions('hubspot', 'line_item_deals') }}
),

links as (
    select *
    from line_item_deals
    qualify row_number() over (partition by _record_key order by _version desc) = 1
),

-- The deal a line is on, else the last it was on: an archived line has lost its link. A quote's copies of lines are on no deal.
deals as (
    select
        line_item_id,
        deal_id
    from links
    qualify row_number() over (
        partition by line_item_id
        order by _is_deleted, case when _is_deleted then _landed_at end desc nulls last, length(deal_id), deal_id
    ) = 1
),

renamed as (
    select
        source.id as deal_line_id,
        deals.deal_id,
        nullif(source.hs_product_id, '') as product_id,
        coalesce(nullif(source.description, ''), source.name) as description,
        {{ dbt.safe_cast('source.quantity', 'decimal(18, 6)') }} as quantity,
        source.unit,
        {{ dbt.safe_cast('source.price', 'decimal(18, 6)') }} as unit_price,
        {{ dbt.safe_cast('source.hs_total_discount', 'decimal(18, 2)') }} as discount_amount,
        {{ dbt.safe_cast('source.amount', 'decimal(18, 2)') }} as net_amount,
        {{ dbt.safe_cast('source.planned_hours', 'decimal(18, 6)') }} as planned_hours,
        {{ dbt.safe_cast('source.planned_cost', 'decimal(18, 2)') }} as planned_cost,
        source.updated_at,
        'hubspot' as source_system,
        source._load_id as load_id,
        source._landed_at as landed_at,
        source._is_deleted as is_deleted,
        source._version as version_number
    from source
    inner join deals on source.id = deals.line_item_id
)

select * from renamed
