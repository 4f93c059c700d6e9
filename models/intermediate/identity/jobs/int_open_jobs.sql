-- One row per invoice line and journal line that only its customer's open jobs can place, with the job where it is the
-- only one and does its product. That it is the only one alone is a suggestion: it was right in six of forty.
with products_of_jobs as (
    select * from {{ ref('int_job_products') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

customers as (
    select * from {{ ref('int_customer_ids') }}
),

products as (
    select * from {{ ref('xref_product') }}
    where source_entity = 'product_codes'
),

lines as (
    select
        source_system,
        'invoice_lines' as source_entity,
        invoice_line_id as source_id,
        customer_id,
        product_code,
        issued_on as asked_on
    from {{ ref('int_invoice_line_links') }}
    where match_rule is null
    union all
    select
        source_system,
        'journal_lines',
        journal_line_id,
        customer_id,
        product_code,
        posted_on
    from {{ ref('int_journal_line_links') }}
    where match_rule is null
),

-- What nothing on it or its document places, with whose job of what it would be and when.
questions as (
    select
        lines.source_system,
        lines.source_entity,
        lines.source_id,
        systems.legal_entity,
        customers.customer_key,
        coalesce(products.product_key, 'unknown') as product_key,
        lines.asked_on
    from lines
    inner join systems on lines.source_system = systems.source_system
    inner join customers on lines.source_system = customers.source_system and lines.customer_id = customers.customer_id
    left join products on lines.source_system = products.source_system and lines.product_code = products.source_id
    where customers.customer_key <> 'unknown'
),

-- A job may be billed some days before it starts and after it ends. One without a start has always been open, one
-- without an end still is.
open_windows as (
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

-- The days on which a job can be meant: for each product of it, and for any (`*`).
scopes as (
    select job_key, job_number, legal_entity, customer_key, '*' as product_key, opens_on, closed_from from open_windows
    union all
    select
        open_windows.job_key,
        open_windows.job_number,
        open_windows.legal_entity,
        open_windows.customer_key,
        products_of_jobs.product_key,
        open_windows.opens_on,
        open_windows.closed_from
    from open_windows
    inner join products_of_jobs on open_windows.job_key = products_of_jobs.job_key
),

-- Of customers who are asked about.
asked_scopes as (
    select * from scopes
    where customer_key in (select questions.customer_key from questions)
),

-- Each job adds itself when it opens and takes itself away when it closes. Where the count of those open is one, the
-- sum of their numbers is the number of that one: no question meets every job of its customer.
timeline as (
    select legal_entity, customer_key, product_key, opens_on as day_on, 0 as is_question, 1 as job_count, job_number
    from asked_scopes
    union all
    select legal_entity, customer_key, product_key, closed_from, 0, -1, -job_number
    from asked_scopes
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

counts as (
    select
        asked.legal_entity,
        asked.customer_key,
        asked.product_key,
        asked.day_on,
        asked.open_count,
        scopes.job_key
    from asked
    left join scopes on asked.only_number = scopes.job_number and asked.product_key = scopes.product_key
),

-- Up to five are worth showing to a person.
listed as (
    select
        counts.legal_entity,
        counts.customer_key,
        counts.product_key,
        counts.day_on,
        {{ sorted_list('scopes.job_key') }} as candidates
    from counts
    inner join scopes
        on
            counts.legal_entity = scopes.legal_entity
            and counts.customer_key = scopes.customer_key
            and counts.product_key = scopes.product_key
            and counts.day_on >= scopes.opens_on
            and (scopes.closed_from is null or counts.day_on < scopes.closed_from)
    where counts.open_count between 2 and 5
    group by counts.legal_entity, counts.customer_key, counts.product_key, counts.day_on
),

answers as (
    select
        counts.*,
        listed.candidates
    from counts
    left join listed
        on
            counts.legal_entity = listed.legal_entity
            and counts.customer_key = listed.customer_key
            and counts.product_key = listed.product_key
            and counts.day_on = listed.day_on
),

final as (
    select
        questions.source_system,
        questions.source_entity,
        questions.source_id,
        of_product.job_key,
        case
            when of_product.job_key is not null then 'only_open_job_with_product'
            when of_product.open_count is null and of_any.job_key is not null then 'only_open_job'
            else 'several_jobs'
        end as match_rule,
        case when of_product.job_key is null then coalesce(of_product.candidates, of_any.candidates, of_any.job_key) end as candidates
    from questions
    left join answers as of_product
        on
            questions.legal_entity = of_product.legal_entity
            and questions.customer_key = of_product.customer_key
            and questions.product_key = of_product.product_key
            and questions.asked_on = of_product.day_on
    inner join answers as of_any
        on
            questions.legal_entity = of_any.legal_entity
            and questions.customer_key = of_any.customer_key
            and of_any.product_key = '*'
            and questions.asked_on = of_any.day_on
)

select * from final
