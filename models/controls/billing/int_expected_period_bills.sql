-- One row per billing period of an active contract that is over: the invoice that it should have, and what that is
-- worth.
with periods as (
    select * from {{ ref('int_contract_periods') }}
),

billed as (
    select
        period_key,
        min(invoice_line_id) as invoice_line_id
    from {{ ref('int_line_periods') }}
    group by period_key
),

-- What the other periods of the contract were billed for says what this one is worth, where its work does not.
worth as (
    select
        line_periods.period_key,
        sum(lines.signed_net_amount) as net_amount
    from {{ ref('int_line_periods') }} as line_periods
    inner join {{ ref('int_live_invoice_lines') }} as lines
        on line_periods.source_system = lines.source_system and line_periods.invoice_line_id = lines.invoice_line_id
    group by line_periods.period_key
),

usual as (
    select
        periods.contract_key,
        cast(round(median(worth.net_amount), 2) as decimal(18, 2)) as net_amount
    from worth
    inner join periods on worth.period_key = periods.period_key
    group by periods.contract_key
),

done as (
    select
        period_key,
        sum(value_amount) as value_amount,
        case when count(value_reporting_amount) = count(*) then sum(value_reporting_amount) end as value_reporting_amount,
        sum(case when billed_by is null then 1 else 0 end) as open_count
    from {{ ref('int_delivery_billing') }}
    group by period_key
),

-- An approved timesheet of no hours says that there is nothing to bill.
idle as (
    select periods.period_key
    from periods
    inner join {{ ref('int_delivery_terms') }} as sheets on periods.contract_key = sheets.contract_key
    where
        sheets.status = 'approved' and sheets.delivery_type = 'time'
        and coalesce(sheets.period_ends_on, sheets.delivered_on) between periods.period_starts_on and periods.period_ends_on
    group by periods.period_key
    having max(abs(sheets.quantity)) = 0
),

final as (
    select
        periods.period_key,
        periods.contract_key,
        periods.job_key,
        periods.source_system,
        periods.contract_id,
        periods.is_placement,
        periods.period_starts_on,
        periods.period_ends_on,
        periods.billing_rule,
        periods.billing_period,
        periods.currency,
        done.value_amount as delivered_amount,
        done.value_reporting_amount as delivered_reporting_amount,
        coalesce(done.value_amount, usual.net_amount, 0) as value_amount,
        billed.invoice_line_id,
        -- Work that the bridge finds billed elsewhere is not to be billed again.
        billed.period_key is null and idle.period_key is null and coalesce(done.open_count, 1) > 0 as is_missing
    from periods
    left join billed on periods.period_key = billed.period_key
    left join done on periods.period_key = done.period_key
    left join idle on periods.period_key = idle.period_key
    left join usual on periods.contract_key = usual.contract_key
    where periods.period_ends_on <= {{ as_of() }}
)

select * from final
