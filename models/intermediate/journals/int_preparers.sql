-- One row per two names that a system's records give as who entered and who approved: whether they are one person, under whichever ids.
with named as (
    select source_system, entered_by, approved_by from {{ ref('cnf_invoices') }}
    union
    select source_system, entered_by, approved_by from {{ ref('cnf_journal_lines') }}
),

people as (
    select source_system, source_id, nullif(person_key, 'unknown') as person_key from {{ ref('xref_person') }}
),

final as (
    select
        named.source_system,
        named.entered_by,
        named.approved_by,
        coalesce(
            lower(trim(named.entered_by)) = lower(trim(named.approved_by)) or preparers.person_key = approvers.person_key, false
        ) as is_one_person
    from named
    left join people as preparers on named.source_system = preparers.source_system and named.entered_by = preparers.source_id
    left join people as approvers on named.source_system = approvers.source_system and named.approved_by = approvers.source_id
    where named.entered_by is not null and named.approved_by is not null
)

select * from final
