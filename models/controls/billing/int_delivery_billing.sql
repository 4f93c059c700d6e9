-- One row per delivery that is to be billed: whether the bridge finds an invoice for it, and the day by which there should have been one.
with deliveries as (
    select
        terms.*,
        delivered.event_key,
        {{ make_key(['terms.source_system', 'terms.delivery_id']) }} as delivery_key,
        delivered.event_on,
        delivered.document_amount as agreed_amount,
        delivered.currency as agreed_currency,
        events.reporting_amount as agreed_reporting_amount,
        delivered.valuation_rule,
        delivered.contract_rate_id
    from {{ ref('int_delivery_terms') }} as terms
    inner join {{ ref('int_delivery_values') }} as delivered
        on terms.source_system = delivered.source_system and terms.delivery_id = delivered.delivery_id
    left join {{ ref('fct_stage_events') }} as events on delivered.event_key = events.event_key
    where delivered.document_amount > 0
),

policies as (
    select * from {{ ref('int_job_policies') }}
),

-- The period that a delivery of a periodic contract lies in.
in_periods as (
    select
        deliveries.delivery_key,
        periods.period_key,
        periods.period_starts_on,
        periods.period_ends_on
    from deliveries
    inner join {{ ref('int_contract_periods') }} as periods on deliveries.contract_key = periods.contract_key
    where coalesce(deliveries.period_ends_on, deliveries.delivered_on) between periods.period_starts_on and periods.period_ends_on
    qualify row_number() over (
        partition by deliveries.delivery_key
        order by periods.period_starts_on desc nulls last
    ) = 1
),

-- A delivery is billed where a line names it or its work order, however much of it: the rest is the line's variance. A line that names a
-- period bills what it is enough for.
referred as (
    select item_key as event_key, match_rule from {{ ref('int_billing_references') }}
    where match_rule <> 'billing_period'
),

-- What was conceded, or given back with what it was for, was billed. What was cancelled or billed twice is to be billed still, and what was
-- credited for no reason and is no part of its line alone: that is an allowance.
without_reason as (
    select
        netted.positive_key,
        sum(netted.positive_document_amount) >= max(lines.document_amount) as is_all_of_the_line
    from {{ ref('int_billing_netted') }} as netted
    inner join {{ ref('int_billing_items') }} as lines on netted.positive_key = lines.item_key
    where netted.reason = 'credit_other'
    group by netted.positive_key
),

conceded as (
    select netted.positive_key || '|' || netted.negative_key as item_key
    from {{ ref('int_billing_netted') }} as netted
    left join without_reason on netted.positive_key = without_reason.positive_key
    where
        netted.reason not in ('voided', 'credit_quantity', 'credit_duplicate', 'credit_cancellation', 'credit_other')
        or (netted.reason = 'credit_other' and not without_reason.is_all_of_the_line)
),

-- Of what names nothing, the first is billed first: a delivery is billed where most of it is. What a sale for cash paid is not open.
bridged as (
    select
        matched.from_item_key as event_key,
        sum(case
            when
                matched.match_rule = 'unmatched'
                or (matched.match_rule = 'corrected' and conceded.item_key is null) then matched.from_document_amount
            else 0
        end) as open_amount,
        sum(case when matched.match_rule = 'unmatched' then matched.from_document_amount else 0 end) as unbilled_amount,
        sum(matched.from_document_amount) as document_amount,
        count(case when lines.currency <> work.currency then 1 end) as abroad_count
    from {{ ref('int_delivered_to_invoiced') }} as matched
    left join conceded on matched.to_item_key = conceded.item_key
    left join {{ ref('int_billing_items') }} as lines on matched.to_item_key = lines.item_key
    left join {{ ref('int_delivery_items') }} as work on matched.from_item_key = work.item_key
    group by matched.from_item_key
),

parts as (
    select
        bridged.event_key,
        bridged.document_amount,
        bridged.abroad_count,
        coalesce(sold.document_amount, 0) as sold_amount,
        cast(bridged.open_amount - coalesce(sold.document_amount, 0) as decimal(18, 2)) as open_amount,
        cast(bridged.unbilled_amount - coalesce(sold.document_amount, 0) as decimal(18, 2)) as unbilled_amount
    from bridged
    left join {{ ref('int_sold_for_cash') }} as sold on bridged.event_key = sold.item_key
),

