-- One row per agreement with a client, as it is now.
with source as (
    {{ raw_latest('field_service', 'contracts') }}
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
        retention_pct,
        retention_due_on,
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
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
