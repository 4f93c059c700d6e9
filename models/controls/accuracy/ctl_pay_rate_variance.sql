-- One row per pay item of a contract with pay rates: what it pays a unit is not the rate in force on the day worked.
with pay_items as (
    select
        terms.*,
        records.pay_rate,
        records.paid_on,
        coalesce(lower(trim(records.rate_class)), deliveries.rate_class) as rate_class,
        coalesce(units.base_unit, lower(trim(records.unit))) as base_unit,
        {{ unit_quantity('lower(trim(records.unit))', 'units.base_quantity', 'days') }} as base_quantity,
        days.day_quantity,
        days.week_quantity,
        days.month_quantity,
        jobs.contract_key,
        coalesce(terms.period_starts_on, terms.incurred_on) as first_on,
        coalesce(terms.period_ends_on, terms.incurred_on) as last_on
    from {{ ref('int_pay_item_terms') }} as terms
    inner join {{ ref('cnf_pay_items') }} as records
        on terms.source_system = records.source_system and terms.pay_item_id = records.pay_item_id
    inner join {{ ref('int_job_terms') }} as jobs on terms.job_key = jobs.job_key
    left join {{ ref('int_delivery_terms') }} as deliveries
        on terms.delivery_system = deliveries.source_system and terms.delivery_id = deliveries.delivery_id
    left join {{ ref('unit_conversions') }} as units on lower(trim(records.unit)) = units.unit
    left join {{ ref('int_source_systems') }} as systems on jobs.source_system = systems.source_system
    left join {{ ref('int_working_days') }} as days
        on
            systems.legal_entity = days.legal_entity
            and jobs.contract_key = days.contract_key
            and terms.person_key = days.person_key
            and terms.incurred_on = days.worked_on
    where
        terms.left_out_reason is null and records.pay_rate is not null and records.paid_on <= {{ as_of() }}
),

rates as (
    select
        contract_references.contract_key,
        rates.contract_rate_id,
        rates.pay_rate,
        rates.valid_from,
        rates.valid_to,
        lower(trim(rates.rate_class)) as rate_class,
        xref_product.product_key,
        lower(trim(rates.unit)) as unit,
        coalesce(units.base_unit, lower(trim(rates.unit))) as base_unit,
        coalesce(units.base_quantity, 1) as base_quantity,
        case when rates.person_id is not null then coalesce(people.person_key, 'unknown') end as person_key
    from {{ ref('cnf_contract_rates') }} as rates
    inner join {{ ref('int_contract_references') }} as contract_references
        on rates.source_system = contract_references.source_system and rates.contract_id = contract_references.contract_id
    left join {{ ref('unit_conversions') }} as units on lower(trim(rates.unit)) = units.unit
    left join {{ ref('xref_person') }} as people
        on rates.source_system = people.source_system and rates.person_id = people.source_id
    left join {{ ref('xref_product') }} as xref_product
        on
            rates.source_system = xref_product.source_system
            and rates.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
    where rates.pay_rate is not null
),

rules as (
    {{ control_rules('pay_rate_variance') }}
),

-- The rates of what was worked: of its product, and of its class, else the standard one.
candidates as (
    select
        pay_items.source_system,
        pay_items.pay_item_id,
        rates.contract_rate_id,
        case when rates.rate_class = pay_items.rate_class then 1 else 2 end as class_distance
    from pay_items
    inner join rates on pay_items.contract_key = rates.contract_key and pay_items.base_unit = rates.base_unit
    where
        rates.valid_from <= pay_items.last_on and coalesce(rates.valid_to, pay_items.first_on) >= pay_items.first_on
        and (rates.person_key is null or pay_items.person_key = 'unknown' or rates.person_key = pay_items.person_key)
        and (rates.product_key is null or pay_items.product_key = 'unknown' or rates.product_key = pay_items.product_key)
        and (pay_items.rate_class is null or coalesce(rates.rate_class, 'standard') in (pay_items.rate_class, 'standard'))
),

nearest as (
    select * from candidates
    qualify class_distance = min(class_distance) over (partition by source_system, pay_item_id)
),

-- A week or a month may have two rates, one after the other.
compared as (
    select
        pay_items.*,
        rates.valid_from <= pay_items.first_on and coalesce(rates.valid_to, pay_items.last_on) >= pay_items.last_on as is_whole,
        rates.contract_rate_id,
        rates.pay_rate as agreed_rate,
        rates.unit as rate_unit,
        {{ share(
            'rates.pay_rate', in_base_unit('pay_items.quantity', 'pay_items.base_quantity'),
            unit_quantity('rates.unit', 'rates.base_quantity', 'pay_items'), 6
        ) }} as agreed_amount
    from pay_items
    inner join nearest on pay_items.source_system = nearest.source_system and pay_items.pay_item_id = nearest.pay_item_id
    inner join rates on pay_items.contract_key = rates.contract_key and nearest.contract_rate_id = rates.contract_rate_id
),

-- What is paid between the two is paid at both.
bounds as (
    select
        source_system,
        pay_item_id,
        min(agreed_amount) as least_amount,
        max(agreed_amount) as most_amount
    from compared
    where not is_whole
    group by source_system, pay_item_id
),

judged as (
    select
        compared.*,
        coalesce(compared.amount between bounds.least_amount and bounds.most_amount, false) as is_between,
        abs(compared.amount - compared.agreed_amount)
        > {{ tolerated_of_price('compared.quantity', 'compared.agreed_amount') }} as is_off
    from compared
    inner join rules on {{ in_force('compared.paid_on') }}
    left join bounds on compared.source_system = bounds.source_system and compared.pay_item_id = bounds.pay_item_id
    qualify row_number() over (
        partition by compared.source_system, compared.pay_item_id
        order by abs(compared.amount - compared.agreed_amount) nulls last, compared.contract_rate_id nulls last
    ) = 1
),

examined as (
    select
        pay_item_id as entity_id,
        source_system,
        job_key,
        contract_key,
        paid_on as occurred_on,
        incurred_on,
        contract_rate_id,
        agreed_rate,
        rate_unit,
        quantity,
        pay_rate,
        currency,
        agreed_amount as expected_amount,
        amount as actual_amount,
        cast(amount - agreed_amount as decimal(18, 2)) as at_risk_amount,
        amount as examined_amount,
        case when amount > agreed_amount then 'above_rate' else 'below_rate' end as cause,
        'Agreed is ' || {{ number_in_words('agreed_rate') }} || ' for each ' || rate_unit || ': correct {record}' as suggested_action,
        is_off and not is_between as is_exception
    from judged
),

final as (
    {{ control_rows('pay_rate_variance', 'pay_items', has=['job_key', 'contract_key'],
        evidence=[
            'incurred_on', 'contract_rate_id', 'agreed_rate', 'rate_unit', 'quantity',
            'pay_rate', 'actual_amount', 'expected_amount', 'currency',
        ]) }}
)

select * from final
