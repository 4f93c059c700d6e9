-- One row per approved change order that changes a quantity: its amount stays the same.
with changes as (
    select
        change_values.*,
        coalesce(units.base_unit, change_values.unit) as base_unit,
        {{ in_base_unit('change_values.quantity', unit_quantity('change_values.unit', 'units.base_quantity', 'days')) }} as base_quantity,
        days.day_quantity,
        days.week_quantity,
        days.month_quantity,
        orders.quantity_delta,
        orders.reason
    from {{ ref('int_change_order_values') }} as change_values
    inner join {{ ref('cnf_change_orders') }} as orders
        on change_values.source_system = orders.source_system and change_values.source_id = orders.change_order_id
    left join {{ ref('unit_conversions') }} as units on change_values.unit = units.unit
    left join {{ ref('int_job_terms') }} as jobs on change_values.job_key = jobs.job_key
    left join {{ ref('int_source_systems') }} as systems on jobs.source_system = systems.source_system
    left join {{ ref('int_working_days') }} as days
        on
            systems.legal_entity = days.legal_entity
            and jobs.contract_key = days.contract_key
            and jobs.person_key = days.person_key
            and change_values.event_on = days.worked_on
    where change_values.left_out_reason is null and change_values.event_on <= {{ as_of() }} and orders.quantity_delta <> 0
),

-- What a unit costs by the contract in force, else by the deal's line, else by the list.
contract_rates as (
    select
        changes.source_system,
        changes.source_id,
        max({{ priced('rates.charge_rate', '1', 'rates', 6, 'changes') }}) as worth_amount
    from changes
    inner join {{ ref('int_contract_rates') }} as rates on changes.contract_key = rates.contract_key
    where
        (rates.product_key = changes.product_key or rates.product_key is null or changes.product_key = 'unknown')
        and {{ can_price('rates', 'changes') }}
        and changes.event_on >= rates.valid_from and changes.event_on <= coalesce(rates.valid_to, changes.event_on)
    group by changes.source_system, changes.source_id
),

line_prices as (
    select * from {{ ref('int_line_prices') }}
    where quantity > 0
),

products as (
    select product_key, max(list_price) as list_price from {{ ref('dim_product') }}
    group by product_key
),

rules as (
    {{ control_rules('amendment_not_repriced') }}
),

priced as (
    select
        changes.*,
        cast(coalesce(
            contract_rates.worth_amount,
            case
                when {{ can_price('line_prices', 'changes') }}
                    then {{ priced('line_prices.net_amount', 'line_prices.quantity', 'line_prices', 6, 'changes') }}
            end,
            {{ extended('changes.quantity_delta', 'products.list_price') }},
            0
        ) as decimal(18, 2)) as worth_amount
    from changes
    left join contract_rates on changes.source_system = contract_rates.source_system and changes.source_id = contract_rates.source_id
    left join line_prices on changes.deal_key = line_prices.deal_key and changes.product_key = line_prices.product_key -- noqa: ST11
    left join products on changes.product_key = products.product_key
),

examined as (
    select
        priced.source_id as entity_id,
        priced.source_system,
        priced.deal_key,
        priced.job_key,
        priced.product_key,
        priced.event_on as occurred_on,
        priced.event_on as approved_on,
        priced.quantity_delta,
        priced.reason,
        priced.currency,
        priced.worth_amount,
        priced.worth_amount as expected_amount,
        priced.document_amount as actual_amount,
        priced.worth_amount as at_risk_amount,
        priced.worth_amount as examined_amount,
        'quantity_without_amount' as cause,
        'Price {record}, or note that ' || {{ number_in_words('priced.quantity_delta') }} || ' more are free' as suggested_action,
        abs(priced.document_amount) <= rules.tolerance_amount as is_exception
    from priced
    inner join rules on {{ in_force('priced.event_on') }}
),

final as (
    {{ control_rows('amendment_not_repriced', 'change_orders', has=['deal_key', 'job_key', 'product_key'],
        evidence=['approved_on', 'reason', 'quantity_delta', 'actual_amount', 'worth_amount', 'currency']) }}
)

select * from final
