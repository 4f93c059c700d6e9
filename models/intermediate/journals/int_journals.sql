-- One row per journal: when it is dated, when it was entered (on the clock of its company), by whom, and what it moves.
with lines as (
    select * from {{ ref('cnf_journal_lines') }}
    where posted_on <= {{ as_of() }} or entered_at <= {{ plus_days(as_of(), 1) }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

preparers as (
    select * from {{ ref('int_preparers') }}
),

final as (
    select
        lines.source_system,
        lines.journal_id,
        systems.base_currency as currency,
        min(lines.posted_on) as posted_on,
        max({{ local_day('lines.entered_at', 'systems.time_zone') }}) as entered_on,
        max(lines.entered_at) as entered_at,
        min(lines.document_type) as document_type,
        min(lines.document_id) as document_id,
        min(lines.description) as description,
        min(lines.reverses_journal_id) as reverses_journal_id,
        min(lines.entered_by) as entered_by,
        min(lines.approved_by) as approved_by,
        max(case when preparers.is_one_person then 1 else 0 end) = 1 as is_by_one_person,
        cast(sum(case when lines.amount > 0 then lines.amount else 0 end) as decimal(18, 2)) as debit_amount,
        cast(sum(lines.amount) as decimal(18, 2)) as balance_amount,
        count(*) as line_count
    from lines
    inner join systems on lines.source_system = systems.source_system
    left join preparers
        on
            lines.source_system = preparers.source_system
            and lines.entered_by = preparers.entered_by
            and lines.approved_by = preparers.approved_by
    group by lines.source_system, lines.journal_id, systems.base_currency
)

select * from final
