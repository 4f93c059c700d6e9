-- One row per change order that arrived; those not approved carry the reason why they do not count.
with change_orders as (
    select * from {{ ref('cnf_change_orders') }}
),

-- A change of the price alone that names no product is one of the only product that was sold; more scope may be of any.
only_products as (
    select
        deal_key,
        min(product_key) as product_key
    from {{ ref('int_agreed_lines') }}
    group by deal_key
    having count(distinct product_key) = 1
),

-- A change without a unit is in that of the lines it changes, else in its product's.
sold_units as (
    select
        deal_key,
        product_key,
        min(unit) as unit
    from {{ ref('int_agreed_lines') }}
    group by deal_key, product_key
    having count(distinct unit) = 1
),

final as (
    select
        {{ make_key(["'change_order'", 'change_orders.source_system', 'change_orders.change_order_id']) }} as event_key,
        'change_order' as stage,
        coalesce(terms.deal_key, 'unknown') as deal_key,
        coalesce(terms.contract_key, 'unknown') as contract_key,
        coalesce(xref_job.job_key, 'unknown') as job_key,
        'unknown' as work_order_key,
        coalesce(
            xref_product.product_key,
            case
                when
                    change_orders.product_id is null
                    and coalesce(change_orders.quantity_delta, 0) = 0 and coalesce(change_orders.hours_delta, 0) = 0
                    then only_products.product_key
            end,
            'unknown'
        ) as product_key,
        coalesce(terms.customer_key, 'unknown') as customer_key,
        'unknown' as person_key,
        coalesce(change_orders.approved_on, cast(coalesce(change_orders.updated_at, change_orders.landed_at) as date)) as event_on,
        coalesce(change_orders.approved_on, cast(coalesce(change_orders.updated_at, change_orders.landed_at) as date)) as rate_on,
        change_orders.quantity_delta as quantity,
        case
            when change_orders.quantity_delta is not null then coalesce(lower(trim(change_orders.unit)), sold_units.unit, product_units.unit)
        end as unit,
        coalesce(change_orders.currency, terms.currency, systems.base_currency) as currency,
        change_orders.amount_delta as document_amount,
        0 as tax_amount,
        cast(null as decimal(28, 12)) as document_rate,
        case when change_orders.approved_on is null then 'approved_undated' else 'approved' end as valuation_rule,
        coalesce(xref_job.match_rule, 'no_job') as job_match_rule,
        case when change_orders.status <> 'approved' then change_orders.status end as left_out_reason,
        -- A change of the price and nothing else.
        coalesce(change_orders.quantity_delta, 0) = 0 and coalesce(change_orders.hours_delta, 0) = 0 as is_amount_only,
        change_orders.source_system,
        'change_orders' as source_entity,
        change_orders.change_order_id as source_id,
        change_orders.load_id
    from change_orders
    left join {{ ref('int_source_systems') }} as systems on change_orders.source_system = systems.source_system
    left join {{ ref('int_record_job_links') }} as xref_job
        on
            change_orders.source_system = xref_job.source_system
            and change_orders.change_order_id = xref_job.source_id
            and xref_job.source_entity = 'change_orders'
    left join {{ ref('int_job_terms') }} as terms on xref_job.job_key = terms.job_key
    left join {{ ref('xref_product') }} as xref_product
        on
            change_orders.source_system = xref_product.source_system
            and change_orders.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
    left join {{ ref('int_product_units') }} as product_units
        on xref_product.source_system = product_units.source_system and xref_product.source_id = product_units.product_id
    left join only_products on terms.deal_key = only_products.deal_key
    left join sold_units on terms.deal_key = sold_units.deal_key and xref_product.product_key = sold_units.product_key
)

select * from final
