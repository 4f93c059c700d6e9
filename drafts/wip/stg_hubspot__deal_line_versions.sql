-- One row per version of a line item that is or was on a deal of HubSpot, tombstones included.
with source as (
    select * from {{ ref('stg_hubspot__line_item_versions') }}
),

line_item_deals as (
    {{ raw_versions('hubspot', 'line_item_deals') }}
),

links as (
    select *
    from line_item_deals
    qualify row_number() over (partition by _record_key order by _version desc nulls last) = 1
),

-- The deal a line is on, else the last it was on: an archived line has lost its link. A quote's copies of lines are on no deal.
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

-- A line in another currency than its deal's has no amount in the deal's: nothing is converted on a guess.
placed as (
    select
        source.*,
        deals.deal_id,
        coalesce(source.currency <> currencies.currency, false) as is_in_other_currency
    from source
    inner join deals on source.line_item_id = deals.line_item_id
    left join currencies on deals.deal_id = currencies.deal_id
),

renamed as (
    select
        line_item_id as deal_line_id,
        deal_id,
        product_id,
        description,
        quantity,
        unit,
        case when not is_in_other_currency then unit_price end as unit_price,
        case when not is_in_other_currency then discount_amount end as discount_amount,
        case when not is_in_other_currency then net_amount end as net_amount,
        planned_hours,
        planned_cost,
        cast(null as string) as planned_cost_type,
        updated_at,
        'hubspot' as source_system,
        load_id,
        landed_at,
        is_deleted,
        version_number
    from placed
)

select * from renamed
