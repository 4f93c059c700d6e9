-- One row per delivery that counts, with what it can be matched by in its own currency: whose copy a bill is, and what it counts, needs no rate.
with valued as (
    select
        event_key, delivery_id, delivery_type, cast(null as {{ dbt.type_string() }}) as change_order_id,
        base_unit, unit_quantity, base_quantity, day_quantity, week_quantity, month_quantity,
        job_key, product_key, work_order_key, person_key, event_on, rate_on, left_out_reason, valuation_rule, unit, currency,
        cast(quantity as decimal(18, 6)) as quantity, cast(document_amount as decimal(18, 2)) as document_amount, source_system
    from {{ ref('int_delivery_values') }}
    union all
    select
        event_key, delivery_id, 'derived' as delivery_type, change_order_id,
        null, null, null, null, null, null,
        job_key, product_key, work_order_key, person_key, event_on, rate_on, left_out_reason, valuation_rule, unit, currency,
        cast(quantity as decimal(18, 6)), cast(document_amount as decimal(18, 2)), source_system
    from {{ ref('int_derived_delivery_values') }}
),

-- What takes something back and has no rate takes part in nothing.
counting as (
    select valued.*
    from valued
    left join {{ ref('int_reporting_rates') }} as rates
        on
            valued.source_system = rates.source_system
            and valued.currency = rates.currency
            and valued.rate_on = rates.rate_on
    where
        valued.left_out_reason is null and valued.event_on <= {{ as_of() }}
        and (valued.document_amount > 0 or valued.currency = '{{ var("reporting_currency") }}' or rates.rate is not null)
),

counted as (
    select
        counting.*,
        jobs.job_type is not null
        and jobs.job_type not in ('fixed_price', 'permanent_placement')
        and counting.delivery_type in ('time', 'material', 'shipment')
        and (
            counting.valuation_rule like 'contract_rate%'
            or counting.valuation_rule in ('order_line_price', 'deal_line_price', 'list_price', 'unpriced')
        )
        and counting.quantity > 0
        -- Work agreed at nothing is owed nothing: a billed quantity is not looked for in it.
        and (counting.document_amount > 0 or (counting.document_amount = 0 and counting.valuation_rule = 'unpriced')) as is_counted
    from counting
    left join {{ ref('int_job_terms') }} as jobs on counting.job_key = jobs.job_key
),

final as (
    select
        event_key as item_key,
        nullif(job_key, 'unknown') as job_key,
        product_key,
        nullif(work_order_key, 'unknown') as work_order_key,
        person_key,
        event_on,
        delivery_id,
        delivery_type,
        change_order_id,
        valuation_rule,
        unit as source_unit,
        case when is_counted then coalesce(base_unit, 'none') end as base_unit,
        cast(coalesce(unit_quantity, 1) as decimal(18, 6)) as base_quantity,
        day_quantity,
        week_quantity,
        month_quantity,
        currency,
        document_amount,
        case when is_counted then base_quantity end as quantity,
        coalesce(is_counted, false) as is_counted,
        case when is_counted then {{ share('document_amount', '1', 'base_quantity') }} end as unit_price,
        delivery_type = 'time' and document_amount < 0 and valuation_rule <> 'rebate' as is_time_corrected,
        source_system
    from counted
)

select * from final
