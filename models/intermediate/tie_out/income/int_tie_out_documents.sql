-- One row per tie-out, period end and document (or contract, or job) of which the ledger then says something else than
-- the records do.
with month_ends as (
    select distinct month_ends_on from {{ ref('int_calendar') }}
    where month_ends_on <= {{ as_of() }}
),

of_documents as (
    select
        differences.control_id,
        differences.source_system,
        month_ends.month_ends_on,
        differences.document_type,
        differences.document_id,
        min(differences.cause) as cause,
        sum(differences.our_amount) as our_amount,
        sum(differences.ledger_amount) as ledger_amount
    from {{ ref('int_ledger_differences') }} as differences
    inner join month_ends on differences.period_on <= month_ends.month_ends_on
    where differences.control_id in ('receivables_tie_out', 'cash_tie_out') and differences.cause <> 'opening_balance'
    group by differences.control_id, differences.source_system, month_ends.month_ends_on, differences.document_type, differences.document_id
),

-- Deposits, retention and costs are held against the ledger document by document.
balances as (
    select source_system, account_role, document_type, document_id, posted_on, our_amount, ledger_amount
    from {{ ref('int_balance_postings') }}
    union all
    -- Costs are many, and most are posted in their month as they are.
    select source_system, account_role, document_type, document_id, month_on, our_amount, ledger_amount
    from (
        select
            source_system, account_role, document_type, document_id,
            cast({{ dbt.date_trunc('month', 'posted_on') }} as date) as month_on,
            sum(our_amount) as our_amount,
            sum(ledger_amount) as ledger_amount
        from {{ ref('int_cost_postings') }}
        group by source_system, account_role, document_type, document_id, cast({{ dbt.date_trunc('month', 'posted_on') }} as date)
    ) as costs
    where our_amount <> ledger_amount
),

of_balances as (
    select
        case balances.account_role
            when 'retention' then 'retention_tie_out' when 'cost_of_sales' then 'cost_of_sales_tie_out' else 'deferred_income_tie_out'
        end as control_id,
        balances.source_system,
        month_ends.month_ends_on,
        balances.document_type,
        balances.document_id,
        case
            when balances.document_type = 'exchange' then 'exchange_difference'
            when balances.document_type = 'absorbed' then 'absorbed'
            when sum(abs(balances.ledger_amount)) = 0 then 'not_posted'
            when sum(abs(balances.our_amount)) = 0 then 'posted_without_document'
            else 'posted_differently'
        end as cause,
        sum(balances.our_amount) as our_amount,
        sum(balances.ledger_amount) as ledger_amount
    from balances
    inner join month_ends on balances.posted_on <= month_ends.month_ends_on
    group by balances.account_role, balances.source_system, month_ends.month_ends_on, balances.document_type, balances.document_id
),

-- Lines on the two accounts that name no job are named by their journal.
journals as (
    select
        lines.source_system,
        lines.journal_id,
        accounts.account_role,
        lines.posted_on,
        case accounts.account_role when 'deferred_income' then -lines.amount else lines.amount end as amount,
        coalesce(lines.is_manual, false) as is_manual
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    left join {{ ref('int_job_links') }} as job_links
        on lines.source_system = job_links.source_system and lines.journal_line_id = job_links.source_id and job_links.source_entity = 'journal_lines'
    where
        accounts.account_role in ('accrued_income', 'deferred_income') and coalesce(job_links.job_key, 'unknown') = 'unknown'
        and lines.posted_on <= {{ as_of() }}
),

of_journals as (
    select
        case journals.account_role when 'accrued_income' then 'accrued_income_tie_out' else 'deferred_income_tie_out' end as control_id,
        journals.source_system,
        month_ends.month_ends_on,
        'journal' as document_type,
        journals.journal_id as document_id,
        case when max(case when journals.is_manual then 1 else 0 end) = 1 then 'manual_journal' else 'no_job_on_journal' end as cause,
        cast(0 as decimal(18, 2)) as our_amount,
        sum(journals.amount) as ledger_amount
    from journals
    inner join month_ends on journals.posted_on <= month_ends.month_ends_on
    group by journals.account_role, journals.source_system, month_ends.month_ends_on, journals.journal_id
),

positions as (
    select * from {{ ref('int_income_positions') }}
    where subject_key <> 'unknown' and month_ends_on <= {{ as_of() }}
),

unposted as (
    select distinct coalesce(nullif('contract ' || lines.contract_key, 'contract unknown'), 'job ' || lines.job_key) as subject_key
    from {{ ref('int_live_document_lines') }} as lines
    left join {{ ref('cnf_journal_lines') }} as journal_lines
        on lines.source_system = journal_lines.source_system and lines.invoice_id = journal_lines.document_id
    where journal_lines.journal_id is null
),

-- An accrual in the one account for what should be in the other is a wrong account.
of_subjects as (
    select
        'accrued_income_tie_out' as control_id, source_system, month_ends_on, subject_key,
        accrued_amount as our_amount, ledger_accrued_amount as ledger_amount,
        accrued_amount - ledger_accrued_amount = ledger_deferred_amount - deferred_amount as is_in_other_account
    from positions
    union all
    select
        'deferred_income_tie_out', source_system, month_ends_on, subject_key, deferred_amount, ledger_deferred_amount,
        accrued_amount - ledger_accrued_amount = ledger_deferred_amount - deferred_amount
    from positions
),

named_subjects as (
    select
        of_subjects.control_id,
        of_subjects.source_system,
        of_subjects.month_ends_on,
        split_part(of_subjects.subject_key, ' ', 1) as document_type,
        split_part(of_subjects.subject_key, ' ', 2) as document_id,
        case
            when unposted.subject_key is not null then 'not_posted'
            when of_subjects.is_in_other_account then 'wrong_account'
            when of_subjects.ledger_amount = 0 then 'not_accrued_or_deferred'
            else 'posted_outside_the_period'
        end as cause,
        of_subjects.our_amount,
        of_subjects.ledger_amount
    from of_subjects
    left join unposted on of_subjects.subject_key = unposted.subject_key
    where of_subjects.our_amount <> of_subjects.ledger_amount
),

final as (
    select
        control_id, source_system, month_ends_on, document_type, document_id, cause,
        cast(our_amount as decimal(18, 2)) as our_amount,
        cast(ledger_amount as decimal(18, 2)) as ledger_amount,
        cast(ledger_amount - our_amount as decimal(18, 2)) as difference_amount
    from (
        select * from of_documents
        union all
        select * from of_balances
        union all
        select * from of_journals
        union all
        select * from named_subjects
    ) as documents
    where ledger_amount <> our_amount
)

select * from final
