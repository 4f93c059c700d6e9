-- One row per record that plans what a job and product cost, change orders apart, and once more, negative, where its win was taken back.
with events as (
    select event_key, job_key, product_key, event_on, currency, exchange_rate, load_id
    from {{ ref('fct_stage_events') }}
    where stage = 'booked'
),

-- What is planned in a currency is worth what the booking in that currency was.
job_rates as (
    select
        job_key,
        currency,
        exchange_rate
    from events
    where exchange_rate is not null
    qualify row_number() over (partition by job_key, currency order by event_on nulls last, event_key nulls last) = 1
),

deal_lines as (
    select
        'deal_line' as plan_source,
        1 as priority,
        events.event_key as record_key,
        events.job_key,
        events.product_key,
        events.event_on as version_on,
        true as is_version_current,
        case when lines.is_known_on_day then 'known_on_win' else 'first_landed' end as plan_rule,
        cast(null as {{ dbt.type_string() }}) as phase,
        lower(trim(lines.planned_cost_type)) as cost_type,
        case when bookings.valuation_rule = 'un_won' then -1 else 1 end as sign,
        lines.quantity,
        bookings.unit,
        lines.planned_hours as hours,
        bookings.currency,
        lines.planned_cost as cost_amount,
        bookings.source_system,
        bookings.source_entity,
        bookings.source_id,
        events.load_id
    from events
    inner join {{ ref('int_booked_values') }} as bookings on events.event_key = bookings.event_key
    inner join {{ ref('int_booked_lines') }} as lines
        on
            bookings.source_system = lines.source_system
            and bookings.deal_line_id = lines.deal_line_id
            and bookings.win_number = lines.win_number
    where lines.planned_cost is not null or lines.planned_hours is not null
),

budgets as (
    select
        'job_budget', 2, job_budget_id as record_key, job_key, product_key, version_on, is_plan, plan_rule, phase, cost_type, 1,
        cast(null as decimal(18, 6)), cast(null as {{ dbt.type_string() }}), budget_hours, currency, budget_cost,
        source_system, 'job_budgets', job_budget_id, load_id
    from {{ ref('int_budget_versions') }}
    where budget_cost is not null or budget_hours is not null
),

-- What a placed person is paid, and what an employer pays on top.
placements as (
    select
        'placement_contract', 3, contracts.contract_key, contracts.job_key,
        coalesce(rates.product_key, only_products.product_key, 'unknown'), contracts.booked_on, true,
        case when contracts.is_known_on_day then 'known_on_win' else 'first_landed' end,
        cast(null as {{ dbt.type_string() }}), 'pay', 1, contracts.planned_quantity, rates.unit, cast(null as decimal(18, 6)), contracts.currency,
        cast(round(
            {{ extended('contracts.planned_quantity', 'rates.pay_rate') }}
            + {{ percent_of('coalesce(rates.on_cost_pct, 0)', extended('contracts.planned_quantity', 'rates.pay_rate')) }}, 2
        ) as decimal(18, 2)),
        contracts.source_system, 'contracts', contracts.contract_id, contracts.load_id
    from {{ ref('int_booked_contracts') }} as contracts
    inner join {{ ref('int_booked_rates') }} as rates on contracts.contract_key = rates.contract_key
    left join {{ ref('int_only_products') }} as only_products on contracts.job_key = only_products.job_key
    where not contracts.is_permanent and contracts.planned_quantity is not null and rates.pay_rate is not null
),

records as (
    select * from deal_lines
    union all
    select * from budgets
    union all
    select * from placements
),

-- One plan a job and product, the first that says a cost. A budget for all of a job is none where a deal line plans for part of it.
chosen as (
    select
        *,
        min(case when is_version_current and cost_amount is not null then priority end) over (partition by job_key, product_key) as product_priority,
        min(case when is_version_current and cost_amount is not null then priority end) over (partition by job_key) as job_priority
    from records
),

final as (
    select
        chosen.plan_source,
        chosen.record_key,
        chosen.job_key,
        chosen.product_key,
        chosen.version_on,
        chosen.is_version_current
        and coalesce(chosen.priority = chosen.product_priority, false)
        and (chosen.product_key <> 'unknown' or chosen.priority = chosen.job_priority) as is_current,
        chosen.plan_rule,
        chosen.phase,
        chosen.cost_type,
        cast(chosen.sign * chosen.quantity as decimal(18, 6)) as quantity,
        chosen.unit,
        cast(chosen.sign * chosen.hours as decimal(18, 6)) as hours,
        chosen.currency,
        cast(chosen.sign * chosen.cost_amount as decimal(18, 2)) as document_amount,
        coalesce(job_rates.exchange_rate, case when chosen.currency = '{{ var("reporting_currency") }}' then 1 end) as exchange_rate,
        cast(
            case
                when job_rates.exchange_rate is not null then chosen.sign * {{ converted('chosen.cost_amount', 'job_rates.exchange_rate') }}
                when chosen.currency = '{{ var("reporting_currency") }}' then chosen.sign * chosen.cost_amount
            end as decimal(18, 2)
        ) as reporting_amount,
        chosen.source_system,
        chosen.source_entity,
        chosen.source_id,
        chosen.load_id
    from chosen
    left join job_rates on chosen.job_key = job_rates.job_key and chosen.currency = job_rates.currency
)

select * from final
