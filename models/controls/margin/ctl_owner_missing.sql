-- One row per deal, job, customer with open business, and role of a control: nobody is responsible for it.
with deals as (
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
    select job_key, sum(document_amount) as amount
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
        terms.currency,
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

-- A customer is looked after by the owner of any of its deals, or the manager of any of its jobs.
looked_after as (
    select customer_key from {{ ref('dim_deal') }} where owner_key <> 'unknown'
    union
    select customer_key from {{ ref('dim_job') }} where manager_key <> 'unknown' or owner_key <> 'unknown'
),

open_jobs as (
    select
        customer_key,
        min(coalesce(started_on, planned_start_on, {{ as_of() }})) as occurred_on,
        count(*) as job_count
    from {{ ref('dim_job') }}
    where is_open and not is_placeholder and customer_key <> 'unknown'
    group by customer_key
),

customers as (
    select
        'customers' as entity,
        customers.source_system,
        customers.customer_id as record_id,
        cast(null as {{ dbt.type_string() }}) as deal_key,
        cast(null as {{ dbt.type_string() }}) as job_key,
        open_jobs.customer_key,
        open_jobs.occurred_on,
        customers.customer_name as record_name,
        '{{ var("reporting_currency") }}' as currency,
        cast(0 as decimal(18, 2)) as amount,
        looked_after.customer_key is null as is_missing
    from open_jobs
    inner join {{ ref('xref_customer') }} as xref on open_jobs.customer_key = xref.customer_key and xref.source_entity = 'customers'
    inner join {{ ref('cnf_customers') }} as customers
        on xref.source_system = customers.source_system and xref.source_id = customers.customer_id
    left join looked_after on open_jobs.customer_key = looked_after.customer_key
    qualify row_number() over (
        partition by open_jobs.customer_key
        order by customers.source_system nulls last, customers.customer_id nulls last
    ) = 1
),

-- A control whose role nobody fills finds exceptions that are nobody's.
roles as (
    select
        'responsibilities' as entity,
        'tieout' as source_system,
        controls.owner_role as record_id,
        cast(null as {{ dbt.type_string() }}) as deal_key,
        cast(null as {{ dbt.type_string() }}) as job_key,
        cast(null as {{ dbt.type_string() }}) as customer_key,
        {{ as_of() }} as occurred_on,
        controls.owner_role as record_name,
        '{{ var("reporting_currency") }}' as currency,
        cast(0 as decimal(18, 2)) as amount,
        count(responsible.responsible) = 0 as is_missing
    from {{ ref('int_control_rules') }} as controls
    left join {{ ref('responsibilities') }} as responsible
        on
            controls.owner_role = responsible.owner_role
            and responsible.valid_from <= {{ as_of() }}
            and (responsible.valid_to is null or responsible.valid_to >= {{ as_of() }})
    group by controls.owner_role
),

all_kinds as (
    select * from deals
    union all
    select * from jobs
    union all
    select * from customers
    union all
    select * from roles
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
