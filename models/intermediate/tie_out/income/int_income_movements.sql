-- One row per ledger, contract (job, where it has none) and month: what was recognised and billed, and what the ledger's accounts for it moved.
-- What the old books billed stands in the entry that opened these, with what they had recognised of it.
with invoices as (
    select
        lines.source_system,
        lines.invoice_id,
        lines.job_key,
        lines.contract_key,
        lines.event_on,
        -- What is billed against a cost account is billed, and neither accrued nor deferred; so is a debt that is given up.
        case
            when accounts.account_code is null or accounts.account_role in ('revenue', 'deferred_income', 'accrued_income')
                then {{ converted('lines.document_amount', 'rates.base_rate') }}
            else 0
        end as amount
    from {{ ref('int_invoice_values') }} as lines
    inner join {{ ref('cnf_invoice_lines') }} as records
        on lines.source_system = records.source_system and lines.invoice_line_id = records.invoice_line_id
    inner join {{ ref('int_document_rates') }} as rates
        on lines.source_system = rates.source_system and lines.invoice_id = rates.document_id and rates.document_kind = 'invoice'
    left join {{ ref('cnf_accounts') }} as accounts
        on records.source_system = accounts.source_system and records.account_code = accounts.account_code
    left join {{ ref('int_before_the_books') }} as before_the_books
        on
            lines.source_system = before_the_books.source_system
            and lines.invoice_id = before_the_books.document_id
            and before_the_books.document_kind = 'invoice'
    where lines.left_out_reason is null and rates.base_rate is not null and before_the_books.document_id is null
),

-- Where nobody knows a document's rate but its ledger, the ledger's posting says what was billed.
unrated as (
    select
        postings.source_system,
        postings.job_key,
        postings.contract_key,
        postings.event_on,
        postings.document_amount as amount
    from {{ ref('int_recognised_values') }} as postings
    inner join {{ ref('int_document_rates') }} as rates
        on postings.source_system = rates.source_system and postings.document_id = rates.document_id and rates.document_kind = 'invoice'
    where postings.left_out_reason is null and rates.base_rate is null and postings.document_type in ('invoice', 'credit_note')
),

-- One posting for an invoice of several jobs names none of them: its lines say what was recognised for which.
unplaced as (
    select distinct source_system, document_id
    from {{ ref('int_recognised_values') }}
    where left_out_reason is null and job_key = 'unknown' and document_type in ('invoice', 'credit_note') and document_id is not null
),

recognised as (
    select postings.source_system, postings.job_key, postings.contract_key, postings.event_on, postings.document_amount as amount
    from {{ ref('int_recognised_values') }} as postings
    left join unplaced on postings.source_system = unplaced.source_system and postings.document_id = unplaced.document_id
    where
        postings.left_out_reason is null and unplaced.document_id is null
        -- What a receipt posts itself was sold for cash: it was never billed, and nothing waits for it.
        and coalesce(postings.document_type, 'other') not in ('receipt', 'payment')
    union all
    select invoices.source_system, invoices.job_key, invoices.contract_key, invoices.event_on, invoices.amount
    from invoices
    inner join unplaced on invoices.source_system = unplaced.source_system and invoices.invoice_id = unplaced.document_id
),

account_lines as (
    select
        lines.source_system,
        coalesce(job_links.job_key, 'unknown') as job_key,
        coalesce(jobs.contract_key, 'unknown') as contract_key,
        lines.posted_on as event_on,
        accounts.account_role,
        lines.amount
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    left join {{ ref('int_job_links') }} as job_links
        on lines.source_system = job_links.source_system and lines.journal_line_id = job_links.source_id and job_links.source_entity = 'journal_lines'
    left join {{ ref('int_job_terms') }} as jobs on job_links.job_key = jobs.job_key
    where accounts.account_role in ('accrued_income', 'deferred_income')
),

-- Only a ledger that keeps journals has a position of its own.
movements as (
    select source_system, job_key, contract_key, event_on, 'invoiced' as kind, base_amount as amount from {{ ref('int_edited_values') }}
    union all
    select source_system, job_key, contract_key, event_on, 'invoiced', amount from invoices
    where source_system in (select journals.source_system from {{ ref('cnf_journal_lines') }} as journals)
    union all
    select source_system, job_key, contract_key, event_on, 'invoiced', amount from unrated
    union all
    select source_system, job_key, contract_key, event_on, 'recognised', amount from recognised
    union all
    select source_system, job_key, contract_key, event_on, account_role, amount from account_lines
),

final as (
    select
        source_system,
        case
            when contract_key <> 'unknown' then 'contract ' || contract_key when job_key <> 'unknown' then 'job ' || job_key else 'unknown'
        end as subject_key,
        cast({{ dbt.date_trunc('month', 'event_on') }} as date) as month_on,
        max(contract_key) as contract_key,
        min(job_key) as job_key,
        cast(sum(case when kind = 'recognised' then amount else 0 end) as decimal(18, 2)) as recognised_amount,
        cast(sum(case when kind = 'invoiced' then amount else 0 end) as decimal(18, 2)) as invoiced_amount,
        cast(sum(case when kind = 'accrued_income' then amount else 0 end) as decimal(18, 2)) as ledger_accrued_amount,
        cast(sum(case when kind = 'deferred_income' then -amount else 0 end) as decimal(18, 2)) as ledger_deferred_amount
    from movements
    where event_on <= {{ as_of() }}
    group by 1, 2, 3
)

select * from final
