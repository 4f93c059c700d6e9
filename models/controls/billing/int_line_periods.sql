-- One row per invoice line and billing period that it bills: by its own period, by the work it names, else the period nearest to its date.
with lines as (
    select * from {{ ref('int_live_invoice_lines') }}
    where signed_net_amount > 0
),

-- In advance a period is billed about its first day, in arrears about its last.
periods as (
    select
        *,
        case when billing_rule = 'periodic_advance' then period_starts_on else period_ends_on end as billed_about_on
    from {{ ref('int_contract_periods') }}
),

line_references as (
    select * from {{ ref('int_line_references') }}
),

deliveries as (
    select
        {{ make_key(['source_system', 'delivery_id']) }} as delivery_key,
        work_order_key,
        coalesce(period_ends_on, delivered_on) as done_on
    from {{ ref('int_delivery_terms') }}
),

-- Work that moved to another month is billed with the visit it was planned for.
work_orders as (
    select work_order_key, coalesce(scheduled_on, completed_on) as done_on
    from {{ ref('dim_work_order') }}
),

days as (
    select source_system, invoice_line_id, deliveries.done_on
    from line_references
    inner join deliveries on line_references.delivery_key = deliveries.delivery_key
    union
    select source_system, invoice_line_id, work_orders.done_on
    from line_references
    inner join work_orders on line_references.work_order_key = work_orders.work_order_key
),

by_own_period as (
    select lines.source_system, lines.invoice_line_id, periods.period_key, 'own_period' as rule
    from lines
    inner join periods on lines.contract_key = periods.contract_key
    -- A week between two months is billed with the month in which it ends; a longer period bills all that it holds.
    where
        lines.period_ends_on between periods.period_starts_on and periods.period_ends_on
        or (lines.period_starts_on <= periods.period_starts_on and lines.period_ends_on >= periods.period_ends_on)
),

by_work as (
    select distinct lines.source_system, lines.invoice_line_id, periods.period_key, 'work' as rule
    from lines
    inner join days on lines.source_system = days.source_system and lines.invoice_line_id = days.invoice_line_id
    inner join periods on lines.contract_key = periods.contract_key
    where days.done_on between periods.period_starts_on and periods.period_ends_on and lines.period_starts_on is null
),

placed as (
    select source_system, invoice_line_id from by_own_period
    union
    select source_system, invoice_line_id from by_work
    union
    select source_system, invoice_line_id from line_references
),

by_date as (
    select lines.source_system, lines.invoice_line_id, periods.period_key, 'nearest' as rule
    from lines
    inner join periods on lines.contract_key = periods.contract_key
    left join placed on lines.source_system = placed.source_system and lines.invoice_line_id = placed.invoice_line_id
    where placed.invoice_line_id is null
    qualify row_number() over (
        partition by lines.source_system, lines.invoice_line_id
        order by
            abs({{ days_between('lines.issued_on', 'periods.billed_about_on') }}) nulls last,
            periods.period_starts_on nulls last
    ) = 1
),

final as (
    select * from by_own_period
    union all
    select * from by_work
    union all
    select * from by_date
)

select * from final
