-- One row per document whose last journal takes back what stood of it, with the day on which the ledger says it did: a void's or deletion's day.
with journals as (
    select * from {{ ref('stg_xero__journal_documents') }}
    where document_id is not null
),

final as (
    select
        document_id,
        posted_on as reversed_on
    from journals
    qualify
        row_number() over (partition by document_id order by journal_number desc nulls last) = 1
        and reverses_journal_id is not null
)

select * from final
