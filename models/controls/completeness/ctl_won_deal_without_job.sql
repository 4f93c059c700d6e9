-- One row per won deal: nobody has opened a job for it, and the window is over.
with deals as (
    select * from {{ ref('cnf_deals') }}
    where is_won and coalesce(won_on, created_on) <= {{ as_of() }}
),

jobs as (
    select distinct deal_key from {{ ref('int_jobs') }}
    where not is_placeholder
),

-- Where no system hands over jobs, nobody can tell which deal has one.
keepers as (
    select count(*) as deal_count from jobs
),

rules as (
    {{ control_rules('won_deal_without_job') }}
),

judged as (
    select
        *,
        {{ make_key(['source_system', 'deal_id']) }} as deal_key,
        coalesce(won_on, created_on) as occurred_on
    from deals
),

examined as (
    select
        judged.deal_id as entity_id,
        judged.source_system,
        judged.deal_key,
        {{ make_key(['judged.source_system', "'deal'", 'judged.deal_id']) }} as job_key,
        judged.occurred_on,
        judged.currency,
        judged.deal_name,
        judged.won_on,
        judged.amount,
        judged.amount as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        judged.amount as at_risk_amount,
        judged.amount as examined_amount,
        'never_handed_over' as cause,
        'Open a job for deal {record}, or put its id on the job that exists' as suggested_action,
        jobs.deal_key is null and {{ window_passed('judged.occurred_on') }} as is_exception
    from judged
    inner join rules on {{ in_force('judged.occurred_on') }}
    cross join keepers
    left join jobs on judged.deal_key = jobs.deal_key
    where keepers.deal_count > 0
),

final as (
    {{ control_rows('won_deal_without_job', 'deals', has=['deal_key', 'job_key'], evidence=['deal_name', 'won_on', 'amount', 'currency']) }}
)

select * from final
