-- One row per job with bookings, work or cost, and per piece of work that no job could be found for: nobody is credited
-- for it.
with credited as (
    select
        attribution.job_key,
        attribution.deal_key,
        attribution.owner_key,
        attribution.attribution_rule,
        attribution.event_on,
        attribution.reporting_amount,
        events.source_system,
        events.source_entity,
        events.source_id
    from {{ ref('fct_attribution') }} as attribution
    inner join {{ ref('fct_stage_events') }} as events on attribution.event_key = events.event_key
    -- A cost without a job is nobody's, and `cost_without_job` asks for the job.
    where
        attribution.stage in ('booked', 'change_order', 'delivered')
        or (attribution.stage = 'cost' and attribution.job_key <> 'unknown')
),

jobs as (
    select
        terms.job_key,
        terms.deal_key,
        case when jobs.is_placeholder then 'deals' else 'jobs' end as entity,
        terms.job_id as entity_id,
        terms.source_system
    from {{ ref('int_job_terms') }} as terms
    inner join {{ ref('int_jobs') }} as jobs on terms.job_key = jobs.job_key
),

deals as (
    select
        {{ make_key(['deals.source_system', 'deals.deal_id']) }} as deal_key,
        nullif(trim(deals.owner_id), '') as owner_id,
        coalesce(people.person_key, 'unknown') as owner_key
    from {{ ref('cnf_deals') }} as deals
    left join {{ ref('xref_person') }} as people
        on deals.source_system = people.source_system and deals.owner_id = people.source_id
),

subjects as (
    select
        coalesce(jobs.entity, credited.source_entity) as entity,
        coalesce(jobs.entity_id, credited.source_id) as entity_id,
        coalesce(jobs.source_system, credited.source_system) as source_system,
        coalesce(jobs.job_key, 'unknown') as job_key,
        coalesce(jobs.deal_key, 'unknown') as deal_key,
        max(credited.event_on) as last_on,
        max(case when credited.owner_key = 'unknown' then credited.event_on end) as unattributed_on,
        sum(abs(credited.reporting_amount)) as whole_amount,
        sum(case when credited.owner_key = 'unknown' then abs(credited.reporting_amount) else 0 end) as unattributed_amount,
        max(case when credited.owner_key = 'unknown' then credited.attribution_rule end) as unattributed_rule
    from credited
    left join jobs on credited.job_key = jobs.job_key
    group by
        coalesce(jobs.entity, credited.source_entity), coalesce(jobs.entity_id, credited.source_id),
        coalesce(jobs.source_system, credited.source_system), coalesce(jobs.job_key, 'unknown'), coalesce(jobs.deal_key, 'unknown')
),

rules as (
    {{ control_rules('rep_unattributed') }}
),

caused as (
    select
        subjects.*,
        deals.owner_id,
        case
            when subjects.job_key = 'unknown' then 'no_job'
            when subjects.unattributed_rule = 'deal_split' then 'split_names_nobody'
            when deals.owner_key <> 'unknown' then 'nobody_that_day'
            when deals.owner_id is not null then 'owner_is_nobody'
            when deals.deal_key is not null then 'deal_without_owner'
            else 'no_deal_and_no_manager'
        end as cause
    from subjects
    left join deals on subjects.deal_key = deals.deal_key
),

examined as (
    select
        caused.entity,
        caused.entity_id,
        caused.source_system,
        caused.job_key,
        caused.deal_key,
        coalesce(caused.unattributed_on, caused.last_on) as occurred_on,
        caused.owner_id,
        '{{ var("reporting_currency") }}' as currency,
        cast(caused.whole_amount as decimal(18, 2)) as expected_amount,
        cast(caused.whole_amount - caused.unattributed_amount as decimal(18, 2)) as actual_amount,
        cast(0 as decimal(18, 2)) as at_risk_amount,
        cast(caused.whole_amount as decimal(18, 2)) as examined_amount,
        caused.cause,
        case caused.cause
            when 'no_job' then 'Put {record} on a job, so that somebody is credited for it'
            when 'split_names_nobody' then 'Correct the person whom the split of {record} names'
            when 'nobody_that_day'
                then 'Say who answered for {record} on ' || {{ day_in_words('caused.unattributed_on') }} || ': no owner or policy held then'
            when 'owner_is_nobody' then 'Land the person ' || caused.owner_id || ', who owns {record}, or give it another owner'
            when 'deal_without_owner' then 'Give the deal of {record} an owner'
            else 'Give {record} a manager, or its customer an owner'
        end as suggested_action,
        caused.unattributed_amount > rules.tolerance_amount as is_exception
    from caused
    inner join rules on {{ in_force('coalesce(caused.unattributed_on, caused.last_on)') }}
),

final as (
    {{ control_rows('rep_unattributed', none, has=['job_key', 'deal_key'], evidence=['owner_id', 'expected_amount', 'actual_amount', 'currency']) }}
)

select * from final
