-- One row per deal, job, and customer with open business or of a system that names their owners: nobody is
-- responsible for it.
with recursive deals as (
    select
        'deals' as entity,
        deals.source_system,
        deals.deal_id as record_id,
        {{ make_key(['deals.source_system', 'deals.deal_id']) }} as deal_key,
        cast(null as {{ dbt.type_string() }}) as job_key,
        cast(null as {{ dbt.type_string() }}) as customer_key,
        deals.created_on as occurred_on,
        deals.deal_name as record_name,
        deals.currency,
        coalesce(deals.amount, 0) as amount,
        coalesce(people.person_key, 'unknown') = 'unknown' as is_missing
    from {{ ref('cnf_deals') }} as deals
    left join {{ ref('xref_person') }} as people
        on deals.source_system = people.source_system and deals.owner_id = people.source_id
    where deals.created_on <= {{ as_of() }}
),

-- Where a system names managers, a job without one has nobody; where it names none, the deal's owner stands in.
managed as (
    select distinct source_system from {{ ref('int_jobs') }}
    where manager_id is not null
),

booked as (
    select job_key, sum(reporting_amount) as amount
    from {{ ref('fct_stage_events') }}
    where stage in ('booked', 'change_order')
    group by job_key
),

jobs as (
    select
        'jobs' as entity,
        jobs.source_system,
        jobs.job_id as record_id,
        cast(null as {{ dbt.type_string() }}) as deal_key,
        jobs.job_key,
        jobs.customer_key,
        coalesce(jobs.started_on, jobs.planned_start_on, {{ as_of() }}) as occurred_on,
        coalesce(jobs.job_ref, jobs.job_id) as record_name,
        '{{ var("reporting_currency") }}' as currency,
        coalesce(booked.amount, 0) as amount,
        case
            when managed.source_system is not null then coalesce(people.person_key, 'unknown') = 'unknown'
            else terms.owner_key = 'unknown'
        end as is_missing
    from {{ ref('int_jobs') }} as jobs
    inner join {{ ref('int_job_terms') }} as terms on jobs.job_key = terms.job_key
    left join managed on jobs.source_system = managed.source_system
    left join {{ ref('xref_person') }} as people on jobs.source_system = people.source_system and jobs.manager_id = people.source_id
    left join booked on jobs.job_key = booked.job_key
    where not jobs.is_placeholder and coalesce(jobs.started_on, jobs.planned_start_on, {{ as_of() }}) <= {{ as_of() }}
),

records as (
    select
        xref.customer_key,
        customers.source_system,
        customers.customer_id,
        customers.customer_name,
        customers.owner_id,
        coalesce(cast(customers.created_at as date), {{ as_of() }}) as created_on
    from {{ ref('xref_customer') }} as xref
    inner join {{ ref('cnf_customers') }} as customers
        on xref.source_system = customers.source_system and xref.source_id = customers.customer_id
    where xref.source_entity = 'customers'
),

-- A customer is looked after by its own owner, the owner of any of its deals, or the manager of any of its jobs.
named as (
    select records.customer_key
    from records
    inner join {{ ref('xref_person') }} as people on records.source_system = people.source_system and records.owner_id = people.source_id
    where people.person_key <> 'unknown'
    union
    select customer_key from {{ ref('dim_deal') }} where owner_key <> 'unknown'
    union
    select customer_key from {{ ref('dim_job') }} where manager_key <> 'unknown' or owner_key <> 'unknown'
),

-- A holding is looked after by who looks after one of its own, however far below; one that is said to be its own is not followed for ever.
climbed as (
    select customer_key, 1 as steps from named
    union all
    select customers.parent_customer_key, climbed.steps + 1
    from climbed
    inner join {{ ref('dim_customer') }} as customers on climbed.customer_key = customers.customer_key
    where climbed.steps < 20
),

looked_after as (
    select distinct customer_key from climbed
),

-- Where a system names the owners of most of its customers, one without an owner has nobody; elsewhere only one with open business is asked.
owned as (
    select source_system from records
    group by source_system
    having count(owner_id) * 2 > count(*)
),

open_jobs as (
    select
        customer_key,
        min(coalesce(started_on, planned_start_on, {{ as_of() }})) as occurred_on
    from {{ ref('dim_job') }}
    where is_open and not is_placeholder
    group by customer_key
),

customers as (
    select
        'customers' as entity,
        records.source_system,
        records.customer_id as record_id,
        cast(null as {{ dbt.type_string() }}) as deal_key,
        cast(null as {{ dbt.type_string() }}) as job_key,
        records.customer_key,
        coalesce(open_jobs.occurred_on, records.created_on) as occurred_on,
        records.customer_name as record_name,
        '{{ var("reporting_currency") }}' as currency,
        cast(0 as decimal(18, 2)) as amount,
        looked_after.customer_key is null as is_missing
    from records
    left join owned on records.source_system = owned.source_system
    left join open_jobs on records.customer_key = open_jobs.customer_key
    left join looked_after on records.customer_key = looked_after.customer_key
    where open_jobs.customer_key is not null or (owned.source_system is not null and records.created_on <= {{ as_of() }})
    qualify row_number() over (
        partition by records.customer_key
        order by case when owned.source_system is null then 1 else 0 end nulls last, records.source_system nulls last, records.customer_id nulls last
    ) = 1
),

all_kinds as (
    select * from deals
    union all
    select * from jobs
    union all
    select * from customers
),

rules as (
    {{ control_rules('owner_missing') }}
),

examined as (
    select
        all_kinds.record_id as entity_id,
        all_kinds.entity,
        all_kinds.source_system,
        all_kinds.deal_key,
        all_kinds.job_key,
        all_kinds.customer_key,
        all_kinds.occurred_on,
        all_kinds.record_name,
        all_kinds.currency,
        cast(all_kinds.amount as decimal(18, 2)) as expected_amount,
        cast(null as decimal(18, 2)) as actual_amount,
        cast(all_kinds.amount as decimal(18, 2)) as at_risk_amount,
        cast(all_kinds.amount as decimal(18, 2)) as examined_amount,
        'nobody_named' as cause,
        'Name who is responsible for {record}' as suggested_action,
        coalesce(all_kinds.is_missing, true) as is_exception
    from all_kinds
    inner join rules on {{ in_force('all_kinds.occurred_on') }}
),

final as (
    {{ control_rows('owner_missing', none, has=['deal_key', 'job_key', 'customer_key'], evidence=['record_name', 'expected_amount', 'currency']) }}
)

select * from final
