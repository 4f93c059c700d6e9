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
        cast(case when summed.source_unit_count = 1 then coalesce(units.base_quantity, 1) else 1 end as decimal(18, 6)) as base_quantity,
        summed.document_amount,
        summed.quantity
    from summed
    left join {{ ref('unit_conversions') }} as units on summed.source_unit = units.unit
    where summed.base_unit_count = 1
)

select * from final
