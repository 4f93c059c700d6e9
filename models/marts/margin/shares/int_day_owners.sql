-- One row per deal, job, customer, day on which something happened there, and person who is credited for it, with his
-- share.
with days as (
    select deal_key, job_key, customer_key, event_on as day from {{ ref('fct_stage_events') }}
    union
    -- What never happened, such as cost that was planned and not spent, is of the day on which its job was closed.
    {% for day in ['closed_on', 'final_on'] %}
        select jobs.deal_key, jobs.job_key, jobs.customer_key, closings.{{ day }}
        from {{ ref('dim_job') }} as jobs
        inner join {{ ref('int_job_closings') }} as closings on jobs.job_key = closings.job_key
        where closings.{{ day }} is not null
        {{ 'union' if not loop.last }}
    {% endfor %}
),

splits as (
    select
        {{ make_key(['splits.source_system', 'splits.deal_id']) }} as deal_key,
        coalesce(people.person_key, 'unknown') as person_key,
        splits.share_bp,
        splits.valid_from,
        splits.valid_to
    from {{ ref('attribution_splits') }} as splits
    left join {{ ref('xref_person') }} as people
        on splits.source_system = people.source_system and splits.person_id = people.source_id
),

owners as (
    select * from {{ ref('int_owner_turns') }}
    where person_key <> 'unknown' and noun_key <> 'unknown'
),

-- Of several records of one customer the one that was changed last by that day; before any of them was known, the one
-- known first.
customer_owners as (
    select
        days.*,
        owners.person_key
    from days
    inner join owners
        on
            owners.noun = 'customer'
            and days.customer_key = owners.noun_key
            and days.day >= owners.valid_from
            and (days.day < owners.valid_until or owners.valid_until is null)
    qualify row_number() over (
        partition by days.deal_key, days.job_key, days.customer_key, days.day
        order by
            case when owners.known_on <= days.day then 0 else 1 end nulls last,
            case when owners.known_on <= days.day then owners.known_on end desc nulls last,
            owners.known_on nulls last, owners.source_system nulls last, owners.record_id nulls last
    ) = 1
),

candidates as (
    select days.*, 'deal_split' as rule, splits.person_key, splits.share_bp
    from days
    inner join splits
        on
            days.deal_key = splits.deal_key
            and days.day >= coalesce(splits.valid_from, days.day)
            and days.day <= coalesce(splits.valid_to, days.day)
    union all
    select
        deal_key, job_key, customer_key, day, 'customer_owner', person_key, 10000
    from customer_owners
    union all
    select days.*, 'deal_owner', owners.person_key, 10000
    from days
    inner join owners
        on
            owners.noun = 'deal'
            and days.deal_key = owners.noun_key
            and days.day >= owners.valid_from
            and (days.day < owners.valid_until or owners.valid_until is null)
    union all
    select days.*, 'job_manager', owners.person_key, 10000
    from days
    inner join owners
        on
            owners.noun = 'job'
            and days.job_key = owners.noun_key
            and days.day >= owners.valid_from
            and (days.day < owners.valid_until or owners.valid_until is null)
),

-- The first rule, in the order of the policy in force on that day, that names somebody.
ordered as (
    select
        candidates.*,
        policy.priority,
        rank() over (
            partition by candidates.deal_key, candidates.job_key, candidates.customer_key, candidates.day, candidates.rule
            order by policy.valid_from desc nulls last
        ) as age
    from candidates
    inner join {{ ref('attribution_policy') }} as policy on candidates.rule = policy.rule and candidates.day >= policy.valid_from
),

ranked as (
    select
        *,
        rank() over (partition by deal_key, job_key, customer_key, day order by priority nulls last) as place
    from ordered
    where age = 1
),

final as (
    select deal_key, job_key, customer_key, day, person_key, min(rule) as attribution_rule, cast(sum(share_bp) as integer) as share_bp
    from ranked
    where place = 1
    group by deal_key, job_key, customer_key, day, person_key
    union all
    select days.deal_key, days.job_key, days.customer_key, days.day, 'unknown', 'unknown', 10000
    from days
    where not exists (
        select 1 from ranked
        where
            days.deal_key = ranked.deal_key and days.job_key = ranked.job_key
            and days.customer_key = ranked.customer_key and days.day = ranked.day
    )
)

select * from final
