-- One row per placement's contract for which there is no deal: planned quantity × charge rate, or the permanent fee.
with contracts as (
    select * from {{ ref('int_booked_contracts') }}
    where not is_sold_by_deal
),

rates as (
    select * from {{ ref('int_booked_rates') }}
),

-- A fee, or a rate for whatever is worked, names no product. What the placement then delivers says which was sold, if it is one.
delivered_products as (
    select
        job_key,
        min(product_key) as product_key
    from {{ ref('int_delivery_subjects') }}
    where status = 'approved' and product_key <> 'unknown' and delivered_on <= {{ as_of() }}
    group by job_key
    having count(distinct product_key) = 1
),

final as (
    select
        {{ make_key(["'booked'", 'contracts.source_system', 'contracts.contract_id', "'contract'"]) }} as event_key,
        'booked' as stage,
        'unknown' as deal_key,
        contracts.contract_key,
        contracts.job_key,
        'unknown' as work_order_key,
        coalesce(rates.product_key, delivered_products.product_key, 'unknown') as product_key,
        contracts.customer_key,
        contracts.person_key,
        contracts.booked_on as event_on,
        contracts.booked_on as rate_on,
        case when not contracts.is_permanent then contracts.planned_quantity end as quantity,
        case when not contracts.is_permanent then rates.unit end as unit,
        contracts.currency,
        case
            when contracts.is_permanent then {{ share('contracts.fee_base_amount', 'contracts.fee_pct', '100') }}
            else {{ extended('contracts.planned_quantity', 'rates.charge_rate') }}
        end as document_amount,
        0 as tax_amount,
        cast(null as decimal(28, 12)) as document_rate,
        case when contracts.is_permanent then 'permanent_fee' else 'planned_quantity_at_charge_rate' end
        || case
            when contracts.is_known_on_day and (contracts.is_permanent or coalesce(rates.is_known_on_day, true)) then '_frozen'
            else '_first_landed'
        end as valuation_rule,
        'contract' as job_match_rule,
        contracts.source_system,
        'contracts' as source_entity,
        contracts.contract_id as source_id,
        contracts.load_id
    from contracts
    left join rates on contracts.contract_key = rates.contract_key
    left join delivered_products on contracts.job_key = delivered_products.job_key
)

select
    *,
    case when document_amount is null then 'no_amount' end as left_out_reason
from final
