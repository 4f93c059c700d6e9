-- One row per budget of a job, phase, product and cost type: whether it is the one known on the day of winning, and whether it holds now.
with budgets as (
    select * from {{ ref('cnf_job_budgets') }}
),

wins as (
    select
        job_key,
        min(event_on) as won_on
    from {{ ref('fct_stage_events') }}
    where stage = 'booked'
    group by job_key
),

placed as (
    select
        jobs.job_key,
        coalesce(xref_product.product_key, only_products.product_key, 'unknown') as product_key,
        budgets.phase,
        lower(trim(budgets.cost_type)) as cost_type,
        coalesce(budgets.estimated_on, cast(coalesce(budgets.updated_at, budgets.landed_at) as date)) as version_on,
        wins.won_on,
        coalesce(budgets.currency, terms.currency) as currency,
        budgets.budget_hours,
        budgets.budget_cost,
        budgets.estimate_to_complete_hours,
        budgets.estimate_to_complete_cost,
        budgets.source_system,
        budgets.job_budget_id,
        budgets.load_id
    from budgets
    inner join {{ ref('int_job_links') }} as jobs
        on budgets.source_system = jobs.source_system and budgets.job_id = jobs.source_id and jobs.source_entity = 'jobs'
    inner join {{ ref('int_job_terms') }} as terms on jobs.job_key = terms.job_key
    left join wins on jobs.job_key = wins.job_key
    left join {{ ref('int_only_products') }} as only_products on jobs.job_key = only_products.job_key
    left join {{ ref('xref_product') }} as xref_product
        on
            budgets.source_system = xref_product.source_system
            and budgets.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
),

timed as (
    select
        *,
        coalesce(version_on <= won_on, false) as is_known_on_win,
        max(case when version_on <= won_on then 1 else 0 end) over (partition by job_key, product_key) = 1 as is_product_known_on_win
    from placed
    where version_on <= {{ as_of() }}
),

-- Of what was known on the day of winning the last counts, else the first that came after it.
ranked as (
    select
        *,
        row_number() over (
            partition by job_key, product_key, phase, cost_type
            order by
                is_known_on_win desc nulls last,
                abs({{ days_between('version_on', 'coalesce(won_on, version_on)') }}) nulls last,
                case when won_on is null then version_on end nulls last,
                job_budget_id nulls last
        ) as position_on_win,
        row_number() over (
            partition by job_key, product_key, phase, cost_type
            order by version_on desc nulls last, job_budget_id desc nulls last
        ) as position_now
    from timed
),

final as (
    select
        source_system,
        job_budget_id,
        job_key,
        product_key,
        phase,
        cost_type,
        version_on,
        currency,
        budget_hours,
        budget_cost,
        estimate_to_complete_hours,
        estimate_to_complete_cost,
        position_on_win = 1 and is_known_on_win = is_product_known_on_win as is_plan,
        position_now = 1 as is_now,
        case when is_known_on_win then 'known_on_win' else 'first_after_win' end as plan_rule,
        load_id
    from ranked
)

select * from final
