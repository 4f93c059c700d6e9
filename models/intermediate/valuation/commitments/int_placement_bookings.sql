-- One row per placement's contract for which there is no deal: planned quantity × charge rate, or the permanent fee.
with contracts as (
    select
        *,
        {{ make_key(['source_system', 'contract_id']) }} as contract_key
    from {{ ref('cnf_contracts') }}
),

rates as (
    select * from {{ ref('int_contract_rates') }}
),

-- A contract is booked once, with the job that began it, and not at all where any of its jobs was sold by a deal.
placements as (
    select
        *,
        max(nullif(deal_key, 'unknown')) over (partition by contract_key) as sold_by_deal,
        row_number() over (partition by contract_key order by started_on asc nulls last, job_id) as position
    from {{ ref('int_job_terms') }}
    where job_type in ('placement', 'permanent_placement') and contract_key <> 'unknown'
),

terms as (
    select
        placements.job_key,
        placements.contract_key,
        placements.customer_key,
        placements.person_key,
        placements.contract_currency as currency,
        coalesce(contracts.starts_on, placements.started_on, cast(contracts.landed_at as date)) as booked_on,
        contracts.contract_id,
        contracts.planned_quantity,
        contracts.fee_base_amount,
        contracts.fee_pct,
        contracts.source_system,
        contracts.load_id,
        coalesce(contracts.fee_type = 'permanent', false) or placements.job_type = 'permanent_placement' as is_permanent
    from placements
    inner join contracts on placements.contract_key = contracts.contract_key
    where placements.sold_by_deal is null and placements.position = 1
),

-- The rate in force on the first day, else the one nearest to it; the placed person's before anybody's.
first_rates as (
    select
        terms.contract_key,
        rates.product_key,
        rates.unit,
        rates.charge_rate
    from terms
    inner join rates on terms.contract_key = rates.contract_key
    where rates.person_key is null or terms.person_key = 'unknown' or rates.person_key = terms.person_key
    qualify row_number() over (
        partition by terms.contract_key
        order by
            rates.valid_from <= terms.booked_on and coalesce(rates.valid_to, terms.booked_on) >= terms.booked_on desc,
            rates.person_key is not null desc,
            abs({{ days_between('rates.valid_from', 'terms.booked_on') }}),
            rates.contract_rate_id
    ) = 1
),

final as (
    select
        {{ make_key(["'booked'", 'terms.source_system', 'terms.contract_id', "'contract'"]) }} as event_key,
        'booked' as stage,
        'unknown' as deal_key,
        terms.contract_key,
        terms.job_key,
        'unknown' as work_order_key,
        coalesce(first_rates.product_key, 'unknown') as product_key,
        terms.customer_key,
        terms.person_key,
        terms.booked_on as event_on,
        terms.booked_on as rate_on,
        case when not terms.is_permanent then terms.planned_quantity end as quantity,
        case when not terms.is_permanent then first_rates.unit end as unit,
        terms.currency,
        case
            when terms.is_permanent then {{ share('terms.fee_base_amount', 'terms.fee_pct', '100') }}
            else {{ extended('terms.planned_quantity', 'first_rates.charge_rate') }}
        end as document_amount,
        0 as tax_amount,
        cast(null as decimal(18, 6)) as document_rate,
        case when terms.is_permanent then 'permanent_fee' else 'planned_quantity_at_charge_rate' end as valuation_rule,
        'contract' as job_match_rule,
        terms.source_system,
        'contracts' as source_entity,
        terms.contract_id as source_id,
        terms.load_id
    from terms
    left join first_rates on terms.contract_key = first_rates.contract_key
)

select
    *,
    case when document_amount is null then 'no_amount' end as left_out_reason
from final
