-- One row per placement that has started: nothing was ever billed for it, and its first bill is due.
with placements as (
    select * from {{ ref('int_job_terms') }}
    where job_type = 'placement' and started_on <= {{ as_of() }} and status <> 'cancelled'
),

billed as (
    select distinct job_key from {{ ref('int_live_invoice_lines') }}
    where signed_net_amount > 0
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

rules as (
    {{ control_rules('placement_not_invoiced') }}
),

examined as (
    select
        placements.job_id as entity_id,
        placements.source_system,
        placements.job_key,
        placements.contract_key,
        placements.started_on as occurred_on,
        placements.started_on,
        worked.delivery_count,
        coalesce(worked.currency, placements.contract_currency) as currency,
        worked.value_amount as worth_amount,
        worked.value_reporting_amount as worth_reporting_amount,
        coalesce(worked.value_amount, 0) as expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        coalesce(worked.value_amount, 0) as at_risk_amount,
        coalesce(worked.value_amount, 0) as examined_amount,
        case when worked.job_key is null then 'nothing_worked_nor_billed' else 'worked_and_never_billed' end as cause,
        'Set placement {record} up for billing, and bill what was worked' as suggested_action,
        billed.job_key is null and {{ window_passed('placements.started_on') }}
        and coalesce(first_bills.due_on, placements.started_on) < {{ as_of() }} as is_exception
    from placements
    inner join rules on {{ in_force('placements.started_on') }}
    left join billed on placements.job_key = billed.job_key
    left join worked on placements.job_key = worked.job_key
    left join first_bills on placements.job_key = first_bills.job_key
),

final as (
    {{ control_rows('placement_not_invoiced', 'jobs', has=['job_key', 'contract_key', 'worth'],
        evidence=['started_on', 'delivery_count', 'expected_amount', 'currency']) }}
)

select * from final
