-- One row per invoice line for work at a contract's rate: what it charges a unit is not the rate in force on the day worked.
with lines as (
    select * from {{ ref('int_live_invoice_lines') }}
    where signed_net_amount > 0 and quantity > 0 and contract_key <> 'unknown'
),

-- Expenses, shipments and milestones have no rate.
without_rates as (
    select {{ make_key(['source_system', 'delivery_id']) }} as delivery_key
    from {{ ref('int_delivery_terms') }}
    where delivery_type not in ('time', 'material')
),

unrated as (
    select distinct line_references.source_system, line_references.invoice_line_id
    from {{ ref('int_line_references') }} as line_references
    inner join without_rates on line_references.delivery_key = without_rates.delivery_key
),

rates as (
    select * from {{ ref('int_contract_rates') }}
),

line_references as (
    select * from {{ ref('int_line_references') }}
),

deliveries as (
    select
        {{ make_key(['source_system', 'delivery_id']) }} as delivery_key,
        work_order_key,
        product_key,
        person_key,
        base_unit,
        delivered_on
    from {{ ref('int_delivery_terms') }}
    where status = 'approved' and is_billable and delivery_type in ('time', 'material')
),

-- The work that a line bills, where it names it; else any day of its period, else its own.
worked as (
    select line_references.source_system, line_references.invoice_line_id, deliveries.*
    from line_references
    inner join deliveries on line_references.delivery_key = deliveries.delivery_key
    union all
    select lines.source_system, lines.invoice_line_id, deliveries.*
    from line_references
    inner join lines on line_references.source_system = lines.source_system and line_references.invoice_line_id = lines.invoice_line_id
    inner join deliveries on line_references.work_order_key = deliveries.work_order_key
    where deliveries.work_order_key <> 'unknown' and (deliveries.product_key = lines.product_key or lines.product_key = 'unknown')
),

spans as (
    select
        lines.source_system,
        lines.invoice_line_id,
        coalesce(min(worked.delivered_on), min(lines.period_starts_on), min(lines.issued_on)) as first_on,
        coalesce(max(worked.delivered_on), max(lines.period_ends_on), min(lines.issued_on)) as last_on,
        case when count(distinct worked.person_key) = 1 then min(worked.person_key) end as person_key,
        case when count(distinct worked.base_unit) = 1 then min(worked.base_unit) end as base_unit,
        count(worked.delivery_key) as delivery_count
    from lines
    left join worked on lines.source_system = worked.source_system and lines.invoice_line_id = worked.invoice_line_id
    group by lines.source_system, lines.invoice_line_id
),

-- A line says no unit: a rate is asked in each unit that its work may have been billed in.
candidates as (
    select
        lines.source_system,
        lines.invoice_line_id,
        rates.contract_rate_id,
        rates.charge_rate,
        rates.unit,
        case
            when rates.product_key = lines.product_key and rates.person_key is not null then 1
            when rates.product_key = lines.product_key then 2
            else 3
        end as distance
    from lines
    inner join spans on lines.source_system = spans.source_system and lines.invoice_line_id = spans.invoice_line_id
    inner join rates on lines.contract_key = rates.contract_key
    left join unrated on lines.source_system = unrated.source_system and lines.invoice_line_id = unrated.invoice_line_id
    where
        unrated.invoice_line_id is null
        and rates.valid_from <= spans.last_on and coalesce(rates.valid_to, spans.last_on) >= spans.first_on
        and ((rates.product_key = lines.product_key and lines.product_key <> 'unknown') or (rates.product_key is null and spans.delivery_count > 0))
        and (rates.person_key is null or spans.person_key is null or spans.person_key = 'unknown' or rates.person_key = spans.person_key)
        and (spans.base_unit is null or spans.base_unit = rates.base_unit)
),

nearest as (
    select * from candidates
    qualify distance = min(distance) over (partition by source_system, invoice_line_id)
),

-- A line billed by the day at an hour's rate, or the other way round, is at its rate.
in_units as (
    select
        nearest.*,
        units.base_quantity as own_quantity,
        others.base_quantity as other_quantity
    from nearest
    inner join {{ ref('unit_conversions') }} as units on nearest.unit = units.unit
    inner join {{ ref('unit_conversions') }} as others on units.base_unit = others.base_unit
    union all
    select *, cast(1 as decimal(18, 6)), cast(1 as decimal(18, 6))
    from nearest
    where unit not in (select units.unit from {{ ref('unit_conversions') }} as units)
),