-- Of a contract that is billed in advance a period's invoice bills all work of it, and no other. What was rejected, or does not count yet, is in
-- no part, and asks for no invoice.
periods_billed_ahead as (
    select
        in_periods.delivery_key,
        max(case when line_periods.period_key is not null then 1 else 0 end) = 1 as is_billed
    from in_periods
    inner join deliveries on in_periods.delivery_key = deliveries.delivery_key
    inner join parts on deliveries.event_key = parts.event_key
    inner join {{ ref('int_contract_periods') }} as periods on in_periods.period_key = periods.period_key
    left join {{ ref('int_line_periods') }} as line_periods on in_periods.period_key = line_periods.period_key
    where periods.billing_rule = 'periodic_advance'
    group by in_periods.delivery_key
),

contracts_billed_ahead as (
    select
        deliveries.contract_key,
        min(case when periods_billed_ahead.is_billed then 1 else 0 end) = 1 as is_each_period_billed
    from periods_billed_ahead
    inner join deliveries on periods_billed_ahead.delivery_key = deliveries.delivery_key
    group by deliveries.contract_key
),

-- Lines that name nothing answer work in the order of days: of a contract billed by the period in advance, the period that was left out is
-- the one without a bill, as long as the bridge holds something of the contract open.
open_contracts as (
    select distinct deliveries.contract_key
    from deliveries
    inner join parts on deliveries.event_key = parts.event_key
    where parts.open_amount > 0
),

-- What was taken back, or does not count yet, is not to be billed, and is in no part; nor is what was settled without a bill of work.
final as (
    select
        deliveries.delivery_key,
        deliveries.event_key,
        deliveries.source_system,
        deliveries.delivery_id,
        deliveries.delivery_type,
        deliveries.job_key,
        deliveries.job_type,
        deliveries.contract_key,
        deliveries.work_order_key,
        deliveries.product_key,
        deliveries.customer_key,
        deliveries.person_key,
        deliveries.delivered_on,
        in_periods.period_key,
        in_periods.period_starts_on as billing_starts_on,
        in_periods.period_ends_on as billing_ends_on,
        deliveries.quantity,
        deliveries.unit,
        deliveries.base_unit,
        deliveries.base_quantity,
        deliveries.unit_quantity,
        deliveries.day_quantity,
        deliveries.week_quantity,
        deliveries.month_quantity,
        deliveries.agreed_currency as currency,
        deliveries.agreed_amount as value_amount,
        deliveries.agreed_reporting_amount as value_reporting_amount,
        coalesce(parts.open_amount, deliveries.agreed_amount) as open_amount,
        parts.unbilled_amount,
        deliveries.contract_rate_id,
        deliveries.valuation_rule,
        policies.billing_rule,
        {{ plus_days(billing_due_on('deliveries.event_on', 'policies'), 'policies.billing_window_days') }} as bill_by_on,
        case
            when referred.match_rule is not null then referred.match_rule
            when old_work.event_key is not null then 'before_the_books'
            when parts.sold_amount * 2 > parts.document_amount then 'sold_for_cash'
            when periods_billed_ahead.is_billed then 'billing_period'
            when not periods_billed_ahead.is_billed and open_contracts.contract_key is not null then null
            when parts.open_amount * 2 < parts.document_amount then 'first_in_first_out'
        end as billed_by,
        -- What no line billed of it is to be billed still, unless the variance of the line that names it says so, or another period of its
        -- contract. What a credit note took back was billed, and is the credit note's; what was billed in another currency is all billed,
        -- and `currency_mismatch` asks for the right one.
        parts.unbilled_amount > 0 and parts.abroad_count = 0 and old_work.event_key is null
        and case referred.match_rule
            when 'delivery_reference' then false when 'work_order_reference' then deliveries.delivery_type <> 'time' else true
        end
        and coalesce(contracts_billed_ahead.is_each_period_billed, true) as is_open_in_part
    from deliveries
    inner join parts on deliveries.event_key = parts.event_key
    inner join policies on deliveries.job_key = policies.job_key
    left join {{ ref('int_work_before_the_books') }} as old_work on deliveries.event_key = old_work.event_key
    left join in_periods on deliveries.delivery_key = in_periods.delivery_key
    left join referred on deliveries.event_key = referred.event_key
    left join periods_billed_ahead on deliveries.delivery_key = periods_billed_ahead.delivery_key
    left join contracts_billed_ahead on deliveries.contract_key = contracts_billed_ahead.contract_key
    left join open_contracts on deliveries.contract_key = open_contracts.contract_key
    left join {{ ref('int_delivery_settlements') }} as settled on deliveries.event_key = settled.item_key
    where settled.item_key is null
)

select * from final
