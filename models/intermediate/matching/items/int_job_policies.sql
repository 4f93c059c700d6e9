-- One row per job: how it is billed and recognised, by its contract, else by the policy of its job type, and whether it is still open.
with jobs as (
    select * from {{ ref('int_job_terms') }}
),

planned as (
    select * from {{ ref('int_jobs') }}
),

contracts as (
    select
        {{ make_key(['source_system', 'contract_id']) }} as contract_key,
        ends_on,
        billing_rule,
        billing_period,
        billing_window_days,
        recognition_rule
    from {{ ref('cnf_contracts') }}
),

deals as (
    select
        {{ make_key(['source_system', 'deal_id']) }} as deal_key,
        service_ends_on
    from {{ ref('cnf_deals') }}
),

final as (
    select
        jobs.job_key,
        jobs.job_type,
        -- What was completed after the day of the position was in progress on it.
        case when jobs.status = 'completed' and jobs.completed_on > {{ as_of() }} then 'in_progress' else jobs.status end as status,
        coalesce(planned.planned_end_on, deals.service_ends_on, contracts.ends_on) as ends_on,
        coalesce(contracts.billing_rule, policy.billing_rule, 'on_delivery') as billing_rule,
        -- A contract that says how it is billed says so whole; a period of the policy's would be another's.
        case when contracts.billing_rule is not null then contracts.billing_period else policy.billing_period end as billing_period,
        coalesce(contracts.billing_window_days, policy.billing_window_days, settings.billing_window_days) as billing_window_days,
        coalesce(contracts.recognition_rule = 'straight_line', false) as is_straight_line,
        jobs.status not in ('completed', 'cancelled')
        or coalesce(jobs.status = 'completed' and jobs.completed_on > {{ as_of() }}, false) as is_open
    from jobs
    cross join {{ ref('int_matching_policy') }} as settings
    left join planned on jobs.job_key = planned.job_key
    left join contracts on jobs.contract_key = contracts.contract_key
    left join deals on jobs.deal_key = deals.deal_key
    left join {{ ref('billing_policy') }} as policy on jobs.job_type = policy.job_type
)

select * from final
