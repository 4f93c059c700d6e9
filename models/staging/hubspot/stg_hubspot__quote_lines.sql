-- One row per line of a quote of HubSpot.
with source as (
    {{ raw_latest('hubspot', 'line_items') }}
),

-- A line that was put on several quotes is on the newest of them.
links as (
    select
        quote_id,
        line_item_id
    from ({{ raw_latest('hubspot', 'quote_line_items') }}) as quote_line_items
    qualify row_number() over (partition by line_item_id order by length(quote_id) desc nulls last, quote_id desc nulls last) = 1
),

quotes as (
    select
        quote_id,
        currency
    from {{ ref('stg_hubspot__quotes') }}
),

placed as (
    select
        source.*,
        links.quote_id as parent_id,
        quotes.currency as parent_currency
    from source
    inner join links on source.id = links.line_item_id
    inner join quotes on links.quote_id = quotes.quote_id
),

valued as (
    {{ hubspot_line_items('placed') }}
),

renamed as (
    select
        line_item_id as quote_line_id,
        parent_id as quote_id,
        product_id,
        description,
        quantity,
        unit,
        unit_price,
        discount_amount,
        net_amount,
        planned_hours,
        planned_cost,
        'hubspot' as source_system,
        load_id,
        landed_at
    from valued
)

select * from renamed
