-- One row per placement that has started: nothing was ever billed for it, and its first bill is due.
with expected as (
    select * from {{ ref('fct_expected_events') }}
    where event_kind = 'invoice' and expected_from = 'placement'
),

placements as (
    select * from {{ ref('int_expected_first_bills') }}
),

examined as (
    select
        placements.job_id as entity_id,
        placements.source_system,
        placements.job_key,
        placements.contract_key,
        placements.started_on as occurred_on,
        placements.started_on,
        placements.delivery_count,
        placements.currency,
        placements.worked_amount as worth_amount,
        placements.worked_reporting_amount as worth_reporting_amount,
        expected.expected_amount,
        cast(0 as decimal(18, 2)) as actual_amount,
        expected.expected_amount as at_risk_amount,
        expected.expected_amount as examined_amount,
        case when placements.delivery_count is null then 'nothing_worked_nor_billed' else 'worked_and_never_billed' end as cause,
        'Set placement {record} up for billing, and bill what was worked' as suggested_action,
        expected.status = 'missing' as is_exception
    from expected
    inner join placements on expected.subject_key = placements.job_key
),

final as (
    {{ control_rows('placement_not_invoiced', 'jobs', has=['job_key', 'contract_key', 'worth'],
        evidence=['started_on', 'delivery_count', 'expected_amount', 'currency']) }}
)

select * from final
