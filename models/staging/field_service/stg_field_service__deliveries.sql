-- One row per thing delivered: a timesheet entry, material used, an expense, a milestone, a shipment.
{% set kinds = {
    'timesheets': 'time', 'materials': 'material', 'expenses': 'expense', 'milestones': 'milestone', 'shipments': 'shipment'
} %}
with source as (
    {% for table, kind in kinds.items() %}
        select
            delivery_id,
            job_id,
            job_line_id,
            work_order_id,
            product_id,
            person_id,
            '{{ kind }}' as delivery_type,
            phase,
            status,
            billable,
            delivered_on,
            approved_on,
            accepted_on,
            period_starts_on,
            period_ends_on,
            rate_class,
            quantity,
            unit,
            unit_price,
            value_amount,
            updated_at,
            _load_id,
            _landed_at
        from ({{ raw_latest('field_service', table) }}) as {{ table }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

renamed as (
    select
        delivery_id,
        job_id,
        job_line_id,
        work_order_id,
        product_id,
        person_id,
        delivery_type,
        phase,
        status,
        billable,
        delivered_on,
        approved_on,
        accepted_on,
        period_starts_on,
        period_ends_on,
        rate_class,
        -- An expense or a milestone is one of itself where the database does not count it.
        cast(coalesce(quantity, 1) as decimal(18, 6)) as quantity,
        unit,
        unit_price,
        value_amount,
        updated_at,
        'field_service' as source_system,
        _load_id as load_id,
        _landed_at as landed_at
    from source
)

select * from renamed
