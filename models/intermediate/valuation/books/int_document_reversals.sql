-- One row per document of which the ledger took back every journal, with the day on which that takes effect.
with journals as (
    select
        source_system,
        document_id,
        count(distinct journal_id) as journal_count
    from {{ ref('cnf_journal_lines') }}
    where document_id is not null
    group by source_system, document_id
),

reversals as (
    select
        source_system,
        document_id,
        count(*) as reversal_count,
        max(posted_on) as reversed_on
    from {{ ref('int_journal_reversals') }}
    group by source_system, document_id
),

-- A document that was edited keeps one journal that nothing takes back.
final as (
    select
        reversals.source_system,
        reversals.document_id,
        reversals.reversed_on
    from reversals
    inner join journals on reversals.source_system = journals.source_system and reversals.document_id = journals.document_id
    where journals.journal_count <= 2 * reversals.reversal_count
)

select * from final
