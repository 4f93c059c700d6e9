-- One row per product of HubSpot's library. One that was archived stays while a line names it.
with source as (
    {{ newest_of(raw_versions('hubspot', 'products')) }}
),

sold as (
    select distinct hs_product_id from ({{ raw_latest('hubspot', 'line_items') }}) as line_items
    where {{ given('hs_product_id') }} is not null
),

account as (
    select max(base_currency) as base_currency from {{ ref('source_systems') }} where source_system = 'hubspot'
),

renamed as (
    select
        source.id as product_id,
        coalesce({{ given('trim(source.hs_sku)') }}, source.id) as product_code,
        coalesce({{ given('trim(source.name)') }}, {{ given('trim(source.hs_sku)') }}, source.id) as product_name,
        source.category as product_category,
        source.unit,
        {{ dbt.safe_cast('source.price', 'decimal(18, 6)') }} as list_price,
        {{ dbt.safe_cast('source.hs_cost_of_goods_sold', 'decimal(18, 6)') }} as standard_cost,
        source.tax_code,
        -- Prices of the library are in the account's own currency.
        account.base_currency as currency,
        'hubspot' as source_system,
        source._load_id as load_id,
        source._landed_at as landed_at
    from source
    cross join account
    left join sold on source.id = sold.hs_product_id
    where not source._is_deleted or sold.hs_product_id is not null
)

select * from renamed
