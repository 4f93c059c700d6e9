-- One row per manual journal of Xero: what kind of posting its narration says it is, and which journal it takes back.
with manual_journals as (
    {{ raw_latest('xero', 'manual_journals') }}
),

journals as (
    select * from {{ ref('stg_xero__journal_documents') }}
),

-- The journal a manual journal stands by: the last that takes none back, should it have been edited.
posted as (
    select
        journals.document_id as source_id,
        journals.journal_id
    from journals
    where journals.source_type = 'MANJOURNAL' and journals.reverses_journal_id is null
    qualify row_number() over (partition by journals.document_id order by journals.journal_number desc nulls last) = 1
),

-- Xero names the automatic reversal of a journal "Reversal: " and the narration of what it takes back.
narrated as (
    select
        manual_journals.*,
        case
            when manual_journals.narration like 'Reversal: %' then substring(manual_journals.narration, 11) else manual_journals.narration
        end as about
    from manual_journals
),

taken_back as (
    select
        reversals.manual_journal_id,
        posted.journal_id
    from narrated as reversals
    inner join narrated as originals
        on reversals.about = originals.narration and reversals.posted_on >= originals.posted_on
    inner join posted on originals.manual_journal_id = posted.source_id
    where reversals.about <> reversals.narration
    qualify row_number() over (
        partition by reversals.manual_journal_id
        order by originals.posted_on desc nulls last, originals.manual_journal_id asc nulls last
    ) = 1
),

renamed as (
    select
        narrated.manual_journal_id,
        narrated.narration,
        narrated.posted_on,
        case
            when lower(narrated.about) like 'accrued income%' or lower(narrated.about) like 'deferred income%' then 'accrual'
            when lower(narrated.about) like 'accrual%' then 'accrual'
            when lower(narrated.about) like 'depreciation%' then 'depreciation'
            when lower(narrated.about) like 'opening balance%' or lower(narrated.about) like 'conversion balance%' then 'opening'
            when lower(narrated.about) like 'year end close%' then 'year_close'
            else 'manual'
        end as document_type,
        taken_back.journal_id as reverses_journal_id,
        narrated._load_id as load_id,
        narrated._landed_at as landed_at
    from narrated
    left join taken_back on narrated.manual_journal_id = taken_back.manual_journal_id
)

select * from renamed
