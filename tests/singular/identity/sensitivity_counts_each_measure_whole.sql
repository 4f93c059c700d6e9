-- What rests on links of customers, of products and of jobs is the same money three times: each adds up to all of the measure.
{{ config(severity='error') }}

with summed as (
    select
        entity,
        measure,
        sum(amount) as amount,
        min(total_amount) as least_total,
        max(total_amount) as most_total
    from {{ ref('fct_match_sensitivity') }}
    group by entity, measure
)

select
    measure,
    count(*) as entities,
    min(amount) as least_amount,
    max(amount) as most_amount
from summed
group by measure
having count(*) <> 3 or min(amount) <> max(amount) or min(least_total) <> max(most_total) or min(amount) <> min(least_total)