priced as (
    select
        lines.*,
        in_units.contract_rate_id,
        in_units.charge_rate,
        in_units.unit as rate_unit,
        {{ share('in_units.charge_rate', 'lines.quantity * in_units.other_quantity', 'in_units.own_quantity', 6) }} as agreed_amount,
        case when in_units.own_quantity = in_units.other_quantity then 0 else 1 end as is_converted
    from lines
    inner join in_units on lines.source_system = in_units.source_system and lines.invoice_line_id = in_units.invoice_line_id
),

-- What a line charges is its price, less its discount: its net may have been typed over. A credit note that gives back just the difference
-- puts it right.
corrections as (
    select
        source_system,
        corrects_invoice_id,
        job_key,
        product_key,
        currency,
        net_amount
    from {{ ref('int_live_invoice_lines') }}
    where invoice_type = 'credit_note' and coalesce(credit_reason, 'price') in ('price', 'dispute', 'other')
),

charged as (
    select
        priced.*,
        coalesce({{ extended('priced.quantity', 'priced.unit_price') }} - coalesce(priced.discount_amount, 0), priced.net_amount) as charged_amount
    from priced
),

rules as (
    {{ control_rules('charge_rate_variance') }}
),

-- The tolerance is a unit's: the larger of its amount × quantity and its percentage.
judged as (
    select
        charged.*,
        abs(charged.charged_amount - charged.agreed_amount)
        > greatest({{ extended('charged.quantity', 'rules.tolerance_amount') }}, charged.agreed_amount * rules.tolerance_pct * 0.01) as is_off
    from charged
    inner join rules on {{ in_force('charged.issued_on') }}
),

closest as (
    select * from judged
    qualify row_number() over (
        partition by source_system, invoice_line_id
        order by is_off, is_converted, abs(charged_amount - agreed_amount), contract_rate_id
    ) = 1
),

put_right as (
    select distinct closest.source_system, closest.invoice_line_id
    from closest
    inner join corrections
        on
            closest.source_system = corrections.source_system
            and closest.job_key = corrections.job_key
            and closest.currency = corrections.currency
            and abs(closest.charged_amount - closest.agreed_amount) = corrections.net_amount
    where
        closest.is_off
        and (
            corrections.corrects_invoice_id = closest.invoice_id
            or (corrections.corrects_invoice_id is null and corrections.product_key = closest.product_key)
        )
),

examined as (
    select
        closest.invoice_line_id as entity_id,
        closest.source_system,
        closest.job_key,
        closest.contract_key,
        closest.invoice_key,
        closest.product_key,
        closest.customer_key,
        closest.issued_on as occurred_on,
        closest.invoice_number,
        closest.contract_rate_id,
        closest.charge_rate,
        closest.rate_unit,
        closest.quantity,
        closest.unit_price,
        closest.currency,
        closest.agreed_amount as expected_amount,
        cast(closest.charged_amount as decimal(18, 2)) as actual_amount,
        cast(closest.charged_amount - closest.agreed_amount as decimal(18, 2)) as at_risk_amount,
        closest.net_amount as examined_amount,
        case when closest.charged_amount < closest.agreed_amount then 'below_rate' else 'above_rate' end as cause,
        'Agreed is ' || closest.charge_rate || ' a ' || closest.rate_unit || ': bill or credit the difference on ' || closest.invoice_number
            as suggested_action,
        closest.is_off and put_right.invoice_line_id is null as is_exception
    from closest
    left join put_right on closest.source_system = put_right.source_system and closest.invoice_line_id = put_right.invoice_line_id
),

final as (
    {{ control_rows('charge_rate_variance', 'invoice_lines', has=['job_key', 'contract_key', 'invoice_key', 'product_key', 'customer_key'],
        evidence=[
            'invoice_number', 'contract_rate_id', 'charge_rate', 'rate_unit', 'quantity',
            'unit_price', 'actual_amount', 'expected_amount', 'currency',
        ]) }}
)

select * from final
