{{ config(tags=['law'], severity='error') }}
-- What this is: what reached the pocket of a job and product is its realised value, less what is delivered and not
-- billed.
-- When it fails: a step of the price waterfall is in another mart with another amount.
-- How to resolve: compare fct_price_realisation and fct_job_margin for the job and product that are named.
with unbilled as (
    select
        job_key,
        product_key,
        sum(from_amount) as amount
    from {{ ref('fct_bridge') }}
    where gap = 'delivered_to_invoiced' and match_rule = 'unmatched' and from_amount <> 0 and reason <> 'rate_variance'
    group by job_key, product_key
)

select
    prices.job_key,
    prices.product_key,
    prices.pocket_value_amount,
    margins.realised_value_amount,
    unbilled.amount as unbilled_amount
from {{ ref('fct_price_realisation') }} as prices
inner join {{ ref('fct_job_margin') }} as margins on prices.job_key = margins.job_key and prices.product_key = margins.product_key
left join unbilled on prices.job_key = unbilled.job_key and prices.product_key = unbilled.product_key
where
    prices.pocket_value_amount <> margins.realised_value_amount - coalesce(unbilled.amount, 0)
    or (
        prices.list_value_amount is not null
        and prices.list_value_amount - prices.pocket_value_amount
        <> prices.quote_discount_amount + prices.change_order_price_amount + prices.agreed_price_amount
        + prices.billed_rate_variance_amount + prices.credits_amount
        + prices.settlement_discount_amount
    )
