-- One row per contract, and one for the unknown.
with contracts as (
    select * from {{ ref('cnf_contracts') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

customers as (
    select * from {{ ref('xref_customer') }}
),

deal_references as (
    select * from {{ ref('int_deal_references') }}
),

known as (
    select
        {{ make_key(['contracts.source_system', 'contracts.contract_id']) }} as contract_key,
        coalesce(customers.customer_key, 'unknown') as customer_key,
        coalesce(deal_references.deal_key, 'unknown') as deal_key,
        contracts.starts_on,
        contracts.ends_on,
        contracts.status,
        contracts.billing_rule,
        contracts.billing_period,
        contracts.billing_window_days,
        contracts.recognition_rule,
        contracts.payment_terms_days,
        contracts.fee_type,
        contracts.fee_base_amount,
        contracts.fee_pct,
        contracts.rebate_days,
        contracts.rebate_pct,
        contracts.planned_quantity,
        contracts.standard_quantity_per_period,
        contracts.currency,
        systems.legal_entity,
        contracts.source_system,
        contracts.contract_id,
        false as is_unknown
    from contracts
    inner join systems on contracts.source_system = systems.source_system
    left join customers on contracts.source_system = customers.source_system and contracts.customer_id = customers.source_id
    left join deal_references on contracts.source_system = deal_references.source_system and contracts.deal_id = deal_references.deal_id
),

final as (
    select * from known
    union all
    select
        'unknown', 'unknown', 'unknown', null, null, null, null, null, null, null, null,
        null, null, null, null, null, null, null, null, 'unknown', null, null, true
)

select * from final
