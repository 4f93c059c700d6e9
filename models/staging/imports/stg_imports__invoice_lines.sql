-- One row per invoice line of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'invoice_lines') }}
),

renamed as (
    select
        invoice_line_id,
        invoice_id,
        cast(line_number as integer) as line_number,
        product_code,
        description,
        quantity,
        unit_price,
        discount_amount,
        net_amount,
        tax_code,
        tax_amount,
        account_code,
        job_ref,
        work_order_ref,
        delivery_id,
        period_starts_on,
        period_ends_on,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
