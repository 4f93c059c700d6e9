-- One row per deal line, with the only job of its deal, else the only one of them that works on its product.
with lines as (
    select *, {{ make_key(['source_system', 'deal_id']) }} as deal_key
    from {{ ref('cnf_deal_lines') }}
),

deal_jobs as (
    select * from {{ ref('int_deal_jobs') }}
),

products as (
    select * from {{ ref('xref_product') }}
    where source_entity <> 'product_codes'
),

jobs_of_products as (
    select
        jobs.deal_key,
        job_products.product_key,
        min(jobs.job_key) as job_key
    from {{ ref('int_jobs') }} as jobs
    inner join {{ ref('int_job_products') }} as job_products on jobs.job_key = job_products.job_key
    where job_products.is_in_work
    group by jobs.deal_key, job_products.product_key
    having count(*) = 1
),

final as (
    select
        lines.source_system,
        lines.deal_line_id,
        coalesce(deal_jobs.job_key, jobs_of_products.job_key) as job_key,
        case
            when deal_jobs.job_key is null and jobs_of_products.job_key is not null then 'deal_and_product'
            else deal_jobs.match_rule
        end as match_rule,
        case when jobs_of_products.job_key is null then deal_jobs.candidates end as candidates
    from lines
    left join deal_jobs on lines.deal_key = deal_jobs.deal_key
    left join products on lines.source_system = products.source_system and lines.product_id = products.source_id
    left join jobs_of_products on lines.deal_key = jobs_of_products.deal_key and products.product_key = jobs_of_products.product_key
)

select * from final
