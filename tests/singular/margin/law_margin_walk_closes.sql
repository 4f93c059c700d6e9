{{ config(tags=['law'], severity='error') }}
-- What this is: the effects of a job and product add up to realised less planned margin; without a plan, to realised margin less what was
--   booked.
-- When it fails: an amount has no cause, or has one twice.
-- How to resolve: take the job and product that are named to fct_margin_walk and fct_job_margin; the laws of the items say which side it
--   is.
with amounts as (
    select job_key, product_key, realised_margin_amount - coalesce(planned_margin_amount, booked_amount) as amount
    from {{ ref('fct_job_margin') }}
    union all
    select job_key, product_key, -effect_amount from {{ ref('fct_margin_walk') }}
)

select
    job_key,
    product_key,
    sum(amount) as residual_amount
from amounts
group by job_key, product_key
having sum(amount) <> 0
