-- One row per fixed-price job and what its milestones prove together: a product's line, or all lines that no milestone names ('any').
with lines as (
    select * from {{ ref('int_fixed_price_lines') }}
),

proofs as (
    select
        job_key,
        line_product_key,
        sum(quantity) as milestone_quantity,
        count(*) as milestone_count,
        count(value_amount) as valued_count
    from {{ ref('int_milestones') }}
    group by job_key, line_product_key
),

-- Milestones that name no product stand for the lines that have none of their own.
placed as (
    select
        lines.*,
        case when own.job_key is null and anybodys.job_key is not null then 'any' else lines.product_key end as line_product_key
    from lines
    left join proofs as own on lines.job_key = own.job_key and lines.product_key = own.line_product_key
    left join proofs as anybodys on lines.job_key = anybodys.job_key and anybodys.line_product_key = 'any'
),

scopes as (
    select
        job_key,
        line_product_key,
        min(currency) as currency,
        sum(quantity) as quantity,
        cast(sum(net_amount) as decimal(18, 2)) as net_amount,
        min(deal_line_id) as deal_line_id
    from placed
    group by job_key, line_product_key
),

final as (
    select
        scopes.*,
        coalesce(proofs.milestone_count, 0) as milestone_count,
        coalesce(proofs.valued_count, 0) as valued_count,
        -- Milestones still to be entered must not make those that are there the whole: the line's own quantity is the least.
        cast(greatest(coalesce(proofs.milestone_quantity, 0), coalesce(scopes.quantity, 0)) as decimal(38, 6)) as whole_quantity
    from scopes
    left join proofs on scopes.job_key = proofs.job_key and scopes.line_product_key = proofs.line_product_key
)

select * from final
