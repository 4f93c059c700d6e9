-- One row per journal of a period that was closed: it was entered after the close.
with journals as (
    select * from {{ ref('int_journals') }}
    where coalesce(document_type, 'other') <> 'opening'
),

own_periods as (
    select distinct source_system from {{ ref('cnf_periods') }}
),

-- A ledger's own periods; where it has none, the group's.
periods as (
    select
        journals.source_system,
        journals.journal_id,
        min(periods.period_id) as period_id,
        min(periods.closed_at) as closed_at
    from journals
    left join own_periods on journals.source_system = own_periods.source_system
    inner join {{ ref('cnf_periods') }} as periods
        on journals.posted_on between periods.starts_on and periods.ends_on
    where
        periods.closed_at is not null
        and (periods.source_system = journals.source_system or own_periods.source_system is null)
    group by journals.source_system, journals.journal_id
),

rules as (
    {{ control_rules('posted_to_closed_period') }}
),

examined as (
    select
        journals.journal_id as entity_id,
        journals.source_system,
        journals.entered_on as occurred_on,
        journals.posted_on,
        journals.entered_at,
        periods.period_id,
        periods.closed_at,
        journals.description,
        journals.document_type,
        journals.entered_by,
        journals.currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        journals.debit_amount as actual_amount,
        journals.debit_amount as at_risk_amount,
        journals.debit_amount as examined_amount,
        'entered_after_close' as cause,
        'Date {record} in an open period, or have ' || periods.period_id || ' opened for it' as suggested_action,
        journals.entered_at > periods.closed_at as is_exception
    from journals
    inner join periods on journals.source_system = periods.source_system and journals.journal_id = periods.journal_id
    inner join rules on {{ in_force('journals.entered_on') }}
),

final as (
    {{ control_rows('posted_to_closed_period', 'journal_lines',
        evidence=['posted_on', 'entered_at', 'period_id', 'closed_at', 'document_type', 'description', 'entered_by', 'actual_amount', 'currency']) }}
)

select * from final
