-- One row per journal line of an import folder, as last handed over.
with source as (
    {{ raw_latest('imports', 'journal_lines') }}
),

renamed as (
    select
        journal_line_id,
        journal_id,
        posted_on,
        entered_at,
        account_code,
        amount,
        currency,
        currency_amount,
        description,
        document_type,
        document_id,
        document_line_id,
        product_code,
        reverses_journal_id,
        customer_id,
        job_ref,
        entered_by,
        approved_by,
        is_manual,
        source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
