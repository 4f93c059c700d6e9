-- One row per item of the bridge and person who is credited for a side of it.
with sides as (
    select bridge_item_key, gap, 'from' as side, from_event_key as event_key, from_amount as amount
    from {{ ref('fct_bridge') }}
    where from_amount <> 0
    union all
    select bridge_item_key, gap, 'to', to_event_key, to_amount
    from {{ ref('fct_bridge') }}
    where to_amount <> 0
),

-- An event's items, added up from the first to the last.
running as (
    select
        *,
        sum(amount) over (
            partition by gap, side, event_key order by bridge_item_key nulls last rows between unbounded preceding and current row
        ) as running_amount
    from sides
),

-- And what its persons are credited with, likewise.
credited as (
    select
        event_key,
        owner_key,
        attribution_rule,
        share_bp,
        reporting_amount,
        sum(share_bp) over (
            partition by event_key order by share_bp desc nulls last, owner_key nulls last rows between unbounded preceding and current row
        ) as running_bp,
        sum(reporting_amount) over (
            partition by event_key order by share_bp desc nulls last, owner_key nulls last rows between unbounded preceding and current row
        ) as running_credit_amount,
        sum(reporting_amount) over (partition by event_key) as event_amount
    from {{ ref('fct_attribution') }}
),

-- A person's share of an item: what is his of all up to it, less what was of all before it. So both the items of an
-- event and its persons add up. An event that is nothing in sum is shared by basis points.
cells as (
    select
        running.bridge_item_key,
        running.side,
        credited.owner_key,
        credited.attribution_rule,
        {% for sign, piece in [('', 'running.running_amount'), ('- ', '(running.running_amount - running.amount)')] %}
            {{ sign }}(
                coalesce(
                    {{ share(piece, 'credited.running_credit_amount', 'credited.event_amount') }},
                    {{ share(piece, 'credited.running_bp', '10000') }}
                )
                - coalesce(
                    {{ share(piece, 'credited.running_credit_amount - credited.reporting_amount', 'credited.event_amount') }},
                    {{ share(piece, 'credited.running_bp - credited.share_bp', '10000') }}
                )
            )
        {% endfor %} as amount
    from running
    inner join credited on running.event_key = credited.event_key
),

summed as (
    select
        bridge_item_key,
        owner_key,
        min(attribution_rule) as attribution_rule,
        sum(case when side = 'from' then amount else 0 end) as from_amount,
        sum(case when side = 'to' then amount else 0 end) as to_amount
    from cells
    group by bridge_item_key, owner_key
),

final as (
    select
        {{ make_key(['summed.bridge_item_key', 'summed.owner_key']) }} as bridge_attribution_key,
        pieces.bridge_item_key,
        pieces.job_key,
        pieces.product_key,
        pieces.customer_key,
        summed.owner_key,
        pieces.from_on,
        pieces.to_on,
        {{ as_of() }} as as_of_on,
        pieces.gap,
        pieces.gap_class,
        pieces.reason,
        summed.attribution_rule,
        cast(summed.from_amount as decimal(18, 2)) as from_amount,
        cast(summed.to_amount as decimal(18, 2)) as to_amount,
        cast(summed.from_amount - summed.to_amount as decimal(18, 2)) as difference_amount
    from summed
    inner join {{ ref('fct_bridge') }} as pieces on summed.bridge_item_key = pieces.bridge_item_key
)

select * from final
