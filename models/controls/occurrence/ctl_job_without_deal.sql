-- One row per job on which work was done, in a company that sells by deals: nothing was sold for it.
with jobs as (
    select
        jobs.*,
        terms.contract_currency
    from {{ ref('int_jobs') }} as jobs
    inner join {{ ref('int_job_terms') }} as terms on jobs.job_key = terms.job_key
    where jobs.status <> 'cancelled'
),

sellers as (
    select distinct systems.legal_entity
    from {{ ref('cnf_deals') }} as deals
    inner join {{ ref('int_source_systems') }} as systems on deals.source_system = systems.source_system
),

work as (
    select
        job_key,
        sum(case when stage = 'delivered' then document_amount else 0 end) as delivered_amount,
        sum(case when stage = 'delivered' then reporting_amount else 0 end) as delivered_reporting_amount,
        count(case when stage = 'delivered' and reporting_amount is null then 1 end) as unrated_count,
        min(event_on) as first_on
    from {{ ref('fct_stage_events') }}
    where stage in ('delivered', 'cost')
    group by job_key
),

rules as (
    {{ control_rules('job_without_deal') }}
),

-- A placement is sold by its contract, where there is no deal.
examined as (
    select
        jobs.job_id as entity_id,
        jobs.source_system,
        jobs.job_key,
        jobs.customer_key,
        coalesce(jobs.started_on, work.first_on) as occurred_on,
        jobs.job_ref,
        jobs.job_type,
        jobs.status,
        work.first_on as first_worked_on,
        jobs.contract_currency as currency,
        work.delivered_amount,
        work.delivered_amount as worth_amount,
        case when work.unrated_count = 0 then work.delivered_reporting_amount end as worth_reporting_amount,
        cast(0 as decimal(18, 2)) as expected_amount,
        cast(work.delivered_amount as decimal(18, 2)) as actual_amount,
        cast(work.delivered_amount as decimal(18, 2)) as at_risk_amount,
        cast(work.delivered_amount as decimal(18, 2)) as examined_amount,
        'no_deal_found' as cause,
        'Put the deal''s id on job {record}, or make the deal' as suggested_action,
        jobs.deal_key is null and not (jobs.job_type in ('placement', 'permanent_placement') and jobs.contract_key is not null) as is_exception
    from jobs
    inner join sellers on jobs.legal_entity = sellers.legal_entity
    inner join work on jobs.job_key = work.job_key
    inner join rules on {{ in_force('coalesce(jobs.started_on, work.first_on)') }}
),

final as (
    {{ control_rows('job_without_deal', 'jobs', has=['job_key', 'customer_key', 'worth'],
        evidence=['job_ref', 'job_type', 'status', 'first_worked_on', 'delivered_amount', 'currency']) }}
)

select * from final
