-- One row per journal whose entry was recorded: it was entered long after the day on which it takes effect.
with journals as (
    select * from {{ ref('int_journals') }}
    where coalesce(document_type, 'other') <> 'opening'
),

-- Who voids or edits an old document cannot date that: the ledger puts it on the document's day, old version and new.
taken_back as (
    select distinct source_system, document_id
    from {{ ref('int_journal_reversals') }}
    where posted_on = reversed_posted_on
),

rules as (
    {{ control_rules('backdated_entry') }}
),

late as (
    select
        journals.*,
        rules.window_days,
        {{ days_between('journals.posted_on', 'journals.entered_on') }} as days_late,
        {{ days_between('journals.posted_on', 'journals.entered_on') }} > rules.window_days as is_late,
        taken_back.document_id as taken_back_id
    from journals
    inner join rules on {{ in_force('journals.entered_on') }}
    left join taken_back on journals.source_system = taken_back.source_system and journals.document_id = taken_back.document_id
),

-- However often it was, it is one matter a document, named by the first of it.
matters as (
    select
        *,
        max(debit_amount) over same as matter_amount,
        row_number() over one_by_one = 1 as is_first
    from late
    window
        same as (partition by source_system, coalesce(taken_back_id, journal_id), taken_back_id is not null, is_late),
        one_by_one as (
            partition by source_system, coalesce(taken_back_id, journal_id), taken_back_id is not null, is_late
            order by entered_at nulls last, journal_id nulls last
        )
),

examined as (
    select
        journal_id as entity_id,
        source_system,
        entered_on as occurred_on,
        posted_on,
        entered_at,
        days_late,
        description,
        document_type,
        entered_by,
        currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        case when is_late then matter_amount else debit_amount end as actual_amount,
        case when is_late then matter_amount else debit_amount end as at_risk_amount,
        debit_amount as examined_amount,
        case when taken_back_id is null then 'entered_long_after' else 'taken_back_long_after' end as cause,
        case
            when taken_back_id is null then 'Confirm the date of {record} with its document'
            else
                'See whether ' || {{ month_in_words('posted_on') }} || ' was reported: the ledger dated {record} back to it when the '
                || replace(coalesce(document_type, 'document'), '_', ' ') || ' was changed or voided'
        end as suggested_action,
        is_late and is_first as is_exception
    from matters
),

final as (
    {{ control_rows('backdated_entry', 'journal_lines',
        evidence=['posted_on', 'entered_at', 'days_late', 'document_type', 'description', 'entered_by', 'actual_amount', 'currency']) }}
)

select * from final
