-- One row per item of Xero. Its prices are in the ledger's base currency.
with items as (
    {{ raw_latest('xero', 'items') }}
),

organisations as (
    {{ raw_latest('xero', 'organisations') }}
),

renamed as (
    select
        items.item_id as product_id,
        items.code as product_code,
        coalesce(items.name, items.code) as product_name,
        cast(null as string) as product_category,
        cast(null as string) as unit,
        items.sales_unit_price as list_price,
        items.purchase_unit_price as standard_cost,
        items.sales_tax_type as tax_code,
        organisations.base_currency as currency,
        'xero' as source_system,
        items._load_id as load_id,
        items._landed_at as landed_at
    from items
    left join organisations on 1 = 1
)

select * from renamed
