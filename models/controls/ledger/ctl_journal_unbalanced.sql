-- One row per journal: its lines do not add up to nothing.
with journals as (
    select * from {{ ref('int_journals') }}
    where posted_on <= {{ as_of() }}
),

rules as (
    {{ control_rules('journal_unbalanced') }}
),

examined as (
    select
        journals.journal_id as entity_id,
        journals.source_system,
        journals.posted_on as occurred_on,
        journals.posted_on,
        journals.description,
        journals.entered_by,
        journals.line_count,
        journals.balance_amount,
        journals.currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        journals.balance_amount as actual_amount,
        journals.balance_amount as at_risk_amount,
        journals.debit_amount as examined_amount,
        case when journals.balance_amount > 0 then 'short_on_credit_side' else 'short_on_debit_side' end as cause,
        'Correct {record} by ' || journals.balance_amount as suggested_action,
        {{ beyond_tolerance('journals.balance_amount', '0') }} as is_exception
    from journals
    inner join rules on {{ in_force('journals.posted_on') }}
),

final as (
    {{ control_rows('journal_unbalanced', 'journal_lines',
            evidence=[
                'posted_on', 'description', 'entered_by',
                'line_count', 'balance_amount', 'currency',
            ]) }}
)

select * from final
