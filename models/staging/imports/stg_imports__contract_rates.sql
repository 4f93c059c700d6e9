-- One row per contract rate of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'contract_rates') }}
),

renamed as (
    select
        contract_rate_id,
        contract_id,
        product_id,
        person_id,
        unit,
        rate_class,
        charge_rate,
        pay_rate,
        on_cost_pct,
        valid_from,
        valid_to,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
