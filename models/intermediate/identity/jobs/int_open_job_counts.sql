-- One row per question (company, customer, product or `*`, day) that has open jobs, with their count and, where it is one, the job.
with questions as (
    select * from {{ ref('int_job_questions') }}
),

-- Of customers who are asked about.
scopes as (
    select * from {{ ref('int_open_job_scopes') }}
    where customer_key in (select questions.customer_key from questions)
),

-- Each job adds itself when it opens and takes itself away when it closes. Where the count of those open is one, the sum of their
-- numbers is the number of that one: no question meets every job of its customer.
timeline as (
    select legal_entity, customer_key, product_key, opens_on as day_on, 0 as is_question, 1 as job_count, job_number
    from scopes
    union all
    select legal_entity, customer_key, product_key, closed_from, 0, -1, -job_number
    from scopes
    where closed_from is not null
    union all
    select distinct legal_entity, customer_key, '*', asked_on, 1, 0, 0
    from questions
    union all
    select distinct legal_entity, customer_key, product_key, asked_on, 1, 0, 0
    from questions
    where product_key <> 'unknown'
),

counted as (
    select
        legal_entity,
        customer_key,
        product_key,
        day_on,
        is_question,
        sum(job_count) over so_far as open_count,
        sum(job_number) over so_far as open_numbers
    from timeline
    window so_far as (
        partition by legal_entity, customer_key, product_key
        order by day_on asc nulls last, is_question asc nulls last
        rows between unbounded preceding and current row
    )
),

-- The condition stands in a column of its own: in the join it would cost DuckDB its hash join.
asked as (
    select
        legal_entity,
        customer_key,
        product_key,
        day_on,
        open_count,
        case when open_count = 1 then cast(open_numbers as bigint) end as only_number
    from counted
    where is_question = 1 and open_count > 0
),

final as (
    select
        asked.legal_entity,
        asked.customer_key,
        asked.product_key,
        asked.day_on,
        asked.open_count,
        scopes.job_key
    from asked
    left join scopes on asked.only_number = scopes.job_number and asked.product_key = scopes.product_key
)

select * from final
