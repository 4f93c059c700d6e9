-- One row per version of a contract rate of an import folder.
with source as (
    {{ raw_versions('imports', 'contract_rates') }}
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
        valid_from,
        valid_to,
        source_system,
        _updated_at as updated_at,
        _version as version_number,
        _is_deleted as is_deleted,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
