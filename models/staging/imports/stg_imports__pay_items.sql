-- One row per pay item of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'pay_items') }}
),

renamed as (
    select
        pay_item_id,
        pay_run_id,
        person_id,
        delivery_id,
        job_ref,
        period_starts_on,
        period_ends_on,
        paid_on,
        rate_class,
        quantity,
        unit,
        pay_rate,
        amount,
        currency,
        status,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
