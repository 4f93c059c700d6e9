-- One row per version of a budget and product that it is for: whether it is the plan of the day of winning, and whether
-- it holds now. A budget that names no product is for all that was sold for the job, by its value.
with versions as (
    select
        versions.*,
        {{ known_day('versions') }} as stamped_on,
        lag(versions.estimated_on) over one_by_one as estimated_before,
        row_number() over one_by_one as position
    from {{ ref('cnf_job_budget_versions') }} as versions
    left join {{ ref('int_source_systems') }} as systems on versions.source_system = systems.source_system
    where not versions.is_deleted
    window one_by_one as (
        partition by versions.source_system, versions.job_budget_id
        order by coalesce(versions.updated_at, versions.landed_at) nulls last, versions.version_number nulls last
    )
),

-- A record is of the day that it says. What is written into it later is known from its stamp on, save a new estimate,
-- which has a day of its own.
placed as (
    select
        jobs.job_key,
        coalesce(xref_product.product_key, only_products.product_key, 'unknown') as product_key,
        versions.phase,
        lower(trim(versions.cost_type)) as cost_type,
        versions.revision,
        coalesce(versions.estimated_on, versions.stamped_on) as estimated_on,
        case
            when versions.position = 1 then coalesce(versions.estimated_on, versions.stamped_on)
            when versions.estimated_on <> coalesce(versions.estimated_before, cast('1900-01-01' as date))
                then case
                    when versions.updated_at is null then versions.estimated_on
                    else greatest(versions.estimated_on, versions.stamped_on)
                end
            else versions.stamped_on
        end as version_on,
        wins.won_on,
        coalesce(versions.currency, terms.currency) as currency,
        versions.budget_hours,
        versions.budget_cost,
        versions.estimate_to_complete_hours,
        versions.estimate_to_complete_cost,
        standing.job_budget_id is not null as is_standing,
        versions.source_system,
        versions.job_budget_id,
        versions.position,
        versions.load_id
    from versions
    inner join {{ ref('int_job_links') }} as jobs
        on versions.source_system = jobs.source_system and versions.job_id = jobs.source_id and jobs.source_entity = 'jobs'
    inner join {{ ref('int_job_terms') }} as terms on jobs.job_key = terms.job_key
    left join {{ ref('cnf_job_budgets') }} as standing
        on versions.source_system = standing.source_system and versions.job_budget_id = standing.job_budget_id
    left join {{ ref('int_job_wins') }} as wins on jobs.job_key = wins.job_key
    left join {{ ref('int_only_products') }} as only_products on jobs.job_key = only_products.job_key
    left join {{ ref('xref_product') }} as xref_product
        on
            versions.source_system = xref_product.source_system
            and versions.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
),

-- Of each record the version that was known on the day of winning, else the first after it; and the last one, which
-- holds now.
timed as (
    select
        *,
        coalesce(version_on <= won_on, false) as is_known_on_win,
        row_number() over (
            partition by source_system, job_budget_id
            order by
                case when version_on <= won_on then 0 else 1 end nulls last,
                case when version_on <= won_on then version_on end desc nulls last,
                case when version_on <= won_on then position end desc nulls last,
                version_on nulls last, position nulls last
        ) = 1 as is_of_win,
        is_standing
        and row_number() over (partition by source_system, job_budget_id order by position desc nulls last) = 1 as is_last
    from placed
    where estimated_on <= {{ as_of() }}
),

-- A revision is the whole budget of its job: the last one known on the day of winning, else the first after it, and the
-- last of all.
revised as (
    select
        *,
        first_value(revision) over (
            partition by job_key
            order by
                case when revision is not null and is_of_win then 0 else 1 end nulls last,
                is_known_on_win desc nulls last,
                case when is_known_on_win then estimated_on end desc nulls last,
                case when is_known_on_win then revision end desc nulls last,
                estimated_on nulls last, revision nulls last
        ) as revision_of_win,
        first_value(revision) over (
            partition by job_key
            order by
                case when revision is not null and is_last then 0 else 1 end nulls last, estimated_on desc nulls last, revision desc nulls last
        ) as last_revision
    from timed
),

