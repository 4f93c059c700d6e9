-- One row per product of HubSpot's library.
with source as (
    {{ raw_latest('hubspot', 'products') }}
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
)

select * from renamed
