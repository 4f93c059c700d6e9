-- One row per tie-out, ledger and month end: what the records add up to, what the ledger's accounts stand at, and the documents between the two.
with month_ends as (
    select distinct month_ends_on from {{ ref('int_calendar') }}
    where month_ends_on <= {{ as_of() }}
),

-- A role's accounts together: the records do not say which of several.
accounts as (
    select
        source_system,
        control_id,
        {{ sorted_list('account_code') }} as account_codes
    from (
        select
            source_system,
            account_code,
            case account_role
                when 'receivable' then 'receivables_tie_out'
                when 'cash' then 'cash_tie_out'
                when 'accrued_income' then 'accrued_income_tie_out'
                when 'deferred_income' then 'deferred_income_tie_out'
                when 'customer_deposits' then 'deferred_income_tie_out'
                when 'retention' then 'retention_tie_out'
                when 'cost_of_sales' then 'cost_of_sales_tie_out'
                when 'wip' then 'cost_of_sales_tie_out'
            end as control_id
        from {{ ref('cnf_accounts') }}
    ) as tied
    where control_id is not null
    group by source_system, control_id
),

ours as (
    select 'receivables_tie_out' as control_id, source_system, posted_on, amount from {{ ref('int_receivable_postings') }}
    union all
    select 'cash_tie_out', source_system, posted_on, amount from {{ ref('int_receipt_postings') }}
    where posted_on <= {{ as_of() }}
),

-- An entry that opened the books is held against the documents that stand in it, where there are any.
opened as (
    select distinct source_system from {{ ref('int_receivable_postings') }}
    where document_type = 'opening'
),

theirs as (
    select
        case lines.account_role when 'receivable' then 'receivables_tie_out' else 'cash_tie_out' end as control_id,
        lines.source_system, lines.posted_on, lines.amount
    from {{ ref('int_control_account_lines') }} as lines
    left join opened on lines.source_system = opened.source_system
    where lines.document_type <> 'opening' or (lines.account_role = 'receivable' and opened.source_system is not null)
),

-- What customers paid ahead is part of the contract liability, on whichever of its accounts the ledger keeps it.
balances as (
    select
        case account_role when 'retention' then 'retention_tie_out' else 'deferred_income_tie_out' end as control_id,
        source_system,
        posted_on,
        our_amount,
        ledger_amount
    from {{ ref('int_balance_postings') }}
    union all
    select 'cost_of_sales_tie_out', source_system, posted_on, our_amount, ledger_amount from {{ ref('int_cost_postings') }}
),

-- Without journals there is no ledger side, and nothing to tie.
ledgers as (
    select distinct source_system from {{ ref('cnf_journal_lines') }}
),

by_day as (
    select
        sides.control_id, sides.source_system, sides.posted_on,
        sum(sides.our_amount) as our_amount, sum(sides.ledger_amount) as ledger_amount
    from (
        select control_id, source_system, posted_on, amount as our_amount, 0 as ledger_amount from ours
        union all
        select control_id, source_system, posted_on, 0, amount from theirs
        union all
        select control_id, source_system, posted_on, our_amount, ledger_amount from balances
    ) as sides
    inner join ledgers on sides.source_system = ledgers.source_system
    group by sides.control_id, sides.source_system, sides.posted_on
),

-- Months before the first movement tie nothing.
of_documents as (
    select
        by_day.control_id,
        by_day.source_system,
        month_ends.month_ends_on,
        sum(coalesce(by_day.our_amount, 0)) as our_amount,
        sum(by_day.ledger_amount) as ledger_amount
    from by_day
    inner join month_ends on by_day.posted_on <= month_ends.month_ends_on
    group by by_day.control_id, by_day.source_system, month_ends.month_ends_on
),

positions as (
    select
        source_system,
        month_ends_on,
        sum(accrued_amount) as accrued_amount,
        sum(deferred_amount) as deferred_amount,
        sum(ledger_accrued_amount) as ledger_accrued_amount,
        sum(ledger_deferred_amount) as ledger_deferred_amount
    from {{ ref('int_income_positions') }}
    where month_ends_on <= {{ as_of() }} and source_system in (select ledgers.source_system from ledgers)
    group by source_system, month_ends_on
),