-- Of a phase, product and type of cost the last day counts, with all its lines: what stands beside each other adds up.
-- What a later line leaves blank is not given, and takes nothing back.
ranked as (
    select
        *,
        is_of_win and coalesce(revision = revision_of_win, true) as is_of_plan,
        is_last and coalesce(revision = last_revision, true) as is_of_now,
        max(case when is_of_win and is_known_on_win and budget_cost is not null then 1 else 0 end) over (partition by job_key, product_key) = 1
            as is_product_known_on_win,
        rank() over (
            partition by job_key, product_key, phase, cost_type
            order by
                case when is_of_win and coalesce(revision = revision_of_win, true) then 0 else 1 end nulls last,
                case when budget_cost is not null then 0 else 1 end nulls last,
                is_known_on_win desc nulls last,
                abs({{ days_between('estimated_on', 'coalesce(won_on, estimated_on)') }}) nulls last,
                case when won_on is null then estimated_on end nulls last
        ) as place_on_win,
        {% for measure in ['budget_cost', 'estimate_to_complete_cost'] %}
            rank() over (
                partition by job_key, product_key, phase, cost_type
                order by
                    case when is_last and coalesce(revision = last_revision, true) then 0 else 1 end nulls last,
                    case when {{ measure }} is not null then 0 else 1 end nulls last,
                    estimated_on desc nulls last
            ) as place_of_{{ measure }},
        {% endfor %}
        product_key = 'unknown' as is_for_all
    from revised
),

planned as (
    select distinct job_key, product_key from ranked
    where is_of_plan and not is_for_all
),

-- What was sold for the job and has no budget of its own, else all that was sold.
sold as (
    select
        events.job_key,
        events.product_key,
        max(case when planned.job_key is null then 0 else 1 end) as is_planned,
        sum(events.reporting_amount) as amount
    from {{ ref('fct_stage_events') }} as events
    left join planned on events.job_key = planned.job_key and events.product_key = planned.product_key
    where
        events.stage = 'booked' and events.reporting_amount > 0 and events.valuation_rule <> 'un_won'
        and events.job_key <> 'unknown' and events.product_key <> 'unknown'
    group by events.job_key, events.product_key
),

left_to_plan as (
    select *
    from sold
    qualify is_planned = min(is_planned) over (partition by job_key)
),

weighed as (
    select
        *,
        sum(amount) over (partition by job_key order by product_key nulls last rows between unbounded preceding and current row) as running_amount,
        sum(amount) over (partition by job_key) as whole_amount
    from left_to_plan
),

final as (
    select
        ranked.source_system,
        ranked.job_budget_id,
        cast(ranked.position as integer) as version_number,
        ranked.job_key,
        coalesce(weighed.product_key, ranked.product_key) as product_key,
        ranked.is_for_all,
        ranked.phase,
        ranked.cost_type,
        ranked.estimated_on,
        ranked.version_on,
        ranked.currency,
        {% for measure, share_of in {
            'budget_hours': 'quantity_share', 'budget_cost': 'share', 'estimate_to_complete_hours': 'quantity_share',
            'estimate_to_complete_cost': 'share',
        }.items() %}
            case
                when weighed.job_key is null then ranked.{{ measure }}
                else
                    {{ share('ranked.' ~ measure, 'weighed.running_amount', 'weighed.whole_amount') if share_of == 'share'
                        else quantity_share('ranked.' ~ measure, 'weighed.running_amount', 'weighed.whole_amount') }}
                    - {{ share('ranked.' ~ measure, 'weighed.running_amount - weighed.amount', 'weighed.whole_amount') if share_of == 'share'
                        else quantity_share('ranked.' ~ measure, 'weighed.running_amount - weighed.amount', 'weighed.whole_amount') }}
            end as {{ measure }},
        {% endfor %}
        ranked.is_of_plan and ranked.place_on_win = 1 and ranked.is_known_on_win = ranked.is_product_known_on_win as is_plan,
        ranked.is_of_now and ranked.place_of_budget_cost = 1 as is_now,
        ranked.is_of_now and ranked.place_of_estimate_to_complete_cost = 1 and ranked.estimate_to_complete_cost is not null as is_estimate_now,
        case when ranked.is_known_on_win then 'known_on_win' else 'first_after_win' end as plan_rule,
        ranked.load_id
    from ranked
    left join weighed on case when ranked.is_for_all then ranked.job_key end = weighed.job_key
)

select * from final
