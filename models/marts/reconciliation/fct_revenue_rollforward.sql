-- One row per ledger, contract (job, where it has none) and month in which it moved or stood at something.
with positions as (
    select * from {{ ref('int_income_positions') }}
),

jobs as (
    select * from {{ ref('int_job_terms') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

documents as (
    select
        source_system,
        month_ends_on,
        document_type || ' ' || document_id as subject_key,
        {{ sorted_list('cause') }} as difference_causes
    from {{ ref('int_tie_out_documents') }}
    where control_id in ('accrued_income_tie_out', 'deferred_income_tie_out')
    group by source_system, month_ends_on, document_type || ' ' || document_id
),

-- What no job could be found for is shown, and is nobody's asset or liability: its journals are named by the tie-outs.
final as (
    select
        {{ make_key(['positions.source_system', 'positions.subject_key', 'positions.month_on']) }} as revenue_rollforward_key,
        positions.contract_key,
        positions.job_key,
        coalesce(jobs.customer_key, 'unknown') as customer_key,
        coalesce(jobs.owner_key, 'unknown') as owner_key,
        positions.month_on,
        positions.month_ends_on,
        systems.base_currency as currency,
        positions.opening_amount,
        positions.recognised_amount,
        positions.invoiced_amount,
        positions.closing_amount,
        positions.accrued_amount,
        positions.deferred_amount,
        positions.ledger_accrued_amount,
        positions.ledger_deferred_amount,
        cast(positions.ledger_accrued_amount - positions.accrued_amount as decimal(18, 2)) as accrued_difference_amount,
        cast(positions.ledger_deferred_amount - positions.deferred_amount as decimal(18, 2)) as deferred_difference_amount,
        case
            when
                positions.ledger_accrued_amount = positions.accrued_amount and positions.ledger_deferred_amount = positions.deferred_amount
                then 'none'
            when positions.subject_key = 'unknown' then 'no_job_on_journal'
            else coalesce(documents.difference_causes, 'month_not_over')
        end as difference_causes,
        systems.legal_entity,
        positions.source_system
    from positions
    inner join systems on positions.source_system = systems.source_system
    left join jobs on positions.job_key = jobs.job_key
    left join documents
        on
            positions.source_system = documents.source_system
            and positions.month_ends_on = documents.month_ends_on
            and positions.subject_key = documents.subject_key
)

select * from final
