-- One row per job that was sold and billed: more was billed for it, credits taken off, than was agreed.
with events as (
    select * from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order', 'invoiced', 'credited') and job_key <> 'unknown'
),

-- In the document's currency where there is one; else in the reporting currency.
sums as (
    select
        job_key,
        case when count(distinct currency) = 1 then min(currency) else '{{ var("reporting_currency") }}' end as currency,
        sum(case when stage in ('booked', 'change_order') then document_amount else 0 end) as contracted_document,
        sum(case when stage in ('booked', 'change_order') then reporting_amount else 0 end) as contracted_reporting,
        sum(case when stage in ('invoiced', 'credited') then document_amount else 0 end) as invoiced_document,
        sum(case when stage in ('invoiced', 'credited') then reporting_amount else 0 end) as invoiced_reporting,
        count(distinct currency) as currency_count,
        count(case when stage = 'booked' then 1 end) as booking_count,
        count(case when reporting_amount is null then 1 end) as rate_missing_count,
        max(case when stage in ('invoiced', 'credited') then event_on end) as last_invoiced_on
    from events
    group by job_key
    having count(case when stage in ('invoiced', 'credited') then 1 end) > 0
),

compared as (
    select
        sums.*,
        cast(case when currency_count = 1 then contracted_document else contracted_reporting end as decimal(18, 2)) as contracted_amount,
        cast(case when currency_count = 1 then invoiced_document else invoiced_reporting end as decimal(18, 2)) as invoiced_amount
    from sums
    where booking_count > 0 and (currency_count = 1 or rate_missing_count = 0)
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
        'Agree a change order for job ' || jobs.job_id || ', or credit what is above' as suggested_action,
        compared.invoiced_amount > compared.contracted_amount
        and {{ beyond_tolerance('compared.invoiced_amount - compared.contracted_amount', 'compared.contracted_amount') }} as is_exception
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
