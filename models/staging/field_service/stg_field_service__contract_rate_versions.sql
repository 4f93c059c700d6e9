-- One row per version of a rate of an agreement.
with source as (
    {{ raw_versions('field_service', 'contract_rates') }}
),

renamed as (
    select
        contract_rate_id,
        contract_id,
        product_id,
        person_id,
        unit,
        charge_rate,
        pay_rate,
        on_cost_pct,
        valid_from,
        valid_to,
        'field_service' as source_system,
        _updated_at as updated_at,
        _version as version_number,
        _is_deleted as is_deleted,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
