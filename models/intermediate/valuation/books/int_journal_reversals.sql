-- One row per journal of a document that takes back another journal of it, by reference or because it posts the opposite to the same accounts.
with lines as (
    select * from {{ ref('cnf_journal_lines') }}
    where document_id is not null
),

-- Most documents have one journal, and nothing to take back.
documents as (
    select source_system, document_id from lines
    group by source_system, document_id
    having count(distinct journal_id) > 1
),

accounts as (
    select
        lines.source_system,
        lines.document_id,
        lines.journal_id,
        lines.account_code,
        min(lines.posted_on) as posted_on,
        min(lines.entered_at) as entered_at,
        max(lines.reverses_journal_id) as reverses_journal_id,
        sum(lines.amount) as amount
    from lines
    inner join documents on lines.source_system = documents.source_system and lines.document_id = documents.document_id
    group by lines.source_system, lines.document_id, lines.journal_id, lines.account_code
),

journals as (
    select
        source_system,
        document_id,
        journal_id,
        min(posted_on) as posted_on,
        min(entered_at) as entered_at,
        max(reverses_journal_id) as reverses_journal_id,
        {{ joined_in_order("account_code || ' ' || amount", "', '", ['account_code']) }} as posted,
        {{ joined_in_order("account_code || ' ' || (-amount)", "', '", ['account_code']) }} as opposite
    from accounts
    where amount <> 0
    group by source_system, document_id, journal_id
),

-- Of two that take each other back, what was entered first was there to be taken back.
ordered as (
    select
        *,
        first_value(posted) over first_to_last as first_posted,
        first_value(posted_on) over first_to_last as first_posted_on
    from journals
    window first_to_last as (
        partition by source_system, document_id, least(posted, opposite)
        order by
            coalesce(entered_at, cast(posted_on as timestamp)) nulls last,
            posted_on nulls last,
            journal_id nulls last
        rows between unbounded preceding and current row
    )
),

final as (
    select
        ordered.source_system,
        ordered.document_id,
        ordered.journal_id,
        ordered.reverses_journal_id,
        ordered.posted_on,
        coalesce(reversed.posted_on, ordered.first_posted_on) as reversed_posted_on
    from ordered
    left join journals as reversed
        on ordered.source_system = reversed.source_system and ordered.reverses_journal_id = reversed.journal_id
    where ordered.reverses_journal_id is not null or ordered.posted <> ordered.first_posted
)

select * from final
