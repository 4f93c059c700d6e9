-- One row per allocation to an invoice of a customer's credit note, overpayment or prepayment, those taken back included.
-- All versions are read: an allocation that was taken back may vanish from its document, and then only its tombstone says so.
{% set columns %}
        allocation_id, invoice_id, amount, applied_on, is_deleted_allocation, _record_key, _version, _is_deleted, _load_id, _landed_at
{%- endset %}
with versions as (
    select
        'credit_note' as origin,
        credit_note_id as document_id,
        {{ columns }}
    from ({{ raw_versions('xero', 'credit_note_allocations') }}) as credit_note_allocations

    union all

    select
        'overpayment' as origin,
        overpayment_id as document_id,
        {{ columns }}
    from ({{ raw_versions('xero', 'overpayment_allocations') }}) as overpayment_allocations

    union all

    select
        'prepayment' as origin,
        prepayment_id as document_id,
        {{ columns }}
    from ({{ raw_versions('xero', 'prepayment_allocations') }}) as prepayment_allocations
),

newest as (
    select * from versions
    qualify row_number() over (partition by origin, _record_key order by _version desc nulls last) = 1
),

documents as (
    select
        'credit_note' as origin,
        credit_note_id as document_id,
        status,
        updated_at
    from ({{ raw_latest('xero', 'credit_notes') }}) as credit_notes
    where type = 'ACCRECCREDIT'

    union all

    select
        kind as origin,
        document_id,
        status,
        updated_at
    from {{ ref('stg_xero__prepaid') }}
),

settings as (
    select coalesce(max(time_zone), 'UTC') as time_zone from {{ ref('source_systems') }}
    where source_system = 'xero'
),

reversals as (
    select * from {{ ref('stg_xero__document_reversals') }}
),

renamed as (
    select
        newest.allocation_id,
        newest.origin,
        newest.document_id,
        newest.invoice_id,
        newest.applied_on,
        newest.amount,
        -- A document that is void has been since the day on which the ledger took it back. That an allocation of one that stands was taken
        -- back has no journal: it changes the document, and that day is the only one the ledger tells.
        case
            when documents.status = 'VOIDED'
                then greatest(newest.applied_on, coalesce(reversals.reversed_on, {{ local_day('documents.updated_at', 'settings.time_zone') }}))
            when newest._is_deleted or coalesce(newest.is_deleted_allocation, false)
                then {{ local_day('documents.updated_at', 'settings.time_zone') }}
        end as reversed_on,
        newest._load_id as load_id,
        newest._landed_at as landed_at
    from newest
    cross join settings
    inner join documents on newest.origin = documents.origin and newest.document_id = documents.document_id
    left join reversals on newest.document_id = reversals.document_id
    where documents.status <> 'DELETED'
)

select * from renamed
