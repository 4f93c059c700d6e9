-- One row per tax rate of Xero, which holds for every product and says nothing of when it began: it is taken to hold since ever.
with tax_rates as (
    {{ raw_latest('xero', 'tax_rates') }}
),

renamed as (
    select
        tax_type as tax_code,
        cast(null as string) as product_category,
        effective_rate as rate_pct,
        cast('1900-01-01' as date) as valid_from,
        cast(null as date) as valid_to,
        'xero' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from tax_rates
)

select * from renamed
