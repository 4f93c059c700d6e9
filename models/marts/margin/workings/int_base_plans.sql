-- One row per record, and product it is for, that plans what a job costs, change orders apart, and once more, negative,
-- where its win was taken back.
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
        false as is_for_all,
        cast(null as date) as budget_now_on,
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
        'job_budget' as plan_source,
        2 as priority,
        job_budget_id
        || case when version_number > 1 then '|' || cast(version_number as {{ dbt.type_string() }}) else '' end
        || case when is_for_all and product_key <> 'unknown' then '|' || product_key else '' end as record_key,
        job_key,
        product_key,
        version_on,
        is_plan as is_version_current,
        plan_rule,
        phase,
        cost_type,
        1 as sign,
        cast(null as decimal(18, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit,
        budget_hours as hours,
        currency,
        budget_cost as cost_amount,
        is_for_all,
        case when is_now and budget_cost is not null then estimated_on end as budget_now_on,
        source_system,
        'job_budgets' as source_entity,
        job_budget_id as source_id,
        load_id
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
        false, cast(null as date), contracts.source_system, 'contracts', contracts.contract_id, contracts.load_id
    from {{ ref('int_booked_contracts') }} as contracts
    inner join {{ ref('int_booked_rates') }} as rates on contracts.contract_key = rates.contract_key
    left join {{ ref('int_only_products') }} as only_products on contracts.job_key = only_products.job_key
    where not contracts.is_permanent and contracts.planned_quantity is not null and rates.pay_rate is not null
),

of_jobs as (
    select * from budgets
    union all
    select * from placements
),

wins as (
    select * from {{ ref('int_job_wins') }}
),

-- What was planned for a job goes with its win on the day on which that is taken back; a deal's lines say so
-- themselves.
records as (
    select * from deal_lines
    union all
    select * from of_jobs
    union all
    select
        of_jobs.plan_source, of_jobs.priority, of_jobs.record_key || '|un_won', of_jobs.job_key, of_jobs.product_key, wins.unwon_on, true,
        of_jobs.plan_rule, of_jobs.phase, of_jobs.cost_type, -1, of_jobs.quantity, of_jobs.unit, of_jobs.hours, of_jobs.currency,
        of_jobs.cost_amount, of_jobs.is_for_all, cast(null as date), of_jobs.source_system, of_jobs.source_entity, of_jobs.source_id, of_jobs.load_id
    from of_jobs
    inner join wins on of_jobs.job_key = wins.job_key
    where of_jobs.is_version_current and wins.unwon_on is not null
),

-- One plan a job and product, the first that says a cost. A budget for all of a job is none where a deal line plans for
-- part of it.
chosen as (
    select
        *,
        min(case when is_version_current and cost_amount is not null then priority end) over (partition by job_key, product_key) as product_priority,
        min(case when is_version_current and cost_amount is not null then priority end) over (partition by job_key) as job_priority
    from records
),

-- A plan in a third currency is worth what that currency was on the day of the booking.
rated as (
    select
        chosen.*,
        coalesce(
            job_rates.exchange_rate,
            case when chosen.currency = '{{ var("reporting_currency") }}' then 1 else day_rates.rate end
        ) as exchange_rate
    from chosen
    left join job_rates on chosen.job_key = job_rates.job_key and chosen.currency = job_rates.currency
    left join wins on chosen.job_key = wins.job_key
    left join {{ ref('int_reporting_rates') }} as day_rates
        on
            chosen.source_system = day_rates.source_system
            and chosen.currency = day_rates.currency
            and coalesce(wins.won_on, chosen.version_on) = day_rates.rate_on
),

final as (
    select
        rated.plan_source,
        rated.record_key,
        rated.job_key,
        rated.product_key,
        rated.version_on,
        rated.is_version_current
        and coalesce(rated.priority = rated.product_priority, false)
        and ((rated.product_key <> 'unknown' and not rated.is_for_all) or rated.priority = rated.job_priority) as is_current,
        rated.budget_now_on,
        rated.plan_rule,
        rated.phase,
        rated.cost_type,
        cast(rated.sign * rated.quantity as decimal(18, 6)) as quantity,
        rated.unit,
        cast(rated.sign * rated.hours as decimal(18, 6)) as hours,
        rated.currency,
        cast(rated.sign * rated.cost_amount as decimal(18, 2)) as document_amount,
        rated.exchange_rate,
        cast(rated.sign * {{ converted('rated.cost_amount', 'rated.exchange_rate') }} as decimal(18, 2)) as reporting_amount,
        rated.source_system,
        rated.source_entity,
        rated.source_id,
        rated.load_id
    from rated
)

select * from final
