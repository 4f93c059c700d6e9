-- One row per thing that happened: a booking, change order, delivery, invoice or credit line, revenue posting, movement of cash, or cost.
with final as (
    select
        event_key,
        stage,
        deal_key,
        contract_key,
        job_key,
        work_order_key,
        product_key,
        customer_key,
        owner_key,
        person_key,
        event_on,
        quantity,
        unit,
        currency,
        document_amount,
        tax_amount,
        exchange_rate,
        rate_rule,
        rate_quoted_on,
        reporting_amount,
        legal_entity,
        source_system,
        source_entity,
        source_id,
        entity_label,
        load_id,
        valuation_rule
    from {{ ref('int_stage_events') }}
)

select * from final
