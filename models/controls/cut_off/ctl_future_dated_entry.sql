-- One row per journal whose entry was recorded: it is dated after the day on which it was entered.
with journals as (
    select * from {{ ref('int_journals') }}
    where coalesce(document_type, 'other') <> 'opening'
),

rules as (
    {{ control_rules('future_dated_entry') }}
),

examined as (
    select
        journals.journal_id as entity_id,
        journals.source_system,
        journals.entered_on as occurred_on,
        journals.posted_on,
        journals.entered_at,
        {{ days_between('journals.entered_on', 'journals.posted_on') }} as days_ahead,
        journals.description,
        journals.document_type,
        journals.entered_by,
        journals.currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        journals.debit_amount as actual_amount,
        journals.debit_amount as at_risk_amount,
        journals.debit_amount as examined_amount,
        'dated_ahead' as cause,
        'Confirm that {record} is planned for ' || {{ day_in_words('journals.posted_on') }} || ', or correct its date' as suggested_action,
        {{ days_between('journals.entered_on', 'journals.posted_on') }} > rules.window_days as is_exception
    from journals
    inner join rules on {{ in_force('journals.entered_on') }}
),

final as (
    {{ control_rows('future_dated_entry', 'journal_lines',
        evidence=['posted_on', 'entered_at', 'days_ahead', 'document_type', 'description', 'entered_by', 'actual_amount', 'currency']) }}
)

select * from final