sums as (
    select
        control_id,
        source_system,
        month_ends_on,
        sum(our_amount) as our_amount,
        sum(ledger_amount) as ledger_amount
    from (
        select * from of_documents
        union all
        select 'accrued_income_tie_out', source_system, month_ends_on, accrued_amount, ledger_accrued_amount from positions
        union all
        select 'deferred_income_tie_out', source_system, month_ends_on, deferred_amount, ledger_deferred_amount from positions
    ) as sides
    group by control_id, source_system, month_ends_on
),

-- What cannot be converted cannot be held against the ledger: fx_rate_missing asks for its rate.
documents as (
    select
        documents.control_id,
        documents.source_system,
        documents.month_ends_on,
        count(*) as document_count,
        sum(case when documents.cause = 'rate_missing' then documents.difference_amount else 0 end) as unjudged_amount,
        sum(
            case when documents.cause <> 'rate_missing' and abs(documents.difference_amount) <= 0.01 then documents.difference_amount else 0 end
        ) as rounding_amount,
        sum(case when documents.cause <> 'rate_missing' then documents.difference_amount else 0 end) as named_amount,
        min(case when documents.cause <> 'rate_missing' then documents.cause end) as cause,
        {{ joined_in_order(
            document_in_words('documents') ~ " || ' ' || documents.cause || ' ' || documents.difference_amount", "'; '",
            ['abs(documents.difference_amount) desc', 'documents.document_type', 'documents.document_id', 'documents.cause']
        ) }} as named_documents
    from {{ ref('int_tie_out_documents') }} as documents
    left join {{ ref('int_record_labels') }} as labels on {{ labels_of_documents('documents') }}
    group by documents.control_id, documents.source_system, documents.month_ends_on
),

arisen as (
    select control_id, source_system, month_ends_on, sum(new_amount) as new_amount
    from {{ ref('int_standing_differences') }}
    group by control_id, source_system, month_ends_on
),

compared as (
    select
        sums.control_id,
        sums.source_system,
        accounts.account_codes,
        sums.month_ends_on,
        cast(sums.our_amount as decimal(18, 2)) as our_amount,
        cast(sums.ledger_amount as decimal(18, 2)) as ledger_amount,
        cast(sums.ledger_amount - sums.our_amount - coalesce(documents.unjudged_amount, 0) as decimal(18, 2)) as difference_amount,
        cast(coalesce(documents.unjudged_amount, 0) as decimal(18, 2)) as unjudged_amount,
        cast(coalesce(documents.named_amount, 0) as decimal(18, 2)) as named_amount,
        cast(coalesce(documents.rounding_amount, 0) as decimal(18, 2)) as rounding_amount,
        coalesce(documents.document_count, 0) as document_count,
        coalesce(documents.cause, 'none') as cause,
        documents.named_documents,
        cast(coalesce(arisen.new_amount, 0) as decimal(18, 2)) as new_amount
    from sums
    inner join accounts
        on sums.source_system = accounts.source_system and sums.control_id = accounts.control_id
    left join documents
        on
            sums.control_id = documents.control_id
            and sums.source_system = documents.source_system
            and sums.month_ends_on = documents.month_ends_on
    left join arisen
        on
            sums.control_id = arisen.control_id
            and sums.source_system = arisen.source_system
            and sums.month_ends_on = arisen.month_ends_on
),

-- Where a later document puts an earlier one right, nothing is new, or only what still differs.
final as (
    select
        control_id,
        source_system,
        account_codes,
        month_ends_on,
        our_amount,
        ledger_amount,
        difference_amount,
        unjudged_amount,
        named_amount,
        rounding_amount,
        document_count,
        cause,
        named_documents,
        case
            when sign(new_amount) <> sign(difference_amount - rounding_amount) and abs(new_amount) > abs(difference_amount - rounding_amount)
                then cast(difference_amount - rounding_amount as decimal(18, 2))
            else new_amount
        end as new_amount
    from compared
)

select * from final
