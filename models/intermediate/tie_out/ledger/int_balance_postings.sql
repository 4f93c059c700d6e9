-- One row per movement of customer deposits and of retention, in the ledger's base currency: as its document says, and as the ledger posted it.
with roles as (
    select source_system, account_code, account_role
    from {{ ref('cnf_accounts') }}
    where account_role in ('customer_deposits', 'retention')
),

-- Deposits are a liability and retention an asset: what customers paid ahead and what they keep back are both positive here.
ledger_lines as (
    select
        lines.source_system,
        lines.journal_id,
        lines.journal_line_id,
        roles.account_role,
        lines.posted_on,
        lines.document_id,
        coalesce(lines.document_type, 'other') as document_type,
        case roles.account_role when 'customer_deposits' then -lines.amount else lines.amount end as amount
    from {{ ref('cnf_journal_lines') }} as lines
    inner join roles on lines.source_system = roles.source_system and lines.account_code = roles.account_code
    where lines.posted_on <= {{ as_of() }} and coalesce(lines.document_type, 'other') not in ('opening', 'year_close')
),

posted_documents as (
    select distinct source_system, document_id from {{ ref('cnf_journal_lines') }}
    where document_id is not null
),

books as (
    select source_system, min(posted_on) as begin_on from {{ ref('cnf_journal_lines') }}
    where coalesce(document_type, 'other') <> 'opening'
    group by source_system
),

-- A document from before the books began stands in their opening balance.
document_lines as (
    select
        valued.source_system,
        valued.line_role as account_role,
        valued.stage,
        valued.invoice_id,
        valued.customer_key,
        valued.job_key,
        valued.currency,
        valued.event_on,
        valued.event_key,
        rates.base_rate,
        valued.document_amount * case valued.line_role when 'retention' then -1 else 1 end as moved_amount
    from {{ ref('int_invoice_values') }} as valued
    inner join {{ ref('int_document_rates') }} as rates
        on valued.source_system = rates.source_system and valued.invoice_id = rates.document_id and rates.document_kind = 'invoice'
    inner join books on valued.source_system = books.source_system
    left join posted_documents on valued.source_system = posted_documents.source_system and valued.invoice_id = posted_documents.document_id
    where
        valued.left_out_reason in ('customer_deposits', 'retention') and valued.event_on <= {{ as_of() }}
        and (valued.event_on >= books.begin_on or posted_documents.document_id is not null)
),

-- What is released or used up leaves at the rate at which it was held or taken; a rate of the day leaves a balance where nothing is.
running as (
    select
        *,
        sum(greatest(moved_amount, 0)) over held_so_far as held_document_amount,
        sum(greatest({{ converted('moved_amount', 'base_rate') }}, 0)) over held_so_far as held_base_amount,
        sum(greatest(-moved_amount, 0)) over held_so_far as released_so_far
    from document_lines
    window held_so_far as (
        partition by source_system, account_role, customer_key, currency
        order by event_on nulls last, event_key nulls last
        rows between unbounded preceding and current row
    )
),

at_both_rates as (
    select
        source_system,
        account_role,
        case stage when 'credited' then 'credit_note' else 'invoice' end as document_type,
        invoice_id as document_id,
        event_on as posted_on,
        event_key,
        {{ converted('moved_amount', 'base_rate') }} as own_amount,
        case
            when moved_amount < 0 and released_so_far <= held_document_amount
                then -(
                    {{ share('held_base_amount', 'released_so_far', 'held_document_amount') }}
                    - {{ share('held_base_amount', 'released_so_far + moved_amount', 'held_document_amount') }}
                )
            else {{ converted('moved_amount', 'base_rate') }}
        end as held_amount
    from running
),

documents as (
    select source_system, account_role, document_id, sum(own_amount) as own_amount, sum(held_amount) as held_amount
    from at_both_rates
    group by source_system, account_role, document_id
),

posted as (
    select source_system, account_role, document_id, sum(amount) as amount
    from ledger_lines
    group by source_system, account_role, document_id
),

