-- One row per charge rate of a contract, with the product and person it is for (null for any) and the unit that it
-- converts through.
with rates as (
    select * from {{ ref('cnf_contract_rates') }}
    where charge_rate is not null
),

final as (
    select
        contract_references.contract_key,
        rates.contract_rate_id,
        case when rates.product_id is not null then coalesce(xref_product.product_key, 'unknown') end as product_key,
        case when rates.person_id is not null then coalesce(people.person_key, 'unknown') end as person_key,
        lower(trim(rates.rate_class)) as rate_class,
        rates.valid_from,
        rates.valid_to,
        coalesce(lower(trim(rates.unit)), product_units.unit) as unit,
        coalesce(units.base_unit, lower(trim(rates.unit)), product_units.unit) as base_unit,
        {{ in_base_unit('1', 'units.base_quantity') }} as base_quantity,
        rates.charge_rate,
        rates.pay_rate
    from rates
    inner join {{ ref('int_contract_references') }} as contract_references
        on rates.source_system = contract_references.source_system and rates.contract_id = contract_references.contract_id
    left join {{ ref('int_product_units') }} as product_units
        on rates.source_system = product_units.source_system and rates.product_id = product_units.product_id
    left join {{ ref('unit_conversions') }} as units on coalesce(lower(trim(rates.unit)), product_units.unit) = units.unit
    left join {{ ref('xref_person') }} as people
        on rates.source_system = people.source_system and rates.person_id = people.source_id
    left join {{ ref('xref_product') }} as xref_product
        on
            rates.source_system = xref_product.source_system
            and rates.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
    where contract_references.contract_key is not null
)

select * from final
