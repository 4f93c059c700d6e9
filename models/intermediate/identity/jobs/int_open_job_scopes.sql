-- One row per job, and product of it (and `*` for any), with the days on which it can be meant.
with products_of_jobs as (
    select * from {{ ref('int_job_products') }}
),

-- A job may be billed some days before it starts and after it ends. One without a start has always been open, one without an end still is.
jobs as (
    select
        job_key,
        legal_entity,
        customer_key,
        {{ plus_days("coalesce(started_on, planned_start_on, cast('1900-01-01' as date))", "-" ~ var('job_window_days', 45)) }} as opens_on,
        {{ plus_days("coalesce(completed_on, left_on)", var('job_window_days', 45) ~ " + 1") }} as closed_from,
        row_number() over (order by job_key nulls last) as job_number
    from {{ ref('int_jobs') }}
    where status <> 'cancelled'
),

scopes as (
    select job_key, job_number, legal_entity, customer_key, '*' as product_key, opens_on, closed_from from jobs
    union all
    select jobs.job_key, jobs.job_number, jobs.legal_entity, jobs.customer_key, products_of_jobs.product_key, jobs.opens_on, jobs.closed_from
    from jobs
    inner join products_of_jobs on jobs.job_key = products_of_jobs.job_key
)

select * from scopes
