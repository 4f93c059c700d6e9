-- One row per version of an agreement with a client.
with source as (
    {{ raw_versions('field_service', 'contracts') }}
),

renamed as (
    select
        contract_id,
        customer_id,
        deal_id,
        starts_on,
        ends_on,
        billing_rule,
        billing_period,
        cast(billing_window_days as integer) as billing_window_days,
        recognition_rule,
        cast(payment_terms_days as integer) as payment_terms_days,
        fee_type,
        fee_base_amount,
        fee_pct,
        cast(rebate_days as integer) as rebate_days,
        rebate_pct,
        planned_quantity,
        standard_quantity_per_period,
        currency,
        status,
        'field_service' as source_system,
        _updated_at as updated_at,
        _version as version_number,
        _is_deleted as is_deleted,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
