-- One row per invoice line for work at a contract's rate: what it charges a unit is not the rate in force on the day worked.
with billing as (
    select * from {{ ref('int_billing_items') }}
),

-- What was credited in whole charges nothing any more, whatever it is billed at anew.
taken_back as (
    select
        billing.source_system,
        billing.invoice_line_id
    from {{ ref('int_billing_netted') }} as netted
    inner join billing on netted.positive_key = billing.item_key
    where netted.match_rule in ('corrected_invoice', 'same_period', 'same_invoice')
    group by billing.source_system, billing.invoice_line_id
    having sum(netted.positive_document_amount) = max(billing.document_amount)
),

-- What makes up a rate that was billed too low has no rate itself.
lines as (
    select live.*
    from {{ ref('int_live_invoice_lines') }} as live
    left join billing as top_ups
        on live.source_system = top_ups.source_system and live.invoice_line_id = top_ups.invoice_line_id and top_ups.is_top_up
    left join taken_back on live.source_system = taken_back.source_system and live.invoice_line_id = taken_back.invoice_line_id
    where live.signed_net_amount > 0 and live.quantity > 0 and top_ups.item_key is null and taken_back.invoice_line_id is null
),

made_up as (
    select
        billing.source_system,
        billing.invoice_line_id,
        sum(parts.delivered_document_amount) as amount
    from {{ ref('int_rates_made_up') }} as parts
    inner join billing on parts.line_key = billing.item_key
    group by billing.source_system, billing.invoice_line_id
),

work as (
    select * from {{ ref('int_line_work') }}
    where has_rate
),

-- The rates that were in force on any of the days: the product's, for the person first, else those for work of any product.
-- A line says no unit: a rate is asked in each unit that its work may have been billed in. One of another currency is another control's.
-- Time of a class has the rate of its class, else the standard one; time without a class the standard one, else any.
candidates as (
    select
        lines.source_system,
        lines.invoice_line_id,
        lines.contract_key,
        rates.contract_rate_id,
        rates.charge_rate,
        rates.unit,
        case
            when rates.product_key is null then 3
            when rates.person_key = work.person_key then 1
            else 2
        end as distance,
        case
            when coalesce(rates.rate_class, 'standard') = coalesce(replace(work.rate_class, 'none', 'standard'), rates.rate_class, 'standard') then 1
            else 2
        end as class_distance
    from lines
    inner join work on lines.source_system = work.source_system and lines.invoice_line_id = work.invoice_line_id
    inner join {{ ref('int_contract_rates') }} as rates on lines.contract_key = rates.contract_key
    inner join {{ ref('dim_contract') }} as contracts on lines.contract_key = contracts.contract_key
    where
        coalesce(contracts.currency, lines.currency) = lines.currency
        and rates.valid_from <= work.last_on and coalesce(rates.valid_to, work.last_on) >= work.first_on
        and (rates.product_key = nullif(lines.product_key, 'unknown') or (rates.product_key is null and work.delivery_count > 0))
        and coalesce(rates.person_key, work.person_key, '') = coalesce(work.person_key, rates.person_key, '')
        and coalesce(work.base_unit, rates.base_unit) = rates.base_unit
        and (coalesce(work.rate_class, 'none') = 'none' or coalesce(rates.rate_class, 'standard') in (work.rate_class, 'standard'))
),

of_class as (
    select * from candidates
    qualify class_distance = min(class_distance) over (partition by source_system, invoice_line_id)
),

nearest as (
    select * from of_class
    qualify distance = min(distance) over (partition by source_system, invoice_line_id)
),

-- The hours of a day for those who work on the contract, where they are the same for all of them.
contract_times as (
    select
        contract_key,
        min(day_quantity) as day_quantity,
        min(week_quantity) as week_quantity,
        min(month_quantity) as month_quantity
    from {{ ref('int_delivery_terms') }}
    group by contract_key
    having count(distinct coalesce(day_quantity, 0)) = 1 and count(distinct coalesce(week_quantity, 0)) = 1
),

