-- One row per delivery for which its contract has a rate in force on the day: the most particular one.
with deliveries as (
    select * from {{ ref('int_delivery_terms') }}
    where contract_key <> 'unknown' and delivery_type <> 'expense'
),

rates as (
    select * from {{ ref('int_contract_rates') }}
),

-- A rate for another product, another person, another kind of unit or another class of time is none for this delivery.
-- Time of a class without a rate has the standard one; time without a class has that, too, else the only ones there
-- are.
in_force as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        deliveries.contract_currency as currency,
        rates.contract_rate_id,
        rates.charge_rate,
        rates.valid_from,
        {{ priced('rates.charge_rate', '1', 'rates', 6) }} as document_amount,
        coalesce(rates.person_key = deliveries.person_key and rates.person_key <> 'unknown', false) as is_for_person,
        coalesce(rates.rate_class, 'standard') = coalesce(deliveries.rate_class, 'standard') as is_for_class,
        rates.person_key is not null as is_for_somebody,
        coalesce(rates.product_key = deliveries.product_key, false) as is_for_product
    from deliveries
    inner join rates
        on
            deliveries.contract_key = rates.contract_key
            and deliveries.delivered_on >= rates.valid_from
            and (deliveries.delivered_on <= rates.valid_to or rates.valid_to is null)
            and {{ can_price('rates') }}
            and (coalesce(rates.rate_class, 'standard') in (deliveries.rate_class, 'standard') or deliveries.rate_class is null)
            and (rates.product_key is null or deliveries.product_key = 'unknown' or deliveries.product_key = rates.product_key)
            and (rates.person_key is null or deliveries.person_key = 'unknown' or deliveries.person_key = rates.person_key)
),

-- For the person and product, then the product, then any: and there the person's own before everybody's, and
-- everybody's before somebody's.
ranked as (
    select
        *,
        row_number() over (
            partition by source_system, delivery_id
            order by
                is_for_class desc nulls last,
                case when is_for_product and is_for_person then 1 when is_for_product then 2 else 3 end nulls last,
                is_for_person desc nulls last, is_for_somebody nulls last, valid_from desc nulls last, contract_rate_id nulls last
        ) as position
    from in_force
),

final as (
    select
        source_system,
        delivery_id,
        contract_rate_id,
        currency,
        document_amount,
        case
            when is_for_product and is_for_person then 'contract_rate_person_product'
            when is_for_product then 'contract_rate_product'
            else 'contract_rate'
        end as valuation_rule
    from ranked
    where position = 1
)

select * from final
