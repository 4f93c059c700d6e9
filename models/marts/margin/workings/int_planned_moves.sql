-- One row per item between contracted and delivered that moves planned cost: how much, from a commitment or to work
-- beyond it. And one row per job and product of which other work was done at nothing than was agreed to be free: it has
-- no value, and its planned cost all the same.
with pieces as (
    select bridge.*, reasons.margin_effect
    from {{ ref('fct_bridge') }} as bridge
    inner join {{ ref('bridge_reasons') }} as reasons on bridge.reason = reasons.reason
    where bridge.gap = 'contracted_to_delivered' and bridge.difference_amount <> 0
),

-- What was sold and did not come, or came as something else. A rebate gives money back and no work.
released as (
    select
        pieces.*,
        -1 as sign,
        pieces.from_amount as amount,
        {{ quantity_share('commitments.sold_quantity', 'pieces.from_amount', 'commitments.reporting_amount') }} as quantity
    from pieces
    inner join {{ ref('int_commitment_items') }} as commitments on pieces.from_event_key = commitments.item_key
    where
        pieces.from_amount <> 0 and pieces.reason <> 'rebate'
        and (
            pieces.margin_effect in ('volume', 'not_yet_delivered', 'identity')
            or (pieces.margin_effect = 'price' and pieces.match_rule = 'unmatched')
        )
),

-- What came beyond what was sold of its product.
added as (
    select
        pieces.*,
        1 as sign,
        pieces.to_amount as amount,
        {{ quantity_share('deliveries.quantity', 'pieces.to_amount', 'deliveries.reporting_amount') }} as quantity
    from pieces
    inner join {{ ref('int_delivery_items') }} as deliveries on pieces.to_event_key = deliveries.item_key
    where pieces.to_amount <> 0 and pieces.match_rule = 'unmatched' and pieces.margin_effect in ('volume', 'price')
),

-- Where the amount alone was changed, quantities no longer say what is owed for them.
plans as (
    select *, is_by_quantity and (not is_repriced or contracted_amount <= 0) as is_measured
    from {{ ref('int_planned_costs') }}
),

free as (
    select
        {{ make_key(["'free'", 'plans.job_key', 'plans.product_key']) }} as bridge_item_key,
        plans.*,
        case when plans.free_quantity < 0 and coalesce(policies.is_open, false) then 'not_yet_delivered' else 'volume' end as margin_effect
    from plans
    left join {{ ref('int_job_policies') }} as policies on plans.job_key = policies.job_key
    where plans.is_measured and plans.free_quantity <> 0 and plans.total_cost_amount <> 0
),

moved as (
    {% for sided in ['released', 'added'] %}
        select
            bridge_item_key, job_key, product_key, reason, match_rule, margin_effect, from_event_key, to_event_key, sign, amount, quantity
        from {{ sided }}
        union all
    {% endfor %}
    select
        bridge_item_key, job_key, product_key, 'free_of_charge', 'unmatched', margin_effect, null, null,
        case when free_quantity < 0 then -1 else 1 end, 0, abs(free_quantity)
    from free
),

measured as (
    select
        moved.bridge_item_key,
        moved.job_key,
        moved.product_key,
        moved.reason,
        moved.match_rule,
        moved.margin_effect,
        moved.from_event_key,
        moved.to_event_key,
        moved.sign,
        moved.amount,
        moved.quantity,
        plans.total_cost_amount,
        plans.contracted_amount,
        plans.contracted_quantity,
        plans.is_by_quantity,
        plans.is_by_quantity and moved.quantity is not null as is_counted,
        moved.sign * cast(
            case when plans.is_measured then moved.quantity else moved.amount end as decimal(38, 6)
        ) as measure,
        cast(
            case when plans.is_measured then plans.contracted_quantity else plans.contracted_amount end as decimal(38, 6)
        ) as whole
    from moved
    inner join plans on moved.job_key = plans.job_key and moved.product_key = plans.product_key
    where plans.is_by_quantity or plans.contracted_amount > 0
),

running as (
    select
        *,
        cast(sum(coalesce(measure, 0)) over (
            partition by job_key, product_key order by bridge_item_key nulls last
            rows between unbounded preceding and current row
        ) as decimal(38, 6)) as running_measure
    from measured
),

final as (
    select
        bridge_item_key,
        job_key,
        product_key,
        reason,
        match_rule,
        margin_effect,
        from_event_key,
        to_event_key,
        sign,
        amount,
        case when is_counted then quantity end as quantity,
        cast(
            {{ share('total_cost_amount', 'running_measure', 'whole') }}
            - {{ share('total_cost_amount', 'running_measure - coalesce(measure, 0)', 'whole') }} as decimal(18, 2)
        ) as cost_amount,
        -- What the quantity beyond the contract is worth at the contract's price.
        cast(
            case when sign > 0 and is_counted then {{ share('contracted_amount', 'quantity', 'contracted_quantity') }} else amount end
            as decimal(18, 2)
        ) as contracted_price_amount
    from running
)

select * from final
