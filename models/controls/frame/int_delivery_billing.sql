-- One row per delivery that is to be billed, with the standing invoice lines that bill it, and the day by which it should have been billed.
with deliveries as (
    select
        terms.*,
        {{ make_key(['terms.source_system', 'terms.delivery_id']) }} as delivery_key,
        delivered.document_amount as value_amount_agreed,
        delivered.currency as value_currency,
        delivered.valuation_rule,
        delivered.contract_rate_id
    from {{ ref('int_delivery_terms') }} as terms
    inner join {{ ref('int_delivery_values') }} as delivered
        on terms.source_system = delivered.source_system and terms.delivery_id = delivered.delivery_id
    where delivered.left_out_reason is null and delivered.event_on <= {{ as_of() }} and delivered.document_amount > 0
),

contracts as (
    select * from {{ ref('dim_contract') }}
    where not is_unknown
),

periods as (
    select * from {{ ref('int_contract_periods') }}
),

rules as (
    {{ control_rules('delivered_not_invoiced') }}
),

termed as (
    select
        deliveries.*,
        coalesce(contracts.billing_rule, policy.billing_rule, 'on_delivery') as billing_rule,
        coalesce(contracts.billing_window_days, policy.billing_window_days, rules.window_days) as billing_window_days,
        rules.window_days as least_window_days,
        coalesce(deliveries.accepted_on, deliveries.delivered_on) as due_from_on
    from deliveries
    inner join rules on {{ in_force('deliveries.delivered_on') }}
    left join contracts on deliveries.contract_key = contracts.contract_key
    left join {{ ref('billing_policy') }} as policy on deliveries.job_type = policy.job_type
),

-- The period that a delivery of a periodic contract lies in.
in_periods as (
    select
        termed.delivery_key,
        periods.period_key,
        periods.period_starts_on,
        periods.period_ends_on
    from termed
    inner join periods on termed.contract_key = periods.contract_key
    where coalesce(termed.period_ends_on, termed.delivered_on) between periods.period_starts_on and periods.period_ends_on
    qualify row_number() over (partition by termed.delivery_key order by periods.period_starts_on desc) = 1
),

-- What was conceded, or given back with what it was for, was billed.
lines as (
    select * from {{ ref('int_live_invoice_lines') }}
    where invoice_type = 'invoice' or coalesce(credit_reason, 'other') in ('quantity', 'duplicate', 'cancellation', 'other')
),

line_references as (
    select * from {{ ref('int_line_references') }}
),

referring as (
    select distinct source_system, invoice_line_id from line_references
),

by_delivery as (
    select
        line_references.delivery_key,
        sum(lines.signed_net_amount) as net_amount
    from line_references
    inner join lines on line_references.source_system = lines.source_system and line_references.invoice_line_id = lines.invoice_line_id
    where line_references.delivery_key is not null
    group by line_references.delivery_key
),

-- A line that names a work order bills its work with the line's product, and all of it where either product is unknown.
by_work_order as (
    select
        termed.delivery_key,
        sum(lines.signed_net_amount) as net_amount
    from line_references
    inner join lines on line_references.source_system = lines.source_system and line_references.invoice_line_id = lines.invoice_line_id
    inner join termed on line_references.work_order_key = termed.work_order_key
    where termed.product_key = lines.product_key or termed.product_key = 'unknown' or lines.product_key = 'unknown'
    group by termed.delivery_key
),

-- A line that names nothing bills what was done in its period: in arrears what has its product, in advance all of it.
by_period as (
    select
        termed.delivery_key,
        sum(lines.signed_net_amount) as net_amount
    from termed
    inner join in_periods on termed.delivery_key = in_periods.delivery_key
    inner join {{ ref('int_line_periods') }} as line_periods on in_periods.period_key = line_periods.period_key
    inner join lines on line_periods.source_system = lines.source_system and line_periods.invoice_line_id = lines.invoice_line_id
    left join referring on lines.source_system = referring.source_system and lines.invoice_line_id = referring.invoice_line_id
    where
        referring.invoice_line_id is null
        and (
            lines.period_starts_on is null
            or coalesce(termed.period_ends_on, termed.delivered_on) between lines.period_starts_on and lines.period_ends_on
        )
        and (
            termed.billing_rule = 'periodic_advance' or termed.product_key = lines.product_key
            or termed.product_key = 'unknown' or lines.product_key = 'unknown'
        )
    group by termed.delivery_key
),

period_lines as (
    select distinct source_system, invoice_line_id from {{ ref('int_line_periods') }}
),

-- What no line names, and lies in no billed period, is billed first in, first out by the lines of its job that name nothing.
loose_lines as (
    select
        lines.job_key,
        sum(lines.signed_net_amount) as net_amount
    from lines
    left join referring on lines.source_system = referring.source_system and lines.invoice_line_id = referring.invoice_line_id
    left join period_lines
        on lines.source_system = period_lines.source_system and lines.invoice_line_id = period_lines.invoice_line_id
    where referring.invoice_line_id is null and period_lines.invoice_line_id is null and lines.job_key <> 'unknown'
    group by lines.job_key
),

answered as (
    select
        termed.*,
        in_periods.period_key,
        in_periods.period_starts_on as billing_starts_on,
        in_periods.period_ends_on as billing_ends_on,
        case
            when by_delivery.net_amount > 0 then 'delivery'
            when by_work_order.net_amount > 0 then 'work_order'
            when by_period.net_amount > 0 then 'period'
        end as billed_by
    from termed
    left join in_periods on termed.delivery_key = in_periods.delivery_key
    left join by_delivery on termed.delivery_key = by_delivery.delivery_key
    left join by_work_order on termed.delivery_key = by_work_order.delivery_key
    left join by_period on termed.delivery_key = by_period.delivery_key
),

queued as (
    select
        *,
        sum(case when billed_by is null then value_amount_agreed else 0 end) over (
            partition by job_key, value_currency order by due_from_on, delivery_key rows between unbounded preceding and current row
        ) as waiting_amount,
        count(case when billed_by is null then 1 end) over (
            partition by job_key, value_currency order by due_from_on, delivery_key rows between unbounded preceding and current row
        ) as waiting_count
    from answered
),

final as (
    select
        queued.delivery_key,
        queued.source_system,
        queued.delivery_id,
        queued.delivery_type,
        queued.job_key,
        queued.job_type,
        queued.contract_key,
        queued.work_order_key,
        queued.product_key,
        queued.customer_key,
        queued.person_key,
        queued.delivered_on,
        queued.period_key,
        queued.billing_starts_on,
        queued.billing_ends_on,
        queued.quantity,
        queued.unit,
        queued.base_unit,
        queued.base_quantity,
        queued.value_currency as currency,
        queued.value_amount_agreed as value_amount,
        queued.contract_rate_id,
        queued.valuation_rule,
        queued.billing_rule,
        -- The window runs from the day delivered, and leaves at least the default after the period's end.
        greatest(
            {{ plus_days('queued.due_from_on', 'queued.billing_window_days') }},
            coalesce(
                {{ plus_days('queued.billing_ends_on', 'least(queued.billing_window_days, queued.least_window_days)') }},
                queued.due_from_on
            )
        ) as bill_by_on,
        case
            when queued.billed_by is not null then queued.billed_by
            -- Each delivery's value is rounded.
            when queued.waiting_amount - queued.waiting_count * 0.01 <= coalesce(loose_lines.net_amount, 0) then 'first_in_first_out'
        end as billed_by
    from queued
    left join loose_lines on queued.job_key = loose_lines.job_key
)

select * from final
