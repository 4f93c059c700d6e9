-- One row per job that was sold and billed: more was billed for it, credits taken off, than was agreed.
with events as (
    select * from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order', 'invoiced', 'credited')
),

agreed as (
    select
        job_key,
        min(currency) as currency
    from events
    where stage = 'booked'
    group by job_key
),

-- All of it in the currency that was agreed, each at the rate of its day: what the rate moved since is not billed above the contract.
valued as (
    select
        events.job_key,
        events.event_on,
        events.stage in ('invoiced', 'credited') as is_billed,
        agreed.currency,
        case
            when events.currency = agreed.currency then events.document_amount
            else {{ share('events.document_amount', 'rates.rate', 'agreed_rates.rate', part_places=12) }}
        end as amount
    from events
    inner join agreed on events.job_key = agreed.job_key
    left join {{ ref('int_control_rates') }} as rates on events.currency = rates.currency and events.event_on = rates.rate_on
    left join {{ ref('int_control_rates') }} as agreed_rates
        on agreed.currency = agreed_rates.currency and events.event_on = agreed_rates.rate_on
),

compared as (
    select
        job_key,
        min(currency) as currency,
        cast(sum(case when is_billed then 0 else amount end) as decimal(18, 2)) as contracted_amount,
        cast(sum(case when is_billed then amount else 0 end) as decimal(18, 2)) as invoiced_amount,
        max(case when is_billed then event_on end) as last_invoiced_on
    from valued
    group by job_key
    having count(*) = count(amount)
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

rules as (
    {{ control_rules('invoiced_above_contract') }}
),

examined as (
    select
        jobs.job_id as entity_id,
        jobs.source_system,
        compared.job_key,
        compared.last_invoiced_on as occurred_on,
        compared.currency,
        compared.contracted_amount,
        compared.invoiced_amount,
        compared.contracted_amount as expected_amount,
        compared.invoiced_amount as actual_amount,
        cast(compared.invoiced_amount - compared.contracted_amount as decimal(18, 2)) as at_risk_amount,
        compared.invoiced_amount as examined_amount,
        'billed_above_contract' as cause,
        'Agree a change order for job {record}, or credit what is above' as suggested_action,
        {{ above_tolerance('compared.invoiced_amount - compared.contracted_amount', 'compared.contracted_amount') }} as is_exception
    from compared
    inner join jobs on compared.job_key = jobs.job_key
    inner join rules on {{ in_force('compared.last_invoiced_on') }}
),

final as (
    {{ control_rows('invoiced_above_contract', 'jobs', has=['job_key'],
            evidence=[
                'contracted_amount', 'invoiced_amount',
                'currency', 'occurred_on',
            ]) }}
)

select * from final
