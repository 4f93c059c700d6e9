-- One row per start of a permanent placement: the fee, and the part of it that goes back if the person leaves too soon.
with starts as (
    select * from {{ ref('int_delivery_terms') }}
    where delivery_type = 'placement_start' and status = 'approved' and is_billable
),

contracts as (
    select
        *,
        {{ make_key(['source_system', 'contract_id']) }} as contract_key
    from {{ ref('cnf_contracts') }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

fees as (
    select
        starts.source_system,
        starts.delivery_id,
        starts.job_key,
        starts.delivered_on as started_on,
        starts.contract_currency as currency,
        jobs.left_on,
        contracts.rebate_days,
        contracts.rebate_pct,
        {{ share('contracts.fee_base_amount', 'contracts.fee_pct', '100') }} as fee_amount
    from starts
    inner join contracts on starts.contract_key = contracts.contract_key
    inner join jobs on starts.job_key = jobs.job_key
    where contracts.fee_type = 'permanent' or starts.job_type = 'permanent_placement'
),

-- A rebate without a percentage is the whole fee.
final as (
    select
        source_system,
        delivery_id,
        job_key,
        started_on,
        currency,
        fee_amount,
        rebate_days,
        rebate_pct,
        case
            when left_on >= started_on and {{ days_between('started_on', 'left_on') }} <= rebate_days
                then left_on
        end as left_on,
        {{ share('fee_amount', 'coalesce(rebate_pct, 100)', '100') }} as rebate_amount
    from fees
)

select * from final
