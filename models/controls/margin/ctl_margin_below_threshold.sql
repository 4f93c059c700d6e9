-- One row per job with delivered value and cost: its realised margin is under the floor of its type.
with jobs as (
    select * from {{ ref('int_job_terms') }}
),

sums as (
    select
        job_key,
        sum(case when stage = 'delivered' then reporting_amount else 0 end) as delivered_amount,
        sum(case when stage = 'cost' then reporting_amount else 0 end) as cost_amount,
        sum(case when stage in ('invoiced', 'credited') then reporting_amount else 0 end) as billed_amount,
        max(case when stage in ('delivered', 'cost') then event_on end) as last_on,
        count(case when reporting_amount is null then 1 end) as rate_missing_count
    from {{ ref('fct_stage_events') }}
    where stage in ('delivered', 'cost', 'invoiced', 'credited')
    group by job_key
),

-- What was conceded on work that was done lowers its value, as far as less is billed than was delivered: a credit may only put a bill right.
conceded as (
    select
        lines.job_key,
        sum(events.reporting_amount) as conceded_amount
    from {{ ref('int_invoice_values') }} as lines
    inner join {{ ref('fct_stage_events') }} as events on lines.event_key = events.event_key
    inner join {{ ref('cnf_invoices') }} as invoices
        on lines.source_system = invoices.source_system and lines.invoice_id = invoices.invoice_id
    where events.stage = 'credited' and invoices.credit_reason in ('price', 'goodwill', 'dispute')
    group by lines.job_key
),

floors as (
    select * from {{ ref('margin_floors') }}
),

rules as (
    {{ control_rules('margin_below_threshold') }}
),

-- A fixed price earns its value at the end: before it is complete its margin says nothing.
valued as (
    select
        jobs.*,
        sums.last_on,
        sums.cost_amount,
        sums.delivered_amount - least(-coalesce(conceded.conceded_amount, 0), greatest(sums.delivered_amount - sums.billed_amount, 0)) as value_amount
    from jobs
    inner join sums on jobs.job_key = sums.job_key
    left join conceded on jobs.job_key = conceded.job_key
    where
        sums.delivered_amount > 0 and sums.cost_amount > 0 and sums.rate_missing_count = 0
        and jobs.job_type <> 'permanent_placement'
        and (jobs.job_type <> 'fixed_price' or jobs.status = 'completed')
),

floored as (
    select
        valued.*,
        coalesce(floors.floor_pct, rules.tolerance_pct) as floor_pct
    from valued
    inner join rules on {{ in_force('valued.last_on') }}
    left join floors on valued.job_type = floors.job_type and valued.last_on >= floors.valid_from
    qualify row_number() over (partition by valued.job_key order by floors.valid_from desc nulls last) = 1
),

examined as (
    select
        floored.job_id as entity_id,
        floored.source_system,
        floored.job_key,
        floored.last_on as occurred_on,
        floored.job_type,
        floored.floor_pct,
        cast(floored.value_amount as decimal(18, 2)) as value_amount,
        cast(floored.cost_amount as decimal(18, 2)) as cost_amount,
        '{{ var("reporting_currency") }}' as currency,
        cast({{ percent_of('floored.floor_pct', 'floored.value_amount') }} as decimal(18, 2)) as expected_amount,
        cast(floored.value_amount - floored.cost_amount as decimal(18, 2)) as actual_amount,
        cast(
            {{ percent_of('floored.floor_pct', 'floored.value_amount') }} - (floored.value_amount - floored.cost_amount) as decimal(18, 2)
        ) as at_risk_amount,
        cast(floored.value_amount as decimal(18, 2)) as examined_amount,
        case when floored.cost_amount > floored.value_amount then 'at_a_loss' else 'below_floor' end as cause,
        'Look at the costs and prices of job {record}' as suggested_action,
        floored.value_amount - floored.cost_amount < {{ percent_of('floored.floor_pct', 'floored.value_amount') }} as is_exception
    from floored
),

final as (
    {{ control_rows('margin_below_threshold', 'jobs', has=['job_key'],
            evidence=[
                'job_type', 'value_amount', 'cost_amount',
                'actual_amount', 'floor_pct', 'currency',
            ]) }}
)

select * from final
