-- One row per job, product and currency with counted deliveries: the unit that a record without one is understood in, and what it costs.
with deliveries as (
    select * from {{ ref('int_delivery_items') }}
    where is_counted and job_key is not null
),

summed as (
    select
        job_key,
        product_key,
        currency,
        count(distinct coalesce(source_unit, 'none')) as source_unit_count,
        min(coalesce(source_unit, 'none')) as source_unit,
        count(distinct base_unit) as base_unit_count,
        min(base_unit) as base_unit,
        count(distinct base_quantity) as base_quantity_count,
        min(base_quantity) as base_quantity,
        {% for unit in ['day', 'week', 'month'] %}
            case when count(distinct coalesce({{ unit }}_quantity, 0)) = 1 then min({{ unit }}_quantity) end as {{ unit }}_quantity,
        {% endfor %}
        count(distinct coalesce(day_quantity, 0)) > 1 or count(distinct coalesce(week_quantity, 0)) > 1 as has_several_times,
        cast(sum(document_amount) as decimal(38, 2)) as document_amount,
        cast(sum(quantity) as decimal(38, 6)) as quantity
    from deliveries
    group by job_key, product_key, currency
),

final as (
    select
        summed.job_key,
        summed.product_key,
        summed.currency,
        summed.base_unit,
        cast(case when summed.source_unit_count = 1 and summed.base_quantity_count = 1 then summed.base_quantity else 1 end as decimal(18, 6))
            as base_quantity,
        summed.day_quantity,
        summed.week_quantity,
        summed.month_quantity,
        summed.has_several_times,
        summed.document_amount,
        summed.quantity
    from summed
    where summed.base_unit_count = 1
)

select * from final
