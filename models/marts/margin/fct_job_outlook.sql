-- One row per job.
with margins as (
    select
        job_key,
        sum(contracted_amount) as contracted_amount,
        sum(realised_value_amount) as realised_value_amount,
        sum(realised_margin_amount) as realised_margin_amount,
        sum(concession_amount + billed_short_amount) as conceded_amount,
        sum(cost_amount) as cost_amount
    from {{ ref('fct_job_margin') }}
    group by job_key
),

plans as (
    select
        job_key,
        sum(total_cost_amount) as planned_cost_amount,
        count(planned_cost_amount) as plan_count
    from {{ ref('int_planned_costs') }}
    group by job_key
),

-- Work that is still to come, by the bridge.
coming as (
    select job_key, sum(-value_amount) as coming_amount
    from {{ ref('fct_margin_walk') }}
    where effect = 'not_yet_delivered'
    group by job_key
),

rates as (
    select
        job_key,
        currency,
        exchange_rate
    from {{ ref('int_base_plans') }}
    where exchange_rate is not null
    qualify row_number() over (partition by job_key, currency order by version_on nulls last, record_key nulls last) = 1
),

estimates as (
    select
        budgets.job_key,
        sum({{ converted('budgets.estimate_to_complete_cost', 'rates.exchange_rate') }}) as to_complete_amount,
        sum({{ converted('budgets.budget_cost', 'rates.exchange_rate') }}) as budget_amount,
        count(budgets.estimate_to_complete_cost) as estimate_count
    from {{ ref('int_budget_versions') }} as budgets
    left join rates on budgets.job_key = rates.job_key and budgets.currency = rates.currency
    where budgets.is_now
    group by budgets.job_key
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
        coalesce(jobs.status_now in ('completed', 'cancelled'), false) as is_finished,
        case
            when jobs.job_type in ('fixed_price', 'product_order') then margins.contracted_amount + margins.conceded_amount
            else margins.realised_value_amount + coalesce(coming.coming_amount, 0)
        end as open_value_amount,
        case
            when estimates.estimate_count > 0 then 'estimate_to_complete'
            when estimates.budget_amount is not null then 'budget'
            when plans.plan_count > 0 then 'plan'
            else 'cost_to_date'
        end as open_rule,
        greatest(
            margins.cost_amount,
            case
                when estimates.estimate_count > 0 then margins.cost_amount + estimates.to_complete_amount
                when estimates.budget_amount is not null then estimates.budget_amount
                else coalesce(plans.planned_cost_amount, 0)
            end
        ) as open_eac_amount
    from jobs
    inner join margins on jobs.job_key = margins.job_key
    left join plans on jobs.job_key = plans.job_key
    left join coming on jobs.job_key = coming.job_key
    left join estimates on jobs.job_key = estimates.job_key
),

valued as (
    select
        *,
        case when is_finished then realised_value_amount else open_value_amount end as expected_value_amount,
        case when is_finished then cost_amount else open_eac_amount end as eac_amount,
        case when is_finished then 'finished' else open_rule end as eac_rule
    from ruled
),

-- What is still to come of each job at a loss: the loss to expect of all of it, and what was earned on it so far.
coming_losses as (
    select
        *,
        coalesce(nullif(contract_key, 'unknown'), job_key) as agreement_key,
        case when is_finished then 0 else eac_amount - contracted_amount + realised_margin_amount end as coming_loss_amount
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
            when sum(eac_amount) over (partition by agreement_key) > sum(contracted_amount) over (partition by agreement_key)
                then greatest(sum(coming_loss_amount) over (partition by agreement_key), 0)
            else 0
        end as agreement_provision_amount
    from coming_losses
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
        cast(coalesce(
            {{ share('agreement_provision_amount', 'running_loss_amount', 'whole_loss_amount') }}
            - {{ share('agreement_provision_amount', 'running_loss_amount - own_loss_amount', 'whole_loss_amount') }}, 0
        ) as decimal(18, 2)) as loss_provision_amount,
        is_finished
    from onerous
)

select * from final
