-- One row per account, day with a balance and document by which the ledger's own balance began to differ from its journals,
-- adding up to what was new on that day.
with compared as (
    select
        *,
        ledger_amount - our_amount - coalesce(
            lag(ledger_amount - our_amount) over (
                partition by source_system, account_code
                order by balance_on nulls last
            ), 0
        ) as new_amount,
        lag(balance_on) over (partition by source_system, account_code order by balance_on nulls last) as before_on
    from {{ ref('int_trial_balance') }}
),

-- Where a role has several accounts, nobody knows which a document would be posted to.
single_accounts as (
    select source_system, account_role, min(account_code) as account_code
    from {{ ref('cnf_accounts') }}
    where account_role in ('receivable', 'cash', 'tax')
    group by source_system, account_role
    having count(*) = 1
),

unposted as (
    select distinct source_system, document_type, document_id from {{ ref('int_ledger_differences') }}
    where control_id in ('receivables_tie_out', 'cash_tie_out') and cause = 'not_posted'
),

lines as (
    select
        lines.source_system,
        unposted.document_type,
        lines.invoice_id as document_id,
        lines.event_on as posted_on,
        records.account_code,
        {{ converted('-lines.document_amount', 'rates.base_rate') }} as amount,
        {{ converted('-lines.tax_amount', 'rates.base_rate') }} as tax_amount
    from {{ ref('int_invoice_values') }} as lines
    inner join unposted on lines.source_system = unposted.source_system and lines.invoice_id = unposted.document_id
    inner join {{ ref('cnf_invoice_lines') }} as records
        on lines.source_system = records.source_system and lines.invoice_line_id = records.invoice_line_id
    inner join {{ ref('int_document_rates') }} as rates
        on lines.source_system = rates.source_system and lines.invoice_id = rates.document_id and rates.document_kind = 'invoice'
    where lines.left_out_reason is null
),

-- What a document that landed without its journal would have posted to each account.
legs as (
    select source_system, document_type, document_id, posted_on, account_code, amount from lines
    union all
    select lines.source_system, lines.document_type, lines.document_id, lines.posted_on, accounts.account_code, lines.tax_amount
    from lines
    inner join single_accounts as accounts on lines.source_system = accounts.source_system and accounts.account_role = 'tax'
    union all
    select postings.source_system, postings.document_type, postings.document_id, postings.posted_on, accounts.account_code, postings.amount
    from {{ ref('int_receivable_postings') }} as postings
    inner join unposted
        on
            postings.source_system = unposted.source_system
            and postings.document_type = unposted.document_type
            and postings.document_id = unposted.document_id
    inner join single_accounts as accounts on postings.source_system = accounts.source_system and accounts.account_role = 'receivable'
    union all
    select receipts.source_system, unposted.document_type, receipts.payment_id, receipts.posted_on, accounts.account_code, receipts.amount
    from {{ ref('int_receipt_postings') }} as receipts
    inner join unposted
        on receipts.source_system = unposted.source_system and receipts.payment_id = unposted.document_id and unposted.document_type = 'receipt'
    inner join single_accounts as accounts on receipts.source_system = accounts.source_system and accounts.account_role = 'cash'
),

-- The leg that a journal lacks may be of any account.
lacking as (
    select source_system, journal_id, max(posted_on) as posted_on, -sum(amount) as amount
    from {{ ref('cnf_journal_lines') }}
    where posted_on <= {{ as_of() }}
    group by source_system, journal_id
    having sum(amount) <> 0
),

candidates as (
    select
        compared.source_system, compared.account_code, compared.balance_on, compared.new_amount,
        legs.document_type, legs.document_id, 'not_posted' as cause,
        cast(sum(legs.amount) as decimal(18, 2)) as amount
    from compared
    inner join legs
        on
            compared.source_system = legs.source_system
            and compared.account_code = legs.account_code
            and compared.balance_on >= legs.posted_on
            and coalesce(compared.before_on, cast('0001-01-01' as date)) < legs.posted_on
    where compared.new_amount <> 0
    group by
        compared.source_system, compared.account_code, compared.balance_on, compared.new_amount, legs.document_type, legs.document_id
    union all
    select
        compared.source_system, compared.account_code, compared.balance_on, compared.new_amount,
        'journal', lacking.journal_id, 'journal_unbalanced', cast(lacking.amount as decimal(18, 2))
    from compared
    inner join lacking
        on
            compared.source_system = lacking.source_system
            and compared.new_amount = lacking.amount
            and compared.balance_on >= lacking.posted_on
            and coalesce(compared.before_on, cast('0001-01-01' as date)) < lacking.posted_on
),

-- A ledger that leaves a document out of its balances, too, differs by nothing: only what adds up is named, all of it together or one alone.
summed as (
    select
        *,
        sum(case when cause = 'not_posted' then amount else 0 end) over (partition by source_system, account_code, balance_on) as all_amount,
        row_number() over (
            partition by source_system, account_code, balance_on
            order by
                case when amount = new_amount then 0 else 1 end nulls last,
                cause nulls last,
                document_id nulls last
        ) as place
    from candidates
),

named as (
    select source_system, account_code, balance_on, document_type, document_id, cause, amount
    from summed
    where
        (cause = 'not_posted' and all_amount = new_amount)
        or (all_amount <> new_amount and amount = new_amount and place = 1)
),

-- What no document explains is named by its account and the days in which it began.
final as (
    select source_system, account_code, balance_on, document_type, document_id, cause, amount from named
    union all
    select
        compared.source_system, compared.account_code, compared.balance_on, 'account' as document_type, compared.account_code as document_id,
        'no_document_landed' as cause, cast(compared.new_amount as decimal(18, 2)) as amount
    from compared
    left join named
        on
            compared.source_system = named.source_system
            and compared.account_code = named.account_code
            and compared.balance_on = named.balance_on
    where compared.new_amount <> 0 and named.document_id is null
)

select * from final
