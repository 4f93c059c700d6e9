-- One row per billing period of an active contract that is over: no standing invoice bills it.
with periods as (
    select * from {{ ref('int_contract_periods') }}
),

billed as (
    select distinct period_key from {{ ref('int_line_periods') }}
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

rules as (
    {{ control_rules('contract_period_not_billed') }}
),

examined as (
    select
        periods.contract_id as entity_id,
        periods.source_system,
        cast(periods.period_starts_on as {{ dbt.type_string() }}) as part,
        periods.contract_key,
        periods.job_key,
        periods.period_ends_on as occurred_on,
        periods.period_starts_on,
        periods.period_ends_on,
        periods.billing_rule,
        periods.billing_period,
        periods.currency,
        done.value_amount as delivered_amount,
        done.value_amount as worth_amount,
        done.value_reporting_amount as worth_reporting_amount,
        coalesce(done.value_amount, usual.net_amount, 0) as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        coalesce(done.value_amount, usual.net_amount, 0) as at_risk_amount,
        coalesce(done.value_amount, usual.net_amount, 0) as examined_amount,
        case when done.value_amount is null then 'nothing_delivered_and_not_billed' else 'delivered_and_not_billed' end as cause,
        case when done.value_amount is null then 'Find out what is owed under {record}, and bill it, for ' else 'Bill {record} for ' end
        || {{ day_in_words('periods.period_starts_on') }} || ' to ' || {{ day_in_words('periods.period_ends_on') }} as suggested_action,
        -- Work that the bridge finds billed elsewhere is not to be billed again.
        billed.period_key is null and idle.period_key is null and coalesce(done.open_count, 1) > 0
        and {{ window_passed('periods.period_ends_on') }} as is_exception
    from periods
    inner join rules on {{ in_force('periods.period_ends_on') }}
    left join billed on periods.period_key = billed.period_key
    left join done on periods.period_key = done.period_key
    left join idle on periods.period_key = idle.period_key
    left join usual on periods.contract_key = usual.contract_key
    where periods.period_ends_on <= {{ as_of() }}
),

final as (
    {{ control_rows(
        'contract_period_not_billed', 'contracts', has=['part', 'period', 'contract_key', 'job_key', 'worth'],
        evidence=['period_starts_on', 'period_ends_on', 'billing_rule', 'billing_period', 'delivered_amount', 'expected_amount', 'currency'],
    ) }}
)

select * from final
