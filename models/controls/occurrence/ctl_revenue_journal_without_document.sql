-- One row per journal that posts revenue, month-end moves apart: no document stands behind it, or one that does not exist.
with lines as (
    select
        lines.*,
        accounts.account_role,
        job_links.job_key
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    left join {{ ref('int_job_links') }} as job_links
        on
            lines.source_system = job_links.source_system
            and lines.journal_line_id = job_links.source_id
            and job_links.source_entity = 'journal_lines'
    where lines.posted_on <= {{ as_of() }}
),

-- What goes between revenue and a balance of it is a matter of period, not of more or less revenue. Accrued by hand, or for a bill that nobody
-- has, it is more revenue all the same, until it is turned round: nothing was billed for it.
journals as (
    select
        source_system,
        journal_id,
        min(posted_on) as posted_on,
        min(document_type) as document_type,
        max(document_id) as document_id,
        max(case when account_role = 'revenue' then description end) as description,
        min(entered_by) as entered_by,
        -sum(case when account_role = 'revenue' then amount else 0 end) as revenue_amount,
        max(coalesce(job_ref, '')) as job_ref,
        case when count(distinct job_key) = 1 then min(job_key) end as job_key,
        max(case when account_role in ('accrued_income', 'deferred_income', 'customer_deposits', 'wip') then 1 else 0 end) = 1 as is_of_period,
        max(case when account_role = 'accrued_income' then 1 else 0 end) = 1 as is_accrued
    from lines
    group by source_system, journal_id
    having max(case when account_role = 'revenue' then 1 else 0 end) = 1
),

turned_round as (
    select distinct
        journals.source_system,
        journals.journal_id
    from journals
    inner join journals as others
        on
            journals.source_system = others.source_system
            and journals.job_ref = others.job_ref
            and journals.revenue_amount = -others.revenue_amount
    where others.is_accrued
),

documents as (
    select source_system, invoice_id as document_id from {{ ref('cnf_invoices') }}
    union
    select source_system, payment_id from {{ ref('cnf_payments') }}
    union
    select source_system, application_id from {{ ref('cnf_payment_applications') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

rules as (
    {{ control_rules('revenue_journal_without_document') }}
),

examined as (
    select
        journals.journal_id as entity_id,
        journals.source_system,
        journals.job_key,
        journals.posted_on as occurred_on,
        journals.posted_on,
        journals.document_type,
        journals.document_id,
        journals.description,
        journals.entered_by,
        systems.base_currency as currency,
        cast(0 as decimal(18, 2)) as expected_amount,
        cast(journals.revenue_amount as decimal(18, 2)) as actual_amount,
        cast(journals.revenue_amount as decimal(18, 2)) as at_risk_amount,
        cast(journals.revenue_amount as decimal(18, 2)) as examined_amount,
        case when journals.document_type in ('invoice', 'credit_note') then 'document_not_found' else 'entered_by_hand' end as cause,
        'Name the document that {record} posts, or reverse it' as suggested_action,
        documents.document_id is null
        and coalesce(journals.document_type, 'other') not in ('opening', 'year_close', 'accrual')
        and (
            not journals.is_of_period
            or (
                journals.is_accrued and turned_round.journal_id is null
                and (journals.document_type = 'manual' or (journals.document_type in ('invoice', 'credit_note') and journals.document_id is not null))
            )
        ) as is_exception
    from journals
    inner join systems on journals.source_system = systems.source_system
    inner join rules on {{ in_force('journals.posted_on') }}
    left join turned_round on journals.source_system = turned_round.source_system and journals.journal_id = turned_round.journal_id
    left join documents on journals.source_system = documents.source_system and journals.document_id = documents.document_id
),

final as (
    {{ control_rows('revenue_journal_without_document', 'journal_lines', has=['job_key'],
        evidence=['posted_on', 'document_type', 'document_id', 'description', 'entered_by', 'actual_amount', 'currency']) }}
)

select * from final