-- A ledger that posts a document whole at the document's own rate is not wrong: what it leaves is an exchange difference to be posted.
at_own_rate as (
    select
        documents.source_system,
        documents.account_role,
        documents.document_id
    from documents
    inner join posted
        on
            documents.source_system = posted.source_system
            and documents.account_role = posted.account_role
            and documents.document_id = posted.document_id
    where posted.amount = documents.own_amount and documents.own_amount <> documents.held_amount
),

valued_lines as (
    select
        at_both_rates.source_system,
        at_both_rates.account_role,
        at_both_rates.document_type,
        at_both_rates.document_id,
        at_both_rates.posted_on,
        at_both_rates.event_key,
        case when at_own_rate.document_id is not null then at_both_rates.own_amount else at_both_rates.held_amount end as amount,
        case when at_own_rate.document_id is not null then at_both_rates.own_amount - at_both_rates.held_amount else 0 end as left_amount
    from at_both_rates
    left join at_own_rate
        on
            at_both_rates.source_system = at_own_rate.source_system
            and at_both_rates.account_role = at_own_rate.account_role
            and at_both_rates.document_id = at_own_rate.document_id
),

payments as (
    select source_system, payment_id as document_id from {{ ref('cnf_payments') }}
    union
    select source_system, application_id from {{ ref('cnf_payment_applications') }}
),

-- What a payment took from or put on such an account, its posting says: a payment names one account at most, and may be split.
of_payments as (
    select
        ledger_lines.source_system,
        ledger_lines.account_role,
        'receipt' as document_type,
        ledger_lines.document_id,
        ledger_lines.posted_on,
        ledger_lines.journal_line_id,
        ledger_lines.amount
    from ledger_lines
    inner join payments on ledger_lines.source_system = payments.source_system and ledger_lines.document_id = payments.document_id
),

-- A release at another rate than the retention was held at leaves a difference that the ledger turns into an exchange difference.
exchange_journals as (
    select distinct lines.source_system, lines.journal_id
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    where accounts.account_role = 'exchange_difference' and lines.document_id is null
),

theirs as (
    select
        ledger_lines.source_system,
        ledger_lines.account_role,
        case
            when payments.document_id is not null then 'receipt'
            when exchange_journals.journal_id is not null then 'exchange'
            when ledger_lines.document_id is null then 'journal'
            else ledger_lines.document_type
        end as document_type,
        coalesce(ledger_lines.document_id, ledger_lines.journal_id) as document_id,
        ledger_lines.posted_on,
        ledger_lines.journal_line_id,
        ledger_lines.amount
    from ledger_lines
    left join payments on ledger_lines.source_system = payments.source_system and ledger_lines.document_id = payments.document_id
    left join exchange_journals
        on ledger_lines.source_system = exchange_journals.source_system and ledger_lines.journal_id = exchange_journals.journal_id
),

rests as (
    select source_system, account_role, sum(left_amount) as left_amount from valued_lines
    group by source_system, account_role
),

-- Journals that take an exchange difference off are right as far as documents left one.
exchanged as (
    select
        theirs.source_system,
        theirs.account_role
    from theirs
    inner join rests on theirs.source_system = rests.source_system and theirs.account_role = rests.account_role
    where theirs.document_type = 'exchange'
    group by theirs.source_system, theirs.account_role
    having abs(sum(theirs.amount) + max(rests.left_amount)) < abs(max(rests.left_amount))
),

final as (
    select
        source_system, account_role, document_type, document_id, posted_on,
        amount as our_amount, cast(0 as decimal(18, 2)) as ledger_amount, 'document' as movement, event_key as movement_id
    from valued_lines
    union all
    select source_system, account_role, document_type, document_id, posted_on, amount, 0, 'payment', journal_line_id
    from of_payments
    union all
    select
        theirs.source_system, theirs.account_role, theirs.document_type, theirs.document_id, theirs.posted_on,
        theirs.amount, 0, 'exchange', theirs.journal_line_id
    from theirs
    inner join exchanged on theirs.source_system = exchanged.source_system and theirs.account_role = exchanged.account_role
    where theirs.document_type = 'exchange'
    union all
    select source_system, account_role, document_type, document_id, posted_on, 0, amount, 'ledger', journal_line_id
    from theirs
)

select * from final
