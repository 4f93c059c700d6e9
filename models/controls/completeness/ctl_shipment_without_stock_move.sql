-- One row per approved shipment of a system that keeps stock: its stock was not relieved, or too late.
with shipments as (
    select * from {{ ref('int_delivery_terms') }}
    where delivery_type = 'shipment' and status = 'approved' and quantity > 0 and delivered_on <= {{ as_of() }}
),

moves as (
    select
        source_system,
        delivery_id,
        min(moved_on) as moved_on,
        sum(cost_amount) as cost_amount
    from {{ ref('cnf_stock_moves') }}
    where quantity < 0 and moved_on <= {{ as_of() }}
    group by source_system, delivery_id
),

-- Where no move says which shipment it is for, nobody can tell of any.
keepers as (
    select distinct source_system from {{ ref('cnf_stock_moves') }}
    where delivery_id is not null
),

-- What left stock for other shipments of the product says what this one cost.
unit_costs as (
    select
        moves.source_system,
        moves.product_id,
        cast(max(moves.cost_amount) as decimal(18, 2)) as cost_amount,
        cast(max(-moves.quantity) as decimal(18, 6)) as quantity
    from {{ ref('cnf_stock_moves') }} as moves
    where moves.quantity < 0 and moves.cost_amount > 0
    group by moves.source_system, moves.product_id
),

products as (
    select * from {{ ref('cnf_products') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rules as (
    {{ control_rules('shipment_without_stock_move') }}
),

priced as (
    select
        shipments.*,
        systems.base_currency,
        moves.moved_on,
        cast(coalesce(
            moves.cost_amount,
            {{ extended('shipments.quantity', 'products.standard_cost') }},
            {{ share('unit_costs.cost_amount', 'shipments.quantity', 'unit_costs.quantity') }},
            0
        ) as decimal(18, 2)) as cost_amount
    from shipments
    inner join keepers on shipments.source_system = keepers.source_system
    inner join systems on shipments.source_system = systems.source_system
    left join moves on shipments.source_system = moves.source_system and shipments.delivery_id = moves.delivery_id
    left join products on shipments.source_system = products.source_system and shipments.product_id = products.product_id
    left join unit_costs on shipments.source_system = unit_costs.source_system and shipments.product_id = unit_costs.product_id -- noqa: ST11
),

examined as (
    select
        priced.delivery_id as entity_id,
        priced.source_system,
        priced.job_key,
        priced.product_key,
        {{ make_key(['priced.source_system', 'priced.delivery_id']) }} as delivery_key,
        priced.delivered_on as occurred_on,
        priced.delivered_on,
        priced.moved_on,
        priced.quantity,
        priced.base_currency as currency,
        priced.cost_amount as expected_amount,
        case when priced.moved_on is null then cast(0 as decimal(18, 2)) else priced.cost_amount end as actual_amount,
        priced.cost_amount as at_risk_amount,
        priced.cost_amount as examined_amount,
        case when priced.moved_on is null then 'stock_not_relieved' else 'stock_relieved_late' end as cause,
        case
            when priced.moved_on is null then 'Post the stock move of shipment {record}'
            else 'Find out why shipment {record} left stock only on ' || {{ day_in_words('priced.moved_on') }}
        end as suggested_action,
        {{ window_passed('priced.delivered_on') }}
        and (priced.moved_on is null or priced.moved_on > {{ plus_days('priced.delivered_on', 'rules.window_days') }}) as is_exception
    from priced
    inner join rules on {{ in_force('priced.delivered_on') }}
),

final as (
    {{ control_rows('shipment_without_stock_move', 'deliveries', has=['job_key', 'product_key', 'delivery_key'],
        evidence=['delivered_on', 'moved_on', 'quantity', 'expected_amount', 'currency']) }}
)

select * from final