-- A line billed by the day at an hour's rate, or the other way round, is at its rate.
in_units as (
    select
        nearest.*,
        {{ unit_quantity('nearest.unit', 'units.base_quantity', 'times') }} as own_quantity,
        {{ unit_quantity('others.unit', 'others.base_quantity', 'times') }} as other_quantity
    from nearest
    left join contract_times as times on nearest.contract_key = times.contract_key
    left join {{ ref('unit_conversions') }} as units on nearest.unit = units.unit
    left join {{ ref('unit_conversions') }} as others on units.base_unit = others.base_unit
),

priced as (
    select
        lines.*,
        in_units.contract_rate_id,
        in_units.charge_rate,
        in_units.unit as rate_unit,
        {{ share('in_units.charge_rate', in_base_unit('lines.quantity', 'in_units.other_quantity'), 'in_units.own_quantity', 6) }} as agreed_amount,
        case when in_units.own_quantity = in_units.other_quantity then 0 else 1 end as is_converted
    from lines
    inner join in_units on lines.source_system = in_units.source_system and lines.invoice_line_id = in_units.invoice_line_id
),

-- What a line charges is its price, less its discount: its net may have been typed over. A later line may have made up for it.
charged as (
    select
        priced.*,
        coalesce({{ extended('priced.quantity', 'priced.unit_price') }} - coalesce(priced.discount_amount, 0), priced.net_amount)
        + coalesce(made_up.amount, 0) as charged_amount
    from priced
    left join made_up on priced.source_system = made_up.source_system and priced.invoice_line_id = made_up.invoice_line_id
),

rules as (
    {{ control_rules('charge_rate_variance') }}
),

judged as (
    select
        charged.*,
        abs(charged.charged_amount - charged.agreed_amount)
        > {{ tolerated_of_price('charged.quantity', 'charged.agreed_amount') }} as is_off
    from charged
    inner join rules on {{ in_force('charged.issued_on') }}
),

closest as (
    select * from judged
    qualify row_number() over (
        partition by source_system, invoice_line_id
        order by
            is_off nulls last,
            is_converted nulls last,
            abs(charged_amount - agreed_amount) nulls last,
            contract_rate_id nulls last
    ) = 1
),

-- A credit note for the price that gives back just the difference puts it right.
put_right as (
    select distinct
        closest.source_system,
        closest.invoice_line_id
    from closest
    inner join {{ ref('int_live_invoice_lines') }} as credits
        on
            closest.source_system = credits.source_system
            and closest.job_key = credits.job_key
            and closest.currency = credits.currency
            and closest.charged_amount - closest.agreed_amount = credits.net_amount
            and coalesce(credits.corrects_invoice_id, closest.invoice_id) = closest.invoice_id
            and case when credits.corrects_invoice_id is null then credits.product_key else closest.product_key end = closest.product_key
    where credits.invoice_type = 'credit_note' and coalesce(credits.credit_reason, 'price') in ('price', 'dispute', 'other')
),

-- What the bridge settles whole, the line and all work that it answers, is charged as agreed: a rise may stand on a line of its own.
differing as (
    select from_event_key as event_key from {{ ref('fct_bridge') }}
    where gap = 'delivered_to_invoiced' and difference_amount <> 0 and reason not in ('currency_translation', 'rounding')
    union
    select to_event_key from {{ ref('fct_bridge') }}
    where gap = 'delivered_to_invoiced' and difference_amount <> 0 and reason not in ('currency_translation', 'rounding')
),

settled as (
    select
        items.source_system,
        items.invoice_line_id
    from {{ ref('int_delivered_to_invoiced') }} as pairs
    inner join billing as items on pairs.to_item_key = items.item_key
    left join differing as of_lines on pairs.to_item_key = of_lines.event_key
    left join differing as of_work on pairs.from_item_key = of_work.event_key
    group by items.source_system, items.invoice_line_id
    having count(of_lines.event_key) = 0 and count(of_work.event_key) = 0 and count(pairs.from_item_key) > 0
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
        'Agreed is ' || {{ number_in_words('closest.charge_rate') }} || ' for each ' || closest.rate_unit
        || ': bill or credit the difference on ' || closest.invoice_number
            as suggested_action,
        closest.is_off and put_right.invoice_line_id is null and settled.invoice_line_id is null as is_exception
    from closest
    left join settled on closest.source_system = settled.source_system and closest.invoice_line_id = settled.invoice_line_id
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
