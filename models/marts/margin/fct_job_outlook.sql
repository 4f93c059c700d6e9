-- One row per job.
with margins as (
    select
        job_key,
        sum(contracted_amount) as contracted_amount,
        sum(realised_value_amount) as realised_value_amount,
        sum(realised_margin_amount) as realised_margin_amount,
        sum(concession_amount + billed_short_amount) as conceded_amount,
        sum(cost_amount) as cost_amount,
        sum(wip_amount) as wip_amount
    from {{ ref('fct_job_margin') }}
    group by job_key
),

estimates as (
    select
        job_key,
        sum(eac_amount) as eac_amount,
        max(case eac_rule when 'estimate_to_complete' then 4 when 'budget' then 3 when 'plan' then 2 else 1 end) as rule_place
    from {{ ref('int_estimates') }}
    group by job_key
),

-- Work that is still to come, by the bridge.
coming as (
    select job_key, sum(-value_amount) as coming_amount
    from {{ ref('fct_margin_walk') }}
    where effect = 'not_yet_delivered'
    group by job_key
),

jobs as (
    select jobs.*, policies.status as status_now
    from {{ ref('dim_job') }} as jobs
    left join {{ ref('int_job_policies') }} as policies on jobs.job_key = policies.job_key
),

ruled as (
    select
        jobs.*,
        margins.contracted_amount,
        margins.realised_value_amount,
        margins.realised_margin_amount,
        margins.cost_amount,
        margins.wip_amount,
        coalesce(jobs.status_now in ('completed', 'cancelled'), false) as is_finished,
        -- A price that was agreed for the whole is what the job is worth; else it is worth what is done of it.
        case
            when jobs.job_type in ('fixed_price', 'product_order') then margins.contracted_amount
            else margins.realised_value_amount - margins.conceded_amount + coalesce(coming.coming_amount, 0)
        end as worth_amount,
        margins.conceded_amount,
        case estimates.rule_place when 4 then 'estimate_to_complete' when 3 then 'budget' when 2 then 'plan' else 'cost_to_date' end as open_rule,
        coalesce(estimates.eac_amount, margins.cost_amount) as open_eac_amount
    from jobs
    inner join margins on jobs.job_key = margins.job_key
    left join coming on jobs.job_key = coming.job_key
    left join estimates on jobs.job_key = estimates.job_key
),

valued as (
    select
        *,
        case when is_finished then realised_value_amount else worth_amount + conceded_amount end as expected_value_amount,
        case when is_finished then cost_amount else open_eac_amount end as eac_amount,
        case when is_finished then 'finished' else open_rule end as eac_rule
    from ruled
),

-- What is still to come of each job at a loss: the loss to expect of all of it, and what was earned on it so far.
coming_losses as (
    select
        *,
        coalesce(nullif(contract_key, 'unknown'), job_key) as agreement_key,
        case when is_finished then 0 else eac_amount - worth_amount + realised_margin_amount end as coming_loss_amount
    from valued
),

-- A contract is onerous as a whole: what one of its jobs will earn goes against what another will lose.
onerous as (
    select
        *,
        greatest(coming_loss_amount, 0) as own_loss_amount,
        sum(greatest(coming_loss_amount, 0)) over (
            partition by agreement_key order by job_key nulls last rows between unbounded preceding and current row
        ) as running_loss_amount,
        sum(greatest(coming_loss_amount, 0)) over (partition by agreement_key) as whole_loss_amount,
        case
            when sum(eac_amount) over (partition by agreement_key) > sum(worth_amount) over (partition by agreement_key)
                then greatest(sum(coming_loss_amount) over (partition by agreement_key), 0)
            else 0
        end as agreement_loss_amount
    from coming_losses
),

-- What is in progress is impaired before anything is provided for.
provided as (
    select
        *,
        coalesce(
            {{ share('agreement_loss_amount', 'running_loss_amount', 'whole_loss_amount') }}
            - {{ share('agreement_loss_amount', 'running_loss_amount - own_loss_amount', 'whole_loss_amount') }}, 0
        ) as loss_amount
    from onerous
),

final as (
    select
        {{ make_key(['job_key']) }} as job_outlook_key,
        job_key,
        deal_key,
        contract_key,
        customer_key,
        owner_key,
        {{ as_of() }} as as_of_on,
        job_type,
        eac_rule,
        legal_entity,
        cast(contracted_amount as decimal(18, 2)) as contracted_amount,
        cast(cost_amount as decimal(18, 2)) as cost_amount,
        cast(expected_value_amount as decimal(18, 2)) as expected_value_amount,
        cast(eac_amount as decimal(18, 2)) as eac_amount,
        cast(
            case when is_finished then realised_margin_amount else expected_value_amount - eac_amount end as decimal(18, 2)
        ) as expected_margin_amount,
        cast(least(loss_amount, wip_amount) as decimal(18, 2)) as wip_impairment_amount,
        cast(loss_amount - least(loss_amount, wip_amount) as decimal(18, 2)) as loss_provision_amount,
        is_finished
    from provided
)

select * from final
