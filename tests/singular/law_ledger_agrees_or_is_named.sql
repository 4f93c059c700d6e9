{{ config(tags=['law'], severity='error') }}
-- What this is: the ledger's totals equal those of its documents, or the documents that int_ledger_differences names add up to the difference.
--   receivables_tie_out: control accounts = open invoices − unapplied credits − unapplied receipts, each at its rate
--   cash_tie_out: receipts = what journals of receipts, or against what customers owe or are owed, post to accounts of role cash
--   trial_balance_tie_out: opening + movement = the ledger's own balances · journal_unbalanced: each journal balances.
-- When it fails: a document or a posting is on neither side of the comparison by document, so that the ledger's disagreement would be hidden.
-- How to resolve: for the system and check that is named, look for the records that int_ledger_differences drops or doubles.
with control_lines as (
    select
        lines.source_system,
        accounts.account_role,
        coalesce(lines.document_type, 'other') as document_type,
        payments.payment_id,
        max(case when accounts.account_role in ('receivable', 'customer_deposits', 'retention') then 1 else 0 end) over (
            partition by lines.source_system, lines.journal_id
        ) = 1 as is_of_customers,
        lines.amount
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    left join {{ ref('cnf_payments') }} as payments
        on lines.source_system = payments.source_system and lines.document_id = payments.payment_id
    where lines.posted_on <= {{ as_of() }}
),

totals as (
    select 'receivables_tie_out' as control_id, source_system, -sum(amount) as amount
    from {{ ref('int_receivable_postings') }} group by source_system
    union all
    select 'receivables_tie_out', source_system, sum(amount) from control_lines
    where account_role = 'receivable' group by source_system
    union all
    select 'cash_tie_out', source_system, -sum(amount) from {{ ref('int_receipt_postings') }}
    where posted_on <= {{ as_of() }} group by source_system
    union all
    select 'cash_tie_out', source_system, sum(amount) from control_lines
    where account_role = 'cash' and document_type <> 'opening' and (document_type = 'receipt' or payment_id is not null or is_of_customers)
    group by source_system
    union all
    select 'trial_balance_tie_out', source_system, sum(ledger_amount) - sum(our_amount) from {{ ref('int_trial_balance') }} group by source_system
    union all
    select 'journal_unbalanced', source_system, sum(amount) from {{ ref('cnf_journal_lines') }}
    where posted_on <= {{ as_of() }} group by source_system
),

differences as (
    select control_id, source_system, sum(amount) as amount from totals group by control_id, source_system
),

named as (
    select control_id, source_system, sum(difference_amount) as amount
    from {{ ref('int_ledger_differences') }}
    group by control_id, source_system
)

select
    coalesce(differences.control_id, named.control_id) as control_id,
    coalesce(differences.source_system, named.source_system) as source_system,
    differences.amount as difference_amount,
    named.amount as named_amount
from differences
full outer join named
    on differences.control_id = named.control_id and differences.source_system = named.source_system
where coalesce(differences.amount, 0) <> coalesce(named.amount, 0)
