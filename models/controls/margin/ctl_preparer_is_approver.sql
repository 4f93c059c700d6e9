-- One row per document, journal or waiver that says who entered and who approved it: it was one person.
with invoices as (
    select
        invoices.source_system,
        'invoices' as entity,
        invoices.invoice_id as record_id,
        invoices.invoice_key,
        invoices.customer_key,
        invoices.issued_on as occurred_on,
        invoices.entered_by,
        invoices.approved_by,
        invoices.currency,
        invoices.net_amount as amount,
        preparers.is_one_person
    from {{ ref('int_live_invoices') }} as invoices
    inner join {{ ref('int_preparers') }} as preparers
        on
            invoices.source_system = preparers.source_system
            and invoices.entered_by = preparers.entered_by
            and invoices.approved_by = preparers.approved_by
),

-- A document's own journal is approved with it.
journals as (
    select
        journals.source_system,
        'journal_lines' as entity,
        journals.journal_id as record_id,
        cast(null as {{ dbt.type_string() }}) as invoice_key,
        cast(null as {{ dbt.type_string() }}) as customer_key,
        journals.posted_on as occurred_on,
        journals.entered_by,
        journals.approved_by,
        journals.currency,
        journals.debit_amount as amount,
        journals.is_by_one_person as is_one_person
    from {{ ref('int_journals') }} as journals
    left join {{ ref('cnf_invoices') }} as documents
        on journals.source_system = documents.source_system and journals.document_id = documents.invoice_id
    where
        journals.entered_by is not null and journals.approved_by is not null and documents.invoice_id is null
        and journals.posted_on <= {{ as_of() }}
),

waivers as (
    select
        'tieout' as source_system,
        'exception_decisions' as entity,
        exception_key as record_id,
        cast(null as {{ dbt.type_string() }}) as invoice_key,
        cast(null as {{ dbt.type_string() }}) as customer_key,
        decided_on as occurred_on,
        decided_by as entered_by,
        approved_by,
        '{{ var("reporting_currency") }}' as currency,
        cast(0 as decimal(18, 2)) as amount,
        approved_by is null or lower(trim(decided_by)) = lower(trim(approved_by)) as is_one_person
    from {{ ref('exception_decisions') }}
    where decision = 'waived' and decided_on <= {{ as_of() }}
),

all_kinds as (
    select * from invoices
    union all
    select * from journals
    union all
    select * from waivers
),

rules as (
    {{ control_rules('preparer_is_approver') }}
),

examined as (
    select
        all_kinds.record_id as entity_id,
        all_kinds.entity,
        all_kinds.source_system,
        cast(case when all_kinds.entity = 'exception_decisions' then all_kinds.occurred_on end as {{ dbt.type_string() }}) as part,
        all_kinds.invoice_key,
        all_kinds.customer_key,
        all_kinds.occurred_on,
        all_kinds.entered_by,
        all_kinds.approved_by,
        all_kinds.currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        all_kinds.amount as actual_amount,
        all_kinds.amount as at_risk_amount,
        all_kinds.amount as examined_amount,
        case when all_kinds.entity = 'exception_decisions' then 'waived_by_its_own_author' else 'one_person' end as cause,
        'Have somebody other than ' || all_kinds.entered_by || ' approve {record}' as suggested_action,
        coalesce(all_kinds.is_one_person, false) as is_exception
    from all_kinds
    inner join rules on {{ in_force('all_kinds.occurred_on') }}
),

final as (
    {{ control_rows('preparer_is_approver', none, has=['part', 'invoice_key', 'customer_key'],
            evidence=[
                'entered_by', 'approved_by',
                'actual_amount', 'currency',
            ]) }}
)

select * from final
