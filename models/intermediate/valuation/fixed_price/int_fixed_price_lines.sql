-- One row per fixed-price job and product sold for it.
with jobs as (
    select * from {{ ref('int_job_terms') }}
    where job_type = 'fixed_price'
),

lines as (
    select * from {{ ref('int_agreed_lines') }}
),

final as (
    select
        jobs.job_key,
        lines.product_key,
        min(lines.currency) as currency,
        sum(lines.quantity) as quantity,
        cast(sum(lines.net_amount) as decimal(18, 2)) as net_amount,
        min(lines.deal_line_id) as deal_line_id,
        count(*) over (partition by jobs.job_key) = 1 as is_only_product
    from jobs
    inner join {{ ref('int_record_job_links') }} as job_links on jobs.job_key = job_links.job_key
    inner join lines
        on
            job_links.source_system = lines.source_system
            and job_links.source_entity = lines.source_entity
            and job_links.source_id = lines.source_id
    group by jobs.job_key, lines.product_key
)

select * from final
