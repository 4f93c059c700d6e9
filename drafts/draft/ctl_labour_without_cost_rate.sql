-- One row per delivery of approved time that no cost and no pay item answers yet: no rate says what it costs.
with labour as (
    select * from {{ ref('int_loaded_labour') }}
    where event_on <= {{ as_of() }}
),

rules as (
    {{ control_rules('labour_without_cost_rate') }}
),

examined as (
    select
        labour.delivery_id as entity_id,
        labour.source_system,
        labour.job_key,
        labour.product_key,
        labour.event_on as occurred_on,
        labour.quantity,
        labour.unit,
        '{{ var("reporting_currency") }}' as currency,
        cast(null as decimal(18, 2)) as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(0 as decimal(18, 2)) as examined_amount,
        case when labour.person_key = 'unknown' then 'nobody_named' else 'no_rate_of_the_day' end as cause,
        case
            when labour.person_key = 'unknown' then 'Say who worked {record}, or enter a cost rate for the role in seeds/cost_rates.csv'
            else 'Enter what an hour of who worked {record} costs in seeds/cost_rates.csv'
        end as suggested_action,
        labour.left_out_reason is not null and {{ window_passed('labour.event_on') }} as is_exception
    from labour
    inner join rules on {{ in_force('labour.event_on') }}
),

final as (
    {{ control_rows('labour_without_cost_rate', 'deliveries', has=['job_key', 'product_key'], evidence=['quantity', 'unit', 'currency']) }}
)

select * from final
