-- One row per rate of an agreement, as it is now.
with source as (
    {{ raw_latest('field_service', 'contract_rates') }}
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
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
