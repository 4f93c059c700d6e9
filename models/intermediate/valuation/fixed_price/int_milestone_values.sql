-- One row per milestone of a fixed-price job with its worth: its own value, else its share of the line.
with milestones as (
    select
        *,
        sum(quantity) over (
            partition by job_key, line_product_key
            order by delivered_on nulls last, delivery_id nulls last, source_system nulls last
            rows between unbounded preceding and current row
        ) as running_quantity
    from {{ ref('int_milestones') }}
),

scopes as (
    select * from {{ ref('int_fixed_price_scopes') }}
),

-- Shares are rounded cumulatively, so that the shares of a line add up to the line.
final as (
    select
        milestones.source_system,
        milestones.delivery_id,
        scopes.deal_line_id,
        case when milestones.value_amount is null then scopes.currency end as currency,
        coalesce(
            milestones.value_amount,
            {{ share('scopes.net_amount', 'milestones.running_quantity', 'scopes.whole_quantity') }}
            - {{ share('scopes.net_amount', 'milestones.running_quantity - milestones.quantity', 'scopes.whole_quantity') }}
        ) as document_amount,
        case when milestones.value_amount is null then 'milestone_share' else 'milestone_value' end as valuation_rule
    from milestones
    left join scopes on milestones.job_key = scopes.job_key and milestones.line_product_key = scopes.line_product_key
)

select * from final
