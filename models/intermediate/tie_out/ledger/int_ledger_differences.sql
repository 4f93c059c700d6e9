-- One row per check of the ledger, document and month in which the ledger and its documents say different things.
with ours as (
    select
        'receivables_tie_out' as control_id, source_system, document_type, document_id,
        cast({{ dbt.date_trunc('month', 'posted_on') }} as date) as month, amount
    from {{ ref('int_receivable_postings') }}
    union all
    select
        'cash_tie_out', source_system, 'receipt', payment_id,
        cast({{ dbt.date_trunc('month', 'posted_on') }} as date), amount
    from {{ ref('int_receipt_postings') }}
    where posted_on <= {{ as_of() }}
),

posted as (
    select
        case account_role when 'receivable' then 'receivables_tie_out' else 'cash_tie_out' end as control_id,
        source_system, document_type, document_id,
        cast({{ dbt.date_trunc('month', 'posted_on') }} as date) as month, amount
    from {{ ref('int_control_account_lines') }}
),

ledgers as (
    select distinct source_system from {{ ref('cnf_journal_lines') }}
),

-- Documents that neither side knows more closely (no id, no rate) are one document of that kind.
both_sides as (
    select
        control_id, source_system, document_type, coalesce(document_id, 'none') as document_id, month,
        coalesce(sum(case when side = 'ours' then amount end), 0) as our_amount,
        coalesce(sum(case when side = 'ledger' then amount end), 0) as ledger_amount,
        count(case when side = 'ours' then 1 end) as our_count,
        count(case when side = 'ours' and amount is null then 1 end) as unknown_count,
        count(case when side = 'ledger' then 1 end) as ledger_count
    from (
        select *, 'ours' as side from ours
        union all
        select *, 'ledger' as side from posted
    ) as sides
    where source_system in (select ledgers.source_system from ledgers)
    group by control_id, source_system, document_type, coalesce(document_id, 'none'), month
),

-- What a document's months leave together tells a late posting from a wrong one.
whole as (
    select
        *,
        sum(ledger_amount - our_amount) over (partition by control_id, source_system, document_type, document_id) as whole_difference,
        sum(unknown_count) over (partition by control_id, source_system, document_type, document_id) as whole_unknown_count,
        sum(our_count) over (partition by control_id, source_system, document_type, document_id) as whole_our_count,
        sum(ledger_count) over (partition by control_id, source_system, document_type, document_id) as whole_ledger_count
    from both_sides
),

named as (
    select
        control_id, source_system, document_type, document_id, month, our_amount, ledger_amount,
        case
            when whole_unknown_count > 0 then 'rate_missing'
            when document_type = 'opening' then case when whole_our_count = 0 then 'opening_balance' else 'opening_balance_differs' end
            when whole_our_count = 0 and document_type in ('invoice', 'credit_note', 'receipt') then 'document_does_not_count'
            when whole_our_count = 0 then 'posted_without_document'
            when whole_ledger_count = 0 then 'not_posted'
            when whole_difference = 0 then 'posted_in_another_month'
            else 'posted_differently'
        end as cause
    from whole
    where our_amount <> ledger_amount
    union all
    select
        'journal_unbalanced', source_system, 'journal', journal_id,
        cast({{ dbt.date_trunc('month', 'max(posted_on)') }} as date), 0, sum(amount), 'journal_unbalanced'
    from {{ ref('cnf_journal_lines') }}
    where posted_on <= {{ as_of() }}
    group by source_system, journal_id
    having sum(amount) <> 0
    union all
    select 'trial_balance_tie_out', source_system, 'account', account_code, balance_on, our_amount, ledger_amount, 'balance_without_journals'
    from {{ ref('int_trial_balance') }}
    where our_amount <> ledger_amount
),

final as (
    select
        control_id,
        source_system,
        document_type,
        document_id,
        month as period_on,
        cast(our_amount as decimal(18, 2)) as our_amount,
        cast(ledger_amount as decimal(18, 2)) as ledger_amount,
        cast(ledger_amount - our_amount as decimal(18, 2)) as difference_amount,
        cause
    from named
)

select * from final
