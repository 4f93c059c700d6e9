-- One row per delivery of approved time that no cost and no pay item answers yet: what it costs by the rate of its day,
-- until its own cost arrives. Time that nothing prices has a row, too, and says so.
with deliveries as (
    select
        *,
        cast({{ dbt.date_trunc('month', 'delivered_on') }} as date) as worked_in
    from {{ ref('int_delivery_terms') }}
    where delivery_type = 'time' and status = 'approved'
),

-- What pays for time: labour, whom else one pays for it, and pay.
costs as (
    select
        *,
        cast({{ dbt.date_trunc('month', 'event_on') }} as date) as incurred_in
    from {{ ref('int_cost_values') }}
    where valuation_rule in ('labour', 'subcontract', 'pay_item') and left_out_reason is null and event_on <= {{ as_of() }}
),

-- A period that is paid is one of every day in it.
paid_days as (
    select
        job_key,
        person_key,
        {{ each_day('period_starts_on', 'period_ends_on') }} as paid_day
    from {{ ref('int_pay_item_terms') }}
    where
        left_out_reason is null and delivery_id is null and incurred_on <= {{ as_of() }}
        and person_key <> 'unknown' and period_ends_on >= period_starts_on
),

-- A cost that names no delivery is for the time of its person and job, in its month.
answered as (
    select deliveries.source_system, deliveries.delivery_id
    from deliveries
    inner join costs
        on
            deliveries.delivery_id = costs.delivery_id
            and (deliveries.source_system = costs.delivery_system or deliveries.job_key = costs.job_key)
    union
    select deliveries.source_system, deliveries.delivery_id
    from deliveries
    inner join costs on deliveries.job_key = costs.job_key and deliveries.worked_in = costs.incurred_in
    where
        costs.delivery_id is null and costs.valuation_rule = 'labour' and deliveries.job_key <> 'unknown'
        and (costs.person_key = deliveries.person_key or costs.person_key = 'unknown' or deliveries.person_key = 'unknown')
        and (costs.product_key = deliveries.product_key or costs.product_key = 'unknown' or deliveries.product_key = 'unknown')
    union
    select deliveries.source_system, deliveries.delivery_id
    from deliveries
    inner join paid_days on deliveries.person_key = paid_days.person_key and deliveries.delivered_on = paid_days.paid_day
    where paid_days.job_key = 'unknown' or deliveries.job_key = paid_days.job_key
),

people as (
    select
        keys.person_key,
        keys.person_id,
        lower(trim(records.role)) as role,
        records.standard_cost_rate,
        systems.legal_entity,
        systems.base_currency,
        keys.position
    from {{ ref('int_person_keys') }} as keys
    inner join {{ ref('cnf_people') }} as records on keys.source_system = records.source_system and keys.person_id = records.person_id
    inner join {{ ref('int_source_systems') }} as systems on keys.source_system = systems.source_system
),

roles as (
    select person_key, role from people
    where role is not null
    qualify row_number() over (partition by person_key order by position nulls last) = 1
),

-- A rate for a person is one for whoever bears that id in its company; two of them are nobody.
named as (
    select
        person_id,
        legal_entity,
        min(person_key) as person_key
    from (
        select person_id, legal_entity, person_key from people
        union
        select person_id, 'any', person_key from people
    ) as bearers
    group by person_id, legal_entity
    having count(distinct person_key) = 1
),

agreed as (
    select
        case
            when rates.person_id is not null then 'person ' || named.person_key
            when rates.role is not null then 'role ' || lower(trim(rates.role))
            else 'anybody'
        end as subject,
        rates.legal_entity,
        rates.currency,
        lower(trim(rates.unit)) as unit,
        cast(rates.rate as decimal(18, 6)) as rate,
        rates.valid_from,
        rates.valid_to,
        'loaded_rate' as valuation_rule,
        case when rates.person_id is not null then 1 when rates.role is not null then 2 else 3 end as distance
    from {{ ref('cost_rates') }} as rates
    left join named on trim(rates.person_id) = named.person_id and coalesce(rates.legal_entity, 'any') = named.legal_entity
    where rates.person_id is null or named.person_key is not null
    union all
    -- What a person costs an hour, as the record that speaks for him has it: undated, and in his company's currency.
    select
        'person ' || person_key, null, base_currency, 'hour', standard_cost_rate, null, null, 'loaded_standard_cost_rate', 4
    from people
    where standard_cost_rate is not null
    qualify row_number() over (partition by person_key order by position nulls last) = 1
),

rates as (
    select
        agreed.*,
        coalesce(units.base_unit, agreed.unit) as base_unit,
        coalesce(units.base_quantity, 1) as base_quantity
    from agreed
    left join {{ ref('unit_conversions') }} as units on agreed.unit = units.unit
),

asked as (
    select
        deliveries.*,
        roles.role
    from deliveries
    left join roles on deliveries.person_key = roles.person_key
    left join answered on deliveries.source_system = answered.source_system and deliveries.delivery_id = answered.delivery_id
    where answered.delivery_id is null
),

-- Whose rate a delivery may have: the person's, the role's, anybody's.
subjects as (
    select source_system, delivery_id, 'person ' || person_key as subject from asked
    union all
    select source_system, delivery_id, 'role ' || role from asked
    where role is not null
    union all
    select source_system, delivery_id, 'anybody' from asked
),

priced as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        rates.currency,
        rates.valuation_rule,
        {{ priced('rates.rate', '1', 'rates', 6) }} as amount
    from asked as deliveries
    inner join subjects on deliveries.source_system = subjects.source_system and deliveries.delivery_id = subjects.delivery_id
    inner join rates
        on
            subjects.subject = rates.subject
            and (deliveries.legal_entity = rates.legal_entity or rates.legal_entity is null)
            and (deliveries.delivered_on >= rates.valid_from or rates.valid_from is null)
            and (deliveries.delivered_on <= rates.valid_to or rates.valid_to is null)
            and {{ can_price('rates') }}
    qualify row_number() over (
        partition by deliveries.source_system, deliveries.delivery_id
        order by
            rates.distance nulls last,
            case when rates.legal_entity is null then 1 else 0 end nulls last,
            rates.valid_from desc nulls last,
            rates.currency nulls last,
            rates.unit nulls last,
            rates.rate nulls last
    ) = 1
),

final as (
    select
        {{ make_key(["'cost'", 'asked.source_system', "'deliveries'", 'asked.delivery_id']) }} as event_key,
        'cost' as stage,
        asked.deal_key,
        asked.contract_key,
        asked.job_key,
        asked.work_order_key,
        asked.product_key,
        asked.customer_key,
        asked.person_key,
        asked.delivered_on as event_on,
        asked.delivered_on as rate_on,
        asked.quantity,
        asked.unit,
        priced.currency,
        priced.amount as document_amount,
        0 as tax_amount,
        cast(null as decimal(28, 12)) as document_rate,
        coalesce(priced.valuation_rule, 'no_cost_rate') as valuation_rule,
        asked.job_match_rule,
        case when priced.amount is null then 'no_cost_rate' end as left_out_reason,
        asked.delivery_id,
        asked.source_system,
        'deliveries' as source_entity,
        asked.delivery_id as source_id,
        asked.load_id
    from asked
    left join priced on asked.source_system = priced.source_system and asked.delivery_id = priced.delivery_id
)

select * from final
