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
    qualify row_number() over (partition by _record_key order by _version desc nulls last) = 1
),

-- The deal a line is on, else the last it was on: an archived line has lost its link. A quote's copies of lines are on
-- no deal.
deals as (
    select
        line_item_id,
        deal_id
    from links
    qualify row_number() over (
        partition by line_item_id
        order by
            _is_deleted nulls last,
            case when _is_deleted then _landed_at end desc nulls last,
            length(deal_id) nulls last,
            deal_id nulls last
    ) = 1
),

currencies as (
    select
        deal_id,
        currency
    from {{ ref('stg_hubspot__deals') }}
),

placed as (
    select
        source.*,
        deals.deal_id as parent_id,
        currencies.currency as parent_currency
    from source
    inner join deals on source.id = deals.line_item_id
    left join currencies on deals.deal_id = currencies.deal_id
),

valued as (
    {{ hubspot_line_items('placed') }}
),

renamed as (
    select
        line_item_id as deal_line_id,
        parent_id as deal_id,
        product_id,
        description,
        quantity,
        unit,
        unit_price,
        discount_amount,
        net_amount,
        planned_hours,
        planned_cost,
        cast(null as string) as planned_cost_type,
        updated_at,
        'hubspot' as source_system,
        load_id,
        landed_at,
        is_deleted,
        version_number
    from valued
)

select * from renamed
