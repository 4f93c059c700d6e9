-- One row per revenue line of an earlier version of a sales document, on the day it was posted, and one more when it was taken back.
with postings as (
    select * from {{ ref('int_recognised_values') }}
),

documents as (
    select * from {{ ref('int_invoice_terms') }}
),

-- Only the last version of a document is landed. What an earlier one billed the journal that took it back says, with the other sign.
versions as (
    select
        postings.*,
        edits.reversed_posted_on,
        edits.posted_on,
        documents.invoice_type,
        documents.exchange_rate,
        coalesce(documents.currency = postings.posted_currency and postings.posted_currency_amount is not null, false) as is_in_own_currency
    from {{ ref('int_document_edits') }} as edits
    inner join postings on edits.source_system = postings.source_system and edits.journal_id = postings.journal_id
    inner join documents on edits.source_system = documents.source_system and edits.document_id = documents.invoice_id
    where documents.left_out_reason is null
),

turns as (
    select event_key, 'edited_version' as turn, -1 as sign, reversed_posted_on as event_on from versions
    union all
    select event_key, 'edited_back', 1, posted_on from versions
),

final as (
    select
        {{ make_key(["'invoiced'", 'versions.event_key', 'turns.turn']) }} as event_key,
        case when versions.invoice_type = 'credit_note' then 'credited' else 'invoiced' end as stage,
        versions.deal_key,
        versions.contract_key,
        versions.job_key,
        versions.work_order_key,
        versions.product_key,
        versions.customer_key,
        versions.person_key,
        turns.event_on,
        turns.event_on as rate_on,
        cast(null as decimal(18, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit,
        case when versions.is_in_own_currency then versions.posted_currency else versions.currency end as currency,
        turns.sign * case when versions.is_in_own_currency then versions.posted_currency_amount else versions.document_amount end as document_amount,
        turns.sign * versions.document_amount as base_amount,
        0 as tax_amount,
        case when versions.is_in_own_currency then versions.exchange_rate else 1 end as document_rate,
        turns.turn as valuation_rule,
        versions.job_match_rule,
        cast(null as {{ dbt.type_string() }}) as left_out_reason,
        versions.document_id as invoice_id,
        versions.source_system,
        'journal_lines' as source_entity,
        versions.source_id,
        versions.load_id
    from versions
    inner join turns on versions.event_key = turns.event_key
)

select * from final
