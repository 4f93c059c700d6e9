-- One row per placement that has started: its first bill, and the day by which it is due.
with placements as (
    select * from {{ ref('int_job_terms') }}
    where job_type = 'placement' and started_on <= {{ as_of() }} and status <> 'cancelled'
),

billed as (
    select
        job_key,
        min(invoice_line_id) as invoice_line_id
    from {{ ref('int_live_invoice_lines') }}
    where signed_net_amount > 0
    group by job_key
),

worked as (
    select
        job_key,
        min(currency) as currency,
        sum(value_amount) as value_amount,
        case when count(value_reporting_amount) = count(*) then sum(value_reporting_amount) end as value_reporting_amount,
        count(*) as delivery_count
    from {{ ref('int_delivery_billing') }}
    group by job_key
),

-- Who is billed by the month gets the first bill after the first month.
first_bills as (
    select
        placements.job_key,
        min({{ plus_days('periods.period_ends_on', 'coalesce(contracts.billing_window_days, 0)') }}) as due_on
    from placements
    inner join {{ ref('int_contract_periods') }} as periods on placements.contract_key = periods.contract_key
    inner join {{ ref('dim_contract') }} as contracts on placements.contract_key = contracts.contract_key
    where periods.period_ends_on >= placements.started_on
    group by placements.job_key
),

final as (
    select
        placements.job_key,
        placements.job_id,
        placements.source_system,
        placements.contract_key,
        placements.started_on,
        coalesce(first_bills.due_on, placements.started_on) as due_on,
        coalesce(worked.currency, placements.contract_currency) as currency,
        worked.value_amount as worked_amount,
        worked.value_reporting_amount as worked_reporting_amount,
        worked.delivery_count,
        billed.invoice_line_id
    from placements
    left join billed on placements.job_key = billed.job_key
    left join worked on placements.job_key = worked.job_key
    left join first_bills on placements.job_key = first_bills.job_key
)

select * from final
